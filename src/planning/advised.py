"""Soft findings that the engine does not count: the judge's number stands in a result in their place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from src.compliance.packs import packs_of
from src.compliance.rules import Rule
from src.interchange.model import Program
from src.interchange.schedule import Severity, SolveStatus, TierScore
from src.planning.limits import NEVER_PLANNED_DUTY, is_narrowed, is_never_judged
from src.solver.limit_rows import ADVISED_KINDS
from src.solver.result import Result

TERM = "advisories"

AIMING = frozenset({"weekend_frequency"})
"""Hard kinds that advise, too, when an aim is missed."""


def has_uncounted_advisories(program: Program) -> bool:
    """Whether some rule of the program may advise what the engine does not count as it plans.

    Raises UnknownRulePackError and OverrideInvalidError.
    """
    uncounted = any(_may_advise(program, rule) for pack in packs_of(program) for rule in pack.rules)
    return uncounted or is_narrowed(program)


def _may_advise(program: Program, rule: Rule) -> bool:
    if not rule.enabled or rule.kind in ADVISED_KINDS | NEVER_PLANNED_DUTY or is_never_judged(program, rule):
        return False
    return rule.severity is Severity.SOFT or rule.kind in AIMING


def with_advisories(program: Program, result: Result, count: Decimal) -> Result:
    """The result with so many advisories: its score, its tiers, and what is proved of them."""
    more = count - result.score_terms.get(TERM, Decimal(0))
    if not more or TERM not in result.score_terms:
        return result
    tiers = tuple(
        _lowered(score, more * sum((weight for term, weight in tier.weights if term == TERM), Decimal(0)))
        for score, tier in zip(result.tiers, program.objective, strict=True)
    )
    proved = all(score.bound == score.objective for score in tiers)
    return replace(
        result,
        score_terms={**result.score_terms, TERM: count},
        tiers=tiers,
        status=SolveStatus.OPTIMAL if proved else SolveStatus.FEASIBLE,
    )


def _lowered(score: TierScore, by: Decimal) -> TierScore:
    """A tier worth less by so much; a bound below what it is then is none."""
    objective = score.objective - by
    bound = score.bound if score.bound is None or score.bound >= objective else None
    return replace(score, objective=objective, bound=bound)
