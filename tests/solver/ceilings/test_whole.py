"""The most weekends that can be whole: what weekends take, who must work, and days off that run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Call,
    DutyType,
    PostCall,
    Program,
    Requirement,
    Session,
    Setting,
    Staffing,
    Template,
)
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule, Scope, YearRow
from src.solver.answer import kept_rows
from src.solver.ceilings.crowds import Question
from src.solver.ceilings.whole import WholeWeekends
from src.solver.problem import Problem
from src.solver.year.facts import YearFacts
from src.solver.year.plans import frozen_of
from tests.compliance.structure.world import call
from tests.solver.small import MONDAY, program, resident, rotation

PEOPLE = (resident("A"), resident("B"), resident("C"))
SATURDAY = MONDAY + timedelta(5)


def session(
    at: str = "WARD",
    session: Session = Session.AM,
    *,
    days: tuple[int, ...] = (5, 6),
    off: bool = True,
    start: time = time(7),
    minutes: int = 300,
) -> Template:
    return Template(at, days, session, start, minutes, DutyType.CLINICAL, may_be_off=off, row=2)


def night(*days: int, off: bool = True, minutes: int = 720) -> Template:
    return session("WARD", Session.NIGHT, days=days, off=off, start=time(19), minutes=minutes)


def asks(least: int, *days: int, session: Session = Session.AM) -> Staffing:
    return Staffing("WARD", days, session, (), least, None, row=2)


def ward(*templates: Template, most_off: int | None = None, vacation: int = 0, **more: Any) -> Program:
    """Three residents on one rotation for four weeks: twelve weekends."""
    made = rotation("WARD", max_days_off=most_off, vacation_weeks_max=vacation)
    return program(PEOPLE, [made], blocks=(28,), templates=templates, **more)


def whole_day(weekday: int, **more: Any) -> Call:
    asked: dict[str, Any] = {"start": time(7), "minutes": 1440, "handover_minutes": 120, "min": 1, "max": 1}
    return call(**asked | {"weekdays": (weekday,), "post_call": PostCall.OFF_AFTER} | more)


def most(made: Program, **more: Any) -> int | None:
    problem = Problem(made, **more)
    facts = YearFacts(made)
    question = Question(problem, facts, frozen_of(problem, facts))
    return WholeWeekends(question, kept_rows(problem)).most()


def test_sessions_that_may_not_be_left_out_take_every_weekend() -> None:
    assert most(ward(session(days=(5,), off=False))) == 0
    assert most(ward(session(days=(6,), off=False))) == 0
    assert most(ward(session(days=(4,), off=False))) == 12


@pytest.mark.parametrize(("most_off", "whole"), [(None, 12), (1, 0), (2, 3), (3, 3), (6, 9), (8, 12)])
def test_a_weekend_off_takes_a_day_off_for_each_date_with_sessions(most_off: int | None, whole: int) -> None:
    assert most(ward(session(), most_off=most_off)) == whole


def test_a_night_that_ends_on_saturday_takes_a_day_off_on_friday() -> None:
    assert most(ward(night(4, 5, 6), most_off=3)) == 3
    assert most(ward(night(4, 5, 6), most_off=2)) == 0
    assert most(ward(night(4, 5, 6, minutes=240), most_off=2)) == 3, "nights that end before midnight"
    assert most(ward(night(4, off=False))) == 0


def test_a_friday_night_that_a_call_may_drop_is_not_counted_on() -> None:
    thursday = whole_day(3, min=0, post_call=PostCall.DAY_OFF)
    assert most(ward(night(4, off=False), calls=(thursday,))) == 12


def test_a_sunday_night_before_leave_is_not_worked() -> None:
    """So that it takes the year's last weekend only, where any Monday may be vacation or an absence."""
    assert most(ward(night(6, off=False))) == 0
    assert most(ward(night(6, off=False), vacation=1)) == 9
    monday = MONDAY + timedelta(14)
    absence = Absence("A", "sick", monday, monday, AbsenceStatus.APPROVED, row=2)
    assert most(ward(night(6, off=False), absences=(absence,))) == 3


def test_the_same_residents_may_work_both_dates() -> None:
    assert most(ward(session(), staffing=(asks(1, 5, 6),))) == 8
    assert most(ward(session(), staffing=(asks(1, 5), asks(2, 6)))) == 4


def test_who_is_on_call_does_not_count_for_the_session_it_replaces() -> None:
    assert most(ward(session(), staffing=(asks(1, 5),), calls=(whole_day(5),))) == 4
    assert most(ward(session(), staffing=(asks(1, 6),), calls=(whole_day(5),))) == 4, (
        "its tail replaces Sunday"
    )
    assert most(ward(session(), staffing=(asks(1, 5),), calls=(whole_day(6),))) == 8


def test_calls_that_follow_each_other_are_taken_by_different_people() -> None:
    both = (whole_day(5, call_id="SAT"), whole_day(6, call_id="SUN"))
    assert most(ward(session(), calls=both)) == 4
    assert most(ward(session(), calls=both[:1])) == 8


def test_a_call_of_friday_that_ends_on_saturday_takes_the_weekend() -> None:
    assert most(ward(session(), calls=(whole_day(4),))) == 8
    evening = whole_day(4, start=time(18), minutes=360, handover_minutes=0)
    assert most(ward(session(), calls=(evening,))) == 12, "it ends at midnight, on Friday"


def test_jeopardy_is_no_work() -> None:
    assert most(ward(session(), calls=(whole_day(5, duty_type=DutyType.JEOPARDY),))) == 12


def test_demand_that_may_stay_open_takes_nothing() -> None:
    assert most(ward(session(), staffing=(asks(1, 5),)), allow_unmet=True) == 12


def test_vacation_takes_its_weekends() -> None:
    weeks = MappingProxyType({1: 2})
    assert most(replace(ward(session(), vacation=2), vacation_weeks=weeks)) == 6


def test_who_is_there_on_one_date_of_a_weekend_may_do_its_work() -> None:
    """A, absent on the first Sunday, has no whole weekend there, and can staff the Saturday."""
    sunday = SATURDAY + timedelta(1)
    absence = Absence("A", "sick", sunday, sunday, AbsenceStatus.APPROVED, row=2)
    assert most(ward(session(), absences=(absence,))) == 11
    assert most(ward(session(), absences=(absence,), staffing=(asks(1, 5),))) == 8


def test_a_weekend_across_two_blocks_counts_what_saturday_asks() -> None:
    made = replace(ward(session(), staffing=(asks(1, 5, 6),)), blocks=(6, 22))
    assert most(made) == 8


def test_coverage_says_how_many_are_off_the_weekends_at_all() -> None:
    """Two of three on the ward, which works every Saturday; the third at the desk."""
    people = [rotation("WARD"), rotation("DESK", Setting.OUTPATIENT)]
    rows = tuple(
        Requirement((), None, name, least, most, row=2)
        for name, least, most in (("WARD", 2, 2), ("DESK", 1, 1))
    )
    made = program(PEOPLE, people, blocks=(14, 14, 14), templates=(session(off=False),), requirements=rows)
    assert most(made) == 6


def test_rules_that_allow_no_plan_bound_nothing() -> None:
    rows = (Requirement((), None, "WARD", 2, 2, row=2),)
    assert most(ward(session(), requirements=rows)) is None


def worked(person: str, day: date) -> AssignmentRow:
    start = datetime.combine(day, time(12), UTC)
    kind = AssignmentKind.ROTATION
    return AssignmentRow(
        person, day, Session.AM, kind, "WARD", start, start + timedelta(hours=5), DutyType.CLINICAL
    )


def test_what_a_run_keeps_is_counted_as_it_is() -> None:
    """The first of two blocks stays: somebody worked one of its weekends."""
    made = replace(ward(session(off=False)), blocks=(14, 14))
    kept = Schedule(
        year=tuple(YearRow(person.id, block, "WARD") for person in PEOPLE for block in (1, 2)),
        vacations=(),
        assignments=(worked("A", SATURDAY), worked("A", SATURDAY + timedelta(1))),
    )
    assert most(made, base=kept, blocks=(2,)) == 5
    assert most(made, blocks=(2,)) == 6, "without a schedule to keep there is no work there"


def test_days_of_a_plan_that_is_given_are_not_judged_by_the_rules_of_plans() -> None:
    rows = (Requirement((), None, "WARD", 0, 0, row=2),)
    made = ward(session(off=False), requirements=rows)
    assert most(made) is None
    assert most(made, scope=Scope.DAILY) == 0
