"""How much the daily layer may spend: seconds of the clock, or deterministic seconds and one worker."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

from src.solver.daily.subsolve import Effort
from src.solver.stop import Stop

CLOSING_SECONDS = 30.0
LEAST_SECONDS_A_SEARCH = 0.5
"""A search that may take less finds nothing."""


class Budget:
    """Hands out efforts, to any thread.

    With a deterministic limit nothing depends on the clock but the stop itself.
    """

    def __init__(
        self,
        stop: Stop,
        seed: int,
        workers: int,
        deterministic: float | None,
        until: float,
        patience: float = 1.0,
    ) -> None:
        self.stop = stop
        self.workers = workers if deterministic is None else 1
        """Threads that all searches together may use."""
        self.patience = patience
        """What share of the time left a plan without a roster may cost; all where there is no other plan."""
        self._seed = seed
        self._until = until
        self._deterministic = deterministic
        self.used = 0.0
        """Deterministic seconds that searches have used."""
        self._given = 0
        self._lock = threading.Lock()
        self.closing_stop = Stop(CLOSING_SECONDS)
        """What must be finished also after a cancel (sums that follow from the days) has time of its own."""

    @property
    def is_deterministic(self) -> bool:
        """Whether nothing may depend on the clock."""
        return self._deterministic is not None

    def has_left(self) -> bool:
        """Whether another search may begin."""
        if self.stop.cancelled:
            return False
        if self._deterministic is not None:
            return self.used < self._deterministic
        return not self.stop.reached and self.stop.seconds < self._until

    @property
    def left(self) -> float:
        """Seconds, or deterministic seconds, that may still be spent."""
        if self._deterministic is not None:
            return max(0.0, self._deterministic - self.used)
        return max(0.0, min(self.stop.remaining, self._until - self.stop.seconds))

    def end_with(self, work: Future[Any]) -> None:
        """Nothing is left once the work of another thread is done; a search under way ends then."""
        self.stop = self.stop.branch()
        work.add_done_callback(lambda _: self.stop.cancel())

    def spend(self, deterministic: float) -> None:
        """Count what a search has used."""
        with self._lock:
            self.used += deterministic + 0.01

    def effort(self, seconds: float, workers: int | None = None) -> Effort:
        """An effort for one search, with a seed of its own, within what is left of a deterministic limit.

        `workers`: no more threads than these; None = all.
        """
        if self._deterministic is not None:
            return self._effort(seconds, min(seconds, self.left), workers)
        return self._effort(min(seconds, max(LEAST_SECONDS_A_SEARCH, self.left)), None, workers)

    def part(self, share: float, least: float) -> Budget:
        """A budget that ends after a share of what is left, or after `least` seconds if that is more.

        With a deterministic limit it is this one: nothing depends on the clock.
        """
        if self._deterministic is not None:
            return self
        until = min(self._until, self.stop.seconds + max(least, share * self.left))
        return Budget(self.stop, self._seed, self.workers, None, until)

    def closing_effort(self, workers: int | None = None) -> Effort:
        """An effort for what follows from the decisions alone and so is quick."""
        deterministic = None if self._deterministic is None else CLOSING_SECONDS
        return self._effort(CLOSING_SECONDS, deterministic, workers)

    def _effort(self, seconds: float, deterministic: float | None, workers: int | None) -> Effort:
        with self._lock:
            self._given += 1
            seed = self._seed * 1009 + self._given
        threads = self.workers if workers is None else min(workers, self.workers)
        return Effort(seconds, threads, seed, deterministic)
