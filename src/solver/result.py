"""What the engine answers: a status that means what it says, the schedule, its score and what was proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from src.interchange.schedule import Conflict, Schedule, SolveStatus, TierScore


@dataclass(frozen=True, slots=True)
class Incumbent:
    """A better schedule found at `seconds`, in a layer and tier."""

    seconds: float
    layer: str
    tier: int
    objective: float
    bound: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """`optimal` = every tier proved; `feasible`; `infeasible` = proved; `unknown` = ran out, nothing found.

    `schedule` carries year, vacations, assignments, unmet and denied; it is None when there is none.
    `tiers` hold objective and bound of the whole objective; `year_tiers` those of the year layer alone.
    `conflicts` (infeasible only) cannot hold all together; `way_out` are sentences with sizes. `cancelled`:
    somebody ended the run early. `notice` are sentences for a person: what else ended it (memory), what went
    wrong beside what was found. `troubles` are the errors of which it tells, for whoever keeps a log.
    """

    status: SolveStatus
    schedule: Schedule | None = None
    tiers: tuple[TierScore, ...] = ()
    year_tiers: tuple[TierScore, ...] = ()
    score_terms: Mapping[str, Decimal] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    way_out: tuple[str, ...] = ()
    incumbents: tuple[Incumbent, ...] = ()
    seconds: float = 0.0
    seconds_to_first: float | None = None
    seed: int = 0
    peak_memory_mb: float = 0.0
    model_size: Mapping[str, int] = field(default_factory=dict)
    cancelled: bool = False
    notice: str | None = None
    troubles: tuple[Exception, ...] = field(default=(), compare=False)
