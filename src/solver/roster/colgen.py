"""Rosters over long horizons by column generation.

A linear master over whole rows, rows priced by a compiled dynamic programme, a dive to a first good roster,
and then a search that frees some people at a time and solves their small master to whole numbers. After P.
Strandmark, Y. Qu, T. Curtois, "First-order linear programming in a column generation-based heuristic approach
to the nurse rostering problem", Computers & Operations Research 120 (2020), with a simplex master in place of
the first-order method.
"""

from __future__ import annotations

from functools import partial
from math import ceil, isinf

import numpy as np

from src.solver.roster.columns import ROUNDING, Relaxation, Work
from src.solver.roster.legal import is_legal
from src.solver.roster.memory import peak_mb
from src.solver.roster.problem import Problem, Row
from src.solver.roster.result import Answer, Status
from src.solver.roster.strategy import Options
from src.solver.stop import Stop

ROOT_SHARE = 0.4
"""Part of the time that the relaxation of all people may take."""
DIVE_SHARE = 0.5
"""Part of what is left then that the dive may take."""
SURE = 0.95
HALF = 0.5
ROOT_GAP = 0.001
"""The relaxation of all people ends when value and bound are that near: whole rows are further apart."""
DIVE_ROUNDS = 12
DIVES_A_PERSON = 0.04
PART_ROUNDS = 25
FIRST_PART = 7
PATIENCE = 2
LARGEST_PART = 24
WHOLE_SECONDS = 0.4
"""For branch and bound on a part, a person."""
AROUND_A_DATE = 0.6


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
            root = _relax(work)
            _dive(work, root)
            _descend(work)
            _improve(work)
        return Answer(
            Status.OPTIMAL if work.proved else Status.FEASIBLE,
            work.ended or "proved",
            tuple(work.rows),
            work.price,
            work.bound,
            tuple(work.found),
            seconds=stop.seconds,
            peak_memory_mb=peak_mb(),
            counts={"masters": work.masters_solved, "rows": sum(len(pool) for pool in work.pool)},
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
    """Give each person in turn the best row against all others', until that gains nothing."""
    better = True
    while better and not work.over():
        better = False
        for number in work.rng.permutation(len(work.rows)):
            others = work.rows[:number] + work.rows[number + 1 :]
            priced = work.pricers[number].price(work.table.marginal(number, work.table.there(others)))
            if priced.rows and not work.stop.reached:
                row = priced.rows[0][1]
                work.keep(number, row)
                better |= work.take([*work.rows[:number], row, *work.rows[number + 1 :]])


def _relax(work: Work) -> Relaxation:
    """The relaxation of all people together; its bound holds for every legal roster."""
    root = Relaxation(work, range(len(work.rows)), ())
    for person, pool in enumerate(work.pool):
        for row in pool:
            root.master.add(person, row)
    until = work.stop.seconds + ROOT_SHARE * work.stop.remaining
    while work.stop.seconds < until and not work.over() and root.round():
        if np.isfinite(root.best):
            work.bound = max(work.bound or 0, ceil(root.best - ROUNDING))
        if root.solved is not None and root.solved.value - root.best < ROOT_GAP * abs(root.best):
            break
    if np.isfinite(root.best):
        work.bound = max(work.bound or 0, ceil(root.best - ROUNDING))
    return root


def _dive(work: Work, root: Relaxation) -> None:
    """Fix the surest rows, price again, until every person has one; in larger steps when time is short."""
    chosen: dict[int, Row] = {}
    people = len(work.rows)
    at_once = max(1, round(DIVES_A_PERSON * people))
    began, budget = work.stop.seconds, max(ROUNDING, DIVE_SHARE * work.stop.remaining)

    def due() -> int:
        return ceil(people * min(1.0, (work.stop.seconds - began) / budget)) - len(chosen)

    while len(chosen) < people:
        if work.over() or root.solved is None:
            return
        _fix(root, chosen, max(at_once, due()), late=due() > at_once)
        root.restart()
        for _ in range(DIVE_ROUNDS if len(chosen) < people else 0):
            if work.over() or not root.round() or due() > at_once:
                break
    rows = [chosen[person] for person in range(people)]
    for person, row in chosen.items():
        work.keep(person, row)
    work.take(rows)


def _fix(root: Relaxation, chosen: dict[int, Row], at_most: int, *, late: bool) -> None:
    assert root.solved is not None
    values = root.solved.columns
    fixed = 0
    for column in np.argsort(-values, kind="stable"):
        person, row = root.master.columns[column]
        if person in chosen:
            continue
        unsure = fixed >= at_most or (values[column] < HALF and not late)
        if fixed and unsure and values[column] < SURE:
            break
        chosen[person] = row
        root.master.fix(int(column))
        fixed += 1


def _improve(work: Work) -> None:
    """Free some people, solve their master to whole numbers, keep what is no worse.

    Parts that share nobody are solved side by side. When that helps no more, parts grow, and start small
    again.
    """
    people = len(work.rows)
    first = min(FIRST_PART, people)
    size, failures = first, 0
    while not work.over():
        before = work.price
        parts = _parts(work, size)
        solve = partial(_solve_part, work, alone=len(parts) == 1)
        for chosen in work.side_by_side(solve, parts):
            _take_part(work, chosen)
        failures = failures + 1 if work.price == before else 0
        if failures >= PATIENCE:
            failures = 0
            grown = size + max(1, size // 3)
            size = first if grown > LARGEST_PART or size == people else min(grown, people)


def _take_part(work: Work, chosen: dict[int, Row]) -> None:
    rows = [chosen.get(person, row) for person, row in enumerate(work.rows)]
    work.take(rows)


def _parts(work: Work, size: int) -> list[list[int]]:
    """People to free, `size` for each worker, around a date where too many or too few are."""
    people = len(work.rows)
    parts: list[list[int]] = []
    left = [int(person) for person in work.rng.permutation(people)]
    missing = work.table.need - work.table.there(work.rows)
    painful = np.where(missing > 0, work.table.under * missing, work.table.over * -missing)
    while len(parts) < work.options.workers and (len(left) >= size or not parts):
        if work.rng.random() < AROUND_A_DATE and painful.sum() > 0:
            line = work.rng.choice(len(painful), p=painful / painful.sum())
            kind = work.problem.cover[line].kind
            able = {person for person in left if work.problem.people[person].most_of_kind[kind] > 0}
            left.sort(key=lambda person: person not in able)
        parts.append(sorted(left[:size]))
        left = left[size:]
    return parts


def _solve_part(work: Work, part: list[int], *, alone: bool) -> dict[int, Row]:
    """The best rows found for the people of a part while all others keep theirs; empty when nothing is
    gained.
    """
    assert work.price is not None
    others = {n: row for n, row in enumerate(work.rows) if n not in part}
    enough = work.price - sum(work.table.wish_cost(n, row) for n, row in others.items()) - 1 + ROUNDING
    relaxation = Relaxation(work, part, others.values(), side_by_side=alone)
    for person in part:
        relaxation.master.add(person, work.rows[person])
        for row in work.pool[person]:
            relaxation.master.add(person, row)
    for _ in range(PART_ROUNDS):
        if work.over() or relaxation.best > enough or not relaxation.round():
            break
    if relaxation.best > enough or relaxation.solved is None or work.over():
        return {}
    return dict(relaxation.master.whole(enough, min(WHOLE_SECONDS * len(part), work.stop.remaining)) or ())
