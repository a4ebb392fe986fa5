"""One search: what is shown of it while it goes on, and when near is near enough."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ortools.sat.python import cp_model

from src.solver.stop import Stop
from src.solver.year.search import Effort, Ended, Glimpse, search


def knapsack() -> cp_model.CpModel:
    """Thirty things, of which as much as fits is to be taken."""
    model = cp_model.CpModel()
    things = [model.new_bool_var(f"thing {number}") for number in range(30)]
    weights = [17 + 7 * number % 23 for number in range(30)]
    model.add(cp_model.LinearExpr.weighted_sum(things, weights) <= sum(weights) // 2)
    model.maximize(cp_model.LinearExpr.weighted_sum(things, [weight + 3 for weight in weights]))
    return model


def test_the_first_solution_that_is_near_enough_is_shown_and_the_search_goes_on() -> None:
    shown: list[Sequence[int]] = []
    model = knapsack()
    answer = search(model, Effort(20.0, 1), Stop(20.0), glimpse=Glimpse(0.5, shown.append))
    assert answer.ended is Ended.PROVED
    assert len(shown) == 1
    assert len(shown[0]) == len(model.proto.variables)


def test_what_is_too_far_from_what_is_possible_is_not_shown() -> None:
    shown: list[Sequence[int]] = []
    glimpse = Glimpse(0.1, shown.append)
    glimpse.look(50.0, 100.0, lambda: (1,))
    assert shown == []
    glimpse.look(95.0, 100.0, lambda: (2,))
    glimpse.look(100.0, 100.0, lambda: (3,))
    assert shown == [(2,)]


@pytest.mark.parametrize("gap", [None, 0.0, 0.2, 10.0])
def test_only_what_reaches_its_bound_is_called_proved(gap: float | None) -> None:
    answer = search(knapsack(), Effort(20.0, 1), Stop(20.0), gap=gap)
    assert answer.found
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound - answer.objective <= (gap or 0.0) * answer.objective
    assert (answer.ended is Ended.PROVED) is (answer.bound == answer.objective)
