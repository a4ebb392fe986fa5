"""The calls and jeopardies that a schedule gives to people, and what must hold of each.

A call is taken by whoever has its row of duty; the handover follows from it. `post_call` closes part of the
local date on which the call ends:

- `off_after`: nothing may start on that date at or after the call's end;
- `day_off`: nothing but the handover may start on that date after the call's own start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from src.compliance.structure.broken import ASSIGNMENTS_FILE, Broken, Item
from src.compliance.structure.clock import EVENING_HOUR, NOON_HOUR, Clock, seconds_of
from src.compliance.structure.ground import Ground
from src.compliance.structure.shortage import Shortage
from src.compliance.structure.year import is_for
from src.interchange.model import Call, DutyType, HolidayRule, PostCall, Session, days_between
from src.interchange.schedule import AssignmentKind, AssignmentRow, UnmetKind

POST_CALL_HISTORY = frozenset({DutyType.IN_HOUSE_CALL, DutyType.TRANSITION})


@dataclass(frozen=True, slots=True)
class Taken:
    """A call or jeopardy on its local start date. `end` is the end of duty and handover both."""

    person: str
    call: Call
    day: date
    start: int
    duty_end: int
    end: int
    last_date: date
    row: int

    @property
    def is_jeopardy(self) -> bool:
        return self.call.duty_type is DutyType.JEOPARDY

    @property
    def words(self) -> str:
        return f"{self.person} {self.day} {self.call.id}"


@dataclass(frozen=True, slots=True)
class Closure:
    """From when on nothing may start on a local date. `inclusive`: not at that instant either."""

    day: date
    instant: float
    inclusive: bool
    why: str
    source: Taken | None

    @property
    def dates(self) -> tuple[date, ...]:
        """The start date of the call it follows from; none of last year's."""
        return () if self.source is None else (self.source.day,)

    def closes(self, start: float) -> bool:
        """Whether something that starts at that instant of the closed date is against it."""
        return start > self.instant or (self.inclusive and start == self.instant)


@dataclass(frozen=True, slots=True)
class PersonCalls:
    """What one resident takes: `calls` replace sessions and exclude nights, `jeopardies` do neither.

    `closures` are by the date they close.
    """

    calls: tuple[Taken, ...]
    jeopardies: tuple[Taken, ...]
    closures: Mapping[date, tuple[Closure, ...]]


NONE_KNOWN: Mapping[str, PersonCalls] = {}


def session_by_start(clock: Clock, start: float) -> Session:
    """The session of a call's row: before 12:00 local AM, before 17:00 PM, else NIGHT."""
    hour = clock.hour_of(start)
    if hour < NOON_HOUR:
        return Session.AM
    return Session.PM if hour < EVENING_HOUR else Session.NIGHT


def is_held_on(call: Call, day: date, holidays: frozenset[date]) -> bool:
    """Whether a call's weekdays and holiday rule name a local date."""
    if call.holidays is HolidayRule.HOLIDAYS_ONLY:
        return day in holidays
    if day in holidays:
        return call.holidays is HolidayRule.WEEKDAYS_AND_HOLIDAYS
    return not call.weekdays or day.weekday() in call.weekdays


def taken_calls(ground: Ground, known: Mapping[str, PersonCalls] = NONE_KNOWN) -> Mapping[str, PersonCalls]:
    """What each resident takes, by the rows of duty; a row that names no call of the program is none.

    `known` holds it already for some, whose rows are the same.
    """
    return {person: known.get(person) or _taken_by(ground, person) for person in ground.residents}


def _taken_by(ground: Ground, person: str) -> PersonCalls:
    found: dict[tuple[date, str], Taken] = {}
    for row, _, _ in ground.entries_of[person]:
        call = ground.program.call_by_id.get(row.id)
        if call is not None and is_duty_of(row, call) and row.date in ground.block_of:
            found.setdefault((row.date, call.id), _taken(ground.clock, row, call))
    in_order = sorted(found.values(), key=lambda taken: (taken.start, taken.row))
    calls = tuple(taken for taken in in_order if not taken.is_jeopardy)
    closures: dict[date, tuple[Closure, ...]] = {}
    for closure in (*_history_closures(ground, person), *(c for one in calls for c in _closures_of(one))):
        closures[closure.day] = (*closures.get(closure.day, ()), closure)
    return PersonCalls(calls, tuple(taken for taken in in_order if taken.is_jeopardy), closures)


def is_duty_of(row: AssignmentRow, call: Call) -> bool:
    """Whether a row is the duty (not the handover) of a call."""
    jeopardy = call.duty_type is DutyType.JEOPARDY
    kind = AssignmentKind.JEOPARDY if jeopardy else AssignmentKind.CALL
    return row.kind is kind and row.duty_type is call.duty_type


def _taken(clock: Clock, row: AssignmentRow, call: Call) -> Taken:
    start = clock.instant(row.date, call.start)
    duty_end = start + 60 * call.minutes
    # A jeopardy is no work unless activated: there is nothing to hand over.
    handover = 0 if call.duty_type is DutyType.JEOPARDY else 60 * call.handover_minutes
    end = duty_end + handover
    return Taken(row.person, call, row.date, start, duty_end, end, clock.last_date(end), row.row)


def _closures_of(taken: Taken) -> Iterator[Closure]:
    if taken.call.post_call is PostCall.OFF_AFTER:
        yield Closure(
            taken.last_date, taken.end, inclusive=True, why=f"post-call of {taken.words}", source=taken
        )
    elif taken.call.post_call is PostCall.DAY_OFF:
        why = f"the day off after {taken.words}"
        yield Closure(taken.last_date, taken.start, inclusive=False, why=why, source=taken)


def _history_closures(ground: Ground, person: str) -> Iterator[Closure]:
    """A call or handover of last year that ends on the first day makes it post-call as `off_after` does."""
    first_day = ground.program.year_start_date
    for interval in ground.history_of.get(person, ()):
        if interval.duty_type in POST_CALL_HISTORY:
            end = seconds_of(interval.end_at)
            if ground.clock.last_date(end) == first_day:
                yield Closure(
                    first_day, end, inclusive=True, why="post-call of last year's call", source=None
                )


def broken_calls(ground: Ground, taken: Mapping[str, PersonCalls]) -> Iterator[Broken]:
    """Calls and jeopardies on dates they may not be, by people who may not, or after a call; and too many."""
    for person_calls in taken.values():
        for one in (*person_calls.calls, *person_calls.jeopardies):
            if one.day in ground.judged_date_set:
                yield from _not_eligible(ground, one)
                yield from _away(ground, one)
        for one in person_calls.calls:
            if one.day in ground.judged_date_set:
                yield from _post_call(person_calls, one)
    yield from _too_many(ground, taken)
    yield from _pins_not_kept(ground, taken)


def _pins_not_kept(ground: Ground, taken: Mapping[str, PersonCalls]) -> Iterator[Broken]:
    """Pins stand in item 1, also those of calls."""
    all_taken = {
        (one.person, one.day, one.call.id)
        for person_calls in taken.values()
        for one in (*person_calls.calls, *person_calls.jeopardies)
    }
    for pin in ground.program.call_pins:
        if pin.date in ground.judged_date_set and (pin.person, pin.date, pin.call) not in all_taken:
            message = f"{pin.person} {pin.date}: pinned to {pin.call} and does not take it"
            yield Broken(Item.YEAR, "pins.csv", pin.row, message, person=pin.person, dates=(pin.date,))


def broken_call(item: int, one: Taken, message: str, *others: date) -> Broken:
    """Something wrong with a call; `others` are the dates of what stands against it."""
    words = f"{one.words}: {message}"
    return Broken(item, ASSIGNMENTS_FILE, one.row, words, person=one.person, dates=(one.day, *others))


def _not_eligible(ground: Ground, one: Taken) -> Iterator[Broken]:
    call = one.call
    if not is_held_on(call, one.day, ground.holidays):
        yield broken_call(Item.WORK, one, f"not held on that date (calls.csv row {call.row})")
    problem = _why_not_eligible(ground, one)
    if problem is not None:
        yield broken_call(Item.WORK, one, f"{problem} (calls.csv row {call.row})")


def _why_not_eligible(ground: Ground, one: Taken) -> str | None:
    person = ground.residents[one.person]
    if not is_for(one.call.pgys, person):
        return f"PGY-{person.pgy} may not take it"
    rotation = ground.rotation_on(one.person, one.day)
    if one.call.rotations:
        allowed = {rotation for ref in one.call.rotations for rotation in ground.program.expand(ref)}
        if rotation is None or rotation.id not in allowed:
            return f"who is on {'no rotation' if rotation is None else rotation.id} may not take it"
    return None


def _away(ground: Ground, one: Taken) -> Iterator[Broken]:
    """No call on, or reaching into, a vacation or absence date; a jeopardy counts on its start date only."""
    away = ground.away[one.person]
    last = one.day if one.is_jeopardy else max(one.last_date, one.day)
    for day in days_between(one.day, last):
        if day in away:
            yield broken_call(Item.VACATIONS, one, f"the person is {away[day]} on {day}")
            return


def _post_call(person_calls: PersonCalls, one: Taken) -> Iterator[Broken]:
    for closure in person_calls.closures.get(one.day, ()):
        if closure.source is not one and closure.closes(one.start):
            yield broken_call(Item.POST_CALL, one, f"starts in {closure.why}", *closure.dates)


def _takers(ground: Ground, taken: Mapping[str, PersonCalls]) -> Mapping[tuple[str, date], list[Taken]]:
    """Who takes each call on each date: eligible residents only."""
    found: dict[tuple[str, date], list[Taken]] = defaultdict(list)
    for person_calls in taken.values():
        for one in (*person_calls.calls, *person_calls.jeopardies):
            if _why_not_eligible(ground, one) is None:
                found[one.call.id, one.day].append(one)
    return found


def call_shortages(ground: Ground, taken: Mapping[str, PersonCalls]) -> Iterator[Shortage]:
    """Each call and judged matching date with fewer eligible residents than its minimum."""
    takers = _takers(ground, taken)
    for call in ground.program.calls:
        for day in ground.judged_dates:
            got = len(takers.get((call.id, day), ()))
            if got < call.min and is_held_on(call, day, ground.holidays):
                session = session_by_start(ground.clock, ground.clock.instant(day, call.start))
                yield Shortage(
                    what=UnmetKind.CALL,
                    id=call.id,
                    date_or_block=day.isoformat(),
                    sessions=frozenset({None, session}),
                    pgys=frozenset(call.pgys),
                    needed=call.min,
                    got=got,
                    item=Item.STAFFING,
                    file="calls.csv",
                    row=call.row,
                )


def _too_many(ground: Ground, taken: Mapping[str, PersonCalls]) -> Iterator[Broken]:
    for takers in _takers(ground, taken).values():
        call, day = takers[0].call, takers[0].day
        if call.max is not None and len(takers) > call.max and day in ground.judged_date_set:
            who = ", ".join(one.person for one in takers)
            limit = f"at most {call.max} may (calls.csv row {call.row})"
            # Who of them is one too many cannot be told: each is named.
            for one in takers:
                yield broken_call(Item.STAFFING, one, f"{len(takers)} take it ({who}), {limit}")
