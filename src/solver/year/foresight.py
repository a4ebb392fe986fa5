"""What a year plan decides of terms that days count: each one's holidays, and advisories no days can help.

Neither is left to chance where plans promise as much otherwise: rotations are worked on holidays or are not,
months cut by vacation may leave a service fewer free days than are advised, and a run of nights goes on from
the year before or does not. All are judged from the plan
alone, so they steer the making of plans, and prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from src.interchange.model import Tier
from src.solver.plan import OnRotation, PlanFact, Present
from src.solver.problem import Limits
from src.solver.year.ahead import advised_ahead
from src.solver.year.holidays import holiday_spreads
from src.solver.year.model import YearModel
from src.solver.year.nights import runs_going_on
from src.solver.year.stretches import long_stretches

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

HOLIDAYS, ADVISORIES = "fair_holidays", "advisories"

Terms = Iterator[tuple[Fraction, "cp_model.IntVar"]]


def can_foresee(tier: Tier) -> bool:
    """Whether the tier counts anything that is foreseen."""
    return any(term in (HOLIDAYS, ADVISORIES) and weight > 0 for term, weight in tier.weights)


def foreseen_terms(year: YearModel, tier: Tier, limits: Limits) -> Terms:
    """Weighted whole numbers, all of them costs; the rows that bind them are added to the model."""
    for term, weight in tier.weights:
        if weight > 0 and term == HOLIDAYS:
            yield from ((-Fraction(weight) * unit, spread) for unit, spread in holiday_spreads(year))
        elif weight > 0 and term == ADVISORIES:
            yield from ((-Fraction(weight), short) for short in _short_of_free_days(year))
            settled = (*runs_going_on(year, limits), *long_stretches(year, limits))
            yield from ((-Fraction(weight) * many, literal) for many, literal in settled)


def _short_of_free_days(year: YearModel) -> Iterator[cp_model.IntVar]:
    """Where residents of a block have fewer dates to rest and to work than both take: by how many dates."""
    blocks = [block for block in year.facts.block_numbers if not year.is_frozen(block)]
    for cut in advised_ahead(year.facts, blocks):
        least = sum(min(0, factor) for factor, _ in cut.terms)  # of who is on leave all month
        short = year.model.new_int_var(0, max(0, cut.at_least - least), f"short: {cut.words}")
        held = [factor * _at_most(year, fact, factor) for factor, fact in cut.terms]
        year.model.add(year.sum_of(held) + short >= cut.at_least)
        yield short


def _at_most(year: YearModel, fact: PlanFact, factor: int) -> cp_model.LinearExprT:
    """The fact, where to claim it falsely is forbidden as far as that would pay."""
    if not isinstance(fact, OnRotation | Present):
        raise TypeError(fact)
    here = year.literals(fact.person, fact.block, fact.rotations)
    weeks = fact.weeks if isinstance(fact, Present) else ()
    away = [year.away[fact.person, week] for week in weeks if (fact.person, week) in year.away]
    if not here or not away:
        return year.sum_of(here)
    missed = year.model.new_bool_var(f"missed {fact.person} {fact.block}")
    for literal in here:
        for week in away:
            if factor > 0:
                year.model.add_bool_or(~literal, ~week, missed)
    if factor < 0:
        year.model.add(missed <= year.sum_of(here))
        year.model.add(missed <= year.sum_of(away))
    return year.sum_of(here) - missed
