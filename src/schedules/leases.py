"""Who works on a run: claim, heartbeat, end, and what is found lost.

Celery's delivery is a hint. A run is claimed under a row lock when it is queued, or running with a lease that
has run out; every later write of the worker is fenced by its lease, so that a worker that was given up can
do no harm when it wakes. A run is ended once. The database's clock is the only one that leases go by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.models import new_id, now
from src.quantities import count
from src.schedules.constants import ACTIVE_RUN_STATES, RunState
from src.schedules.exceptions import LeaseLostError
from src.schedules.models import Run, RunEvent

LEAST_SECONDS_OF_A_LATER_ATTEMPT = 10.0


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a run until it runs out; `owner` fences the writes.

    `seconds_left` is what earlier attempts left of the run's limit; `request_id` is that of the request that
    asked for the run.
    """

    run_id: UUID
    owner: UUID
    seconds_left: float
    request_id: str | None


async def claim(
    session: AsyncSession, run_id: UUID, *, lease_seconds: float, max_attempts: int
) -> Lease | None:
    """Take the run up, or None when there is nothing to do: it is ended, held by another, or gone.

    A run whose worker died `max_attempts` times is ended as failed instead of being tried for ever.
    """
    found = (
        await session.exec(
            select(Run, func.clock_timestamp())
            .where(Run.id == run_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if found is None or found[0].state not in ACTIVE_RUN_STATES:
        return None
    run, instant = found
    if run.state is RunState.RUNNING and run.lease_until is not None and run.lease_until > instant:
        return None
    if run.cancel_requested_at is not None:
        await end(session, run, RunState.CANCELLED)
        return None
    if run.attempts >= max_attempts:
        await end(
            session,
            run,
            RunState.FAILED,
            error={
                "code": "WORKER_LOST",
                "message": f"The worker died {count(run.attempts, 'time')} while it worked on this run.",
            },
        )
        return None
    owner = new_id()
    seconds_left = await _seconds_left(session, run, lease_seconds)
    run.state = RunState.RUNNING
    run.attempts += 1
    run.lease_owner = owner
    run.lease_until = instant + timedelta(seconds=lease_seconds)
    run.started_at = run.started_at or instant
    run.phase = "reading the inputs"
    run.fraction = 0.0
    run.progress = {}
    add_event(
        session,
        run,
        "state",
        {"state": RunState.RUNNING, "attempt": run.attempts, "seconds_left": seconds_left},
    )
    await session.flush()
    return Lease(run.id, owner, seconds_left, run.request_id)


async def _seconds_left(session: AsyncSession, run: Run, lease_seconds: float) -> float:
    """What earlier attempts, up to their last sign of life, left of the limit.

    Time in which no worker was there does not count. A later attempt gets enough to find something.
    """
    limit = float(run.time_limit_seconds)
    last = (
        await session.exec(
            select(RunEvent)
            .where(RunEvent.run_id == run.id, RunEvent.kind == "state")
            .order_by(col(RunEvent.number).desc())
            .limit(1)
        )
    ).one_or_none()
    if last is None or "seconds_left" not in last.data:
        return limit
    left = float(last.data["seconds_left"])
    if run.lease_until is not None:
        last_sign = run.lease_until - timedelta(seconds=lease_seconds)
        left -= max(0.0, (last_sign - last.created_at).total_seconds())
    return round(min(limit, max(left, LEAST_SECONDS_OF_A_LATER_ATTEMPT)), 3)


async def beat(
    session: AsyncSession, lease: Lease, *, lease_seconds: float, progress: dict[str, Any] | None
) -> bool:
    """Renew the lease and note progress; True when a cancel was asked for.

    Raises LeaseLostError when the run is no longer this worker's.
    """
    values: dict[str, Any] = {"lease_until": func.clock_timestamp() + timedelta(seconds=lease_seconds)}
    if progress is not None:
        values |= {
            "progress": progress,
            "phase": progress["phase"],
            "fraction": progress["fraction"],
            "progress_number": Run.progress_number + 1,
        }
    row = (
        await session.exec(
            update(Run)
            .where(
                col(Run.id) == lease.run_id,
                col(Run.lease_owner) == lease.owner,
                col(Run.state) == RunState.RUNNING,
            )
            .values(**values)
            .returning(col(Run.cancel_requested_at), col(Run.progress_number))
            .execution_options(synchronize_session=False)
        )
    ).one_or_none()
    if row is None:
        raise LeaseLostError
    if progress is not None:
        session.add(RunEvent(run_id=lease.run_id, number=row[1], kind="progress", data=progress))
        await session.flush()
    return row[0] is not None


async def held(session: AsyncSession, lease: Lease) -> Run:
    """The leased run, locked until the transaction ends; raises LeaseLostError when it is another's."""
    run = (
        await session.exec(
            select(Run)
            .where(Run.id == lease.run_id, Run.lease_owner == lease.owner, col(Run.state) == RunState.RUNNING)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if run is None:
        raise LeaseLostError
    return run


async def hand_back(session: AsyncSession, run: Run, seconds_left: float) -> None:
    """Queue a held run again, for any worker to go on with what is left of its limit.

    The attempt does not count, since nothing died; the sweeper sends the message.
    """
    run.state = RunState.QUEUED
    run.attempts -= 1
    run.lease_owner = None
    run.lease_until = None
    run.enqueued_at = None
    run.phase = "handed back by a worker that was told to end"
    add_event(
        session, run, "state", {"state": RunState.QUEUED, "seconds_left": round(max(0.0, seconds_left), 3)}
    )
    await session.flush()


async def end(
    session: AsyncSession,
    run: Run,
    state: RunState,
    *,
    error: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
    version_id: UUID | None = None,
) -> None:
    """End a locked run, once and for all."""
    run.state = state
    run.finished_at = now()
    run.lease_owner = None
    run.lease_until = None
    run.phase = str(state)
    run.error = error
    run.result = result
    run.result_version_id = version_id
    if state is RunState.SUCCEEDED:
        run.fraction = 1.0
    add_event(
        session,
        run,
        "state",
        {
            "state": state,
            "error": error,
            "result_version_id": str(version_id) if version_id else None,
        },
    )
    await session.flush()


def add_event(session: AsyncSession, run: Run, kind: str, data: dict[str, Any]) -> None:
    """Number and note one step of a locked run."""
    run.progress_number += 1
    session.add(run)
    session.add(RunEvent(run_id=run.id, number=run.progress_number, kind=kind, data=data))


async def take_lost(session: AsyncSession, *, resend_after_seconds: float, limit: int = 100) -> list[UUID]:
    """The runs whose message must be sent again: queued and not sent lately, or with a lease that ran out.

    Marks them as sent, so that the next pass leaves them alone for a while.
    """
    instant = func.clock_timestamp()
    stale = instant - timedelta(seconds=resend_after_seconds)
    lost = (
        await session.exec(
            select(Run.id)
            .where(
                or_(
                    col(Run.state) == RunState.QUEUED,
                    (col(Run.state) == RunState.RUNNING) & (col(Run.lease_until) < instant),
                ),
                or_(col(Run.enqueued_at).is_(None), col(Run.enqueued_at) < stale),
            )
            .order_by(col(Run.created_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ).all()
    await session.exec(
        update(Run)
        .where(col(Run.id).in_(lost))
        .values(enqueued_at=instant)
        .execution_options(synchronize_session=False)
    )
    return list(lost)
