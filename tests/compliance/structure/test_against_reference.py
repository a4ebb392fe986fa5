"""What is worked, against a second expansion that is as plain as the sentences it follows.

The reference walks through the fortnight with plain datetimes and asks of each session, one sentence after
the other, whether it is worked. Whatever calls, nights, absences and days off are drawn, the rows it writes
are those the check wants: none is too many and none is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Call,
    Clinic,
    DutyType,
    PostCall,
    Program,
    Session,
    Template,
)
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule
from tests.compliance.structure.world import (
    AM,
    CLINICAL,
    EVERY_DAY,
    HANDOVER,
    MONDAY,
    NIGHT,
    NIGHT_FLOAT,
    PM,
    WEEKDAYS,
    A,
    broken,
    call,
    day,
    small_program,
    year,
)

TEMPLATES = (
    Template("DESK", WEEKDAYS, AM, time(8), 240, CLINICAL, holidays=False),
    Template("DESK", WEEKDAYS, PM, time(12), 300, CLINICAL),
    Template("WARD", EVERY_DAY, AM, time(7), 300, CLINICAL, may_be_off=True),
    Template("WARD", EVERY_DAY, PM, time(12), 360, CLINICAL, may_be_off=True),
    Template("NF", EVERY_DAY, NIGHT, time(19), 720, NIGHT_FLOAT, may_be_off=True),
)
CALLS = (
    call("NIGHTLY", start=time(18), minutes=12 * 60, handover_minutes=90, post_call=PostCall.OFF_AFTER),
    call("LONG", start=time(7), minutes=24 * 60, handover_minutes=60, post_call=PostCall.DAY_OFF),
    call("SHORT", start=time(10), minutes=60, post_call=PostCall.NONE),
    call("EVENING", start=time(17), minutes=7 * 60, post_call=PostCall.OFF_AFTER),
)
CLINIC = Clinic("A", 0, PM, time(13), 240)


def at(on: date, clock: time) -> datetime:
    return datetime.combine(on, clock, UTC)


@dataclass(frozen=True)
class Span:
    """An interval with all its row says."""

    on: date
    session: Session
    kind: AssignmentKind
    name: str
    start: datetime
    end: datetime
    duty: DutyType
    may_be_off: bool = False

    @property
    def last_date(self) -> date:
        return (self.end - timedelta(microseconds=1)).date()

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def row(self) -> AssignmentRow:
        return AssignmentRow(
            "A", self.on, self.session, self.kind, self.name, self.start, self.end, self.duty
        )


def session_of(start: datetime) -> Session:
    return AM if start.hour < 12 else PM if start.hour < 17 else NIGHT


def call_spans(one: Call, on: date) -> list[Span]:
    start = at(on, one.start)
    end = start + timedelta(minutes=one.minutes)
    spans = [Span(on, session_of(start), AssignmentKind.CALL, one.id, start, end, one.duty_type)]
    if one.handover_minutes:
        over = end + timedelta(minutes=one.handover_minutes)
        spans.append(Span(end.date(), session_of(end), AssignmentKind.CALL, one.id, end, over, HANDOVER))
    return spans


def is_post_call(one: Call, on: date, session: Span) -> bool:
    """Whether a call leaves no room for a session on the date it ends."""
    spans = call_spans(one, on)
    if session.on != spans[-1].last_date:
        return False
    if one.post_call is PostCall.OFF_AFTER:
        return session.start >= spans[-1].end
    return one.post_call is PostCall.DAY_OFF and session.start > spans[0].start


def is_free(session: Span, away: set[date], taken: dict[date, Call], nights: list[Span]) -> bool:
    """Whether neither an absence, nor a call, nor a night before keeps from a session."""
    if {session.on, session.last_date} & away:
        return False
    if any(is_post_call(one, start_date, session) for start_date, one in taken.items()):
        return False
    return session.session is NIGHT or all(night.last_date != session.on for night in nights)


def worked(
    program: Program, rotations: tuple[str, str], taken: dict[date, Call], off: set[date]
) -> list[Span]:
    """The rows of A, sentence by sentence."""
    away = {absence.start_date for absence in program.absences}
    found: list[Span] = []
    for number in range(14):
        on = day(number)
        sessions = []
        for template in program.templates:
            held = on not in program.holidays or template.holidays
            if template.rotation == rotations[number // 7] and on.weekday() in template.weekdays and held:
                start = at(on, template.start)
                end = start + timedelta(minutes=template.minutes)
                kind = AssignmentKind.ROTATION
                name, duty = template.rotation, template.duty_type
                sessions.append(Span(on, template.session, kind, name, start, end, duty, template.may_be_off))
        if on.weekday() == 0 and rotations[number // 7] == "DESK" and on not in program.holidays:
            start = at(on, CLINIC.start)
            end = start + timedelta(minutes=CLINIC.minutes)
            sessions.append(Span(on, PM, AssignmentKind.CLINIC, "clinic", start, end, CLINICAL))

        nights = [span for span in found if span.session is NIGHT and span.kind is AssignmentKind.ROTATION]
        sessions = [session for session in sessions if is_free(session, away, taken, nights)]
        if any(session.kind is AssignmentKind.CLINIC for session in sessions):
            sessions = [s for s in sessions if s.kind is AssignmentKind.CLINIC or s.session is not PM]
        on_call = [span for start_date, one in taken.items() for span in call_spans(one, start_date)]
        sessions = [s for s in sessions if s.session is NIGHT or not any(s.overlaps(c) for c in on_call)]
        if on in off and on not in taken and all(session.may_be_off for session in sessions):
            continue
        found += sessions
    return found + [span for start_date, one in taken.items() for span in call_spans(one, start_date)]


@st.composite
def fortnights(draw: st.DrawFn) -> tuple[Program, Schedule]:
    program = small_program(
        time_zone="UTC",
        people=(A,),
        templates=TEMPLATES,
        calls=CALLS,
        clinics=(CLINIC,),
        holidays=tuple(day(on) for on in draw(st.sets(st.integers(0, 13), max_size=2))),
        absences=tuple(
            Absence("A", "sick", day(on), day(on), AbsenceStatus.APPROVED)
            for on in draw(st.sets(st.integers(0, 13), max_size=2))
        ),
    )
    rotations = draw(st.tuples(*[st.sampled_from(["DESK", "WARD", "NF"])] * 2))
    taken: dict[date, Call] = {}
    for on in sorted(draw(st.sets(st.integers(0, 12), max_size=4))):
        if not any(day(on) - start < timedelta(days=2) for start in taken):
            taken[day(on)] = draw(st.sampled_from(CALLS))
    off = {day(on) for on in draw(st.sets(st.integers(0, 13), max_size=5))}
    rows = worked(program, rotations, taken, off)
    assignments = tuple(replace(span.row(), row=row) for row, span in enumerate(rows, start=2))
    return program, Schedule(year=year(A=rotations), assignments=assignments)


def about_sessions(program: Program, plan: Schedule) -> list[str]:
    """What is broken, apart from calls that may not be where they were drawn."""
    call_rows = {row.row for row in plan.assignments if row.kind is AssignmentKind.CALL}
    at_night = {
        row.row
        for row in plan.assignments
        if any(
            other.kind is AssignmentKind.CALL and row.start_at < other.end_at and other.start_at < row.end_at
            for other in plan.assignments
            if other is not row and row.session is NIGHT
        )
    }
    return [one.message for one in broken(program, plan) if one.row not in call_rows | at_night]


@settings(max_examples=300, deadline=None)
@given(fortnights())
def test_the_plain_expansion_is_what_the_check_wants(drawn: tuple[Program, Schedule]) -> None:
    assert about_sessions(*drawn) == []


@settings(max_examples=150, deadline=None)
@given(fortnights(), st.data())
def test_a_session_less_is_missed_unless_it_was_a_whole_day_off(
    drawn: tuple[Program, Schedule], data: st.DataObject
) -> None:
    program, plan = drawn
    sessions = [row for row in plan.assignments if row.kind is not AssignmentKind.CALL]
    if not sessions:
        return
    dropped = data.draw(st.sampled_from(sessions))
    beside = [row for row in sessions if row.date == dropped.date]
    calls_start = any(
        row.duty_type is CALLS[0].duty_type and row.date == dropped.date for row in plan.assignments
    )
    may_be_off = dropped.id in ("WARD", "NF") and len(beside) == 1 and not calls_start
    less = replace(plan, assignments=tuple(row for row in plan.assignments if row is not dropped))

    missed = any(
        f"A {dropped.date} {dropped.session}" in message for message in about_sessions(program, less)
    )

    assert missed is not may_be_off


def test_the_reference_works_a_plain_fortnight() -> None:
    rows = worked(small_program(time_zone="UTC", templates=TEMPLATES), ("DESK", "DESK"), {}, set())

    assert len(rows) == 20
    assert rows[0].on == MONDAY
