"""What a year plan must have to be worth as much as the best schedule known: all else need not be tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from src.solver.stop import Stop
from src.solver.year.search import Effort, Ended, search

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from src.solver.year.model import YearModel
    from src.solver.year.objective import TierModel


@dataclass(frozen=True, slots=True)
class Reach:
    """Rotations, as (person, block, rotation), and vacation weeks, as (person, Monday), that may be."""

    on: frozenset[tuple[str, int, str]]
    away: frozenset[tuple[str, date]]
    deterministic: float = 0.0


def ask_for(model: cp_model.CpModel, tier: TierModel, least: Decimal) -> None:
    """Let the tier score at least so much."""
    if tier.terms and tier.is_bounded:
        value = ceil((Fraction(least) - tier.constant) * tier.scale)
        model.add(tier.expression() >= value)


def within_reach(year: YearModel, effort: Effort, stop: Stop) -> Reach | None:
    """What any plan of the model has; None where that was not found out, a reach of nothing where none is.

    Plans are sought that have as much as can be that none had before, until there is nothing more.
    """
    model = year.model
    unseen: dict[int, cp_model.IntVar] = {
        literal.index: literal for literal in (*year.on.values(), *year.away.values())
    }
    seen: set[int] = set()
    spent = 0.0
    while unseen:
        model.maximize(year.sum_of(list(unseen.values())))
        left = effort.less(0.0, spent)
        answer = search(model, left, stop, lp_heavy=False)
        spent += answer.deterministic
        if answer.ended is Ended.NONE_EXISTS:
            return Reach(frozenset(), frozenset(), spent)
        if not answer.found:
            return None
        fresh = {index for index in unseen if answer.values[index]}
        if not fresh and answer.ended is not Ended.PROVED:
            return None
        if not fresh:
            break
        seen |= fresh
        unseen = {index: literal for index, literal in unseen.items() if index not in fresh}
    return Reach(
        frozenset(key for key, literal in year.on.items() if literal.index in seen),
        frozenset(key for key, literal in year.away.items() if literal.index in seen),
        spent,
    )
