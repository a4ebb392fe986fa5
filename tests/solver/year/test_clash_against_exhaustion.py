"""The rows a clash names, held against every plan there is: together impossible, without any one possible."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from src.interchange.model import Program
from src.interchange.schedule import Scope
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.explain import explain
from src.solver.year.model import Frozen
from src.solver.year.search import Effort
from tests.solver.year.exhaustion import Exhaustion
from tests.solver.year.test_against_exhaustion import programs

Named = frozenset[tuple[str, int | None]]
ANY_NUMBER = 9


def keeping(program: Program, named: Named) -> Program:
    """The program with the limits of the named rows alone; who may do what stays as it is."""

    def kept(file: str, row: int | None) -> bool:
        return (file, row) in named

    has_vacations = kept("program.toml", None)
    return replace(
        program,
        coverage=tuple(row for row in program.coverage if kept("coverage.csv", row.row)),
        successions=tuple(row for row in program.successions if kept("successions.csv", row.row)),
        rotation_pins=tuple(row for row in program.rotation_pins if kept("pins.csv", row.row)),
        requirements=tuple(
            row if kept("requirements.csv", row.row) else replace(row, min_blocks=0, max_blocks=None)
            for row in program.requirements
        ),
        rotations=tuple(
            row
            if kept("rotations.csv", row.row)
            else replace(row, max_consecutive=None, vacation_weeks_max=ANY_NUMBER)
            for row in program.rotations
        ),
        vacation_weeks=program.vacation_weeks if has_vacations else MappingProxyType({}),
        max_on_vacation=program.max_on_vacation if has_vacations else None,
    )


def has_plan(program: Program) -> bool:
    return next(Exhaustion(program).plans(), None) is not None


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
    named: Named = frozenset((conflict.file, conflict.row) for conflict in found.conflicts)
    assert not has_plan(keeping(program, named)), "the rows named do not collide"
    for row in named:
        assert has_plan(keeping(program, named - {row})), f"{row} is not needed"
