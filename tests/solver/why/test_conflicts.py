"""Programs made impossible on purpose: the rows named collide by themselves, and no fewer of them do."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.schedule import Conflict, Scope, SolveStatus
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.solver.world import silent

TINY = Path(__file__).resolve().parents[4] / "shared" / "data" / "programs" / "tiny"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not TINY.exists(), reason="../shared/data is not there"),
]

CLIN_COVERAGE, CLIN_REQUIREMENT, NIGHTS = 5, 4, 3
"""Rows of the tiny program's files."""


def raised(rows: tuple[Any, ...], row: int, **limits: int) -> tuple[Any, ...]:
    return tuple(replace(each, **limits) if each.row == row else each for each in rows)


def coverage(program: Program) -> Program:
    return replace(program, coverage=raised(program.coverage, CLIN_COVERAGE, min=5, max=6))


def requirement(program: Program) -> Program:
    rows = raised(program.requirements, CLIN_REQUIREMENT, min_blocks=4, max_blocks=4)
    return replace(program, requirements=rows)


def staffing(program: Program) -> Program:
    return replace(program, staffing=raised(program.staffing, NIGHTS, min=4))


SPOILED = (coverage, requirement)


def answer(program: Program) -> Result:
    """What the engine says of the year plan; it ends by itself on so small a program."""
    return solve(Problem(program, scope=Scope.YEAR, workers=2), Stop(20), silent)


@cache
def tiny() -> Program:
    return load_program(TINY)


def alone(program: Program, kept: tuple[Conflict, ...]) -> Program:
    """The program with none of the rules that conflicts can name but those kept."""
    rows = {(conflict.file, conflict.row) for conflict in kept}
    return replace(
        program,
        coverage=tuple(row for row in program.coverage if ("coverage.csv", row.row) in rows),
        requirements=tuple(
            row
            if ("requirements.csv", row.row) in rows
            else replace(row, min_blocks=0, max_blocks=None, first_block=None, last_block=None)
            for row in program.requirements
        ),
        staffing=tuple(row for row in program.staffing if ("staffing.csv", row.row) in rows),
        calls=tuple(row if ("calls.csv", row.row) in rows else replace(row, min=0) for row in program.calls),
        successions=tuple(row for row in program.successions if ("successions.csv", row.row) in rows),
        rotation_pins=tuple(row for row in program.rotation_pins if ("pins.csv", row.row) in rows),
        call_pins=(),
        requests=(),
        objective=(),
    )


@pytest.mark.parametrize("spoil", SPOILED)
def test_the_rows_named_collide_and_without_any_one_of_them_the_rest_does_not(spoil: Any) -> None:
    program = spoil(tiny())
    found = answer(program)
    assert found.status is SolveStatus.INFEASIBLE
    assert len(found.conflicts) >= 1
    assert answer(alone(program, found.conflicts)).status is SolveStatus.INFEASIBLE
    for left_out in found.conflicts:
        rest = tuple(each for each in found.conflicts if each is not left_out)
        assert answer(alone(program, rest)).status is not SolveStatus.INFEASIBLE, left_out


@pytest.mark.parametrize("spoil", [coverage, staffing])
def test_the_first_way_out_leads_out(spoil: Any) -> None:
    """The limit that it says, at the size that it says, is enough."""
    program = spoil(tiny())
    words = answer(program).way_out[0]
    told = re.match(r"Lower the minimum of (\w+)\.csv row (\d+) by (\d+), to (\d+) \(", words)
    assert told is not None, words
    table, row, least = told[1], int(told[2]), int(told[4])
    eased = replace(program, **{table: raised(getattr(program, table), row, min=least)})
    assert answer(eased).status is not SolveStatus.INFEASIBLE
