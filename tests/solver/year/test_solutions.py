"""Solutions of a year model, completed when variables are added to it."""

from __future__ import annotations

from fractions import Fraction

from ortools.sat.python import cp_model

from src.solver.stop import Stop
from src.solver.year.objective import TierModel
from src.solver.year.search import Effort, Ended
from src.solver.year.solutions import completed, hint_solution

EFFORT = Effort(5.0, workers=1)


def chosen_and_added() -> tuple[cp_model.CpModel, TierModel]:
    """Something that was chosen, and a cost of it that was added after: at least twice as much."""
    model = cp_model.CpModel()
    chosen = model.new_int_var(0, 4, "chosen")
    cost = model.new_int_var(0, 9, "cost")
    model.add(cost >= 2 * chosen)
    return model, TierModel([(Fraction(-1), cost)])


def test_what_was_added_is_as_good_as_the_solution_allows() -> None:
    model, tier = chosen_and_added()
    answer = completed(model, (3,), tier, EFFORT, Stop(10.0))
    assert (answer.ended, tuple(answer.values)) == (Ended.PROVED, (3, 6))
    assert tier.score(tier.value_of(answer.values)) == -6


def test_the_model_itself_stays_free() -> None:
    model, tier = chosen_and_added()
    completed(model, (3,), tier, EFFORT, Stop(10.0))
    assert not model.has_objective()
    assert list(model.proto.variables[0].domain) == [0, 4]


def test_a_solution_that_cannot_be_completed_is_told() -> None:
    model, tier = chosen_and_added()
    model.add(tier.terms[0][1] <= 5)
    assert completed(model, (3,), tier, EFFORT, Stop(10.0)).ended is Ended.NONE_EXISTS


def test_nothing_is_completed_after_the_stop() -> None:
    stop = Stop(10.0)
    stop.cancel()
    model, tier = chosen_and_added()
    assert completed(model, (3,), tier, EFFORT, stop).ended is Ended.NOTHING


def test_a_later_hint_takes_the_place_of_the_first() -> None:
    model, _ = chosen_and_added()
    hint_solution(model, (1, 2))
    hint_solution(model, (3,))
    assert list(model.proto.solution_hint.vars) == [0]
    assert list(model.proto.solution_hint.values) == [3]
