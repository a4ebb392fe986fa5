"""What no schedule of a problem exceeds, sought for a moment before the first plan and then beside the days.

The bound of what requests come to is mostly proved in seconds by searches that lean on linear relaxations.
What is not proved by then takes one thread's patience: that goes on beside the first schedule, which must not
wait for it, and the plans that follow begin at what it met.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import replace

from src.solver.beside import Beside, unwatched
from src.solver.parts.planner import NOTHING_PROVED, Planner, settle
from src.solver.problem import Problem, Progress, ProgressSink
from src.solver.result import Incumbent
from src.solver.scoring import counts_requests
from src.solver.shares import FORESIGHT, PLAN_AGAIN, Shares
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from src.solver.year.outcome import YearBounds, YearOutcome, tighter
from src.solver.year.search import CORE, Effort

BOUND_AGAIN = 0.2
BOUND_OF_THE_REST = 0.03
LEAST_WORKERS_FOR_BOTH = 3
"""With fewer, a search that goes on takes from the days what it gives to the proof."""


class Bounding:
    """The bounds of one run, by tier, and the best plan that was met while they were sought."""

    def __init__(
        self,
        problem: Problem,
        layer: YearLayer,
        shares: Shares,
        stop: Stop,
        progress: ProgressSink,
    ) -> None:
        self._problem = problem
        self._layer = layer
        self._shares = shares
        self._progress = progress
        self._stop = stop
        self._beside = Beside(stop, "proof")
        self._looking: Future[YearBounds] | None = None
        self._proof: Future[YearBounds] | None = None
        self._first_met: Future[YearBounds] = Future()
        self.known = YearBounds(())
        self.incumbents: list[Incumbent] = []

    def seek(self, effort: Effort, tiers: Collection[int] = (), *, first_only: bool = False) -> None:
        """Bounds from the rules alone, in those tiers (none named = all)."""
        found = self._layer.bound(effort, self._stop, self._progress, tiers=tiers, first_only=first_only)
        self._shares.used += found.deterministic
        self.learn(found)

    def seek_first(self, planner: Planner | None = None) -> None:
        """The bound of the first tier that plans have a say in: at once, or begun and left to a thread.

        Threads that are not all needed for what follows go on when a plan was met that is worth beginning
        with: that is known then, and nothing else yet. Where there is a `planner` it goes on, and none here.
        """
        if planner is not None:
            self._meet_one(planner)
            return
        if self._problem.workers == 1 or self._problem.deterministic_limit is not None:
            self.seek(self._shares.proof(), first_only=True)
            return
        if self._problem.workers < LEAST_WORKERS_FOR_BOTH:
            self.seek(self._shares.glance(), first_only=True)
        else:
            self._looking = self._beside.submit(self._look)
            if not self._wait_for_one(self._looking, self._first_met):
                return
            if not self._looking.done():
                self.learn(self._first_met.result())
                return
            self._take_over_look()
        self._go_on_proving()

    def _meet_one(self, planner: Planner) -> None:
        """A plan that is worth beginning with, of the threads here or of the planner, whichever is first."""
        effort, glance = self._shares.proof(), self._beside.stop.branch()

        def seek() -> YearBounds:
            found = self._first_met.set_result
            return self._layer.bound(effort, glance, self._progress_of_first, first_only=True, met=found)

        sought = self._beside.submit(seek)
        if not self._wait_for_one(sought, self._first_met, planner.proof):
            return
        if planner.proof.done() and planner.proof.result() is NOTHING_PROVED:  # nobody is there any more
            if not self._wait_for_one(sought, self._first_met):
                return
        elif sought.done() and sought.result().plan is None and not sought.result().is_infeasible:
            self._stop.wait(planner.proof)
        glance.cancel()
        for found in (planner.proof, sought, self._first_met):
            if found.done():
                self.learn(found.result())
        if not self.known.is_first_proved and not self.known.is_infeasible:
            self._looking = planner.proof

    def _wait_for_one(self, *futures: Future[YearBounds]) -> bool:
        """Whether one of them was done before the stop."""
        one: Future[None] = Future()
        for each in futures:
            each.add_done_callback(lambda _: settle(one, None))
        return self._stop.wait(one)

    def _progress_of_first(self, step: Progress) -> None:
        """Nobody is told of plans any more once the days have begun."""
        if not self._first_met.done():
            self._progress(step)

    def look(self) -> None:
        """Take over what was found beside, as far as it is there."""
        if self._looking is not None and self._looking.done():
            self._take_over_look()
            if not self.known.is_first_proved and not self._stop.reached:
                self._proof = self._beside.submit(self._prove)

    def when_proved(self) -> Future[YearBounds] | None:
        """The search that goes on beside with all threads; None where there is none."""
        return self._looking

    def _go_on_proving(self) -> None:
        if self.known.is_infeasible or self.known.is_first_proved or self._stop.reached:
            return
        if self.known.plan is None:  # then there is nothing to begin the days with
            self.seek(self._shares.proof(), first_only=True)
        else:
            self._proof = self._beside.submit(self._prove)

    def _take_over_look(self) -> None:
        looked, self._looking = self._looking, None
        if looked is not None:
            self.learn(looked.result())

    def await_proof(self) -> None:
        """Take over what the thread proves; where it has not proved it, all threads seek it once more."""
        if self._looking is not None:
            if not self._stop.wait(self._looking):
                return
            self._take_over_look()
            if not self.known.is_first_proved and not self._stop.reached:
                self.seek(self._shares.proof(), first_only=True)
            return
        if self._proof is None or not self._stop.wait(self._proof):
            return
        self.learn(self._proof.result())
        self._proof = None
        if not self.known.is_first_proved and not self._stop.reached:
            self.seek(self._shares.proof(), first_only=True)

    def seek_the_rest(self, year: YearOutcome, *, plans_prove: bool) -> None:
        """Better bounds of the tiers whose bound the year plan is not at.

        Where cuts that nobody proved steer the plans, the search for plans proves nothing about the first.
        """
        tiers = self._problem.program.objective
        lacking = self._lacking(year)
        asked = [number for number in lacking if counts_requests(tiers[number - 1])]
        rest = [number for number in lacking if number not in asked]
        if asked and not plans_prove:
            self.seek(self._shares.effort(BOUND_AGAIN), asked)
        if rest:
            self.seek(self._shares.effort(BOUND_OF_THE_REST), rest)

    def is_reached_by(self, year: YearOutcome) -> bool:
        """Whether no other year plan can be better: every tier stands at its bound."""
        return all(hoped == bound for hoped, bound in zip(year.hoped, self.known.tiers, strict=False))

    def effort_from(self, year: YearOutcome) -> Effort:
        """What going on from a plan may cost: more where it grants less than may be possible."""
        bounds = self.known.tiers or (None,) * len(year.hoped)
        tiers = zip(self._problem.program.objective, year.hoped, bounds, strict=False)
        is_short = any(
            counts_requests(tier) and (bound is None or hoped < bound) for tier, hoped, bound in tiers
        )
        return self._shares.effort(PLAN_AGAIN if is_short else FORESIGHT)

    def _look(self) -> YearBounds:
        """Of all threads, for a while."""
        effort, stop, found = self._shares.glance_beside(), self._beside.stop, self._first_met.set_result
        return self._layer.bound(effort, stop, self._progress_of_first, first_only=True, met=found)

    def _prove(self) -> YearBounds:
        """Of one thread, with all the effort that a proof is given."""
        effort = replace(self._shares.proof(), workers=1, searches=CORE)
        return self._layer.bound(effort, self._beside.stop, unwatched, first_only=True)

    def learn(self, found: YearBounds) -> None:
        """Take over bounds, and a plan that is worth more than the best met."""
        self.incumbents += found.incumbents
        self.known = better_known(self.known, found)

    def _lacking(self, year: YearOutcome) -> list[int]:
        """The tiers that stand below their bound, unless a plan of the rules alone was seen to reach it."""
        reached = self.known.hoped or (None,) * len(self.known.tiers)
        tiers = zip(year.hoped, self.known.tiers, reached, strict=False)
        return [
            number
            for number, (hoped, bound, best) in enumerate(tiers, start=1)
            if bound is None or (hoped < bound and best != bound)
        ]

    def close(self) -> None:
        """A proof that nobody waits for any more ends now."""
        self._beside.close()


def better_known(known: YearBounds, found: YearBounds) -> YearBounds:
    """The tighter bounds of both, with the plan that is worth more."""
    one, other = (known, found) if known.hoped > found.hoped else (found, known)
    return found if found.is_infeasible else tighter(one, other)
