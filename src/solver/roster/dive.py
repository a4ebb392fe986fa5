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
EASIER = 0.05
DIVE_GAP = 1e-3
SHARE = 1e-5


def dive(
    relaxation: Relaxation, over: Callable[[], bool], pace: Callable[[float], Pace], rounds: int = 1
) -> dict[int, Row] | None:
    """A row for each person of the part; None when `over` says so first.

    `pace` is told the share of days that are settled. `rounds`: linear programs and pricings after each
    settling.
    """
    relaxation.linear(DIVE_GAP)
    while not over():
        unsettled = _unsettled(relaxation)
        if not unsettled:
            return _rows(relaxation)
        settled = float((relaxation.open.sum(2) == 1).mean())
        now = pace(settled)
        hurry = now is not Pace.STEADY
        _settle(relaxation, unsettled, hurry=hurry)
        if now is Pace.END:
            while unsettled := _unsettled(relaxation):
                _settle_row(relaxation, unsettled)
            continue
        unsettled = _unsettled(relaxation)
        for _ in range(0 if hurry or not unsettled else rounds):
            relaxation.linear(DIVE_GAP)
            if not relaxation.price(unsettled):
                break
        relaxation.linear(DIVE_GAP)
    return None


def _unsettled(relaxation: Relaxation) -> list[int]:
    return [int(place) for place in np.flatnonzero((relaxation.open.sum(2) > 1).any(1))]


def _rows(relaxation: Relaxation) -> dict[int, Row]:
    marks = relaxation.open.argmax(2)
    return {person: tuple(marks[place].tolist()) for place, person in enumerate(relaxation.people)}


def _settle(relaxation: Relaxation, places: list[int], *, hurry: bool) -> None:
    """Settle what is surer than a threshold; the threshold falls until something is settled."""
    alive = np.ones(len(relaxation.columns), np.bool_)
    sure, settled = (LEAST_SURE if hurry else SURE), 0
    while not settled and sure >= LEAST_SURE - EASIER / 2:
        for place in places:
            settled += _settle_days(relaxation, place, sure, alive)
        sure -= EASIER
    relaxation.keep(alive)
    if not settled:
        _settle_row(relaxation, places)
    relaxation.narrow()


def _settle_days(relaxation: Relaxation, place: int, sure: float, alive: Open) -> int:
    """Settle a person's days one after another, the surest first; each changes what its columns weigh."""
    mine, rows = relaxation.of_place(place)
    weight = relaxation.x[mine]
    closed = relaxation.open[place].sum(1) == 1
    settled = 0
    while True:
        share = _shares(rows, weight, relaxation.open.shape[2])
        share[closed] = -1.0
        day, mark = divmod(int(share.argmax()), share.shape[1])
        if share[day, mark] < sure:
            break
        relaxation.open[place, day] = False
        relaxation.open[place, day, mark] = True
        closed[day] = True
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
