"""Rotations with too few days off for one day in seven: nobody's, but for who comes from a night."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import time, timedelta
from itertools import product
from typing import Any

import pytest

from src.interchange.model import PostCall, Program, RotationPin, Session, Setting
from src.interchange.schedule import Scope, SolveStatus
from src.planning.limits import limits_of
from src.solver.daily.alone import Alone
from src.solver.daily.assemble import assemble
from src.solver.daily.subsolve import Effort, Found, Part, State
from src.solver.engine import solve
from src.solver.plan import Cut, OnRotation, Present, YearPlan
from src.solver.problem import Limits, Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.small import MONDAY, covers, nobody, resident, rotation, weekday_session, year_tier
from tests.solver.small import program as small

EVERY_DAY = tuple(range(7))
WARD = rotation("WARD", max_days_off=1, max_consecutive=2, row=2)
DESK = rotation("DESK", Setting.OUTPATIENT, row=3)
NF = rotation("NF", Setting.NIGHT_FLOAT, row=4)
DAILY = weekday_session("WARD", weekdays=EVERY_DAY, may_be_off=True, row=2)
AT_DESK = weekday_session("DESK", row=3)
NIGHTLY = weekday_session("NF", Session.NIGHT, weekdays=EVERY_DAY, may_be_off=True, row=4)


def hospital(people: int = 2, ward: Any = WARD, **more: Any) -> Program:
    more.setdefault("templates", (DAILY, AT_DESK))
    more.setdefault("blocks", (14, 14))
    more.setdefault("rotations", [ward, DESK])
    more.setdefault("coverage", (covers("WARD", 1, row=2),))
    return small(
        tuple(resident(f"R{number}", row=2 + number) for number in range(people)),
        rule_packs=("acgme-cpr-2023",),
        objective=(year_tier(rotation_request=1),),
        **more,
    )


def cuts(program: Program, **more: Any) -> tuple[Cut, ...]:
    more.setdefault("limits", limits_of(program))
    problem = Problem(program, workers=1, deterministic_limit=20.0, **more)
    return Alone(problem, Stop(100.0)).nobodys([block.number for block in program.academic_blocks])


def solved(program: Program) -> Result:
    problem = Problem(program, limits=limits_of(program), workers=1, deterministic_limit=20.0)
    return solve(problem, Stop(100.0), nobody)


def test_a_rotation_of_short_blocks_with_too_few_days_off_is_nobodys_and_says_how_many_would_do() -> None:
    """One in fourteen days, or two in a stay of 28, of which four must be free."""
    result = solved(hospital())
    assert result.status is SolveStatus.INFEASIBLE
    rows = {(conflict.file, conflict.row) for conflict in result.conflicts}
    assert rows == {("coverage.csv", 2), ("rotations.csv", 2), ("program.toml", None)}
    assert "Raise max_days_off of WARD by 1, to 2 (rotations.csv row 2)." in result.way_out


def test_with_the_days_off_that_were_said_to_be_enough_there_is_a_schedule() -> None:
    assert solved(hospital(ward=replace(WARD, max_days_off=2))).schedule is not None


def test_days_off_that_stand_in_the_block_before_count_for_a_stay_whatever_a_block_gives() -> None:
    """Someone was released on three days of block 1; with one day off in block 2 there are four in 28."""
    eased = hospital(rotations=[replace(WARD, max_days_off=4), DESK], coverage=(covers("WARD", 1, 1, row=2),))
    whole = solved(eased).schedule
    assert whole is not None
    released = {MONDAY + timedelta(day) for day in (3, 5, 9)}
    base = replace(whole, assignments=tuple(row for row in whole.assignments if row.date not in released))
    program = hospital()
    problem = Problem(
        program, limits=limits_of(program), workers=1, deterministic_limit=20.0, blocks=(2,), base=base
    )
    assert solve(problem, Stop(100.0), nobody).schedule is not None


def test_who_comes_from_a_night_has_a_morning_more_and_is_let_be() -> None:
    program = hospital(
        3,
        rotations=[WARD, DESK, NF],
        templates=(DAILY, AT_DESK, NIGHTLY),
        coverage=(covers("WARD", 1, row=2),),
    )
    of_second = [cut for cut in cuts(program) if cut.terms[0][1] == Present("R0", 2, frozenset({"WARD"}), ())]
    assert [fact for _, fact in of_second[0].terms[1:]] == [OnRotation("R0", 1, frozenset({"NF"}))]


@pytest.mark.parametrize(
    ("program", "more"),
    [
        (hospital(), {"allow_unmet": True}),
        (hospital(), {"scope": Scope.YEAR}),
        (hospital(), {"limits": Limits(keeps=frozenset({"weekly_hours"}))}),
        (hospital(coverage=(covers("WARD", 0, 1, row=2),)), {}),
        (hospital(ward=replace(WARD, max_consecutive=None)), {}),
        (hospital(ward=replace(WARD, max_days_off=2)), {}),
    ],
    ids=[
        "demand may stay open",
        "no days",
        "no such rule",
        "nobody asked for",
        "stays of any length",
        "enough",
    ],
)
def test_nothing_is_said_where_it_was_not_proved(program: Program, more: dict[str, Any]) -> None:
    assert cuts(program, **more) == ()


def test_every_plan_that_has_days_keeps_what_is_said_of_it() -> None:
    """Random tiny hospitals, all plans of one resident: whether there is a roster, and what was claimed."""
    claimed = broken = legal = 0
    for seed in range(10):
        program = random_hospital(random.Random(seed))  # noqa: S311  # drawn alike every time
        found = cuts(program)
        claimed += bool(found)
        names = [row.id for row in program.rotations]
        for chosen in product(names, repeat=len(program.blocks)):
            plan = YearPlan({("R0", number): name for number, name in enumerate(chosen, start=1)})
            if "WARD" not in chosen or chosen == ("WARD",) * 3:
                continue
            if has_days(program, plan):
                legal += 1
                assert all(cut.is_kept_by(plan) for cut in found if is_of(cut, "R0")), (seed, chosen)
            else:
                broken += any(not cut.is_kept_by(plan) for cut in found)
    assert claimed >= 2
    assert broken >= 4
    assert legal >= 5


def is_of(cut: Cut, person: str) -> bool:
    return all(fact.person == person for _, fact in cut.terms)


def has_days(program: Program, plan: YearPlan) -> bool:
    """Whether the plan's own resident has a roster, all blocks searched as one."""
    alone = replace(program, coverage=(), rotation_pins=(), people=program.people[:1])
    blocks = tuple(block.number for block in alone.academic_blocks)
    model = assemble(Problem(alone, limits_of(alone)), plan, blocks, ()).model
    if model.broken:
        return False
    state = State(model)
    part = Part(state, [variable for variable in range(model.size) if state.is_open(variable)])
    found = part.solve(Effort(20.0, 1, 1, 20.0), Stop(60.0)).found
    assert found in {Found.BEST, Found.SOME, Found.NONE_EXISTS}
    return found is not Found.NONE_EXISTS


def random_hospital(dice: random.Random) -> Program:
    """Sessions and calls around the edges of blocks that make a date free, or just not."""
    length = dice.choice((7, 8, 14))
    ward = replace(WARD, max_days_off=dice.choice((0, 1, 1)), max_consecutive=2)
    begins, ends = dice.choice((7, 8)), dice.choice((7, 8, 9))
    daily = replace(DAILY, start=time(begins))
    nightly = replace(NIGHTLY, start=time(19), minutes=60 * (24 - 19 + ends))
    evening = call(
        "EVE",
        weekdays=dice.choice(((4,), (1, 6), EVERY_DAY)),
        start=time(18),
        minutes=dice.choice((360, 780, 840)),
        post_call=dice.choice(tuple(PostCall)),
        rotations=dice.choice((("WARD",), ("DESK",), ("WARD", "DESK"))),
        row=2,
    )
    return hospital(
        2,
        rotations=[ward, DESK, NF],
        templates=(daily, AT_DESK, nightly),
        calls=(evening,),
        blocks=(length,) * dice.choice((2, 2, 3)),
        rotation_pins=(RotationPin("R1", 1, "DESK", row=2),),
    )
