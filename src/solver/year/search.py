"""One search with CP-SAT: within a limit, stoppable from any thread, telling of each better solution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from threading import Timer
from typing import TYPE_CHECKING

from src.solver import cpsat
from src.solver.stop import Stop

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LP_HEAVY = ("max_lp", "reduced_costs", "core", "default_lp")
"""Searches that lean on linear relaxations: they close the gap of a year plan in seconds."""
CORE = ("core",)
"""The search that proves what those have not proved soon; it needs no other thread for that."""
BESIDE = ("reduced_costs", "max_lp")
"""Searches for a plan beside other work: CP-SAT gives the last of them up for neighbourhoods."""

CLOSE_BY = ("no_lp",)
"""The search that begins at once at the plan at hand; the other threads look at neighbourhoods of it."""

SHARE_OF_A_SLICE = 0.3
LEAST_SLICE = 1.5
"""Seconds, or deterministic seconds."""


class Ended(Enum):
    """What a search ended with; `FOUND` says nothing about better solutions, `NOTHING` nothing at all."""

    PROVED = "proved"
    FOUND = "found"
    NONE_EXISTS = "none exists"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much one search may cost. With `deterministic`, that counts and seconds do not.

    `searches` names CP-SAT's searches to run; none named, those that suit the number of workers.
    """

    seconds: float
    workers: int = 4
    seed: int = 1
    deterministic: float | None = None
    searches: tuple[str, ...] = ()

    def part(self, share: float) -> Effort:
        """The same effort, cut to a share of itself."""
        cut = None if self.deterministic is None else self.deterministic * share
        return replace(self, seconds=self.seconds * share, deterministic=cut)

    def at_least(self, seconds: float) -> Effort:
        """No fewer seconds than a search needs to begin; a deterministic limit stays what it is."""
        return replace(self, seconds=max(self.seconds, seconds))

    def slice(self) -> Effort:
        """A part of the effort after which to look at what was found; all of it when little is left."""
        if self.deterministic is not None:
            return self if self.deterministic < 2 * LEAST_SLICE else self.part(SHARE_OF_A_SLICE)
        if self.seconds < 2 * LEAST_SLICE:
            return self
        return replace(self, seconds=max(LEAST_SLICE, self.seconds * SHARE_OF_A_SLICE))

    def less(self, seconds: float, deterministic: float) -> Effort:
        """What is left after a search; where deterministic effort counts, seconds stand for it."""
        if self.deterministic is None:
            return replace(self, seconds=max(0.0, self.seconds - seconds))
        left = max(0.0, self.deterministic - deterministic - 0.001)
        return replace(self, seconds=self.seconds if left else 0.0, deterministic=left)


@dataclass(frozen=True, slots=True)
class Answer:
    """`values` by variable index; `bound` holds for everything the model allows (larger is better)."""

    ended: Ended
    values: Sequence[int] = ()
    objective: float | None = None
    bound: float | None = None
    deterministic: float = 0.0

    @property
    def found(self) -> bool:
        return self.ended in (Ended.PROVED, Ended.FOUND)


BetterSink = Callable[[float, float], None]
"""Called with objective and bound of each better solution, from a solver thread."""


@dataclass(slots=True)
class Glimpse:
    """Is shown the first solution whose gap to what is known to be possible is small, from a solver thread.

    The search goes on behind it.
    """

    gap: float
    """|bound - objective| / max(1, |objective|), as everywhere."""
    show: Callable[[Sequence[int]], None]
    has_shown: bool = False

    def look(self, objective: float, bound: float, values: Callable[[], Sequence[int]]) -> None:
        """To be called with each better solution."""
        if not self.has_shown and abs(bound - objective) <= self.gap * max(1.0, abs(objective)):
            self.has_shown = True
            self.show(values())


def search(
    model: cp_model.CpModel,
    effort: Effort,
    stop: Stop,
    *,
    better: BetterSink | None = None,
    stop_at: float | None = None,
    lp_heavy: bool = True,
    patience: float | None = None,
    gap: float | None = None,
    glimpse: Glimpse | None = None,
) -> Answer:
    """Search until proved, spent or stopped.

    Ends early when a solution reaches `stop_at`, or is within the `gap` of what is possible.
    `patience`: so many seconds after the last better solution it ends too; not by a deterministic limit.
    """
    from ortools.sat.python import cp_model as cp

    if stop.cancelled or (effort.deterministic is None and stop.reached):
        return Answer(Ended.NOTHING)
    solver = cp.CpSolver()
    _prepare(solver, effort, stop, lp_heavy=lp_heavy)
    if gap is not None:
        solver.parameters.relative_gap_limit = gap
    wait = (
        None if patience is None or effort.deterministic is not None else Wait(patience, solver.stop_search)
    )
    watch = _watch(better, stop_at, glimpse, wait)
    try:
        status = cpsat.run(solver, model, stop, watch)
    finally:
        if wait is not None:
            wait.end()
    response = solver.response_proto
    bound = solver.best_objective_bound if model.has_objective() else 0.0
    if status == cp.INFEASIBLE:
        return Answer(Ended.NONE_EXISTS, deterministic=response.deterministic_time)
    if status not in (cp.OPTIMAL, cp.FEASIBLE):
        # Where nothing was found the solver's bound may be 0.0 that nobody proved: it is not given out.
        return Answer(Ended.NOTHING, deterministic=response.deterministic_time)
    # CP-SAT calls near enough optimal too
    is_proved = status == cp.OPTIMAL and (gap is None or bound <= solver.objective_value)
    ended = Ended.PROVED if is_proved else Ended.FOUND
    return Answer(ended, tuple(response.solution), solver.objective_value, bound, response.deterministic_time)


def _prepare(solver: cp_model.CpSolver, effort: Effort, stop: Stop, *, lp_heavy: bool) -> None:
    parameters = solver.parameters
    parameters.num_workers = effort.workers
    parameters.random_seed = effort.seed % 2**31
    if effort.deterministic is None:
        parameters.max_time_in_seconds = max(0.01, min(effort.seconds, stop.remaining))
    else:
        parameters.max_deterministic_time = effort.deterministic
    searches = effort.searches or (LP_HEAVY if lp_heavy and effort.workers == len(LP_HEAVY) else ())
    if searches:
        parameters.subsolvers.extend(searches)
        parameters.symmetry_level = 0  # residents differ by their requests: likeness is not worth its seconds
    if searches == CLOSE_BY:
        # neighbourhoods are presolved each by itself; to presolve all at length would take half of the time
        parameters.cp_model_probing_level = 0
        parameters.max_presolve_iterations = 1


class Wait:
    """Ends something when it has brought nothing new for some seconds."""

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self._seconds = seconds
        self._end = end
        self._timer: Timer | None = None

    def begin_again(self) -> None:
        """Something new has come: wait as long again."""
        self.end()
        self._timer = Timer(self._seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()


def _watch(
    better: BetterSink | None, stop_at: float | None, glimpse: Glimpse | None, wait: Wait | None
) -> cp_model.CpSolverSolutionCallback:
    from ortools.sat.python import cp_model as cp

    class Watch(cp.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            if better is not None:
                better(self.objective_value, self.best_objective_bound)
            if wait is not None:
                wait.begin_again()
            if glimpse is not None:
                glimpse.look(
                    self.objective_value,
                    self.best_objective_bound,
                    lambda: tuple(self.response_proto.solution),
                )
            if stop_at is not None and self.objective_value >= stop_at:
                self.stop_search()

    return Watch()
