"""From decisions to the intervals they imply.

Only two things are decided day by day: which dates a resident is given off, and which calls a resident
takes. All else follows from template, clinics and calls (interchange.md); this module works it out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from src.interchange.model import DutyType, Program, Session
from src.interchange.schedule import AssignmentKind, AssignmentRow
from src.solver.daily.calendar import Calendar
from src.solver.daily.duties import CallDuty, Duty
from src.solver.daily.facts import Fixed, PersonYear, ProgramFacts, fixed_by
from src.solver.plan import YearPlan

_NOON = time(12)
_EVENING = time(17)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Days off given, as (person, local date), and calls taken, as (person, start date, call id)."""

    days_off: frozenset[tuple[str, date]] = frozenset()
    calls: frozenset[tuple[str, date, str]] = frozenset()


def expand(
    program: Program,
    plan: YearPlan,
    decisions: Decisions,
    *,
    blocks: Iterable[int] = (),
    kept: Iterable[AssignmentRow] = (),
) -> tuple[AssignmentRow, ...]:
    """The intervals of the academic blocks (none named = all) that the decisions imply.

    `kept` are rows of other blocks that stay as they are and are taken into account, not returned.
    Decisions that break a rule are expanded all the same; it is the caller who keeps to the rules.
    """
    shared = ProgramFacts(program)
    solved = days_of(shared.calendar, blocks)
    fixed = fixed_of_all(program, shared, kept)
    off: defaultdict[str, set[int]] = defaultdict(set)
    for person, day in decisions.days_off:
        off[person].add(shared.calendar.day_of_date(day))
    calls: defaultdict[str, list[CallDuty]] = defaultdict(list)
    for person, day, call in decisions.calls:
        found = shared.call_duty(program.call_by_id[call], shared.calendar.day_of_date(day))
        if found.day in solved:
            calls[person].append(found)
    rows: list[AssignmentRow] = []
    for resident in program.residents:
        year = PersonYear(shared, resident, plan, solved, fixed.get(resident.id, Fixed()))
        rows += expand_person(year, off[resident.id], calls[resident.id])
    return tuple(rows)


def expand_person(
    year: PersonYear, days_off: Iterable[int], calls: Iterable[CallDuty]
) -> list[AssignmentRow]:
    """One resident's intervals in order of time; days are days of the year."""
    calendar = year.shared.calendar
    taken = sorted(calls, key=lambda call: call.start)
    rows = [
        _row(year.person.id, calendar, duty) for duty in worked_sessions(year, frozenset(days_off), taken)
    ]
    for call in taken:
        rows += call_rows(year.person.id, calendar, call)
    return sorted(rows, key=lambda row: (row.start_at.timestamp(), row.end_at.timestamp()))


def worked_sessions(year: PersonYear, days_off: frozenset[int], calls: Iterable[CallDuty]) -> list[Duty]:
    """The template and clinic sessions that are left to work beside days off, calls and nights."""
    calls_on: defaultdict[int, list[CallDuty]] = defaultdict(list)
    for call in calls:
        for day in {call.day, call.end_day}:
            calls_on[day].append(call)
    left = [
        duty
        for day in sorted(year.solved)
        if day not in days_off
        for duty in year.due(day)
        if not any(call.drops(duty) for call in calls_on.get(day, ()))
    ]
    post_night = {duty.end_day for duty in left if duty.is_night}
    return [duty for duty in left if duty.session is Session.NIGHT or duty.day not in post_night]


def call_rows(person: str, calendar: Calendar, call: CallDuty) -> list[AssignmentRow]:
    """The call's interval, and its handover as a row of its own."""
    kind = AssignmentKind.JEOPARDY if call.is_jeopardy else AssignmentKind.CALL
    rows = [_interval(person, calendar, kind, call.call.id, call.start, call.end, call.call.duty_type)]
    if call.end_all > call.end and not call.is_jeopardy:  # jeopardy is no work: nothing to hand over
        rows.append(
            _interval(person, calendar, kind, call.call.id, call.end, call.end_all, DutyType.TRANSITION)
        )
    return rows


def session_by_start(local_start: datetime) -> Session:
    """The session of a call row, by local start: before 12:00 AM, before 17:00 PM, else NIGHT."""
    clock = local_start.time()
    if clock < _NOON:
        return Session.AM
    return Session.PM if clock < _EVENING else Session.NIGHT


def home_date(program: Program, row: AssignmentRow) -> date:
    """The local date a row is decided on: its own, and for a handover the start date of its call."""
    call = program.call_by_id.get(row.id)
    if row.kind is not AssignmentKind.CALL or row.duty_type is not DutyType.TRANSITION or call is None:
        return row.date
    start = row.start_at.astimezone(UTC) - timedelta(minutes=call.minutes)
    return start.astimezone(program.zone).date()


def days_of(calendar: Calendar, blocks: Iterable[int]) -> frozenset[int]:
    """The days of the academic blocks; no blocks named = the whole year."""
    named = tuple(blocks) or tuple(calendar.days_of_block)
    return frozenset(day for number in named for day in calendar.days_of_block[number])


def fixed_of_all(
    program: Program, shared: ProgramFacts, kept: Iterable[AssignmentRow]
) -> Mapping[str, Fixed]:
    """What history and kept rows fix, by person."""
    rows: defaultdict[str, list[AssignmentRow]] = defaultdict(list)
    for row in kept:
        rows[row.person].append(row)
    people = {interval.person for interval in program.history} | set(rows)
    return {person: fixed_by(shared, person, program.history, rows[person]) for person in people}


def _interval(
    person: str, calendar: Calendar, kind: AssignmentKind, name: str, start: int, end: int, duty: DutyType
) -> AssignmentRow:
    local = calendar.at(start)
    return AssignmentRow(
        person, local.date(), session_by_start(local), kind, name, local, calendar.at(end), duty
    )


def _row(person: str, calendar: Calendar, duty: Duty) -> AssignmentRow:
    return AssignmentRow(
        person,
        calendar.date(duty.day),
        duty.session,
        duty.kind,
        duty.id,
        calendar.at(duty.start),
        calendar.at(duty.end),
        duty.duty_type,
    )


def decisions_of(
    program: Program, plan: YearPlan, rows: Iterable[AssignmentRow], *, blocks: Iterable[int] = ()
) -> Decisions:
    """The decisions that explain a schedule's rows in the academic blocks (none named = all), as far as any.

    A date is taken for a day off when sessions were due on it, might be off, and none was worked. Rows that
    no decision explains are left aside.
    """
    shared = ProgramFacts(program)
    solved = days_of(shared.calendar, blocks)
    worked: defaultdict[str, set[int]] = defaultdict(set)
    calls: defaultdict[str, dict[tuple[int, str], CallDuty]] = defaultdict(dict)
    kept: list[AssignmentRow] = []
    for row in rows:
        day = shared.calendar.day_of_date(home_date(program, row))
        call = program.call_by_id.get(row.id)
        if day not in solved:
            kept.append(row)
        elif row.kind in (AssignmentKind.CALL, AssignmentKind.JEOPARDY):
            if call is not None and row.duty_type is call.duty_type:
                calls[row.person][day, call.id] = shared.call_duty(call, day)
        else:
            worked[row.person].add(day)
    fixed = fixed_of_all(program, shared, kept)
    days_off: set[tuple[str, date]] = set()
    for person in program.residents:
        year = PersonYear(shared, person, plan, solved, fixed.get(person.id, Fixed()))
        idle = {day for day in solved if day not in worked[person.id] and year.may_be_off(day)}
        taken = list(calls[person.id].values())
        given = frozenset(idle - {call.day for call in taken if not call.is_jeopardy})
        days_off |= {(person.id, shared.calendar.date(day)) for day in given & _left_due(year, given, taken)}
    return Decisions(
        frozenset(days_off),
        frozenset(
            (person, shared.calendar.date(day), call)
            for person, found in calls.items()
            for day, call in found
        ),
    )


def _left_due(year: PersonYear, days_off: frozenset[int], calls: Iterable[CallDuty]) -> set[int]:
    """The dates on which sessions are due beside calls, given that nights on days off are not worked."""
    taken = list(calls)
    idle_nights = frozenset(day for day in days_off if any(duty.is_night for duty in year.due(day)))
    nights = {duty.day for duty in worked_sessions(year, frozenset(), taken) if duty.is_night}
    return {duty.day for duty in worked_sessions(year, idle_nights, taken)} | (nights & idle_nights)
