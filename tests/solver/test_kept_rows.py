"""Runs of some blocks beside a call that reaches over their edge: the handover goes with the call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from src.interchange.model import Absence, AbsenceStatus, DutyType, HolidayRule, Program
from src.interchange.schedule import AssignmentRow, Schedule, SolveStatus
from src.solver.expand import home_date
from tests.solver.hospital import MONDAY, WEEKEND_CALL, assert_legal, hospital, run

LAST_OF_BLOCK_1 = MONDAY + timedelta(13)
FIRST_OF_BLOCK_2 = MONDAY + timedelta(14)


def sundays() -> Program:
    """The hospital with its call on Sundays, handed over on the first day of block 2: a holiday."""
    calls = (replace(WEEKEND_CALL, weekdays=(6,), holidays=HolidayRule.WEEKDAYS_ONLY),)
    return hospital(calls=calls, holidays=(FIRST_OF_BLOCK_2,))


@cache
def stood() -> Schedule:
    schedule = run(sundays()).schedule
    assert schedule is not None
    return schedule


def edge_call(schedule: Schedule) -> list[AssignmentRow]:
    rows = (row for row in schedule.assignments if row.id == "CALL")
    return [row for row in rows if row.date in (LAST_OF_BLOCK_1, FIRST_OF_BLOCK_2)]


@pytest.mark.parametrize("solved", [1, 2])
def test_a_call_and_its_handover_stay_with_one_person(solved: int) -> None:
    result = run(sundays(), blocks=(solved,), base=stood(), seed=7)
    assert result.schedule is not None
    assert_legal(sundays(), result, blocks=(solved,))
    rows = edge_call(result.schedule)
    assert len({row.person for row in rows}) == 1
    assert sorted(row.date for row in rows) == [LAST_OF_BLOCK_1, FIRST_OF_BLOCK_2]


def test_the_block_before_may_give_its_last_call_to_somebody_else() -> None:
    """Whoever hands over in the base is away on the night: the handover must not keep them at it."""
    taker = edge_call(stood())[0].person
    away = Absence(taker, "sick", LAST_OF_BLOCK_1, FIRST_OF_BLOCK_2, AbsenceStatus.APPROVED)
    program = replace(sundays(), absences=(away,))
    result = run(program, blocks=(1,), base=stood())
    assert result.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)
    assert result.schedule is not None
    assert {row.person for row in edge_call(result.schedule)}.isdisjoint({taker})


def test_the_block_after_keeps_the_handover_of_the_call_before_it() -> None:
    result = run(sundays(), blocks=(2,), base=stood(), seed=3)
    assert result.schedule is not None
    assert edge_call(result.schedule) == edge_call(stood())


def test_a_handover_is_decided_on_the_date_its_call_starts() -> None:
    rows = edge_call(stood())
    assert {home_date(sundays(), row) for row in rows} == {LAST_OF_BLOCK_1}
    assert [row.duty_type for row in rows if row.date == FIRST_OF_BLOCK_2] == [DutyType.TRANSITION]


def test_other_rows_are_decided_on_their_own_date() -> None:
    others = [row for row in stood().assignments if row.id != "CALL"]
    assert others
    assert all(home_date(sundays(), row) == row.date for row in others)
