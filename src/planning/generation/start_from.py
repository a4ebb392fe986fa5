"""Where a generation starts from: a version of the program, or what an earlier run had found.

A start binds nothing: the engine takes of it what fits. It is named by one id; which of the two it is, is
found out here, once, and remembered with the run.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.storage import load_schedule
from src.exceptions import InvalidError
from src.interchange.schedule import Schedule
from src.schedules.checkpoints import has_checkpoint, load_checkpoint
from src.schedules.constants import ACTIVE_RUN_STATES
from src.schedules.models import Run, ScheduleVersion

VERSION, RUN = "start_version_id", "start_run_id"


class BadStartError(InvalidError):
    """There is nothing to start from under that id."""

    code = "BAD_START"
    message = "There is no version and no run of this program with that id to start from."


async def resolve_start(session: AsyncSession, program_id: UUID, start_from: UUID) -> dict[str, Any]:
    """What the run remembers of its start. The caller builds in the program, and so reads all of it.

    A run that ended in a version stands for that version, else for the last schedule it left behind. Raises
    BadStartError: no such version or run of the program, a run that is at work, one that left nothing.
    """
    version = await session.exec(
        select(ScheduleVersion.id).where(
            ScheduleVersion.id == start_from, col(ScheduleVersion.program_id) == program_id
        )
    )
    if version.one_or_none() is not None:
        return {VERSION: str(start_from)}
    found = await session.exec(select(Run).where(Run.id == start_from, col(Run.program_id) == program_id))
    run = found.one_or_none()
    if run is None:
        raise BadStartError
    if run.state in ACTIVE_RUN_STATES:
        raise BadStartError("That run is still at work: cancel it first, or wait.")
    if run.result_version_id is not None:
        return {VERSION: str(run.result_version_id)}
    if not await has_checkpoint(session, run.id):
        raise BadStartError("That run ended before it had found a whole schedule: it left nothing.")
    return {RUN: str(run.id)}


async def load_start(session: AsyncSession, run: Run, zone: ZoneInfo) -> Schedule | None:
    """The schedule that a claimed run starts from; None where none was named or it is gone since.

    A run that is taken up again starts from what its last worker had found, unless equal seeds are to give
    equal results.
    """
    if run.attempts > 1 and run.deterministic_limit is None:
        own = await load_checkpoint(session, run.id)
        if own is not None:
            return own
    options = run.options or {}
    if RUN in options:
        return await load_checkpoint(session, UUID(options[RUN]))
    if VERSION in options:
        start = await load_schedule(session, run.program_id, UUID(options[VERSION]), zone)
        return start if start.year or start.assignments else None
    return None
