"""What the year layer tells of better plans and bounds while it searches."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from src.solver.problem import Progress, ProgressSink
from src.solver.result import Incumbent
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
