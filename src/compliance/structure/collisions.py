"""Item 3: what a NIGHT session excludes (a call that overlaps it) and what a jeopardy needs to be free of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from src.compliance.structure.broken import ASSIGNMENTS_FILE, Broken, Item
from src.compliance.structure.calls import PersonCalls, Taken
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


def _broken(one: Taken, message: str) -> Broken:
    return Broken(Item.WORK, ASSIGNMENTS_FILE, one.row, f"{one.words}: {message}")


def _call_against_night(taken: Taken, work: PersonWork) -> Iterator[Broken]:
    for night in work.nights:
        if night.start < taken.end and taken.start < night.end:
            yield _broken(taken, f"the NIGHT session of {night.id} on {night.day} excludes it")


def _call_against_history(ground: Ground, taken: Taken) -> Iterator[Broken]:
    for interval in ground.history_of.get(taken.person, ()):
        if interval.duty_type in NIGHT_OR_CALL and seconds_of(interval.end_at) > taken.start:
            yield _broken(taken, f"overlaps last year's duty (history.csv row {interval.row})")


def _jeopardy_not_free(
    ground: Ground, jeopardy: Taken, calls: PersonCalls, work: PersonWork
) -> Iterator[Broken]:
    """The date a jeopardy starts on has no call and no night that starts or ends on it."""
    day = jeopardy.day
    for taken in calls.calls:
        if day in (taken.day, taken.last_date):
            yield _broken(jeopardy, f"{taken.call.id} of {taken.day} starts or ends on that date")
    for night in work.nights:
        if day in (night.day, night.last_date):
            yield _broken(jeopardy, f"the NIGHT session of {night.day} starts or ends on that date")
    for other in calls.jeopardies:
        if other is not jeopardy and other.day == day and other.row < jeopardy.row:
            yield _broken(jeopardy, f"a second jeopardy on that date, beside row {other.row}")
    if day == ground.program.year_start_date:
        for interval in ground.history_of.get(jeopardy.person, ()):
            ends_here = ground.clock.last_date(seconds_of(interval.end_at)) == day
            if ends_here and interval.duty_type in NIGHT_OR_CALL:
                yield _broken(
                    jeopardy, f"last year's duty ends on that date (history.csv row {interval.row})"
                )
