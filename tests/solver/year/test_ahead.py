"""Counting ahead: a year plan is told when its weekends cannot be both worked and rested."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    HolidayRule,
    PostCall,
    Program,
    Session,
    Staffing,
    Template,
)
from src.interchange.schedule import SolveStatus
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.year.ahead import look_ahead
from src.solver.year.facts import YearFacts
from src.solver.year.layer import YearLayer
from tests.compliance.structure.world import call
from tests.solver.hospital import run
from tests.solver.small import MONDAY, program, resident, rotation, weekday_session

WEEKEND = weekday_session("WARD", weekdays=(5, 6), may_be_off=True)
EVERY_WEEKEND = Staffing("WARD", (5, 6), Session.AM, (), 1, row=2)


def ward(*templates: Template, **changes: object) -> Program:
    """Three residents and four weeks: eight weekend dates, of which each on the ward is owed four free."""
    made = program(
        [resident("A"), resident("B"), resident("C")],
        [rotation("WARD", vacation_weeks_max=1), rotation("DESK")],
        blocks=(28,),
        templates=templates or (weekday_session("WARD"), WEEKEND),
        staffing=(EVERY_WEEKEND,),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def plan(*on_ward: str, away: str | None = None) -> YearPlan:
    rotations = {(name, 1): "WARD" if name in on_ward else "DESK" for name in "ABC"}
    return YearPlan(rotations, frozenset() if away is None else frozenset({(away, MONDAY, None)}))


def foreseen(made: Program, tried: YearPlan) -> list[str]:
    """What counting ahead finds wrong with the plan, in words."""
    return [cut.words for cut in look_ahead(YearFacts(made)) if not cut.is_kept_by(tried)]


def test_two_residents_share_eight_weekend_dates() -> None:
    assert foreseen(ward(), plan("A", "B")) == []


def test_one_resident_cannot_work_them_all_and_be_free() -> None:
    assert foreseen(ward(), plan("A")) == ["WARD needs 8 mornings of optional dates worked in block 1"]


def test_a_vacation_week_takes_its_room_away() -> None:
    assert foreseen(ward(), plan("A", "B", away="A")) != []
    assert foreseen(ward(), plan("A", "B", "C", away="A")) == []


def test_an_absence_takes_its_room_away() -> None:
    week = Absence("A", "loa", MONDAY, MONDAY + timedelta(6), AbsenceStatus.APPROVED, row=2)
    assert foreseen(ward(absences=(week,)), plan("A", "B")) != []


def test_weekdays_that_may_be_off_leave_nothing_to_count() -> None:
    free = weekday_session("WARD", weekdays=(0, 1, 2, 3, 4, 5, 6), may_be_off=True)
    assert look_ahead(YearFacts(ward(free))) == ()


def test_weekends_that_nobody_is_asked_for_are_no_matter() -> None:
    assert foreseen(ward(staffing=()), plan("A")) == []


def test_weekend_calls_draw_on_the_same_dates() -> None:
    """A call from Saturday to Sunday takes both dates: with the morning's staff twelve of the eight."""
    saturday = call(
        min=1,
        max=1,
        weekdays=(5,),
        start=time(7),
        minutes=1440,
        rotations=("WARD",),
        post_call=PostCall.OFF_AFTER,
        holidays=HolidayRule.WEEKDAYS_AND_HOLIDAYS,
    )
    made = ward(calls=(saturday,))
    assert foreseen(made, plan("A", "B", "C")) != []
    assert foreseen(replace(made, staffing=()), plan("A", "B")) == []
    assert foreseen(replace(made, staffing=()), plan("A")) != []


def test_a_call_that_others_may_take_too_is_not_counted() -> None:
    everywhere = call(min=1, max=1, weekdays=(5,), start=time(7), minutes=1440)
    assert foreseen(ward(calls=(everywhere,), staffing=()), plan("A")) == []


def test_nothing_foreseen_is_called_proved() -> None:
    assert all(not cut.proved for cut in look_ahead(YearFacts(ward())))


def test_where_demand_may_stay_open_nothing_is_foreseen() -> None:
    assert YearLayer(Problem(ward(), allow_unmet=True)).foreseen == ()
    assert YearLayer(Problem(ward())).foreseen != ()


def test_what_counting_ahead_doubts_is_solved_all_the_same_where_days_can_be() -> None:
    """A alone works every weekend date, but from Saturday noon to Sunday evening is a free day."""
    saturday = weekday_session("WARD", weekdays=(5,), may_be_off=True)
    sunday = replace(weekday_session("WARD", Session.PM, weekdays=(6,), may_be_off=True), start=time(18))
    made = ward(
        weekday_session("WARD"),
        saturday,
        sunday,
        people=(resident("A"),),
        staffing=(replace(EVERY_WEEKEND, weekdays=(5,)), Staffing("WARD", (6,), Session.PM, (), 1, row=3)),
    )
    assert foreseen(made, YearPlan({("A", 1): "WARD"})) != []
    assert run(made).status is SolveStatus.OPTIMAL
