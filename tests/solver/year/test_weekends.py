"""The most weekends that can be whole: less leave, vacation due and staffing, and never too few."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from src.interchange.model import Absence, AbsenceStatus, Program, Session, Staffing
from src.solver.year.facts import YearFacts
from src.solver.year.weekends import most_whole_weekends
from tests.solver.hospital import hospital, run
from tests.solver.small import MONDAY, program, resident, rotation, weekday_session

SATURDAY = MONDAY + timedelta(5)


def ward(*staffing: Staffing, **changes: object) -> Program:
    """Three residents and four weeks: twelve weekends."""
    made = program(
        [resident("A"), resident("B", 2), resident("C", 2)],
        [rotation("WARD", group="team"), rotation("DESK")],
        blocks=(28,),
        templates=(weekday_session("WARD", weekdays=()), weekday_session("DESK", weekdays=(5, 6))),
        staffing=staffing,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def asks(
    least: int, *, at: str = "WARD", pgys: tuple[int, ...] = (), days: tuple[int, ...] = (5, 6)
) -> Staffing:
    return Staffing(at, days, Session.AM, pgys, least, row=2)


def most(made: Program, *, met: bool = True) -> int:
    return most_whole_weekends(YearFacts(made), all_demand_is_met=met)


def test_without_leave_or_demand_every_weekend_can_be_whole() -> None:
    assert most(ward()) == 12


def test_who_must_be_at_work_takes_a_weekend_each_once() -> None:
    """Saturday and Sunday may be the same residents."""
    assert most(ward(asks(1))) == 8
    assert most(ward(asks(1, days=(5,)), asks(1, days=(6,)))) == 8
    assert most(ward(asks(1, days=(5,)), asks(2, days=(6,)))) == 4


def test_rows_in_which_one_resident_may_count_twice_are_not_added() -> None:
    assert most(ward(asks(1), asks(1, pgys=(1,)))) == 8
    assert most(ward(asks(1), asks(1, at="@team"))) == 8


def test_rows_of_other_residents_are_added() -> None:
    assert most(ward(asks(1, pgys=(2,)), asks(1, pgys=(1,)))) == 4
    assert most(ward(asks(1), asks(1, at="DESK"))) == 4


def test_demand_that_may_stay_open_takes_nothing() -> None:
    assert most(ward(asks(1)), met=False) == 12


def test_a_week_of_vacation_takes_its_weekend() -> None:
    assert most(ward(vacation_weeks=MappingProxyType({1: 2, 2: 0}))) == 10


def test_vacation_may_lie_on_weekends_that_absence_takes_already() -> None:
    absence = Absence("A", "loa", SATURDAY, SATURDAY, AbsenceStatus.APPROVED, row=2)
    assert most(ward(absences=(absence,))) == 11
    assert most(ward(absences=(absence,), vacation_weeks=MappingProxyType({1: 1}))) == 11
    assert most(ward(absences=(absence,), vacation_weeks=MappingProxyType({1: 2}))) == 10


def test_a_weekend_that_is_cut_by_the_years_end_is_none() -> None:
    assert most(ward(blocks=(27,))) == 9


def test_no_whole_schedule_exceeds_it() -> None:
    found = run(hospital())
    assert found.score_terms["whole_weekends"] <= most(hospital())
