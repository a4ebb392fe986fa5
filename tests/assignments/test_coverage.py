"""Demand and who meets it: sessions of rotations and calls, date by date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from src.assignments.coverage import Demand, demand_on
from src.interchange.model import DutyType, Program, Session
from src.interchange.schedule import AssignmentKind, AssignmentRow
from tests.factories.programs import small_program

SATURDAY = date(2026, 7, 4)
LABOR_DAY = date(2026, 9, 7)


def program_with_calls_on(*weekdays: int) -> Program:
    """The small program; its call, of a day and two hours of handover, on those weekdays."""
    program = small_program()
    (call,) = program.calls
    return replace(program, calls=(replace(call, weekdays=weekdays),))


def call_of(person: str, day: date) -> tuple[AssignmentRow, AssignmentRow]:
    """A call and the handover that follows it on the next date."""
    start = datetime.fromisoformat(f"{day}T07:00:00-05:00")
    end = start + timedelta(hours=24)
    duty = AssignmentRow(
        person, day, Session.AM, AssignmentKind.CALL, "WE", start, end, DutyType.IN_HOUSE_CALL
    )
    handover = replace(
        duty,
        date=end.date(),
        start_at=end,
        end_at=end + timedelta(hours=2),
        duty_type=DutyType.TRANSITION,
    )
    return duty, handover


def session_of(person: str, day: date, rotation: str = "WARD") -> AssignmentRow:
    start = datetime.fromisoformat(f"{day}T07:00:00-05:00")
    end = start + timedelta(hours=5)
    return AssignmentRow(
        person, day, Session.AM, AssignmentKind.ROTATION, rotation, start, end, DutyType.CLINICAL
    )


def calls_of(program: Program, rows: tuple[AssignmentRow, ...], day: date) -> Demand:
    (found,) = [demand for demand in demand_on(program, rows, [day]) if demand.is_call]
    return found


def staffing_of(program: Program, rows: tuple[AssignmentRow, ...], day: date) -> list[Demand]:
    return [demand for demand in demand_on(program, rows, [day]) if not demand.is_call]


def test_a_handover_takes_no_call_on_its_date() -> None:
    """Whoever hands over on Sunday morning took Saturday's call, not Sunday's."""
    program = program_with_calls_on(5, 6)
    rows = call_of("R2", SATURDAY)
    assert calls_of(program, rows, SATURDAY).people == ("R2",)
    sunday = calls_of(program, rows, SATURDAY + timedelta(1))
    assert (sunday.people, sunday.is_short) == ((), True)


def test_a_handover_beside_a_call_is_not_one_too_many() -> None:
    rows = (*call_of("R2", SATURDAY), *call_of("R3", SATURDAY + timedelta(1)))
    sunday = calls_of(program_with_calls_on(5, 6), rows, SATURDAY + timedelta(1))
    assert (sunday.people, sunday.maximum, sunday.is_short) == (("R3",), 1, False)


def test_jeopardy_counts_where_it_starts() -> None:
    program = program_with_calls_on(5)
    (call,) = program.calls
    program = replace(program, calls=(replace(call, duty_type=DutyType.JEOPARDY, handover_minutes=0),))
    duty, _ = call_of("R2", SATURDAY)
    row = replace(duty, kind=AssignmentKind.JEOPARDY, duty_type=DutyType.JEOPARDY)
    assert calls_of(program, (row,), SATURDAY).people == ("R2",)


def test_a_call_is_asked_for_on_its_dates_alone() -> None:
    """Its weekdays and, where it says so, holidays."""
    program = program_with_calls_on(5)
    asked = {demand.date for demand in demand_on(program, (), _dates(LABOR_DAY, 3)) if demand.is_call}
    assert asked == {LABOR_DAY}


@pytest.mark.parametrize(("pgys", "people"), [((), ("R1", "R3")), ((1,), ("R1",)), ((3,), ())])
def test_a_call_is_met_by_those_of_its_pgys(pgys: tuple[int, ...], people: tuple[str, ...]) -> None:
    program = program_with_calls_on(5)
    (call,) = program.calls
    program = replace(program, calls=(replace(call, pgys=pgys),))
    rows = (*call_of("R1", SATURDAY), *call_of("R3", SATURDAY))
    assert calls_of(program, rows, SATURDAY).people == people


def test_only_those_at_work_on_the_rotation_meet_its_staffing() -> None:
    """Who is on call or on another rotation instead does not count, nor does faculty."""
    day = SATURDAY + timedelta(2)
    rows = (
        session_of("R1", day),
        session_of("R2", day, "CLIN"),
        session_of("F1", day),
        replace(session_of("R3", day), kind=AssignmentKind.CALL, duty_type=DutyType.IN_HOUSE_CALL),
    )
    (ward,) = staffing_of(small_program(), rows, day)
    assert (ward.people, ward.is_short) == (("R1",), False)


def test_another_session_does_not_meet_the_demand() -> None:
    day = SATURDAY + timedelta(2)
    (ward,) = staffing_of(small_program(), (replace(session_of("R1", day), session=Session.PM),), day)
    assert (ward.people, ward.is_short) == ((), True)


def test_nothing_is_asked_for_on_a_holiday_that_the_session_does_not_hold() -> None:
    program = small_program()
    (rule,) = program.staffing
    closed = replace(program, staffing=(replace(rule, rotation="CLIN"),))
    assert staffing_of(closed, (), LABOR_DAY) == []
    assert [demand.is_short for demand in staffing_of(closed, (), LABOR_DAY + timedelta(1))] == [True]
    assert [demand.is_short for demand in staffing_of(program, (), LABOR_DAY)] == [True]


def _dates(first: date, days: int) -> list[date]:
    return [first + timedelta(number) for number in range(days)]
