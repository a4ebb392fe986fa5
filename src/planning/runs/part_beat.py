"""Both sides of a part say again and again that they are there: the run that asks, and whoever took it.

Either does so by a thread of its own, so that a slow Redis, or none, never holds up a search.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from src.database import SessionMaker, transaction
from src.planning.runs.part_board import PartBoard
from src.planning.runs.part_host import PartHost
from src.planning.runs.runner import Runner
from src.schedules.constants import RunState
from src.schedules.models import Run
from src.solver.stop import Stop

BEAT_SECONDS = 0.25
LOOK_FOR_RUNS_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class Round(ABC):
    """What one run asks of others at once, kept on the board until it is withdrawn."""

    def __init__(self, board: PartBoard, numbers: Sequence[int], send: Callable[[int], None]) -> None:
        self.board = board
        self.numbers = tuple(numbers)
        self.send = send
        self._ended = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="round", daemon=True)

    @abstractmethod
    def put(self) -> None:
        """Hang up all that is asked."""

    @abstractmethod
    def look(self) -> None:
        """What every beat does beside keeping it up. Raises what Redis or the broker raises."""

    @abstractmethod
    def sum_up(self) -> Mapping[str, int]:
        """What came of it, for the log."""

    def begin(self) -> None:
        """Hang everything up and tell the workers. Raises what Redis or the broker raises."""
        self.board.keep()
        self.put()
        for number in self.numbers:
            self.send(number)
        self._beating.start()

    def withdraw(self) -> None:
        """Nobody need go on; safe more than once, and when it never began."""
        if self._ended.is_set():
            return
        self._ended.set()
        if self._beating.is_alive():
            self._beating.join()
        try:
            self.board.take_down(self.numbers)
        except Exception:  # noqa: BLE001  # of Redis's client: what hangs there expires
            _log.warning("round_left_to_expire", exc_info=True)
        _log.info("round_ended", round=type(self).__name__, **self.sum_up())

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                self.board.keep()
                self.look()
            except Exception:  # noqa: BLE001  # of Redis or the broker's client; the next beat tries again
                _log.warning("round_beat_missed", exc_info=True)


class WaitingRuns:
    """Whether a run waits for a worker: it was queued at two looks in a row, so that nobody was free."""

    def __init__(self, runner: Runner, maker: SessionMaker) -> None:
        self._runner = runner
        self._maker = maker
        self._looked_at = time.monotonic()
        self._queued: frozenset[UUID] = frozenset()

    def there_are(self) -> bool:
        """Looks at most once a second; a database that is away tells of none."""
        if time.monotonic() < self._looked_at + LOOK_FOR_RUNS_SECONDS:
            return False
        self._looked_at = time.monotonic()
        before = self._queued
        try:
            self._queued = self._runner.run(self._look())
        except (SQLAlchemyError, OSError):
            _log.warning("waiting_runs_unknown", exc_info=True)
            self._queued = frozenset()
        return bool(before & self._queued)

    async def _look(self) -> frozenset[UUID]:
        async with transaction(self._maker) as session:
            return frozenset(await session.exec(select(Run.id).where(col(Run.state) == RunState.QUEUED)))


@contextmanager
def at_it(
    board: PartBoard, number: int, owner: str, stop: Stop, is_needed: Callable[[], bool], host: PartHost
) -> Iterator[None]:
    """While the block runs, beat; stop the solve once nobody wants it or this worker is needed elsewhere."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                if is_needed() or not board.renew(number, owner):
                    stop.cancel()
                host.exchange()
            except RedisError:
                _log.warning("part_beat_missed", part=number, exc_info=True)

    beating = threading.Thread(target=beat, name="part", daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()
        _tell_the_last(board, number, host)


def _tell_the_last(board: PartBoard, number: int, host: PartHost) -> None:
    """What was found since the last beat; nothing of it where nobody wants it any more."""
    try:
        if board.is_wanted():
            host.exchange()
    except RedisError:
        _log.warning("part_beat_missed", part=number, exc_info=True)
