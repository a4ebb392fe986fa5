"""Two blocks on one rotation, foreseen from the plan and counted in the finished rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.interchange.model import Program, Setting
from src.solver.advisories import count_advisories
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.problem import Limits
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.stretches import long_stretches
from tests.solver.small import may_do, program, resident, rotation, weekday_session

SIX_DAYS = (0, 1, 2, 3, 4, 5)
MONTHS = (31, 30)


def made(
    weekdays: tuple[int, ...] = SIX_DAYS, *, blocks: tuple[int, ...] = MONTHS, may_be_off: bool = False
) -> Program:
    """A resident on a ward that leaves a day of the week free, or at a desk."""
    return program(
        [resident("A"), resident("B", pgy=2)],
        [rotation("WARD"), rotation("DESK", Setting.ELECTIVE)],
        blocks=blocks,
        templates=(
            weekday_session("WARD", weekdays=weekdays, may_be_off=may_be_off),
            weekday_session("DESK"),
        ),
    )


def foreseen(one: Program, limits: Limits | None = None, frozen: Frozen | None = None) -> dict[str, int]:
    year = YearModel(YearFacts(one), frozen=frozen)
    return {literal.name: many for many, literal in long_stretches(year, limits or Limits())}


def findings(one: Program, *rotations: str) -> int:
    """Of A with these rotations, block by block, whatever must be worked being worked."""
    plan = YearPlan({("A", block): name for block, name in enumerate(rotations, start=1)})
    alone = replace(one, people=one.people[:1])
    return count_advisories(alone, plan, expand(alone, plan, Decisions()), Limits())


def test_two_months_lack_what_each_of_them_has() -> None:
    """Of 61 days the second window has 33: five free days are advised, and four Sundays lie in it."""
    one = made()
    assert findings(one, "WARD", "DESK") == findings(one, "DESK", "WARD") == 0
    assert findings(one, "WARD", "WARD") == 1
    assert foreseen(one) == {"stretch A 1 WARD": 1, "stretch B 1 WARD": 1}


@pytest.mark.parametrize(
    "one",
    [
        made((0, 1, 2, 3, 4)),
        made(may_be_off=True),
        made(blocks=(28, 28)),
        made(blocks=(31,)),
    ],
    ids=["weekends are free", "days can be given off", "whole weeks", "one block"],
)
def test_where_free_days_suffice_nothing_is_foreseen(one: Program) -> None:
    assert foreseen(one) == {}


def test_sessions_of_every_day_without_a_free_one_lack_nothing_more_together() -> None:
    """What each block lacks by itself is no reason against having both in a row."""
    assert foreseen(made((), blocks=(28, 28))) == {}


def test_who_cannot_have_both_is_not_asked() -> None:
    one = made()
    mine = (*may_do("WARD", "DESK", pgys=(1,)), *may_do("DESK", pgys=(2,)))
    assert foreseen(replace(one, requirements=mine)) == {"stretch A 1 WARD": 1}


def test_blocks_that_are_kept_are_not_chosen() -> None:
    assert foreseen(made(), frozen=Frozen({("A", 1): "WARD", ("B", 1): "DESK"})) == {}


def test_a_pack_without_the_advice_foresees_nothing() -> None:
    assert foreseen(made(), Limits(advises=frozenset({"nights_in_row"}))) == {}


@pytest.mark.parametrize(("first", "both"), [("WARD", 1), ("DESK", 0)])
def test_who_has_both_is_counted(first: str, both: int) -> None:
    from ortools.sat.python import cp_model

    year = YearModel(YearFacts(made()))
    found = {literal.name: literal for _, literal in long_stretches(year, Limits())}
    year.model.add(year.on["A", 1, first] == 1)
    year.model.add(year.on["A", 2, "WARD"] == 1)
    year.model.minimize(sum(found.values()))
    solver = cp_model.CpSolver()
    assert solver.solve(year.model) == cp_model.OPTIMAL
    assert solver.value(found["stretch A 1 WARD"]) == both
