"""What one resident works under a plan, days off and calls: the sentences of the format, written once more.

Rows that break a rule are made all the same; who judges them finds out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from src.interchange.model import (
    Call,
    Clinic,
    DutyType,
    HolidayRule,
    Person,
    PostCall,
    Program,
    Session,
    Template,
)
from src.interchange.schedule import AssignmentKind, AssignmentRow
from tests.solver.honest.recount import DAY, away


@dataclass(frozen=True)
class Life:
    """Rotations by academic block, vacation weeks, days off given and calls taken."""

    rotations: tuple[tuple[int, str], ...]
    weeks: tuple[date, ...] = ()
    off: frozenset[date] = frozenset()
    calls: frozenset[tuple[date, str]] = frozenset()


def instant(program: Program, day: date, clock: time) -> datetime:
    """The instant of a local time: the first of two, and the first after a gap that there is none in."""
    at = datetime.combine(day, clock)
    while at.replace(tzinfo=program.zone).astimezone(UTC).astimezone(program.zone).replace(tzinfo=None) != at:
        at += timedelta(minutes=1)
    return at.replace(tzinfo=program.zone)


def after(program: Program, start: datetime, minutes: int) -> datetime:
    """The instant so many elapsed minutes later."""
    return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(program.zone)


def last_date(end: datetime) -> date:
    """What ends at exactly 00:00 ends on the date before."""
    return (end - timedelta(microseconds=1)).date()


def is_held(program: Program, call: Call, day: date) -> bool:
    on_weekday = not call.weekdays or day.weekday() in call.weekdays
    if call.holidays is HolidayRule.HOLIDAYS_ONLY:
        return day in program.holidays
    if day in program.holidays:
        return call.holidays is HolidayRule.WEEKDAYS_AND_HOLIDAYS
    return on_weekday


def may_take(program: Program, person: Person, call: Call, rotation: str) -> bool:
    named = {name for each in call.rotations for name in program.expand(each)}
    return (not call.pgys or person.pgy in call.pgys) and (not call.rotations or rotation in named)


def worked(program: Program, person: Person, life: Life) -> tuple[AssignmentRow, ...]:
    """The resident's rows."""
    calls = [row for day, name in sorted(life.calls) for row in call_rows(program, person, day, name)]
    duties = [row for row in calls if row.kind is AssignmentKind.CALL]
    gone = away(program, person, [(person.id, monday) for monday in life.weeks])
    after_night = nights_of_history(program, person)
    spent = set(dates_after_history(program, person))
    rows: list[AssignmentRow] = []
    rotation_of = dict(life.rotations)
    for block in program.academic_blocks:
        for day in block.dates:
            rotation = rotation_of.get(block.number)
            if rotation is None or day in gone:
                continue
            due = list(sessions(program, person, rotation, day, is_off=day in life.off))
            due = [row for row in due if day not in spent and not reaches(row, gone)]
            due = [row for row in due if not any(drops(program, row, call) for call in duties)]
            night = [row for row in due if row.session is Session.NIGHT]
            ends = after_night | {last_date(row.end_at) for row in night}
            due = night if day in ends else due
            after_night |= {last_date(row.end_at) for row in night}
            rows += due
    return tuple(sorted(rows + calls, key=lambda row: (row.start_at.astimezone(UTC), row.kind, row.id)))


def sessions(
    program: Program, person: Person, rotation: str, day: date, *, is_off: bool
) -> Iterator[AssignmentRow]:
    """Template and clinic of a date, as if nothing else were there."""
    setting = next(each for each in program.rotations if each.id == rotation)
    clinics = [row for row in program.clinics if row.person == person.id and row.weekday == day.weekday()] * (
        setting.clinic and day not in program.holidays
    )
    held = {row.session for row in clinics}
    for row in program.templates:
        is_on = row.rotation == rotation and (not row.weekdays or day.weekday() in row.weekdays)
        if is_on and row.session not in held and (row.holidays or day not in program.holidays) and not is_off:
            yield session_row(program, person, day, row, rotation, AssignmentKind.ROTATION)
    for clinic in clinics:
        yield session_row(program, person, day, clinic, "clinic", AssignmentKind.CLINIC)


def session_row(
    program: Program, person: Person, day: date, row: Template | Clinic, name: str, kind: AssignmentKind
) -> AssignmentRow:
    start = instant(program, day, row.start)
    duty = row.duty_type if isinstance(row, Template) else DutyType.CLINICAL
    return AssignmentRow(
        person.id, day, row.session, kind, name, start, after(program, start, row.minutes), duty
    )


def call_rows(program: Program, person: Person, day: date, name: str) -> Iterator[AssignmentRow]:
    """The call, and its handover as a row of its own."""
    call = next(each for each in program.calls if each.id == name)
    start = instant(program, day, call.start)
    end = after(program, start, call.minutes)
    kind = AssignmentKind.JEOPARDY if call.duty_type is DutyType.JEOPARDY else AssignmentKind.CALL
    yield AssignmentRow(person.id, day, by_clock(start), kind, name, start, end, call.duty_type)
    if call.handover_minutes and kind is AssignmentKind.CALL:
        over = after(program, end, call.handover_minutes)
        yield AssignmentRow(person.id, end.date(), by_clock(end), kind, name, end, over, DutyType.TRANSITION)


def by_clock(start: datetime) -> Session:
    if start.time() < time(12):
        return Session.AM
    return Session.PM if start.time() < time(17) else Session.NIGHT


def drops(program: Program, row: AssignmentRow, duty: AssignmentRow) -> bool:
    """Whether a call replaces a session (not a night), or what follows the call leaves no room for it."""
    if duty.duty_type is DutyType.TRANSITION:
        return False  # it goes with its call
    call = next(each for each in program.calls if each.id == duty.id)
    over = after(program, duty.end_at, call.handover_minutes)
    if row.start_at < over and duty.start_at < row.end_at:
        return row.session is not Session.NIGHT
    if row.date != last_date(over):
        return False
    if call.post_call is PostCall.OFF_AFTER:
        return row.start_at >= over
    return call.post_call is PostCall.DAY_OFF and row.start_at >= duty.start_at


def reaches(row: AssignmentRow, gone: set[date]) -> bool:
    """Whether a session would reach into a date the person is away."""
    day, last = row.start_at.date(), last_date(row.end_at)
    while day <= last:
        if day in gone:
            return True
        day += DAY
    return False


def nights_of_history(program: Program, person: Person) -> set[date]:
    return {
        last_date(row.end_at.astimezone(program.zone))
        for row in program.history
        if row.person == person.id and row.duty_type is DutyType.NIGHT_FLOAT
    }


def dates_after_history(program: Program, person: Person) -> Iterator[date]:
    """The year's first day, where a call or handover of history ends on it."""
    for row in program.history:
        if row.person == person.id and row.duty_type in (DutyType.IN_HOUSE_CALL, DutyType.TRANSITION):
            last = last_date(row.end_at.astimezone(program.zone))
            if last == program.year_start_date:
                yield last
