"""Have the inputs moved on since a version was made?"""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from src.interchange.snapshot import program_snapshot
from src.programs.folder import load_program
from src.schedules.models import InputSnapshot, ScheduleVersion


async def input_state(session: AsyncSession, version: ScheduleVersion) -> tuple[str, bool]:
    """The hash of the inputs that a version is judged against, and whether today's inputs are others.

    Pins that came with a run's request count as a difference: they are not among the program's inputs.
    """
    snapshot = await session.get_one(InputSnapshot, version.snapshot_id)
    _, today = program_snapshot(await load_program(session, version.program_id))
    return snapshot.sha256, today != snapshot.sha256
