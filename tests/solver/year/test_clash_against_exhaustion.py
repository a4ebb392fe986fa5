"""The rows a clash names, held against every plan there is: together impossible, without any one possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from src.interchange.model import Program, Requirement, RotationPin, Setting
from src.interchange.schedule import Scope
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.explain import explain
from src.solver.year.model import Frozen
from src.solver.year.search import Effort
from tests.solver.year.exhaustion import Exhaustion
from tests.solver.year.test_against_exhaustion import programs
from tests.solver.year.tiny import A, tiny

Named = Mapping[tuple[str, int | None], str]
"""File and row -> its words: of a row that asks two things, they tell which of them is meant."""
ANY_NUMBER = 9


def keeping(program: Program, named: Named, *, with_leave: bool = False) -> Program:
    """The program with the limits of the named rows alone; who may do what stays as it is.

    A pin to leave does both: it binds, and is what allows leave at all. `with_leave` keeps those pins.
    """
    leave = {row.id for row in program.rotations if row.setting is Setting.LEAVE}

    def kept(file: str, row: int | None, words: str = "") -> bool:
        return words.lower() in named.get((file, row), "").lower() if words else (file, row) in named

    return replace(
        program,
        coverage=tuple(row for row in program.coverage if kept("coverage.csv", row.row)),
        successions=tuple(row for row in program.successions if kept("successions.csv", row.row)),
        rotation_pins=tuple(
            row
            for row in program.rotation_pins
            if kept("pins.csv", row.row) or (with_leave and row.rotation in leave)
        ),
        requirements=tuple(
            row if kept("requirements.csv", row.row) else replace(row, min_blocks=0, max_blocks=None)
            for row in program.requirements
        ),
        rotations=tuple(
            replace(
                row,
                max_consecutive=row.max_consecutive if kept("rotations.csv", row.row, "in a row") else None,
                vacation_weeks_max=row.vacation_weeks_max
                if kept("rotations.csv", row.row, "vacation weeks")
                else ANY_NUMBER,
            )
            for row in program.rotations
        ),
        vacation_weeks=MappingProxyType(
            {
                pgy: weeks
                for pgy, weeks in program.vacation_weeks.items()
                if kept("program.toml", None, f"(PGY-{pgy}) must get")
            }
        ),
        max_on_vacation=program.max_on_vacation if kept("program.toml", None, "at most") else None,
    )


def has_plan(program: Program) -> bool:
    return next(Exhaustion(program).plans(), None) is not None


def is_possible(program: Program, named: Named) -> bool:
    """Whether the named rows leave a plan, on leave that a pin allows or without it."""
    return any(has_plan(keeping(program, named, with_leave=with_leave)) for with_leave in (False, True))


@settings(max_examples=25, deadline=None)
@given(programs(), st.integers(1, 3))
def test_what_is_named_collides_and_without_any_of_it_does_not(program: Program, seed: int) -> None:
    problem = Problem(program, scope=Scope.YEAR, workers=1, seed=seed)
    found = explain(problem, Frozen(), Effort(30.0, 1, seed, 8.0), Stop(60.0))
    assert (found is None) == has_plan(program)
    if found is None:
        return
    assert found.is_minimal
    assert found.way_out
    named = {(conflict.file, conflict.row): conflict.message for conflict in found.conflicts}
    assert not has_plan(keeping(program, named)), "the rows named do not collide"
    for row in named:
        without = {other: words for other, words in named.items() if other != row}
        assert is_possible(program, without), f"{row} is not needed"


def test_leave_that_a_pin_allows_is_a_way_to_have_a_vacation() -> None:
    """Its limit is needed for the clash, though the pin is not."""
    program = tiny(
        people=(A,),
        requirements=(Requirement((), None, "WARD", 0, None, row=2),),
        rotation_pins=(RotationPin("A", 1, "LEAVE", row=2),),
        vacation_weeks=MappingProxyType({1: 1}),
    )
    found = explain(
        Problem(program, scope=Scope.YEAR, workers=1), Frozen(), Effort(30.0, 1, 1, 8.0), Stop(60.0)
    )
    assert found is not None
    assert "LEAVE allows 0 vacation weeks in a block." in {conflict.message for conflict in found.conflicts}
