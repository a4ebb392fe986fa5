"""Item 3: what a NIGHT session excludes (a call that overlaps it) and what a jeopardy needs to be free of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from src.compliance.structure.broken import Broken, Item
from src.compliance.structure.calls import PersonCalls, Taken, broken_call
from src.compliance.structure.clock import seconds_of
from src.compliance.structure.ground import Ground
from src.compliance.structure.work import PersonWork
from src.interchange.model import DutyType

NIGHT_OR_CALL = frozenset(
    {
        DutyType.IN_HOUSE_CALL,
        DutyType.TRANSITION,
        DutyType.NIGHT_FLOAT,
        DutyType.HOME_CALL_AVAILABILITY,
    }
)


def broken_collisions(
    ground: Ground, calls: Mapping[str, PersonCalls], work: Mapping[str, PersonWork]
) -> Iterator[Broken]:
    """Calls against nights and against last year's duty; jeopardies against calls and nights."""
    for person in ground.residents:
        for taken in calls[person].calls:
            if taken.day in ground.judged_date_set:
                yield from _call_against_night(taken, work[person])
                yield from _call_against_history(ground, taken)
        for jeopardy in calls[person].jeopardies:
            if jeopardy.day in ground.judged_date_set:
                yield from _jeopardy_not_free(ground, jeopardy, calls[person], work[person])


def _call_against_night(taken: Taken, work: PersonWork) -> Iterator[Broken]:
    for night in work.nights:
        if night.start < taken.end and taken.start < night.end:
            why = f"the NIGHT session of {night.id} on {night.day} excludes it"
            yield broken_call(Item.WORK, taken, why, night.day)


def _call_against_history(ground: Ground, taken: Taken) -> Iterator[Broken]:
    for interval in ground.history_of.get(taken.person, ()):
        if interval.duty_type in NIGHT_OR_CALL and seconds_of(interval.end_at) > taken.start:
            why = f"overlaps last year's duty (history.csv row {interval.row})"
            yield broken_call(Item.WORK, taken, why)


def _jeopardy_not_free(
    ground: Ground, jeopardy: Taken, calls: PersonCalls, work: PersonWork
) -> Iterator[Broken]:
    """The date a jeopardy starts on has no call and no night that starts or ends on it."""
    day = jeopardy.day
    for taken in calls.calls:
        if day in (taken.day, taken.last_date):
            why = f"{taken.call.id} of {taken.day} starts or ends on that date"
            yield broken_call(Item.WORK, jeopardy, why, taken.day)
    for night in work.nights:
        if day in (night.day, night.last_date):
            why = f"the NIGHT session of {night.day} starts or ends on that date"
            yield broken_call(Item.WORK, jeopardy, why, night.day)
    for other in calls.jeopardies:
        if other is not jeopardy and other.day == day and other.row < jeopardy.row:
            why = f"a second jeopardy on that date, beside row {other.row}"
            yield broken_call(Item.WORK, jeopardy, why)
    if day == ground.program.year_start_date:
        for interval in ground.history_of.get(jeopardy.person, ()):
            ends_here = ground.clock.last_date(seconds_of(interval.end_at)) == day
            if ends_here and interval.duty_type in NIGHT_OR_CALL:
                why = f"last year's duty ends on that date (history.csv row {interval.row})"
                yield broken_call(Item.WORK, jeopardy, why)
