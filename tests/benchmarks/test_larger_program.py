"""Larger programs out of one: people, wishes and demand grow together, and the whole still reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.larger_program import larger
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.writer import write_program_folder

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def program() -> Program:
    return load_program(EXAMPLES / "harbor-im")


def test_a_larger_program_is_a_program(program: Program, tmp_path: Path) -> None:
    """Written and read again by the reader that refuses whatever does not fit."""
    made = larger(program, 2 * len(program.residents) + 1)
    write_program_folder(made, tmp_path / "made")
    assert load_program(tmp_path / "made").id == made.id
    assert len(made.residents) == 2 * len(program.residents) + 1


def test_every_pgy_grows_alike(program: Program) -> None:
    def counts(one: Program) -> dict[int | None, int]:
        pgys = [person.pgy for person in one.residents]
        return {pgy: pgys.count(pgy) for pgy in pgys}

    made = counts(larger(program, 2 * len(program.residents)))
    assert made == {pgy: 2 * count for pgy, count in counts(program).items()}


def test_demand_grows_with_the_residents(program: Program) -> None:
    made = larger(program, 3 * len(program.residents))
    assert [row.min for row in made.staffing] == [3 * row.min for row in program.staffing]
    assert [row.max for row in made.coverage] == [
        None if row.max is None else 3 * row.max for row in program.coverage
    ]


def test_as_many_as_there_are_is_the_same_but_for_its_name(program: Program) -> None:
    made = larger(program, len(program.residents))
    assert (made.people, made.staffing, made.requests) == (
        program.people,
        program.staffing,
        program.requests,
    )


def test_fewer_than_there_are_is_refused(program: Program) -> None:
    with pytest.raises(ValueError, match="would be fewer"):
        larger(program, len(program.residents) - 1)
