"""Live workers that are killed, told to end or left alone: each run is ended once, by whoever is there."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from src.health import WORKERS_KEY
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.schedules.models import Run
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import store_run, store_schedule
from tests.processes import Processes

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

QUICK = {
    "ROUNDS_RUN_LEASE_SECONDS": "2",
    "ROUNDS_RUN_RESEND_AFTER_SECONDS": "1",
    "ROUNDS_SWEEP_SECONDS": "0.3",
    "ROUNDS_SOLVER_WORKERS": "1",
}
WITHIN_SECONDS = 150
"""How long is waited for what must come once a worker is there; a busy machine takes most of it."""


class Watch:
    """Looks at one run as the database has it."""

    def __init__(self, url: str, run_id: UUID) -> None:
        plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True)
        self._run_id = run_id

    def close(self) -> None:
        self._connection.close()

    def read(self) -> dict[str, Any]:
        cursor = self._connection.execute("SELECT * FROM run WHERE id = %s", [self._run_id])
        names = [column.name for column in cursor.description or ()]
        row = cursor.fetchone()
        assert row is not None
        return dict(zip(names, row, strict=True))

    def until(
        self, is_so: Callable[[dict[str, Any]], bool], seconds: float = WITHIN_SECONDS
    ) -> dict[str, Any]:
        """The run once it is so; fails when it does not become so in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if is_so(run := self.read()):
                return run
            assert run["finished_at"] is None, f"the run has ended: {run['state']}, {run['error']}"
            time.sleep(0.05)
        raise AssertionError(f"after {seconds} s the run is still {self.read()}")

    def cancel(self) -> None:
        self._connection.execute("UPDATE run SET cancel_requested_at = now() WHERE id = %s", [self._run_id])

    def versions(self) -> int:
        row = self._connection.execute("SELECT count(*) FROM schedule_version").fetchone()
        assert row is not None
        return int(row[0])

    def ends(self) -> list[str]:
        """The states that the run was said to have ended in."""
        rows = self._connection.execute(
            "SELECT data->>'state' FROM run_event WHERE kind = 'state'"
            " AND data->>'state' NOT IN ('queued', 'running') ORDER BY number"
        )
        return [row[0] for row in rows]


async def queue(maker: async_sessionmaker[AsyncSession], program: Program, **columns: Any) -> Run:
    async with maker() as session:
        stored = await store_program(session, program)
        schedule = await store_schedule(session, stored.id)
        return await store_run(session, schedule, program=program, **columns)


@pytest.fixture
async def run(fresh_session_maker: async_sessionmaker[AsyncSession]) -> Run:
    """A run that nobody was told of, and that would go on for minutes: a year of twelve residents."""
    program = load_program(EXAMPLES / "harbor-im")
    return await queue(fresh_session_maker, program, time_limit_seconds=600)


@pytest.fixture
def watch(run: Run, fresh_database_url: str) -> Iterator[Watch]:
    watching = Watch(fresh_database_url, run.id)
    yield watching
    watching.close()


def is_at_work(attempt: int) -> Callable[[dict[str, Any]], bool]:
    return lambda run: (
        run["state"] == "running" and run["attempts"] == attempt and run["progress"].get("layer") is not None
    )


def has_a_schedule(run: dict[str, Any]) -> bool:
    """Whether the days have been solved once, so that there is something to keep."""
    return "first schedule" in run["phase"] or "improving" in run["phase"]


def main_process(leash: subprocess.Popen[bytes]) -> int:
    """The worker behind the process that holds it."""
    return _children(leash.pid)[0]


def solving_process(leash: subprocess.Popen[bytes]) -> int:
    """The child of the worker that does the work."""
    return _children(main_process(leash))[0]


def is_gone(pid: int) -> bool:
    """Whether a process has ended, though nobody may have asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def finish(watch: Watch) -> None:
    """Stop the run once it has a schedule, and see that it ended once with one version.

    How soon a cancel takes effect is told beside the run job; here a whole year is checked and kept.
    """
    watch.until(has_a_schedule)
    watch.cancel()
    watch.until(lambda run: run["state"] == "cancelled")
    assert watch.versions() == 1
    assert watch.ends() == ["cancelled"]


def test_a_run_that_nobody_was_told_of_is_found_and_taken_up_again_after_its_child_was_killed(
    processes: Processes, watch: Watch, fresh_redis_url: str
) -> None:
    """With the settings as they come: the sweeper alone finds it, and only the child of the worker dies."""
    worker = processes.worker(ROUNDS_SOLVER_WORKERS="1")
    with redis.Redis.from_url(fresh_redis_url) as client:
        assert client.zcard(WORKERS_KEY) == 1
    watch.until(is_at_work(1))
    killed = solving_process(worker)
    os.kill(killed, signal.SIGKILL)
    watch.until(is_at_work(2))
    assert worker.poll() is None
    assert solving_process(worker) != killed
    finish(watch)


def test_a_run_is_handed_back_by_a_worker_told_to_end_and_outlives_one_that_is_killed(
    processes: Processes, watch: Watch, fresh_redis_url: str
) -> None:
    first = processes.worker(**QUICK)
    watch.until(is_at_work(1))
    first.terminate()
    handed_back = watch.until(lambda run: run["state"] == "queued")
    assert first.wait(WITHIN_SECONDS) == 0
    assert (handed_back["attempts"], handed_back["lease_owner"]) == (0, None)
    assert (watch.versions(), watch.ends()) == (0, [])
    with redis.Redis.from_url(fresh_redis_url) as client:
        assert client.zcard(WORKERS_KEY) == 0
    second = processes.worker(**QUICK)
    taken_up = watch.until(is_at_work(1))
    assert taken_up["started_at"] == handed_back["started_at"]
    solving = solving_process(second)
    os.kill(main_process(second), signal.SIGKILL)
    second.wait(WITHIN_SECONDS)
    assert is_gone(solving)
    assert watch.read()["state"] == "running"
    processes.worker(**QUICK)
    watch.until(is_at_work(2))
    finish(watch)
