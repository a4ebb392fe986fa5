"""Whole rows from the columns of a master, by branch and bound (HiGHS)."""

from __future__ import annotations

import highspy
import numpy as np

from src.solver import highs
from src.solver.roster.columns import Relaxation
from src.solver.roster.problem import Row
from src.solver.roster.work import ROUNDING

WHOLE_GAP = 0.99
"""Prices are whole numbers: anything nearer than one is the same."""
WHOLE_NODES = 500
HALF = 0.5


def whole_rows(relaxation: Relaxation, at_most: float, seconds: float) -> dict[int, Row] | None:
    """One row a person of the part that cost `at_most` with the cover they leave; None when none was found.

    Columns whose reduced cost alone goes beyond that are left out first.
    """
    reduced, below = relaxation.reduced_costs()
    kept = np.flatnonzero(reduced <= at_most - below + ROUNDING)
    columns = [relaxation.columns[at] for at in kept]
    if len({person for person, _ in columns}) < len(relaxation.people):
        return None
    solver = highs.solver(
        _model(relaxation, kept),
        ("mip_abs_gap", WHOLE_GAP),
        ("mip_max_nodes", WHOLE_NODES),
        ("objective_bound", at_most + HALF),
        ("time_limit", max(0.05, seconds)),
    )
    highs.run(solver)
    solution = solver.getSolution()
    if not solution.value_valid or solver.getInfo().objective_function_value > at_most + HALF:
        return None  # the bound only prunes: what is met before it does may cost more
    values = np.array(solution.col_value)[-len(columns) :]
    chosen = dict(columns[at] for at in np.flatnonzero(values > HALF))
    return chosen if len(chosen) == len(relaxation.people) else None


def _model(relaxation: Relaxation, kept: np.ndarray) -> highspy.HighsLp:
    table = relaxation.work.table
    lines, people = len(relaxation.need), len(relaxation.people)
    facts = [relaxation.column(int(at)) for at in kept]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = 2 * lines + len(kept), lines + people
    model.col_cost_ = np.concatenate(
        (table.under[relaxation.lines], table.over[relaxation.lines], [cost for _, _, cost in facts])
    )
    model.col_lower_ = np.zeros(model.num_col_)
    model.col_upper_ = np.concatenate((np.full(2 * lines, highspy.kHighsInf), np.ones(len(kept))))
    model.row_lower_ = model.row_upper_ = np.concatenate((relaxation.need, np.ones(people)))
    lengths = np.concatenate((np.ones(2 * lines), [len(served) + 1 for served, _, _ in facts]))
    indices = [np.tile(np.arange(lines), 2)]
    for served, place, _ in facts:
        indices += [served, np.array([lines + place])]
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    model.a_matrix_.index_ = np.concatenate(indices).astype(np.int32)
    values = np.ones(int(lengths.sum()))
    values[lines : 2 * lines] = -1.0
    model.a_matrix_.value_ = values
    continuous, whole = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
    model.integrality_ = [continuous] * (2 * lines) + [whole] * len(kept)
    return model
