"""What a run leaves behind while it is at work, and what another makes of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlmodel import col, update

import src.solver.engine
from src.interchange.schedule import Schedule, SolveStatus
from src.models import new_id, now
from src.schedules.checkpoints import has_checkpoint, keep_checkpoint, load_checkpoint, packed
from src.schedules.constants import RunState
from src.schedules.models import Run, RunCheckpoint
from src.schedules.models import Schedule as ScheduleRecord
from src.solver.problem import Problem, ProgressSink
from src.solver.result import Result
from src.solver.stop import Stop
from tests.factories.schedules_db import PEOPLE, store_version, ward_program, ward_schedule
from tests.planning.conftest import Bench
from tests.planning.wards import restless_ward


async def left_by(bench: Bench, run: Run) -> Schedule | None:
    async with bench.maker() as session:
        return await load_checkpoint(session, run.id)


async def leave(bench: Bench, run: Run, content: bytes | None = None) -> None:
    async with bench.maker() as session:
        await keep_checkpoint(session, run.id, content or await packed(ward_schedule()))
        await session.commit()


async def change(bench: Bench, run: Run, **columns: Any) -> None:
    async with bench.maker() as session:
        await session.exec(update(Run).where(col(Run.id) == run.id).values(**columns))
        await session.commit()


async def until_left(bench: Bench, run: Run) -> Schedule:
    async with asyncio.timeout(100):
        while True:
            found = await left_by(bench, run)
            if found is not None:
                return found
            await asyncio.sleep(0.05)


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[Schedule | None]:
    """What each run of the engine was told to start from; the engine finds nothing."""
    told: list[Schedule | None] = []

    def look(problem: Problem, stop: Stop, progress: ProgressSink) -> Result:
        told.append(problem.start)
        return Result(SolveStatus.UNKNOWN)

    monkeypatch.setattr(src.solver.engine, "solve", look)
    return told


async def test_a_run_at_work_leaves_the_schedule_it_has_found(bench: Bench) -> None:
    run = await bench.queue(restless_ward(), time_limit_seconds=60)
    working = asyncio.create_task(bench.work(run))
    found = await until_left(bench, run)
    assert {row.person for row in found.year} == set(PEOPLE)
    assert len(found.assignments) > 60
    await change(bench, run, lease_owner=new_id())  # the worker is given up: it may write nothing any more
    async with asyncio.timeout(50):
        assert await working is None
    assert await left_by(bench, run) == found


async def test_a_run_that_ends_in_a_version_leaves_nothing_else(bench: Bench) -> None:
    run = await bench.queue(restless_ward(), time_limit_seconds=60)
    working = asyncio.create_task(bench.work(run))
    await until_left(bench, run)
    await change(bench, run, cancel_requested_at=now())
    assert await working is RunState.CANCELLED
    assert len(await bench.versions(run)) == 1
    async with bench.maker() as session:
        assert not await has_checkpoint(session, run.id)


async def test_a_run_that_is_taken_up_again_starts_from_what_it_had_found(
    bench: Bench, starts: list[Schedule | None]
) -> None:
    run = await bench.queue(ward_program())
    await leave(bench, run)
    await change(bench, run, attempts=1)
    await bench.work(run)
    (start,) = starts
    assert start is not None
    assert len(start.assignments) == len(ward_schedule().assignments)


async def test_equal_seeds_give_equal_results_whatever_died_before(
    bench: Bench, starts: list[Schedule | None]
) -> None:
    run = await bench.queue(ward_program(), deterministic_limit=1.0, workers=1)
    await leave(bench, run)
    await change(bench, run, attempts=1)
    await bench.work(run)
    assert starts == [None]


async def test_a_run_starts_from_the_version_and_from_the_run_it_was_told(
    bench: Bench, starts: list[Schedule | None]
) -> None:
    run = await bench.queue(ward_program())
    async with bench.maker() as session:
        version = await store_version(session, await session.get_one(ScheduleRecord, run.schedule_id))
    await change(bench, run, options={"start_version_id": str(version.id)})
    await bench.work(run)
    failed = await bench.queue(ward_program())
    await leave(bench, failed)
    await change(bench, failed, options={"start_run_id": str(failed.id)})
    await bench.work(failed)
    assert [len(start.year) if start else None for start in starts] == [len(PEOPLE), len(PEOPLE)]


@pytest.mark.parametrize("key", ["start_version_id", "start_run_id"])
async def test_a_start_that_is_gone_since_is_none(
    bench: Bench, starts: list[Schedule | None], key: str
) -> None:
    run = await bench.queue(ward_program(), options={key: str(new_id())})
    assert await bench.work(run) is RunState.FAILED
    assert starts == [None]


async def test_what_cannot_be_read_any_more_is_no_start(bench: Bench, starts: list[Schedule | None]) -> None:
    run = await bench.queue(ward_program())
    await leave(bench, run, b"no archive")
    await change(bench, run, options={"start_run_id": str(run.id)})
    await bench.work(run)
    assert starts == [None]


async def test_the_last_one_kept_is_the_one_found(bench: Bench) -> None:
    run = await bench.queue(ward_program())
    await leave(bench, run)
    await leave(bench, run, await packed(Schedule(year=ward_schedule().year)))
    found = await left_by(bench, run)
    assert found is not None
    assert found.assignments == ()
    async with bench.maker() as session:
        assert (await session.get_one(RunCheckpoint, run.id)).content[:2] == b"PK"
