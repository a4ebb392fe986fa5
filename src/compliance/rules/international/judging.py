"""From numbers beside their limits to what a rule hands back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from src.compliance.rules.failure import Failure, Judged, Passed, severity_rank
from src.compliance.rules.international.book import Entries
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import count, moment, plain, rounded
from src.interchange.schedule import Severity

NOT_JUDGED = "not judged"
"""The unit of an `info` that says that a rule could not be judged, and why."""


class Reading(NamedTuple):
    """A number beside its limit, for a window in minutes: `value / divisor` against `limit / divisor`.

    `severity` is that of a failure where it is not the rule's. `note` is said after the limit.
    """

    start: int
    end: int
    value: int
    limit: int
    unit: str
    divisor: int = 1
    at_least: bool = False
    severity: Severity | None = None
    note: str = ""

    @property
    def is_kept(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def shown(self) -> tuple[Decimal, Decimal]:
        """Value and limit with two decimals, a failing value away from its limit."""
        up = not self.at_least
        return rounded(self.value, self.divisor, up=up), rounded(self.limit, self.divisor, up=up)


type Said = Callable[[Reading, Decimal], str]


def judged(
    view: PersonView, rule: Rule, readings: Iterable[Reading], entries: Entries, said: Said
) -> Iterator[Judged]:
    """A `Passed` for each reading that is kept; a `Failure` for each stretch of failing ones that overlap.

    `entries` gives what a window rests on, `said` what the person did, as "worked 73 h in 168 h".
    """
    failing: list[Reading] = []
    for reading in readings:
        if reading.is_kept:
            yield Passed(*reading[:7])
        else:
            failing.append(reading)
    for group in _overlapping(failing):
        yield _failure(view, rule, group, entries, said)


def _overlapping(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    group: list[Reading] = []
    end = 0
    for reading in sorted(readings, key=lambda one: (one.start, one.end)):
        if group and reading.start >= end:
            yield group
            group = []
        end = max(end, reading.end) if group else reading.end
        group.append(reading)
    if group:
        yield group


def _failure(view: PersonView, rule: Rule, group: Sequence[Reading], entries: Entries, said: Said) -> Failure:
    worst = min(group, key=lambda one: _rank(one, rule))
    value, limit = worst.shown
    start, end = min(one.start for one in group), max(one.end for one in group)
    unit = "h" if worst.unit.startswith("hours") else worst.unit
    off = plain(abs(value - limit))
    side = "short of" if worst.at_least else "over"
    return Failure(
        severity=worst.severity or rule.severity,
        start=start,
        end=end,
        value=value,
        limit=limit,
        unit=worst.unit,
        duties=entries(start, end),
        message=f"{view.person.person} {said(worst, value)}, {off} {unit} {side} the {limit} {unit}"
        f" of {rule.clause}{worst.note}",
        remedy=f"At least {off} {unit} {'more' if worst.at_least else 'less'}.",
    )


def _rank(reading: Reading, rule: Rule) -> tuple[int, Decimal]:
    value, limit = reading.shown
    return severity_rank(reading.severity or rule.severity), -abs(value - limit)


def not_judged(
    view: PersonView, rule: Rule, duties: Sequence[Duty], why: str, failures: Sequence[Judged] = ()
) -> Iterator[Failure]:
    """One `info` that says that a rule could not be judged for some entries, and why.

    It stands at the first entry in a checked academic block that no failure of the rule covers: such a
    failure is found whatever is not known.
    """
    failing = [one for one in failures if isinstance(one, Failure)]
    spans = view.facts.checked_spans()
    for duty in duties:
        if any(one.start < duty.end and duty.start < one.end for one in failing):
            continue
        if any(start <= duty.start < end for start, end in spans):
            yield Failure(
                severity=Severity.INFO,
                start=duty.start,
                end=duty.end,
                value=Decimal(0),
                limit=Decimal(0),
                unit=NOT_JUDGED,
                duties=(duty,),
                message=f"{view.person.person}: {rule.clause} is not judged for"
                f" {count(len(duties), 'interval')} from {moment(duty.start, view.facts.time_zone)} on:"
                f" {why}",
            )
            return
