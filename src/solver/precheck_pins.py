"""What counting finds about pins: calls nobody can take both of, more pins than a date has room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from src.interchange.model import AbsenceStatus, Call, CallPin, DutyType, Person, PostCall
from src.interchange.schedule import Conflict
from src.solver.daily.calendar import Calendar
from src.solver.daily.duties import CallDuty
from src.solver.year.facts import YearFacts, matches

MOST_NAMED = 5
DAYS_APART = 3
"""Calls that start further apart than this never meet."""


def pins_of_who_is_not_there(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """A rotation pinned in a block before a resident has come, or after having gone."""
    residents = {person.id for person in facts.residents}
    for pin in facts.program.rotation_pins:
        known = pin.person in residents and pin.block in facts.block_numbers
        if known and pin.block in blocks and (pin.person, pin.block) not in facts.options:
            message = f"{pin.person} is pinned to {pin.rotation} in block {pin.block}, but is not there then."
            yield Conflict("pins.csv", pin.row, message)


def colliding_pins(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """Two pinned calls of one resident of which the first leaves no room for the other."""
    for one, other, why in colliding_pairs(facts, blocks):
        message = (
            f"{one.person} is pinned to {other.call} on {other.date} and to {one.call} on {one.date} "
            f"(pins.csv row {one.row}): {why}."
        )
        yield Conflict("pins.csv", other.row, message)


def colliding_pairs(facts: YearFacts, blocks: Sequence[int]) -> Iterator[tuple[CallPin, CallPin, str]]:
    """The pairs, by person and date, and why nobody can keep both."""
    calendar = Calendar(facts.program)
    by_person: defaultdict[str, list[CallPin]] = defaultdict(list)
    for pin in facts.program.call_pins:
        if facts.program.block_of(pin.date) in blocks and pin.call in facts.program.call_by_id:
            by_person[pin.person].append(pin)
    for _, pins in sorted(by_person.items()):
        for one, other in combinations(sorted(pins, key=lambda pin: (pin.date, pin.row)), 2):
            if (one.call, one.date) == (other.call, other.date) or other.date - one.date > timedelta(
                DAYS_APART
            ):
                continue
            first, second = _duty(facts, calendar, one), _duty(facts, calendar, other)
            if first.excludes(second):
                yield one, other, _why(first, second)


def _why(first: CallDuty, second: CallDuty) -> str:
    if first.is_jeopardy or second.is_jeopardy:
        return "jeopardy wants a date free of calls"
    if first.overlaps(second.start, second.end_all):
        return "the two overlap"
    rule = "nothing may start after it" if first.call.post_call is PostCall.OFF_AFTER else "that day is off"
    return f"on the date the first ends {rule} (post_call)"


def crowded_pins(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """More residents pinned to a call on one date than its maximum."""
    taken: defaultdict[tuple[str, date], list[CallPin]] = defaultdict(list)
    for pin in facts.program.call_pins:
        if facts.program.block_of(pin.date) in blocks and pin.call in facts.program.call_by_id:
            taken[pin.call, pin.date].append(pin)
    for (name, day), pins in sorted(taken.items()):
        call = facts.program.call_by_id[name]
        people = sorted({pin.person for pin in pins})
        if call.max is not None and len(people) > call.max:
            rows = " ".join(str(pin.row) for pin in pins)
            message = (
                f"{name} takes at most {call.max} on {day}, but {len(people)} are pinned to it: "
                f"{', '.join(people)} (pins.csv rows {rows})."
            )
            yield Conflict("calls.csv", call.row, message)


def pinned_elsewhere(facts: YearFacts, pgys: tuple[int, ...], rotations: frozenset[str], block: int) -> str:
    """Who could be there if pins did not keep them elsewhere, as a sentence; empty where nobody."""
    kept = [
        f"{person.id} to {pin.rotation} (pins.csv row {pin.row})"
        for person in facts.residents
        if matches(pgys, person.pgy)
        and (pin := facts.pins.get((person.id, block))) is not None
        and rotations.isdisjoint(facts.program.expand(pin.rotation))
        and not rotations.isdisjoint(facts.own_rotations[person.id])
    ]
    return f" Pinned elsewhere: {_named(kept)}." if kept else ""


def absent_then(facts: YearFacts, able: Iterable[Person], dates: Sequence[date]) -> str:
    """Who of the residents is absent on one of the dates, as a sentence; empty where nobody."""
    people = {person.id for person in able}
    away = [
        f"{row.person} (absences.csv row {row.row})"
        for row in facts.program.absences
        if row.status is AbsenceStatus.APPROVED
        and row.person in people
        and any(row.start_date <= day <= row.end_date for day in dates)
    ]
    return f" Absent: {_named(away)}." if away else ""


def _named(parts: Sequence[str]) -> str:
    more = len(parts) - MOST_NAMED
    text = ", ".join(parts[:MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text


def _duty(facts: YearFacts, calendar: Calendar, pin: CallPin) -> CallDuty:
    call: Call = facts.program.call_by_id[pin.call]
    day = calendar.day_of_date(pin.date)
    start = calendar.instant(day, call.start)
    end = start + call.minutes
    is_work = call.duty_type is not DutyType.JEOPARDY
    end_all = end + call.handover_minutes if is_work else end
    return CallDuty(call, day, start, end, end_all, calendar.end_day(end_all))
