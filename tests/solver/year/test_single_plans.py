"""Single year plans of tiny programs: what is proved, what cannot be, and which row is named for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from src.interchange.model import (
    Coverage,
    Program,
    Request,
    RequestKind,
    Requirement,
    RotationPin,
    Succession,
)
from src.interchange.schedule import Schedule, SolveStatus
from tests.solver.year.exhaustion import Exhaustion, solved
from tests.solver.year.tiny import MONDAY, OPEN, WEDNESDAY, A, tiny


def test_one_tier_that_is_proved_is_optimal() -> None:
    program = tiny(requests=(Request("A", RequestKind.ROTATION, rotation="NF", block=2, row=2),))
    result = solved(program)
    assert result.status is SolveStatus.OPTIMAL
    assert [(tier.objective, tier.bound) for tier in result.tiers] == [(1, 1)]


@pytest.mark.parametrize(
    ("changes", "file", "row"),
    [
        ({"coverage": (Coverage("WARD", (), (), 3, None, row=7),)}, "coverage.csv", 7),
        ({"coverage": (Coverage("WARD", (2,), (2,), 1, None, row=8),)}, "coverage.csv", 8),
        ({"requirements": (*OPEN, Requirement((), None, "NF", 4, None, row=9))}, "requirements.csv", 9),
        ({"requirements": (*OPEN, Requirement((), None, "NF", 2, None, 3, 3, row=6))}, "requirements.csv", 6),
        (
            {
                "requirements": (*OPEN, Requirement((), "research", "WARD", 0, 1, 1, 2, row=5)),
                "rotation_pins": (RotationPin("B", 1, "WARD", row=2), RotationPin("B", 2, "WARD", row=3)),
            },
            "requirements.csv",
            5,
        ),
    ],
)
def test_what_cannot_be_is_infeasible_and_named(changes: dict[str, object], file: str, row: int) -> None:
    result = solved(tiny(**changes))
    assert result.status is SolveStatus.INFEASIBLE
    assert result.schedule is None
    assert (file, row) in {(conflict.file, conflict.row) for conflict in result.conflicts}


def test_a_pin_against_a_succession_names_both() -> None:
    program = tiny(
        rotation_pins=(RotationPin("A", 1, "NF", row=2), RotationPin("A", 2, "WARD", row=3)),
        successions=(Succession("NF", "@busy", (1,), row=4),),
    )
    result = solved(program)
    assert result.status is SolveStatus.INFEASIBLE
    assert {(one.file, one.row) for one in result.conflicts} == {
        ("pins.csv", 2),
        ("pins.csv", 3),
        ("successions.csv", 4),
    }


def test_the_conflict_is_minimal() -> None:
    """Without any one of the rows named the program can be kept."""
    program = tiny(
        coverage=(Coverage("WARD", (), (), 1, None, row=2), Coverage("ELEC", (), (3,), 0, 1, row=3)),
        requirements=(
            *OPEN,
            Requirement((), None, "WARD", 0, 1, row=9),
            Requirement((), None, "NF", 0, 1, row=10),
        ),
    )
    result = solved(program)
    assert result.status is SolveStatus.INFEASIBLE
    named = {(one.file, one.row) for one in result.conflicts}
    assert named
    for file, row in named:
        without = program
        if file == "coverage.csv":
            without = replace(program, coverage=tuple(c for c in program.coverage if c.row != row))
        elif file == "requirements.csv":
            without = replace(program, requirements=tuple(r for r in program.requirements if r.row != row))
        assert Exhaustion(without).best() is not None, f"{file} row {row} is not needed"


def test_a_week_that_runs_into_a_block_without_vacation_is_not_given() -> None:
    """Weeks run from Monday of block 1 into block 2: ELEC then WARD holds none."""
    program = tiny(
        year_start_date=WEDNESDAY,
        vacation_weeks=MappingProxyType({1: 1}),
        people=(A,),
        rotation_pins=(
            RotationPin("A", 1, "ELEC", row=2),
            RotationPin("A", 2, "WARD", row=3),
            RotationPin("A", 3, "ELEC", row=4),
        ),
    )
    assert Exhaustion(program).best() is None
    assert solved(program).status is SolveStatus.INFEASIBLE


def test_a_trainee_without_weeks_due_gets_none_even_when_they_ask() -> None:
    program = tiny(requests=(Request("A", RequestKind.VACATION, 1, MONDAY, row=2),))
    result = solved(program)
    assert result.schedule is not None
    assert not result.schedule.vacations


def test_leave_comes_by_pin_only() -> None:
    program = tiny(requirements=(*OPEN, Requirement((), None, "LEAVE", 1, None, row=6)))
    assert solved(program).status is SolveStatus.INFEASIBLE
    pinned = replace(program, people=(A,), rotation_pins=(RotationPin("A", 2, "LEAVE", row=2),))
    result = solved(pinned)
    assert result.schedule is not None
    assert [row.block for row in result.schedule.year if row.rotation == "LEAVE"] == [2]


def test_a_rotation_that_no_row_names_is_not_theirs_to_do() -> None:
    program = tiny(requirements=OPEN[:1], people=(A,), coverage=(Coverage("NF", (), (2,), 1, None, row=2),))
    assert solved(program).status is SolveStatus.INFEASIBLE


def test_a_week_over_three_blocks_needs_all_of_them_to_allow_vacation() -> None:
    """Blocks shorter than a week: the one in the middle holds neither its Monday nor its Sunday."""
    program = tiny(
        blocks=(3, 2, 9),
        people=(A,),
        vacation_weeks=MappingProxyType({1: 1}),
        rotation_pins=(RotationPin("A", 2, "WARD", row=2),),
    )
    (week,) = {row.week_start_date for row in _schedule(program).vacations}
    assert week == MONDAY + timedelta(days=7)
    alone = replace(program, blocks=(3, 2, 4))
    assert solved(alone).status is SolveStatus.INFEASIBLE


def _schedule(program: Program) -> Schedule:
    found = solved(program).schedule
    assert found is not None
    return found
