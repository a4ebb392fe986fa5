"""The year plan after the first, made while the days of the first are built: its own need not wait for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from decimal import Decimal

from src.interchange.schedule import SolveStatus
from src.solver.beside import Beside, unwatched
from src.solver.parts.planner import Planner, ask_planner
from src.solver.plan import Cut, YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from src.solver.year.outcome import YearBounds, YearOutcome
from src.solver.year.search import BESIDE, Effort

SHARE_OF_A_LOOK = 0.6
"""Of its time, before its days are looked ahead at; the rest where that tells of something."""


class BetterPlan:
    """One plan, by as many threads as the days can spare; none in runs of few workers or by a work limit."""

    def __init__(self, problem: Problem, layer: YearLayer, stop: Stop) -> None:
        self._problem = problem
        self._layer = layer
        self._stop = stop
        self._beside = Beside(stop, "better plan")
        self._hurry = self._beside.stop.branch()
        """When to hand over what there is: the days that it was made beside stand."""
        self._apart = layer
        self._planner: Planner | None = None
        self._made: Future[YearOutcome] | None = None
        self.awaited: Future[YearOutcome] | None = None
        """What another makes; the days of the first plan may be bettered until then."""

    def left_to_another(self) -> Planner | None:
        """Who makes the plan in another's process, where there is somebody: nothing is begun here then."""
        self._planner = ask_planner(self._problem, self._stop)
        if self._planner is not None:
            self._made = self.awaited = self._planner.made
        return self._planner

    def begin(
        self,
        effort: Effort,
        start: YearBounds | YearOutcome,
        cuts: Sequence[Cut],
        bounds: Sequence[Decimal | None],
        proof: Future[YearBounds] | None = None,
        foreseen: Callable[[YearPlan], Sequence[Cut]] = lambda _: (),
    ) -> None:
        """Begin with it, unless that was done before; with what a proof that is under way ends with.

        What is foreseen of its days is asked of it while there is time.
        """
        problem = self._problem
        is_worth_it = problem.workers > len(BESIDE) and problem.deterministic_limit is None
        if is_worth_it and self._made is None:
            effort = replace(effort, workers=len(BESIDE), searches=BESIDE)
            self._apart = self._layer.apart()
            making = _Making(self._apart, effort, self._hurry, tuple(cuts), foreseen)
            if proof is None:
                known = tuple(bounds)
                self._made = self._beside.submit(lambda: making.plan(start, known))
            else:
                self._made = self._beside.submit(lambda: making.plan_after(proof))

    def result(self) -> YearOutcome | None:
        """The best so far; None where none was begun, none found, or the stop comes first.

        Making it ends now: where it was not done (`is_hurried`), all threads go on sooner than two. They know
        then what dates asked of the plans that were met.
        """
        if self._made is None:
            return None
        self._hurry.cancel()
        if not self._stop.wait(self._made):
            return None
        made = self._made.result()
        self._layer.posted |= self._apart.posted
        return made if made.plan is not None else None

    def close(self) -> None:
        """A plan that nobody waits for any more is not made."""
        self._beside.close()
        if self._planner is not None:
            self._planner.withdraw()


@dataclass(frozen=True, slots=True)
class _Making:
    """How the plan is made, in its thread."""

    layer: YearLayer
    effort: Effort
    hurry: Stop
    cuts: tuple[Cut, ...]
    foreseen: Callable[[YearPlan], Sequence[Cut]]

    def plan_after(self, proof: Future[YearBounds]) -> YearOutcome:
        """From what the proof ends with; none where it ends without one, or too late."""
        if not self.hurry.wait(proof) or not proof.result().is_first_proved:
            return YearOutcome(SolveStatus.UNKNOWN)
        return self.plan(proof.result(), proof.result().tiers)

    def plan(self, start: YearBounds | YearOutcome, bounds: Sequence[Decimal | None]) -> YearOutcome:
        """One plan, looked ahead at; and from it another, where that tells of something."""
        glance = self.hurry.branch()
        glance.cancel()  # what is only looked at once is made without foresight
        first = self._part(SHARE_OF_A_LOOK, start, bounds, (), glance)
        if first.plan is None:
            return self._part(1 - SHARE_OF_A_LOOK, start, bounds, (), self.hurry)
        more = () if self.hurry.reached else self.foreseen(first.plan)
        if not more:
            return first
        second = self._part(1 - SHARE_OF_A_LOOK, first, bounds, more, self.hurry)
        return first if second.plan is None or second.short > first.short else second

    def _part(
        self,
        share: float,
        start: YearBounds | YearOutcome,
        bounds: Sequence[Decimal | None],
        more: Sequence[Cut],
        patience: Stop,
    ) -> YearOutcome:
        if self.hurry.reached:
            return YearOutcome(SolveStatus.UNKNOWN)
        made = self.layer.plan(
            self.effort.part(share),
            self.hurry,
            unwatched,
            cuts=(*self.cuts, *more),
            start=start,
            bounds=bounds,
            patience=patience,
        )
        return replace(made, is_hurried=made.is_hurried or self.hurry.reached)
