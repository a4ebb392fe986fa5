"""From numbers beside their limits to what a rule hands back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from src.compliance.rules.failure import Failure, Judged, Passed, severity_rank
from src.compliance.rules.international.book import Book, Entries
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import day_range, day_ranges, hours, moment, plain, rounded
from src.interchange.schedule import Severity
from src.quantities import count

NOT_JUDGED = "not judged"
"""The unit of an `info` that says that a rule could not be judged, and why."""


class Reading(NamedTuple):
    """A number beside its limit, for a window in minutes: `value / divisor` against `limit / divisor`.

    `severity` is that of a failure where it is not the rule's. `note` is said after the limit. `per_minute`:
    by how much the value falls with each minute of work that is taken away.
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
    per_minute: int = 1

    @property
    def minutes_too_many(self) -> int:
        """The fewest whole minutes of work without which the value would be within its limit."""
        return -(-(self.value - self.limit) // self.per_minute)

    @property
    def is_kept(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def shown(self) -> tuple[Decimal, Decimal]:
        """Value and limit with two decimals, a failing value away from its limit."""
        up = not self.at_least
        return rounded(self.value, self.divisor, up=up), rounded(self.limit, self.divisor, up=up)


type Said = Callable[[Reading, Decimal], str]
type Cure = Callable[[Reading], str]
type Weeks = Callable[[Reading], tuple[Decimal, ...]]


def judged(
    view: PersonView,
    rule: Rule,
    readings: Iterable[Reading],
    entries: Entries,
    said: Said,
    cure: Cure,
    weeks: Weeks | None = None,
) -> Iterator[Judged]:
    """A `Passed` for each reading that is kept, if wanted; a `Failure` for failing ones that overlap.

    `entries` gives what a window rests on, `said` what the person did, as "worked 73 h in 168 h", `cure` what
    would clear it, as a sentence, and `weeks` the hours of each seven days where hours are averaged.
    """
    failing: list[Reading] = []
    for reading in readings:
        if reading.is_kept:
            if view.tells_kept:
                yield Passed(*reading[:7])
        else:
            failing.append(reading)
    for group in _overlapping(failing):
        yield _failure(view, rule, group, entries, said, cure, weeks)


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


def _failure(
    view: PersonView,
    rule: Rule,
    group: Sequence[Reading],
    entries: Entries,
    said: Said,
    cure: Cure,
    weeks: Weeks | None,
) -> Failure:
    worst = min(group, key=lambda one: _rank(one, rule))
    value, limit = worst.shown
    start, end = min(one.start for one in group), max(one.end for one in group)
    return Failure(
        severity=worst.severity or rule.severity,
        start=start,
        end=end,
        value=value,
        limit=limit,
        unit=worst.unit,
        duties=entries(start, end),
        message=f"{view.person.person} {said(worst, value)}, {_beside(worst, value, limit)}"
        f" of {rule.clause}{worst.note}",
        weekly_hours=() if weeks is None else weeks(worst),
        remedy=cure(worst),
    )


def _beside(reading: Reading, value: Decimal, limit: Decimal) -> str:
    """A value beside its limit: "2 h over the 48 h", "1 fewer than the 2"."""
    off = plain(abs(value - limit))
    if reading.unit.startswith("hours"):
        return f"{off} h {'short of' if reading.at_least else 'over'} the {limit} h"
    return f"{off} {'fewer' if reading.at_least else 'more'} than the {limit}"


def hours_off(reading: Reading, where: str) -> str:
    """What clears too much work: the hours to take off, and where."""
    return f"Take {hours(reading.minutes_too_many, rounded_up=True)} h off {where}."


def end_by(view: PersonView, what: str) -> Cure:
    """What clears a stretch of work that is too long: when to end it."""

    def cure(reading: Reading) -> str:
        return f"{what} by {moment(reading.start + reading.limit, view.facts.time_zone)}."

    return cure


def start_later(view: PersonView) -> Cure:
    """What clears a gap that is too short: when to start again."""

    def cure(reading: Reading) -> str:
        return f"Start no earlier than {moment(reading.start + reading.limit, view.facts.time_zone)}."

    return cure


def in_dates(book: Book, reading: Reading) -> str:
    """The dates of a window: "on 6 Jul", "in the days 6–12 Jul"."""
    first, last = book.dates(reading.start, reading.end)
    return f"{'on' if first == last else 'in the days'} {day_range(first, last)}"


def days_to_free(run: Sequence[int], most: int) -> str:
    """The dates of a run without which no part of it is longer than the most."""
    return day_ranges(run[most :: most + 1])


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
