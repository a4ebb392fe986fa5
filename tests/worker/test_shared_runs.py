"""Two live workers on one run: one takes a part of it, is killed at it, and the run ends all the same."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
import redis
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from src.health import WORKERS_KEY
from src.interchange.reader import load_program
from src.planning.runs.part_offer import ITSELF
from tests.processes import Processes
from tests.worker.test_recovery import (
    EXAMPLES,
    QUICK,
    WITHIN_SECONDS,
    Watch,
    has_a_schedule,
    queue,
    solving_process,
)

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]


def taker(client: redis.Redis, seconds: float = WITHIN_SECONDS) -> int:
    """The process of another worker that is at a part."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for key in client.keys("rounds:parts:*:taken"):
            found = client.get(key)
            owner = found.decode() if isinstance(found, bytes) else ""
            if owner and owner != ITSELF:
                return int(owner.split(":")[1])
        time.sleep(0.002)
    raise AssertionError("no other worker took a part")


def wait_for_workers(client: redis.Redis, count: int) -> None:
    """A run that begins before the others are there asks them for nothing."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while client.zcard(WORKERS_KEY) < count:
        assert time.monotonic() < deadline, "the workers did not come up"
        time.sleep(0.05)


async def test_a_part_is_taken_by_another_worker_which_may_be_killed_at_it(
    processes: Processes,
    fresh_session_maker: async_sessionmaker[AsyncSession],
    fresh_database_url: str,
    fresh_redis_url: str,
) -> None:
    patient = {**QUICK, "ROUNDS_RUN_LEASE_SECONDS": "30"}  # a silent moment must not give the run away
    workers = [processes.worker(**patient), processes.worker(**patient)]
    with redis.Redis.from_url(fresh_redis_url) as client:
        wait_for_workers(client, len(workers))
        run = await queue(
            fresh_session_maker,
            load_program(EXAMPLES / "harbor-im"),
            time_limit_seconds=150,
            academic_blocks=[],  # the whole year: there is something to take for more than a moment
        )
        with closing(Watch(fresh_database_url, run.id)) as watch:
            helping = taker(client)
            helper = next(worker for worker in workers if solving_process(worker) == helping)
            processes.kill(helper)
            watch.until(has_a_schedule)
            watch.cancel()
            ended = watch.until(lambda run: run["state"] == "cancelled")
            assert ended["attempts"] == 1
            assert (watch.versions(), watch.ends()) == (1, ["cancelled"])
            assert client.keys("rounds:parts:*:wanted") == []
