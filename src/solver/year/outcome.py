"""What the year layer answers: bounds from the rules alone, and plans with what was proved beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from src.interchange.schedule import SolveStatus
from src.solver.plan import YearPlan
from src.solver.result import Incumbent


@dataclass(frozen=True, slots=True)
class YearBounds:
    """Per tier, what no legal schedule can exceed; None = nothing proved.

    `plan` was met on the way; its tiers come to `hoped`, but it may break dates or cuts not asked about.
    `is_first_proved` tells that nothing is left to find out about the first tier that plans have a say in.
    """

    tiers: tuple[Decimal | None, ...]
    plan: YearPlan | None = None
    hoped: tuple[Decimal, ...] = ()
    granted: frozenset[int] = frozenset()
    is_infeasible: bool = False
    is_first_proved: bool = False
    incumbents: tuple[Incumbent, ...] = ()
    deterministic: float = 0.0


@dataclass(frozen=True, slots=True)
class YearOutcome:
    """A year plan, what its tiers come to with all hopes granted, and the requests it leaves room for.

    `granted` are rows of requests.csv; `short` counts the demands of single dates that the plan still breaks.
    `bounds` holds what the search proved of the first tier it improved, None for all others: no legal
    schedule exceeds it. `in_order`: what it proved of them all, of schedules as good in the tiers before.
    `is_hurried`: whether foresight of what days make of the plan was cut short.
    """

    status: SolveStatus
    plan: YearPlan | None = None
    hoped: tuple[Decimal, ...] = ()
    granted: frozenset[int] = frozenset()
    short: int = 0
    bounds: tuple[Decimal | None, ...] = ()
    in_order: tuple[Decimal | None, ...] = ()
    incumbents: tuple[Incumbent, ...] = ()
    model_size: MappingProxyType[str, int] = field(default_factory=lambda: MappingProxyType({}))
    deterministic: float = 0.0
    is_hurried: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it breaks no demand of a date that is known, and was given the time it wanted."""
        return not self.short and not self.is_hurried


def tighter(one: YearBounds, other: YearBounds) -> YearBounds:
    """The smaller of two bounds, tier by tier; all else is of the first."""

    def least(first: Decimal | None, second: Decimal | None) -> Decimal | None:
        known = [bound for bound in (first, second) if bound is not None]
        return min(known, default=None)

    pairs: Sequence[tuple[Decimal | None, Decimal | None]] = tuple(
        zip(one.tiers or other.tiers, other.tiers or one.tiers, strict=True)
    )
    return replace(one, tiers=tuple(least(*pair) for pair in pairs))
