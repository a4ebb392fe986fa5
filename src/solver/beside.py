"""One thread of a run for work that nobody waits for yet: it tells nobody, and ends when nobody will.

A thread that makes a model of a large program looks at its stop once in seconds: a run that is told to end
does not wait for that.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from src.solver.problem import Progress
from src.solver.stop import Stop


class Beside:
    """The thread, and the stop to hand to what it does: it ends with the run's, or when this is closed."""

    def __init__(self, stop: Stop, name: str) -> None:
        self.stop = stop.branch()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    def submit[Value](self, work: Callable[[], Value]) -> Future[Value]:
        return self._thread.submit(work)

    def close(self) -> None:
        """What nobody waits for any more ends at its next look at the stop; nobody waits for that either."""
        self.stop.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)


def unwatched(_: Progress) -> None:
    """Tells nobody of a search: others tell of theirs meanwhile."""
