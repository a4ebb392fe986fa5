"""What a strategy answers: a status that means what it says, the rows, their price and a bound that holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from src.solver.roster.problem import Row


class Status(StrEnum):
    """`optimal` and `infeasible` are proved; `unknown` means that time ran out with nothing found."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """A better roster, found `seconds` after the start."""

    seconds: float
    price: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`price` and `rows` are None together. `bound`: no legal roster costs less; None when nothing was
    proved.

    `found` is the history of ever better rosters; `reason` says why the search ended ("proved", "time",
    "cancelled", "iterations", "memory") and, when infeasible, `stuck` names the people for whom no legal row
    exists.
    """

    status: Status
    reason: str
    rows: tuple[Row, ...] | None = None
    price: int | None = None
    bound: int | None = None
    found: tuple[Found, ...] = ()
    stuck: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """|bound − price| / max(1, |price|)."""
        if self.price is None or self.bound is None:
            return None
        return abs(self.bound - self.price) / max(1, abs(self.price))
