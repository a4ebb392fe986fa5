"""Rosters over long horizons by column generation.

A linear master over whole rows, rows priced by a compiled dynamic programme, a dive to a first good roster,
and then a search that frees some people or some days at a time. After P. Strandmark, Y. Qu, T. Curtois,
"First-order linear programming in a column generation-based heuristic approach to the nurse rostering
problem", Computers & Operations Research 120 (2020), with a master solved from inside in place of the
first-order method.
"""

from __future__ import annotations

from math import ceil, isinf

import numpy as np

from src.solver.roster.columns import Part, Relaxation
from src.solver.roster.improve import MOST_LINES, improve
from src.solver.roster.legal import is_legal
from src.solver.roster.memory import peak_mb
from src.solver.roster.problem import Problem, Row
from src.solver.roster.result import Answer, Status
from src.solver.roster.strategy import Options
from src.solver.roster.work import ROUNDING, Work
from src.solver.stop import Stop

DESCENT_SHARE = 0.05
"""Part of the time that a descent of one person after another may take."""
ROOT_SHARE = 0.4
"""Part of the time that the relaxation of all people may take."""
ROOT_GAP = 0.01
"""The relaxation of all people may end when value and bound are that near: the dive prices on."""
TIGHT_SHARE = 0.1
"""Part of the time after which it does; before that it is solved to the end."""


class ColumnGeneration:
    """Strategy for long horizons and many people."""

    def solve(self, problem: Problem, stop: Stop, options: Options) -> Answer:
        """See `Strategy.solve`. One worker, one seed and an iteration limit give one answer."""
        work = Work(problem, stop, options)
        stuck = _start(work)
        if stuck:
            return Answer(Status.INFEASIBLE, "proved", stuck=tuple(stuck), seconds=stop.seconds)
        if len(work.rows) < len(problem.people):
            return Answer(
                Status.UNKNOWN, work.ended or "time", seconds=stop.seconds, peak_memory_mb=peak_mb()
            )
        with work.threads():
            _descend(work)
            root = _relax(work) if len(problem.cover) <= MOST_LINES else None
            tried = improve(work, root)
        return Answer(
            Status.OPTIMAL if work.proved else Status.FEASIBLE,
            work.ended or "proved",
            tuple(work.rows),
            work.price,
            work.bound,
            tuple(work.found),
            seconds=stop.seconds,
            peak_memory_mb=peak_mb(),
            counts={"masters": work.masters_solved, "rows": sum(len(pool) for pool in work.pool), **tried},
        )


def _start(work: Work) -> list[str]:
    """A first roster, person after person at what cover still pays; names those who have no legal row."""
    rows: list[Row] = []
    stuck: list[str] = []
    given = work.options.start or ()
    for number, person in enumerate(work.problem.people):
        if number < len(given) and is_legal(work.problem, person, given[number]):
            rows.append(given[number])
            continue
        if work.stop.reached:
            return stuck
        priced = work.pricers[number].price(work.table.marginal(number, work.table.there(rows)))
        if priced.rows:
            rows.append(priced.rows[0][1])
        elif isinf(priced.least) or (row := _any_row(work, number)) is None:
            stuck.append(person.name)
        elif row:
            rows.append(row)
        else:
            return []
    if not stuck:
        for number, row in enumerate(rows):
            work.keep(number, row)
        work.take(rows)
    return stuck


def _any_row(work: Work, number: int) -> Row | None:
    """A legal row where the programme found none; None when there is none, empty when time ran out."""
    from src.solver.roster.cpsat import any_row

    return any_row(work.problem, number, work.stop.remaining)


def _descend(work: Work) -> None:
    """Give each person in turn the best row against all others', until that gains nothing or takes long."""
    better, until = True, work.stop.seconds + DESCENT_SHARE * work.stop.remaining
    while better and not work.over():
        better = False
        for number in work.rng.permutation(len(work.rows)):
            others = work.rows[:number] + work.rows[number + 1 :]
            priced = work.pricers[number].price(work.table.marginal(number, work.table.there(others)))
            if work.clocked and work.stop.seconds > until:
                return
            if priced.rows:
                row = priced.rows[0][1]
                work.keep(number, row)
                better |= work.take([*work.rows[:number], row, *work.rows[number + 1 :]])


def _relax(work: Work) -> Relaxation:
    """The relaxation of all people together; its bound holds for every legal roster."""
    people = tuple(range(len(work.rows)))
    every = np.ones((len(people), work.problem.days, len(work.problem.kinds) + 1), np.bool_)
    root = Relaxation(work, Part(people, every), ())
    root.begin(dict(enumerate(work.rows)))
    began = work.stop.seconds
    until, tight = (began + share * work.stop.remaining for share in (ROOT_SHARE, TIGHT_SHARE))
    while (not work.clocked or work.stop.seconds < until) and not work.over() and root.round():
        if np.isfinite(root.best):
            work.bound = max(work.bound or 0, ceil(root.best - ROUNDING))
        late = work.clocked and work.stop.seconds > tight
        if late and root.value - root.best < ROOT_GAP * abs(root.best):
            break
    if np.isfinite(root.best):
        work.bound = max(work.bound or 0, ceil(root.best - ROUNDING))
    return root
