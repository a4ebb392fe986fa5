"""When to stop: an injected clock, a limit of time, and a flag that anyone may raise from another thread.

A stop may carry a meter of the process's memory beside its clock; `memory.guard` watches it for a run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any


class Stop:
    """Stops at `limit_seconds` after the first look, or as soon as `cancel()` is called.

    Callbacks given to `on_cancel` run in the thread that cancels (CP-SAT's `stop_search` belongs there). One
    that is registered after the cancel runs at once, so that no cancel is lost between two solves. `memory`
    tells the megabytes the process holds now; without it nothing is watched.
    """

    def __init__(
        self,
        limit_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        memory: Callable[[], float] | None = None,
    ) -> None:
        self.memory = memory
        self._clock = clock
        self._started = clock()
        self._limit = limit_seconds
        self._cancelled = threading.Event()
        self._out_of_memory = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._next = 0

    @property
    def seconds(self) -> float:
        """Seconds since the stop was made."""
        return self._clock() - self._started

    @property
    def remaining(self) -> float:
        """Seconds left; 0 when cancelled or spent."""
        return 0.0 if self._cancelled.is_set() else max(0.0, self._limit - self.seconds)

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def out_of_memory(self) -> bool:
        """Whether the stop was cancelled by `run_out_of_memory`."""
        return self._out_of_memory.is_set()

    @property
    def reached(self) -> bool:
        return self.remaining <= 0.0

    def cancel(self) -> None:
        """Ask everything that listens to stop now; safe from any thread and more than once."""
        self._cancelled.set()
        with self._lock:
            callbacks = list(self._callbacks.values())
        for callback in callbacks:
            callback()

    def run_out_of_memory(self) -> None:
        """Cancel because the run would need more memory than it may use."""
        if not self.cancelled:
            self._out_of_memory.set()
        self.cancel()

    def branch(self, seconds: float | None = None) -> Stop:
        """A stop on the same clock that ends when this one does, and may be cancelled alone.

        With `seconds` it ends when they are over, if that is sooner.
        """
        limit = self._limit if seconds is None else min(self._limit, self.seconds + seconds)
        branch = Stop(limit, self._clock)
        branch._started = self._started
        self.on_cancel(branch.cancel)
        return branch

    def wait(self, work: Future[Any], grace: float = 0.0) -> bool:
        """Wait for work of another thread until the stop, and so many seconds more; whether it is done."""
        over = threading.Event()
        work.add_done_callback(lambda _: over.set())
        forget = self.on_cancel(over.set)
        try:
            over.wait(min(self.remaining, threading.TIMEOUT_MAX))
        finally:
            forget()
        if grace:
            wait([work], grace)
        return work.done()

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Register a callback; returns the function that takes it back."""
        with self._lock:
            key = self._next
            self._next += 1
            self._callbacks[key] = callback
        if self._cancelled.is_set():
            callback()

        def forget() -> None:
            with self._lock:
                self._callbacks.pop(key, None)

        return forget
