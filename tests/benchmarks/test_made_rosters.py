"""Rosters made for tuning: one seed gives one roster, and the hidden one makes it solvable."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.curtois_qu.made import CONTRACTS, SHAPES, Shape, made
from src.solver.roster.pricing import Pricer
from src.solver.roster.problem import Problem

SMALL = Shape(10, 14, ((480, 720), (480, 600)))


@pytest.fixture(scope="module")
def roster() -> Problem:
    return made(SMALL, 3)


def test_one_seed_gives_one_roster(roster: Problem) -> None:
    """And another seed another one."""
    assert made(SMALL, 3) == roster
    assert made(SMALL, 4) != roster


def test_it_has_the_shape_asked_for(roster: Problem) -> None:
    """People, days, kinds, and a line of cover for every kind and day."""
    assert (len(roster.people), roster.days, len(roster.kinds)) == (10, 14, 4)
    assert len(roster.cover) == 14 * 4
    assert sum(line.need for line in roster.cover) > 10
    assert roster.wishes


def test_a_later_family_is_never_followed_by_an_earlier_one(roster: Problem) -> None:
    assert [sorted(kind.not_next) for kind in roster.kinds] == [[], [], [0, 1], [0, 1]]


def test_nearly_everybody_has_a_legal_row(roster: Problem) -> None:
    """The cover comes from rows that exist."""
    free = np.zeros((roster.days, len(roster.kinds) + 1))
    can = [bool(Pricer(roster, number).price(free).rows) for number in range(len(roster.people))]
    assert sum(can) >= 9


def test_contracts_end_with_everybody() -> None:
    """The parts rise to one, so that each person has a contract, and the shapes have people and days."""
    parts = [contract.up_to for contract in CONTRACTS]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    assert all(shape.people and shape.days % 7 == 0 for shape in SHAPES.values())
