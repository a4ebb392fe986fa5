"""Counting ahead: a year plan is told when its weekends cannot be both worked and rested."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    DutyType,
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
    assert foreseen(ward(), plan("A")) == ["WARD needs 8 optional dates worked in block 1"]


def test_a_vacation_week_takes_its_room_away() -> None:
    assert foreseen(ward(), plan("A", "B", away="A")) != []
    assert foreseen(ward(), plan("A", "B", "C", away="A")) == []


def test_an_absence_takes_its_room_away() -> None:
    week = Absence("A", "loa", MONDAY, MONDAY + timedelta(6), AbsenceStatus.APPROVED, row=2)
    assert foreseen(ward(absences=(week,)), plan("A", "B")) != []


def test_weekdays_that_may_be_off_leave_room_enough() -> None:
    free = weekday_session("WARD", weekdays=(0, 1, 2, 3, 4, 5, 6), may_be_off=True)
    assert foreseen(ward(free), plan("A")) == []


def test_a_week_that_ends_in_the_block_does_not_make_good_for_another() -> None:
    """Of thirty days the last five alone make one free day less due; the first four take two dates."""
    made = replace(ward(), blocks=(24, 30))
    rotations = {(name, 2): "DESK" if name == "C" else "WARD" for name in "ABC"}
    begins, ends = (("B", MONDAY + timedelta(days), None) for days in (21, 49))
    assert foreseen(made, YearPlan(rotations, frozenset({ends})))[1:] == []
    assert "block 2" in foreseen(made, YearPlan(rotations, frozenset({begins, ends})))[-1]


def test_every_night_of_few_is_more_than_they_can_work() -> None:
    """Two residents for two a night, each owed four nights off: 48 of 56."""
    night = weekday_session("WARD", Session.NIGHT, weekdays=(0, 1, 2, 3, 4, 5, 6), may_be_off=True)
    asked = Staffing("WARD", (), Session.NIGHT, (), 2, row=2)
    made = ward(night, staffing=(asked,))
    assert foreseen(made, plan("A", "B")) == ["WARD needs 56 optional dates worked in block 1"]
    assert foreseen(made, plan("A", "B", "C")) == []


def test_those_of_another_year_do_not_help() -> None:
    seniors = replace(EVERY_WEEKEND, pgys=(2,))
    people = (resident("A", 2), resident("B"), resident("C", 2))
    made = ward(people=people, staffing=(seniors,))
    assert foreseen(made, plan("A", "B")) == ["WARD needs 8 optional dates worked by PGY-2 in block 1"]
    assert foreseen(made, plan("A", "C")) == []


@pytest.mark.parametrize(("days", "enough"), [(3, "ABC"), (2, "AB"), (None, "A")])
def test_nights_in_the_house_are_shared_as_often_as_each_may(days: int | None, enough: str) -> None:
    """28 nights: nine each where every third is allowed, so that three still lack one."""
    every_night = call(min=1, max=1, rotations=("WARD",))
    made = ward(calls=(every_night,), staffing=())
    cuts = look_ahead(YearFacts(made), (), days)
    kept = all(cut.is_kept_by(plan(*enough)) for cut in cuts if "nights" in cut.words)
    assert kept is (days != 3)


def test_who_is_on_call_at_home_every_night_has_no_free_day() -> None:
    phone = call(min=1, max=1, duty_type=DutyType.HOME_CALL_AVAILABILITY, rotations=("WARD",))
    made = ward(calls=(phone,), staffing=())
    assert foreseen(made, plan("A")) == ["CALL take 28 nights in block 1"]
    assert foreseen(made, plan("A", "B")) == []


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
    found = look_ahead(YearFacts(ward()))
    assert found
    assert not any(cut.proved for cut in found)


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
