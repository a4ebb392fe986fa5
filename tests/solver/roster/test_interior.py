"""The compiled interior-point method against another solver of linear programs, and its pieces."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
import pytest

from src.solver import highs
from src.solver.roster import interior

Floats = npt.NDArray[np.float64]


def program(seed: int, people: int, lines: int, a_person: int) -> dict[str, npt.NDArray[Any]]:
    """Random columns: each serves a third of the lines at a random price."""
    rng = np.random.default_rng(seed)
    many = people * a_person
    served = rng.random((many, lines)) < 1 / 3
    table = np.zeros((many, lines), np.int64)
    for column, serves in enumerate(served):
        table[column, : serves.sum()] = np.flatnonzero(serves)
    return {
        "lines": table,
        "count": served.sum(1).astype(np.int64),
        "person": np.repeat(np.arange(people), a_person),
        "cost": rng.integers(0, 20, many).astype(float),
        "need": rng.integers(0, people, lines).astype(float),
        "under": rng.integers(0, 50, lines).astype(float),
        "over": rng.integers(0, 5, lines).astype(float),
    }


def solve(facts: dict[str, npt.NDArray[Any]], people: int, tolerance: float) -> tuple[float, float, Floats]:
    x, y, w = np.empty(len(facts["cost"])), np.empty(len(facts["need"])), np.empty(people)
    start = np.zeros(len(facts["need"]))
    value, below = interior.solve(*facts.values(), people, start, tolerance, x, y, w)
    return value, below, x


def simplex(facts: dict[str, npt.NDArray[Any]], people: int) -> float:
    """The value of the same program by HiGHS."""
    solver = highs.solver(highspy.HighsLp())
    columns = [solver.addVariable(0, highspy.kHighsInf, float(cost)) for cost in facts["cost"]]
    for person in range(people):
        solver.addConstr(sum(columns[n] for n in np.flatnonzero(facts["person"] == person)) == 1)
    for line in range(len(facts["need"])):
        missing = solver.addVariable(0, highspy.kHighsInf, float(facts["under"][line]))
        surplus = solver.addVariable(0, highspy.kHighsInf, float(facts["over"][line]))
        there = [column for n, column in enumerate(columns) if line in facts["lines"][n, : facts["count"][n]]]
        solver.addConstr(sum(there) + missing - surplus == float(facts["need"][line]))
    highs.run(solver)
    return float(solver.getInfo().objective_function_value)


@pytest.mark.parametrize("seed", range(6))
def test_value_and_bound_enclose_what_simplex_finds(seed: int) -> None:
    """To a gap of one in ten thousand, on programs of which some prices are zero."""
    people = 2 + seed
    facts = program(seed, people, lines=5 + 4 * seed, a_person=4)
    value, below, x = solve(facts, people, 1e-4)
    best = simplex(facts, people)
    assert value == pytest.approx(best, rel=1e-3, abs=0.1)
    assert below <= value
    assert np.bincount(facts["person"], x) == pytest.approx(np.ones(people), abs=1e-3)
    assert (x >= 0).all()


def test_one_column_a_person_leaves_nothing_to_choose() -> None:
    """The slack on both sides takes what the columns do not serve."""
    facts = program(3, people=4, lines=6, a_person=1)
    value, _, x = solve(facts, 4, 1e-5)
    assert x == pytest.approx(np.ones(4), abs=1e-3)
    assert value == pytest.approx(simplex(facts, 4), rel=1e-3, abs=0.1)


def test_without_any_line_the_cheapest_columns_win() -> None:
    """No cover at all is a program too."""
    facts = program(1, people=3, lines=0, a_person=5)
    value, _, _ = solve(facts, 3, 1e-5)
    assert value == pytest.approx(facts["cost"].reshape(3, 5).min(1).sum(), abs=0.1)


def test_prices_given_outside_their_box_do_no_harm() -> None:
    """A start far outside is drawn inside first."""
    facts = program(2, people=3, lines=7, a_person=4)
    x, y, w = np.empty(12), np.empty(7), np.empty(3)
    value, _ = interior.solve(*facts.values(), 3, np.full(7, 1e6), 1e-4, x, y, w)
    assert value == pytest.approx(simplex(facts, 3), rel=1e-3, abs=0.1)
    assert (y <= facts["under"] + 0.01).all()
    assert (y >= -facts["over"].astype(float) - 0.01).all()


@pytest.mark.parametrize("size", [1, 3, 4, 5, 17])
def test_a_factor_solves_its_equations(size: int) -> None:
    """Sizes that are and are not multiples of the rows taken at a time."""
    rng = np.random.default_rng(size)
    matrix = rng.random((size, size))
    matrix = matrix @ matrix.T + np.eye(size)
    wanted = rng.random(size)
    given = matrix @ wanted
    interior.factor(matrix)
    interior.back(matrix, given)
    assert given == pytest.approx(wanted)


def test_a_singular_matrix_gives_numbers_all_the_same() -> None:
    """Lines that nobody serves leave zeros: nothing may become infinite."""
    matrix = np.zeros((3, 3))
    interior.factor(matrix)
    assert np.isfinite(matrix).all()
