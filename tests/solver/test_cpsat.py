"""CP-SAT behind one door."""

from __future__ import annotations

import pytest
from ortools.sat.python import cp_model

from src.solver import cpsat
from src.solver.stop import Stop


def model(*, most: int = 7) -> cp_model.CpModel:
    """Two numbers of at most 5 that come to at most `most` together; as much of the first as can be."""
    made = cp_model.CpModel()
    first, second = (made.new_int_var(0, 5, name) for name in ("first", "second"))
    made.add(first + second <= most)
    made.maximize(2 * first + second)
    return made


def test_a_model_is_solved() -> None:
    solver = cp_model.CpSolver()
    assert cpsat.run(solver, model(), Stop(60)) == cp_model.OPTIMAL
    assert solver.objective_value == 12


def test_a_model_that_allows_nothing_is_no_error() -> None:
    assert cpsat.run(cp_model.CpSolver(), model(most=-1), Stop(60)) == cp_model.INFEASIBLE


def test_a_model_that_is_not_taken_is_said_aloud() -> None:
    """A hint given twice: CP-SAT answers as after a search that found nothing."""
    made = model()
    number = made.new_int_var(0, 5, "hinted")
    made.add_hint(number, 1)
    made.add_hint(number, 1)
    with pytest.raises(ValueError, match=r"does not take the model: .*hint contains duplicate variables"):
        cpsat.run(cp_model.CpSolver(), made, Stop(60))


def test_the_stop_ends_the_search_and_is_let_go() -> None:
    """A stop that comes while it searches, and one that nothing listens to any more afterwards."""
    stop = Stop(60)
    ended: list[str] = []

    class Watch(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            stop.cancel()

    class Solver(cp_model.CpSolver):
        def stop_search(self) -> None:
            ended.append("asked to end")
            super().stop_search()

    cpsat.run(Solver(), model(), stop, Watch())
    assert ended
    ended.clear()
    stop.cancel()
    assert not ended
