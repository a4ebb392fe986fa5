"""The run row is the truth: who may claim, who is fenced out, what is found lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.models import new_id, now
from src.schedules.constants import RunState
from src.schedules.exceptions import LeaseLostError
from src.schedules.leases import Lease, beat, claim, end, held, take_lost
from src.schedules.models import Run, RunEvent, Schedule
from tests.factories.schedules_db import store_run, store_ward

PROGRESS: dict[str, Any] = {"phase": "year plan", "fraction": 0.25, "score": 3.0}


@pytest.fixture
async def schedule(session: AsyncSession) -> AsyncIterator[Schedule]:
    _, made, _ = await store_ward(session)
    return made


async def take(session: AsyncSession, run: Run, **options: Any) -> Lease | None:
    return await claim(session, run.id, **{"lease_seconds": 8, "max_attempts": 3, **options})


async def test_a_queued_run_is_claimed_once(session: AsyncSession, schedule: Schedule) -> None:
    run = await store_run(session, schedule)
    lease = await take(session, run)
    assert lease is not None
    assert (run.state, run.attempts) == (RunState.RUNNING, 1)
    assert await take(session, run) is None


async def test_a_run_with_an_expired_lease_is_taken_up_again(
    session: AsyncSession, schedule: Schedule
) -> None:
    run = await store_run(session, schedule)
    first = await take(session, run, lease_seconds=-1)
    second = await take(session, run)
    assert first is not None
    assert second is not None
    assert second.owner != first.owner
    assert run.attempts == 2


async def test_the_worker_that_was_given_up_can_write_nothing(
    session: AsyncSession, schedule: Schedule
) -> None:
    run = await store_run(session, schedule)
    old = await take(session, run, lease_seconds=-1)
    await take(session, run)
    assert old is not None
    with pytest.raises(LeaseLostError):
        await beat(session, old, lease_seconds=8, progress=PROGRESS)
    with pytest.raises(LeaseLostError):
        await held(session, old)


async def test_after_the_last_attempt_a_run_fails_and_says_why(
    session: AsyncSession, schedule: Schedule
) -> None:
    run = await store_run(session, schedule)
    for _ in range(3):
        assert await take(session, run, lease_seconds=-1) is not None
    assert await take(session, run) is None
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert run.error["code"] == "WORKER_LOST"


@pytest.mark.parametrize("state", [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED])
async def test_an_ended_run_is_never_claimed(
    session: AsyncSession, schedule: Schedule, state: RunState
) -> None:
    run = await store_run(session, schedule, state=state)
    assert await take(session, run) is None
    assert run.state is state


async def test_a_run_that_is_gone_is_no_error(session: AsyncSession, schedule: Schedule) -> None:
    assert await claim(session, new_id(), lease_seconds=8, max_attempts=3) is None


async def test_a_cancelled_run_is_ended_instead_of_taken_up_again(
    session: AsyncSession, schedule: Schedule
) -> None:
    run = await store_run(session, schedule, cancel_requested_at=now())
    assert await take(session, run) is None
    assert run.state is RunState.CANCELLED


async def test_a_beat_renews_the_lease_and_numbers_the_progress(
    session: AsyncSession, schedule: Schedule
) -> None:
    run = await store_run(session, schedule)
    lease = await take(session, run)
    assert lease is not None
    assert await beat(session, lease, lease_seconds=60, progress=PROGRESS) is False
    assert await beat(session, lease, lease_seconds=60, progress=None) is False
    await session.refresh(run)
    assert (run.phase, run.fraction) == ("year plan", 0.25)
    assert run.lease_until is not None
    assert run.lease_until > now() + timedelta(seconds=50)
    events = (await session.exec(select(RunEvent).where(RunEvent.run_id == run.id))).all()
    assert sorted((event.number, event.kind) for event in events) == [(1, "state"), (2, "progress")]


async def test_a_beat_brings_the_wish_to_cancel(session: AsyncSession, schedule: Schedule) -> None:
    run = await store_run(session, schedule)
    lease = await take(session, run)
    assert lease is not None
    run.cancel_requested_at = now()
    session.add(run)
    await session.flush()
    assert await beat(session, lease, lease_seconds=8, progress=None) is True


async def test_a_run_ends_once(session: AsyncSession, schedule: Schedule) -> None:
    run = await store_run(session, schedule)
    lease = await take(session, run)
    assert lease is not None
    await end(session, await held(session, lease), RunState.FAILED, error={"code": "X"})
    with pytest.raises(LeaseLostError):
        await held(session, lease)


async def test_lost_runs_are_sent_again_but_not_every_pass(session: AsyncSession, schedule: Schedule) -> None:
    run = await store_run(session, schedule)
    assert run.id in await take_lost(session, resend_after_seconds=5)
    assert run.id not in await take_lost(session, resend_after_seconds=5)
    assert run.id in await take_lost(session, resend_after_seconds=-1)


async def test_a_run_whose_worker_lives_is_not_lost(session: AsyncSession, schedule: Schedule) -> None:
    run = await store_run(session, schedule)
    await take(session, run)
    assert run.id not in await take_lost(session, resend_after_seconds=-1)


async def test_the_database_allows_one_active_run_a_schedule(
    session: AsyncSession, schedule: Schedule
) -> None:
    await store_run(session, schedule)
    with pytest.raises(IntegrityError, match="uq_run_one_active_per_schedule"):
        async with session.begin_nested():
            await store_run(session, schedule)
