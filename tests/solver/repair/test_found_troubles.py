"""What a change breaks, told exactly where it does: maxima of staffing, and requirements at their bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.interchange.model import Program, Requirement, Session, Staffing
from src.planning.limits import limits_of
from src.solver.repair.model import RepairProblem
from src.solver.repair.open_demand import OpenDemand
from src.solver.repair.rotations import PlanRepair
from src.solver.repair.troubles import find_troubles
from src.solver.swaps.standing import Standing
from tests.solver.hospital import MONDAY
from tests.solver.swaps.small import stood


def words_of(*staffing: Staffing) -> set[str]:
    """What is told of the first day, on which B is off and C alone on the ward."""
    program, schedule = stood()
    changed = replace(program, staffing=staffing)
    return {each.words for each in find_troubles(Standing(changed, schedule, limits_of(changed)), 0, 0)}


def asks(least: int, most: int | None, pgys: tuple[int, ...] = ()) -> Staffing:
    return Staffing("WARD", (), Session.AM, pgys, least, most, row=7)


@pytest.mark.parametrize(
    ("least", "most", "told"), [(1, 1, None), (0, 0, "1, at most 0,"), (2, None, "1 of 2"), (1, None, None)]
)
def test_demand_is_broken_beyond_its_bounds_and_not_at_them(least: int, most: int | None, told: str) -> None:
    expected = {f"WARD AM on {MONDAY}: {told} at work (staffing.csv:7)"} if told else set()
    assert words_of(asks(least, most)) == expected


def test_residents_of_other_pgys_are_not_counted() -> None:
    assert words_of(asks(0, 0, (1,))) == set()
    assert words_of(asks(0, 0, (2,))) != set()


def rows_of(*requirements: Requirement) -> set[int | None]:
    """The rows that the plan, in which all are on the ward in one of two blocks, does not keep."""
    program, schedule = stood()
    everything = Requirement((), None, "DESK", 0, None, row=3), Requirement((), None, "WARD", 0, None, row=2)
    changed: Program = replace(program, requirements=(*everything, *requirements))
    found = PlanRepair(RepairProblem(changed, schedule, limits_of(changed)), OpenDemand())
    return {each.row for each in found.conflicts() if each.file == "requirements.csv"}


@pytest.mark.parametrize(
    ("least", "most", "first", "last", "kept"),
    [
        (1, 1, None, None, True),
        (0, 0, None, None, False),
        (2, None, None, None, False),
        (1, None, 2, None, False),
        (1, None, None, 1, False),
        (0, 0, 2, None, False),
        (0, 1, 1, 2, True),
    ],
)
def test_requirements_are_counted_between_their_blocks(
    least: int, most: int | None, first: int | None, last: int | None, kept: bool
) -> None:
    """A and D are on the ward in block 2, B and C in block 1."""
    row = Requirement((), None, "WARD", least, most, first, last, row=9)
    assert (9 not in rows_of(row)) is kept
