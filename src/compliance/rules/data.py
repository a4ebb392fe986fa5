"""What is odd about the facts themselves: overlapping or very long entries, work on leave, military duty.

These are no findings of a rule: they have no clause, and the rules say how they count (D2, D4: overlaps once,
work on leave on both sides, military duty for nothing).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from src.compliance.rules.model import DataFinding, DataFindingKind, Facts, PersonFacts, RulePack
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.wording import day
from src.interchange.model import DutyType

LONGEST_ENTRY = 48 * 60
"""Minutes; a single entry of work longer than that is told of."""


def data_findings(facts: Facts, pack: RulePack) -> tuple[DataFinding, ...]:
    """Rows set aside while the facts were made, then what is odd with each person."""
    found = list(facts.set_aside)
    for person in facts.people:
        view = PersonView(facts, person, pack.parameters)
        found.extend(_overlaps(view))
        found.extend(_very_long(view))
        found.extend(_military(view))
        found.extend(_work_on_leave(view, facts, person))
    return tuple(found)


def _overlaps(view: PersonView) -> Iterator[DataFinding]:
    """Counted entries that begin before an earlier one has ended."""
    longest = None
    for duty in view.hours_duties:
        if longest is not None and duty.start < longest.end:
            yield DataFinding(
                DataFindingKind.OVERLAP,
                view.person.person,
                f"{view.person.person}: {longest.label} and {duty.label} overlap; the time counts once",
                (longest.label, duty.label),
            )
        if longest is None or duty.end > longest.end:
            longest = duty


def _very_long(view: PersonView) -> Iterator[DataFinding]:
    """Single entries of work longer than any duty is: likely a wrong date. They count as they stand."""
    for duty in view.hours_duties:
        hours = (duty.end - duty.start) // 60
        if duty.end - duty.start > LONGEST_ENTRY:
            yield DataFinding(
                DataFindingKind.VERY_LONG,
                view.person.person,
                f"{view.person.person}: {duty.label} lasts {hours} h; is its end right?",
                (duty.label,),
            )


def _military(view: PersonView) -> Iterator[DataFinding]:
    """Military duty: no work and no bar to a free day, as long as it holds no care of patients."""
    for duty in view.person.duties:
        if duty.type is DutyType.MILITARY:
            yield DataFinding(
                DataFindingKind.MILITARY,
                view.person.person,
                f"{view.person.person}: {duty.label} is military duty and counts for nothing;"
                " care of patients in it is an entry of its own",
                (duty.label,),
            )


def _work_on_leave(view: PersonView, facts: Facts, person: PersonFacts) -> Iterator[DataFinding]:
    for ordinal in _days_of_leave(facts, person):
        start, end = facts.calendar.start_of(ordinal), facts.calendar.start_of(ordinal + 1)
        if not view.hours.touches(start, end):
            continue
        labels = tuple(duty.label for duty in touching(view.hours_duties, start, end))
        yield DataFinding(
            DataFindingKind.WORK_ON_LEAVE,
            person.person,
            f"{person.person} worked on {day(ordinal)}, a day of leave ({', '.join(labels)}); the day counts",
            labels,
        )


def _days_of_leave(facts: Facts, person: PersonFacts) -> Sequence[int]:
    first, last = facts.year_start_date, facts.year_end_date
    return sorted(date.toordinal() for date in person.leave_dates if first <= date <= last)
