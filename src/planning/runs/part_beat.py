"""While a worker is at a part: it says so again and again, carries news, and sees when to end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from src.database import SessionMaker, transaction
from src.planning.runs.part_board import PartBoard
from src.planning.runs.part_host import PartHost
from src.planning.runs.run_job import Runner
from src.schedules.constants import RunState
from src.schedules.models import Run
from src.solver.stop import Stop

BEAT_SECONDS = 0.25
LOOK_FOR_RUNS_SECONDS = 1.0

_log = structlog.get_logger(__name__)


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
