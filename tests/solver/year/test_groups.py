"""`@group` stands for its rotations wherever a rotation id is expected: counting, plans and days alike."""

from __future__ import annotations

from dataclasses import replace

from src.interchange.model import RotationPin, Session, Setting, Staffing
from src.interchange.schedule import SolveStatus
from src.solver.engine import solve
from src.solver.plan import YearPlan
from src.solver.precheck import find_shortages
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.demand import broken_by, demands
from src.solver.year.facts import YearFacts
from tests.solver.small import (
    nobody,
    program,
    resident,
    rotation,
    rotation_wish,
    weekday_session,
    year_tier,
)

TEAM = (Staffing("@team", (0, 1, 2, 3, 4), Session.AM, (), 1, row=2),)
"""One of the group at work each weekday morning, on whichever of its rotations."""

WARDS = program(
    [resident("A"), resident("B")],
    [
        rotation("RED", group="team"),
        rotation("BLUE", group="team"),
        rotation("ELEC", Setting.ELECTIVE),
    ],
    blocks=(7, 7),
    templates=(weekday_session("RED"), weekday_session("BLUE")),
    staffing=TEAM,
)


def plan(a: tuple[str, str], b: tuple[str, str]) -> YearPlan:
    return YearPlan({("A", 1): a[0], ("A", 2): a[1], ("B", 1): b[0], ("B", 2): b[1]})


def blocks_short(tried: YearPlan) -> set[int]:
    """The academic blocks in which a date's demand is broken."""
    broken, _ = broken_by(demands(YearFacts(WARDS)), tried, frozenset())
    return {chance.block for demand in broken for chance in demand.chances}


def test_any_rotation_of_the_group_meets_its_staffing() -> None:
    assert blocks_short(plan(("RED", "ELEC"), ("ELEC", "BLUE"))) == set()


def test_nobody_on_any_rotation_of_the_group_is_short() -> None:
    assert blocks_short(plan(("RED", "ELEC"), ("BLUE", "ELEC"))) == {2}


def test_one_resident_counts_once_however_many_rotations_the_group_has() -> None:
    two = replace(WARDS, staffing=(replace(TEAM[0], min=2),))
    asked = demands(YearFacts(two))
    assert broken_by(asked, plan(("RED", "RED"), ("ELEC", "BLUE")), frozenset())[0]
    assert not broken_by(asked, plan(("RED", "RED"), ("BLUE", "BLUE")), frozenset())[0]


def test_counting_finds_no_shortage_where_one_rotation_of_the_group_has_the_session() -> None:
    assert not find_shortages(replace(WARDS, templates=WARDS.templates[:1]))


def test_counting_finds_a_group_whose_rotations_hold_no_such_session() -> None:
    found = find_shortages(replace(WARDS, templates=()))
    assert {(one.file, one.row) for one in found} == {("staffing.csv", 2)}
    assert "no row of templates.csv holds that session" in found[0].message


def test_counting_finds_a_group_that_asks_for_more_than_may_be_on_it() -> None:
    found = find_shortages(replace(WARDS, staffing=(replace(TEAM[0], min=3),)))
    assert "@team needs 3" in found[0].message
    assert "only 2 can be on it" in found[0].message


def test_a_pin_on_a_group_leaves_its_rotations_and_no_other() -> None:
    facts = YearFacts(replace(WARDS, rotation_pins=(RotationPin("A", 1, "@team", row=2),)))
    assert facts.options["A", 1] == ("RED", "BLUE")
    assert facts.options["A", 2] == ("RED", "BLUE", "ELEC")


def test_plan_and_days_keep_pins_wishes_and_staffing_of_a_group() -> None:
    asked = replace(
        WARDS,
        rotation_pins=(RotationPin("A", 1, "@team", row=2),),
        requests=(rotation_wish("A", "ELEC", 1, weight=5), rotation_wish("B", "@team", 2, row=3)),
        objective=(year_tier(rotation_request=1),),
    )
    result = solve(Problem(asked, workers=1, deterministic_limit=2.0), Stop(60.0), nobody)
    assert result.status is SolveStatus.OPTIMAL
    assert result.schedule is not None
    had = {(row.person, row.block): row.rotation for row in result.schedule.year}
    assert had["A", 1] in ("RED", "BLUE")
    assert had["B", 2] in ("RED", "BLUE")
    worked = {row.date for row in result.schedule.assignments}
    assert {day for block in asked.academic_blocks for day in block.dates if day.weekday() < 5} == worked


def test_pins_of_two_groups_that_share_nothing_are_named() -> None:
    asked = replace(
        WARDS,
        rotations=(*WARDS.rotations[:2], replace(WARDS.rotations[2], group="easy")),
        rotation_pins=(RotationPin("A", 1, "@team", row=2), RotationPin("A", 1, "@easy", row=3)),
    )
    result = solve(Problem(asked, workers=1, deterministic_limit=2.0), Stop(60.0), nobody)
    assert result.status is SolveStatus.INFEASIBLE
    assert {(one.file, one.row) for one in result.conflicts} == {("pins.csv", 2), ("pins.csv", 3)}
