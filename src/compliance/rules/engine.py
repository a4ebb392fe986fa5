"""Facts and rule packs in, findings out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from src.compliance.rules.calendar import LocalCalendar
from src.compliance.rules.failure import Failure, Judged, merge_overlapping
from src.compliance.rules.model import Facts, Finding, PersonFacts, Rule, RulePack
from src.compliance.rules.registry import EXCEPTED_HOURS, KINDS
from src.compliance.rules.timeline import FAR_FUTURE, FAR_PAST
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import local_instant

type Span = tuple[int, int]


def judge(facts: Facts, packs: Sequence[RulePack]) -> tuple[Finding, ...]:
    """Every finding of the packs on a program's year: by person, pack, rule, window.

    Raises KeyError for an enabled rule of a kind that the engine does not know.
    """
    spans = facts.checked_spans()
    return tuple(finding for person in facts.people for finding in _judge(facts, person, packs, spans))


def judge_person(facts: Facts, person: PersonFacts, packs: Sequence[RulePack]) -> tuple[Finding, ...]:
    """The findings on one person, who need not be the one `facts` holds: to try a change, hand it over."""
    return tuple(_judge(facts, person, packs, facts.checked_spans()))


def judged(
    facts: Facts, person: PersonFacts, packs: Sequence[RulePack]
) -> Iterator[tuple[RulePack, Rule, Iterator[Judged]]]:
    """For each enabled rule of each pack, everything it judged of a person in the dates the pack judges."""
    views = Views(facts, person)
    for pack in packs:
        for rule in pack.rules:
            if rule.enabled:
                yield pack, rule, judged_by(views.of(pack), pack, rule)


def judged_by(view: PersonView, pack: RulePack, rule: Rule) -> Iterator[Judged]:
    """Everything that one rule judged of a person in the dates its pack judges."""
    found, span = iter(KINDS[rule.kind](view, rule)), _span_of(pack, view.facts)
    return found if span is None else _starting_in(found, span)


def failures_by(view: PersonView, pack: RulePack, rule: Rule) -> tuple[Failure, ...]:
    """What one rule found wrong, before what overlaps is made one."""
    return tuple(one for one in judged_by(view, pack, rule) if isinstance(one, Failure))


class Views:
    """A person seen through the parameters of several packs; those with the same share what is computed.

    `tells_kept` and `days` are handed to the views.
    """

    def __init__(
        self, facts: Facts, person: PersonFacts, *, tells_kept: bool = True, days: Span | None = None
    ) -> None:
        self._facts, self._person = facts, person
        self._tells_kept, self._days = tells_kept, days
        self._known: dict[tuple[int, bool], PersonView] = {}

    def of(self, pack: RulePack) -> PersonView:
        """The person as a pack sees them."""
        exceptions_hold = any(rule.enabled and rule.kind == EXCEPTED_HOURS for rule in pack.rules)
        key = id(pack.parameters), exceptions_hold
        if key not in self._known:
            self._known[key] = PersonView(
                self._facts,
                self._person,
                pack.parameters,
                exceptions_hold=exceptions_hold,
                tells_kept=self._tells_kept,
                days=self._days,
            )
        return self._known[key]


def _judge(
    facts: Facts, person: PersonFacts, packs: Sequence[RulePack], spans: tuple[Span, ...]
) -> Iterator[Finding]:
    views = Views(facts, person, tells_kept=False)
    for pack in packs:
        for rule in pack.rules:
            if rule.enabled:
                failures = failures_by(views.of(pack), pack, rule)
                yield from findings_of(facts, person, pack, rule, failures, spans)


def findings_of(
    facts: Facts,
    person: PersonFacts,
    pack: RulePack,
    rule: Rule,
    failures: Sequence[Failure],
    spans: tuple[Span, ...],
) -> Iterator[Finding]:
    """The failures of one rule as findings: what overlaps is one, what starts in no checked span is none."""
    for failure in merge_overlapping(failures) if failures else ():
        if _is_reported(failure, spans):
            yield _finding(facts, person, pack, rule, failure)


def _span_of(pack: RulePack, facts: Facts) -> Span | None:
    """The instants whose windows a pack judges; None = all."""
    if pack.judges_from is None and pack.judges_until is None:
        return None
    first = None if pack.judges_from is None else pack.judges_from.toordinal()
    after = None if pack.judges_until is None else pack.judges_until.toordinal() + 1
    return (
        FAR_PAST if first is None else _midnight(facts.calendar, first),
        FAR_FUTURE if after is None else _midnight(facts.calendar, after),
    )


def _midnight(calendar: LocalCalendar, day: int) -> int:
    """The first minute of a date; of one outside the calendar, before or after all that is known."""
    if day < calendar.first_day:
        return FAR_PAST
    return FAR_FUTURE if day > calendar.last_day else calendar.start_of(day)


def _starting_in(found: Iterator[Judged], span: Span) -> Iterator[Judged]:
    return (one for one in found if span[0] <= one.start < span[1])


def _is_reported(failure: Failure, spans: tuple[Span, ...]) -> bool:
    """Whether one of the entries starts in what is checked (D9)."""
    return any(
        (index := bisect_right(spans, duty.start, key=_first) - 1) >= 0 and duty.start < spans[index][1]
        for duty in failure.duties
    )


def _first(span: Span) -> int:
    return span[0]


def _finding(facts: Facts, person: PersonFacts, pack: RulePack, rule: Rule, failure: Failure) -> Finding:
    return Finding(
        rule=rule.id,
        severity=failure.severity,
        person=person.person,
        window_start_at=local_instant(failure.start, facts.time_zone),
        window_end_at=local_instant(failure.end, facts.time_zone),
        value=failure.value,
        limit=failure.limit,
        unit=failure.unit,
        clause=rule.clause,
        entries=tuple(duty.label for duty in failure.duties),
        message=failure.message,
        pack=pack.id,
        basis=facts.basis,
        weekly_hours=failure.weekly_hours,
        pack_version=pack.version,
        remedy=failure.remedy,
    )
