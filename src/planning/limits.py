"""The engine's limits, filled from the same rule packs that the judge goes by.

Solver and rules share no code, only these numbers. Where a program goes by several packs, the strictest of
each number holds. A program without packs is planned within the engine's own common limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from src.compliance.packs import packs_of
from src.interchange.model import Program
from src.solver.problem import Limits

THE_MORE_THE_STRICTER = frozenset(
    {"rest_after_call_minutes", "free_period_minutes", "call_every_days", "min_rest_minutes"}
)


def limits_of(program: Program) -> Limits:
    """The strictest limits of the program's packs on any date of the year.

    Raises UnknownRulePackError and OverrideInvalidError.
    """
    packs = packs_of(program)
    if not packs:
        return Limits()
    numbers: Mapping[str, int] = {
        field.name: (max if field.name in THE_MORE_THE_STRICTER else min)(
            getattr(pack.parameters, field.name) for pack in packs
        )
        for field in fields(Limits)
    }
    return Limits(**numbers)
