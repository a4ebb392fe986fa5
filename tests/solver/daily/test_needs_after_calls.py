"""What is worked on after a long call joins it, and no rest is due: no need is proved without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import DutyType, PostCall, Program, Session, Staffing, Template
from src.planning.limits import limits_of
from src.solver.daily.needs import Needs
from src.solver.daily.sure import beside_clinics
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.daily.test_needs_beside_clinics import CLINICS, SATURDAY, WARD, weekends
from tests.solver.small import nobody, resident
from tests.solver.small import program as small

WEDNESDAY = call(
    "WED", weekdays=(2,), start=time(8), minutes=1440, min=1, max=1, post_call=PostCall.NONE, row=2
)


def lessons(duty_type: DutyType, begins: int) -> Program:
    """One resident, who is on call until Thursday at eight, and asked for in the session after the first."""
    first = Template("WARD", (3,), Session.AM, time(8), 120, duty_type, row=2)
    return small(
        (resident("R0", row=2),),
        [replace(WARD, clinic=False)],
        templates=(first, replace(first, session=Session.PM, start=time(begins), row=3)),
        calls=(replace(WEDNESDAY, handover_minutes=0, rotations=("WARD",)),),
        staffing=(Staffing("WARD", (3,), Session.PM, (), 1, None, row=2),),
        blocks=(28,),
        rule_packs=("acgme-cpr-2023",),
    )


def problem_of(program: Program) -> Problem:
    return Problem(program, limits=limits_of(program), workers=1, deterministic_limit=5.0)


def test_lessons_that_join_a_call_to_later_ones_need_no_second_resident() -> None:
    """Education may last until four hours after the 24 (US-CONT24): until noon."""
    problem = problem_of(lessons(DutyType.EDUCATION, 10))
    cuts = Needs(problem, Stop(30.0)).of_block(1)
    assert not [cut.words for cut in cuts if cut.at_least > 1]
    stop = Stop(30.0)
    assert solve(replace(problem, kept=lambda _: stop.cancel()), stop, nobody).schedule is not None


def test_work_in_the_hours_of_rest_needs_a_second_resident() -> None:
    """Clinical work may not go on after 24 hours: whoever works it did not have the call."""
    problem = problem_of(lessons(DutyType.CLINICAL, 10))
    assert [cut for cut in Needs(problem, Stop(30.0)).of_block(1) if cut.at_least > 1 or not cut.terms]


def test_nothing_is_left_of_a_late_session_that_the_next_date_s_call_replaces() -> None:
    """It runs on until two, and the call begins at midnight, but the clinic has ended by then."""
    late = Template("WARD", (0, 1, 2, 3, 4), Session.PM, time(13), 780, DutyType.CLINICAL, row=9)
    program = replace(weekends(2), templates=(late,), clinics=CLINICS)
    tuesday = replace(SATURDAY, weekdays=(1,), start=time(0))
    monday = [row for row in beside_clinics(program, "WARD", (tuesday,)) if 0 in row.weekdays]
    assert not monday


@pytest.mark.parametrize(("block", "least"), [(1, 2), (18, 1)])
def test_clocks_that_are_put_back_give_another_hour_of_rest(block: int, least: int) -> None:
    """A call of 24 hours from Saturday at six ends on Sunday at six, and on the first of November at five."""
    night = Template("WARD", (6,), Session.NIGHT, time(19, 30), 240, DutyType.NIGHT_FLOAT, True, row=2)
    saturday = replace(WEDNESDAY, weekdays=(5,), start=time(6), handover_minutes=0, rotations=("WARD",))
    ward = small(
        (resident("R0", row=2), resident("R1", row=3)),
        [replace(WARD, clinic=False)],
        templates=(night,),
        calls=(saturday,),
        staffing=(Staffing("WARD", (6,), Session.NIGHT, (), 1, None, row=2),),
        blocks=(7,) * 19,
        rule_packs=("acgme-cpr-2023",),
    )
    needs = Needs(problem_of(ward), Stop(30.0))
    needs.of_block(1)
    assert max((cut.at_least for cut in needs.of_block(block)), default=1) == least
