"""What the year layer tells of better plans and bounds while it searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from src.interchange.model import Tier
from src.solver.problem import Progress, ProgressSink
from src.solver.result import Incumbent
from src.solver.scoring import counts_requests
from src.solver.stop import Stop
from src.solver.year.objective import TierModel

LAYER = "year"


@dataclass
class TierTeller:
    """Hands each better plan of a tier to those who watch."""

    incumbents: list[Incumbent]
    progress: ProgressSink
    stop: Stop
    number: int
    tier: TierModel

    def __call__(self, objective: float, bound: float) -> None:
        score, limit = self.tier.score(objective), self.tier.score(bound)
        self.incumbents.append(Incumbent(self.stop.seconds, LAYER, self.number, float(score), float(limit)))
        tell(self.progress, self.stop, self.number, score, limit)


def tell_of_requests(
    progress: ProgressSink,
    stop: Stop,
    objective: Sequence[Tier],
    hoped: Sequence[Decimal],
    bounds: Sequence[Decimal | None],
) -> None:
    """Say what a plan hopes to grant of what can be: a mended plan was no step of any search."""
    tiers = zip(objective, hoped, bounds, strict=False)
    for number, (tier, score, bound) in enumerate(tiers, start=1):
        if counts_requests(tier):
            tell(progress, stop, number, score, bound)
            return


def tell(progress: ProgressSink, stop: Stop, tier: int, score: Decimal | None, bound: Decimal | None) -> None:
    gap = None
    if score is not None and bound is not None:
        gap = float(abs(bound - score) / max(Decimal(1), abs(score)))
    progress(
        Progress(
            stop.seconds,
            "year plan",
            0.0,
            LAYER,
            tier,
            None if score is None else float(score),
            None if bound is None else float(bound),
            gap,
        )
    )
