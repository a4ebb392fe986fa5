"""CP-SAT as the engine uses it: ended by the run's stop, and never refusing a model without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.solver.stop import Stop

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def run(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    stop: Stop,
    watch: cp_model.CpSolverSolutionCallback | None = None,
) -> cp_model.CpSolverStatus:
    """Searches until proved, spent or stopped; how that ended. A limit that was reached is no error.

    Raises ValueError where CP-SAT does not take the model: that would else look like a search in vain.
    """
    from ortools.sat.python import cp_model

    forget = stop.on_cancel(solver.stop_search)
    try:
        status = solver.solve(model, watch)
    finally:
        forget()
    if status == cp_model.MODEL_INVALID:
        raise ValueError(f"CP-SAT does not take the model: {model.validate()}")
    return status
