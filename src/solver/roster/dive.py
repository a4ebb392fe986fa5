"""From fractions of rows to whole ones: the surest marks of single days are settled, rows are priced again,
until every person has one row. After Strandmark, Qu and Curtois (see `colgen`): settling days instead of
whole rows leaves room to the very end.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import numpy as np

from src.solver.roster.columns import Open, Relaxation
from src.solver.roster.problem import Row
from src.solver.roster.table import Floats, Integers


class Pace(Enum):
    """How a dive goes on: settle what is sure, settle more at once, or settle everything as it stands."""

    STEADY = 0
    HURRY = 1
    END = 2


SURE = 0.85
LEAST_SURE = 0.5
BARELY_SURE = 0.35
"""How sure a mark must be where settling has cost nothing so far: many rosters are as good."""
LEAST_SHARE, BOLD_SHARE, MOST_SHARE = 0.002, 0.06, 0.2
"""Parts of the days still open that one step settles at least."""
BOLDER, WARIER = 1.6, 0.4
UNCHANGED = 3e-3
EASIER = 0.05
DIVE_GAP = 1e-3
SHARE = 1e-5


def dive(
    relaxation: Relaxation, over: Callable[[], bool], pace: Callable[[float], Pace], rounds: int = 3
) -> dict[int, Row] | None:
    """A row for each person of the part; None when `over` says so first.

    `pace` is told the share of days that are settled. `rounds`: linear programs and pricings after each
    settling, at most; fewer where settling has cost nothing.
    """
    relaxation.linear(DIVE_GAP)
    share = LEAST_SHARE
    while not over():
        unsettled = _unsettled(relaxation)
        if not unsettled:
            return _rows(relaxation)
        settled = float((relaxation.open.sum(2) == 1).mean())
        now = pace(settled)
        hurry, before = now is not Pace.STEADY, relaxation.value
        _settle(relaxation, unsettled, MOST_SHARE if hurry else share)
        if now is Pace.END:
            while unsettled := _unsettled(relaxation):
                _settle_row(relaxation, unsettled)
            continue
        unsettled = _unsettled(relaxation)
        enough = before + UNCHANGED * max(1.0, abs(before))
        relaxation.linear(DIVE_GAP)
        for _ in range(0 if hurry or not unsettled else rounds):
            if not relaxation.price(unsettled):
                break
            relaxation.linear(DIVE_GAP)
            if relaxation.value < enough:
                break
        free = relaxation.value < enough
        share = min(BOLD_SHARE, share * BOLDER) if free else max(LEAST_SHARE, share * WARIER)
    return None


def _unsettled(relaxation: Relaxation) -> list[int]:
    return [int(place) for place in np.flatnonzero((relaxation.open.sum(2) > 1).any(1))]


def _rows(relaxation: Relaxation) -> dict[int, Row]:
    marks = relaxation.open.argmax(2)
    return {person: tuple(marks[place].tolist()) for place, person in enumerate(relaxation.people)}


def _settle(relaxation: Relaxation, places: list[int], share: float) -> None:
    """Settle what is surer than a threshold, which falls until that share of the open days is settled."""
    alive = np.ones(len(relaxation.columns), np.bool_)
    wanted = share * float((relaxation.open.sum(2) > 1).sum())
    floor = LEAST_SURE if share <= LEAST_SHARE else BARELY_SURE
    left = relaxation.left()
    sure, settled = SURE, 0
    while settled < max(1.0, wanted) and sure >= floor - EASIER / 2:
        for place in places:
            settled += _settle_days(relaxation, place, sure, alive, left)
        sure -= EASIER
    relaxation.keep(alive)
    if not settled:
        _settle_row(relaxation, places)
    relaxation.narrow()


def _settle_days(relaxation: Relaxation, place: int, sure: float, alive: Open, left: Floats) -> int:
    """Settle a person's days one after another, the surest first; each changes what its columns weigh. What
    is less than sure does not go beyond the need that is `left` of a line.
    """
    mine, rows = relaxation.of_place(place)
    fit = alive[mine]
    mine, rows = mine[fit], rows[fit]
    weight = relaxation.x[mine]
    closed = relaxation.open[place].sum(1) == 1
    lines = relaxation.work.table.line_at
    settled = 0
    while True:
        share = _shares(rows, weight, relaxation.open.shape[2])
        share[closed] = -1.0
        day, mark = divmod(int(share.argmax()), share.shape[1])
        if share[day, mark] < sure:
            break
        closed[day] = True
        line = lines[day, mark]
        if line >= 0:
            if left[line] < 1 and share[day, mark] < SURE:
                continue
            left[line] -= 1
        relaxation.open[place, day] = False
        relaxation.open[place, day, mark] = True
        settled += 1
        fits = rows[:, day] == mark
        alive[mine[~fits]] = False
        mine, rows, weight = mine[fits], rows[fits], weight[fits]
    return settled


def _shares(rows: Integers, weight: Floats, marks: int) -> Floats:
    """How much of each mark a person has by day."""
    days = rows.shape[1]
    held = weight > SHARE
    if not held.any():
        held = weight >= weight.max()
    flat = (np.arange(days) * marks + rows[held]).ravel().astype(np.int64)
    share: Floats = np.bincount(flat, np.repeat(weight[held], days), minlength=days * marks)
    return (share / weight[held].sum()).reshape(days, marks)


def _settle_row(relaxation: Relaxation, places: list[int]) -> None:
    """Nothing is sure: give one person the row that weighs most."""
    owners = np.array([relaxation.people.index(person) for person, _ in relaxation.columns])
    weights = np.where(np.isin(owners, places), relaxation.x, -1.0)
    column = int(weights.argmax())
    place, row = int(owners[column]), relaxation.columns[column][1]
    relaxation.open[place] = False
    relaxation.open[place, np.arange(len(row)), list(row)] = True
    alive = owners != place
    alive[column] = True
    relaxation.keep(alive)
