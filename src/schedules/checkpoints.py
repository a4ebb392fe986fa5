"""The last schedule that a run had found, kept while it is at work: a run that is killed leaves it behind."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.interchange.schedule import Schedule
from src.interchange.schedule_files import read_schedule_bytes, schedule_zip
from src.schedules.models import RunCheckpoint

ARCHIVE = "checkpoint.zip"

_log = structlog.get_logger(__name__)


async def packed(schedule: Schedule) -> bytes:
    """The schedule as it is kept; made in a thread, for a year of many residents takes a second."""
    return await asyncio.to_thread(schedule_zip, schedule)


async def keep_checkpoint(session: AsyncSession, run_id: UUID, content: bytes) -> None:
    """Keep a schedule in place of what was kept of the run before. The caller holds the run's lease."""
    statement = insert(RunCheckpoint).values(run_id=run_id, content=content)
    fresh = {"content": content, "created_at": func.now()}
    await session.exec(statement.on_conflict_do_update(index_elements=["run_id"], set_=fresh))


async def has_checkpoint(session: AsyncSession, run_id: UUID) -> bool:
    """Whether a run left a schedule behind."""
    found = await session.exec(select(RunCheckpoint.run_id).where(RunCheckpoint.run_id == run_id))
    return found.one_or_none() is not None


async def load_checkpoint(session: AsyncSession, run_id: UUID) -> Schedule | None:
    """The schedule that a run left behind; None where there is none, or none that can be read any more."""
    found = await session.exec(select(RunCheckpoint.content).where(RunCheckpoint.run_id == run_id))
    content = found.one_or_none()
    if content is None:
        return None
    reading = await asyncio.to_thread(read_schedule_bytes, ARCHIVE, content)
    if reading.schedule is None:
        _log.warning("checkpoint_unreadable", run_id=str(run_id), issues=[str(one) for one in reading.issues])
    return reading.schedule


async def forget_checkpoint(session: AsyncSession, run_id: UUID) -> None:
    """What a run leaves behind is not needed where a version keeps what it found."""
    await session.exec(delete(RunCheckpoint).where(col(RunCheckpoint.run_id) == run_id))
