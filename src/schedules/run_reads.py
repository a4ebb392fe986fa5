"""Runs as people watch them: lists, one run with a long poll, and its steps as they come."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from fastapi.sse import format_sse_event
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.viewer import Viewer
from src.database import SessionMaker, transaction
from src.pagination import SortedPaging, paginate
from src.schedules.constants import FINAL_RUN_STATES, RunState
from src.schedules.dependencies import builds_in
from src.schedules.exceptions import RunNotFoundError
from src.schedules.models import Run, RunEvent

POLL_SECONDS = 0.3
KEEP_ALIVE_SECONDS = 15.0
EVENTS_AT_ONCE = 200


async def list_runs(
    session: AsyncSession,
    viewer: Viewer,
    program_id: UUID,
    params: SortedPaging,
    *,
    schedule_id: UUID | None = None,
    state: RunState | None = None,
) -> tuple[Sequence[Run], int]:
    """The runs of a program, or of one of its schedules."""
    statement = select(Run).where(Run.program_id == program_id, builds_in(viewer, col(Run.program_id)))
    if schedule_id is not None:
        statement = statement.where(Run.schedule_id == schedule_id)
    if state is not None:
        statement = statement.where(col(Run.state) == state)
    return await paginate(
        session,
        statement,
        params,
        sort_columns={"created_at": col(Run.created_at), "finished_at": col(Run.finished_at)},
        default_sort="-created_at",
        tie_breaker=col(Run.id),
    )


async def wait_for_change(maker: SessionMaker, run: Run, seconds: float) -> Run:
    """The run once it has ended or moved on, or as it is after `seconds`; no connection is held meanwhile."""
    until = time.monotonic() + seconds
    seen = run.progress_number
    while run.state not in FINAL_RUN_STATES and run.progress_number == seen and time.monotonic() < until:
        await asyncio.sleep(min(POLL_SECONDS, max(0.0, until - time.monotonic())))
        run = await _read(maker, run.id)
    return run


async def _read(maker: SessionMaker, run_id: UUID) -> Run:
    async with transaction(maker) as session:
        run = await session.get(Run, run_id)
    if run is None:
        raise RunNotFoundError
    return run


async def follow(maker: SessionMaker, run_id: UUID, after: int) -> AsyncIterator[bytes]:
    """The steps of a run after number `after`, as Server-Sent Events, until it has ended."""
    silent_since = time.monotonic()
    while True:
        async with transaction(maker) as session:
            run = await session.get(Run, run_id)
            events = (
                await session.exec(
                    select(RunEvent)
                    .where(RunEvent.run_id == run_id, RunEvent.number > after)
                    .order_by(col(RunEvent.number))
                    .limit(EVENTS_AT_ONCE)
                )
            ).all()
        for event in events:
            after = event.number
            data = {**event.data, "at": event.created_at.isoformat()}
            yield format_sse_event(data_str=json.dumps(data), event=event.kind, id=str(event.number))
        if run is None or (run.state in FINAL_RUN_STATES and not events):
            return
        if events:
            silent_since = time.monotonic()
        elif time.monotonic() - silent_since > KEEP_ALIVE_SECONDS:
            silent_since = time.monotonic()
            yield b": still here\n\n"
        if len(events) < EVENTS_AT_ONCE:
            await asyncio.sleep(POLL_SECONDS)
