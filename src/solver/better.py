"""The year plan after the first, made while the days of the first are built: its own need not wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from decimal import Decimal

from src.solver.beside import Beside, unwatched
from src.solver.plan import Cut
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from src.solver.year.outcome import YearBounds, YearOutcome
from src.solver.year.search import BESIDE, Effort


class BetterPlan:
    """One plan, by as many threads as the days can spare; none in runs of few workers or by a work limit."""

    def __init__(self, problem: Problem, layer: YearLayer, stop: Stop) -> None:
        self._problem = problem
        self._layer = layer
        self._stop = stop
        self._beside = Beside(stop, "better plan")
        self._made: Future[YearOutcome] | None = None

    def begin(
        self,
        effort: Effort,
        start: YearBounds | YearOutcome,
        cuts: Sequence[Cut],
        bounds: Sequence[Decimal | None],
    ) -> None:
        """Begin with it, unless that was done before."""
        problem = self._problem
        is_worth_it = problem.workers > len(BESIDE) and problem.deterministic_limit is None
        if is_worth_it and self._made is None:
            effort = replace(effort, workers=len(BESIDE), searches=BESIDE)
            layer, asked = self._layer.apart(), tuple(cuts)
            self._made = self._beside.submit(
                lambda: layer.plan(
                    effort, self._beside.stop, unwatched, cuts=asked, start=start, bounds=tuple(bounds)
                )
            )

    def result(self) -> YearOutcome | None:
        """The plan, when it is made; None where none was begun, none found, or the stop comes first."""
        if self._made is None or not self._stop.wait(self._made):
            return None
        made = self._made.result()
        return made if made.plan is not None else None

    def close(self) -> None:
        """A plan that nobody waits for any more is not made."""
        self._beside.close()
