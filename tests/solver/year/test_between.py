"""Sessions beside calls: a date needs as many residents as none can stand in for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from src.interchange.model import Call, DutyType, HolidayRule, PostCall, Program, Session, Staffing
from src.solver.plan import YearPlan
from src.solver.year.between import look_between
from src.solver.year.facts import YearFacts
from tests.compliance.structure.world import call
from tests.solver.small import MONDAY, program, resident, rotation, weekday_session

SATURDAYS = Staffing("WARD", (5,), Session.AM, (), 1, row=2)
BOTH = HolidayRule.WEEKDAYS_AND_HOLIDAYS
FRIDAY = call("FRI", min=1, max=1, weekdays=(4,), minutes=780, post_call=PostCall.OFF_AFTER, holidays=BOTH)
SATURDAY = call("SAT", min=1, max=1, weekdays=(5,), start=time(7), minutes=1440, holidays=BOTH)


def ward(*calls: Call, **changes: Any) -> Program:
    """A week on the ward with a morning to be worked on Saturday; at the desk one may be on vacation."""
    made = program(
        [resident("A"), resident("B"), resident("C")],
        [rotation("WARD"), rotation("DESK", vacation_weeks_max=1)],
        blocks=(7,),
        templates=(weekday_session("WARD", weekdays=(0, 1, 2, 3, 4, 5)), weekday_session("DESK")),
        staffing=(SATURDAYS,),
        calls=calls or (FRIDAY, SATURDAY),
    )
    return replace(made, **changes)


def plan(*on_ward: str, away: str | None = None) -> YearPlan:
    rotations = {(name, 1): "WARD" if name in on_ward else "DESK" for name in "ABC"}
    return YearPlan(rotations, frozenset() if away is None else frozenset({(away, MONDAY, None)}))


def foreseen(made: Program, tried: YearPlan) -> list[str]:
    return [cut.words for cut in look_between(YearFacts(made)) if not cut.is_kept_by(tried)]


def test_three_do_for_the_call_of_the_eve_that_of_the_day_and_the_morning() -> None:
    assert foreseen(ward(), plan("A", "B", "C")) == []
    assert foreseen(ward(), plan("A")) == []


def test_who_is_away_can_do_none_of_it() -> None:
    saturday = MONDAY + timedelta(5)
    assert foreseen(ward(), plan("A", "B", away="C")) == [
        f"WARD in the AM of {saturday} and SAT and FRI need 3 residents between them"
    ]


def test_who_is_not_counted_by_the_row_can_still_take_the_calls() -> None:
    juniors = replace(SATURDAYS, pgys=(1,))
    people = (resident("A"), resident("B", 2), resident("C", 2))
    assert foreseen(ward(people=people, staffing=(juniors,)), plan("A", "B", "C")) == []


@pytest.mark.parametrize(
    "calls",
    [
        (replace(FRIDAY, rotations=("DESK",)),),
        (replace(FRIDAY, pgys=(2,)),),
        (replace(FRIDAY, duty_type=DutyType.JEOPARDY),),
        (replace(FRIDAY, start=time(12), minutes=300),),
        (replace(FRIDAY, minutes=720, post_call=PostCall.NONE),),
        (replace(FRIDAY, min=0),),
    ],
    ids=["of others", "of another year", "no work", "over by then", "works on", "nobody needed"],
)
def test_what_keeps_nobody_from_the_morning_asks_for_no_more(calls: tuple[Call, ...]) -> None:
    assert look_between(YearFacts(ward(*calls))) == ()


def test_a_call_of_the_block_before_is_no_matter() -> None:
    two = replace(ward(FRIDAY), staffing=(replace(SATURDAYS, weekdays=(0,)),))
    assert look_between(YearFacts(two)) == ()


def test_nothing_of_it_is_called_proved() -> None:
    cuts = look_between(YearFacts(ward()))
    assert cuts
    assert not any(cut.proved for cut in cuts)
