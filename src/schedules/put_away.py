"""Putting a program away, unless a run of one of its schedules is at work."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.viewer import Viewer
from src.programs.models import Program
from src.programs.service import archive_program
from src.schedules.constants import ACTIVE_RUN_STATES
from src.schedules.exceptions import RunActiveError
from src.schedules.models import Run


async def put_away_program(session: AsyncSession, viewer: Viewer, program: Program) -> Program:
    """Archive a locked program; doing it twice changes nothing.

    The lock keeps new runs from being asked for meanwhile. Raises RunActiveError: a run that is at work would
    save its draft into what nobody changes any more.
    """
    active = await session.scalar(
        select(func.count())
        .select_from(Run)
        .where(col(Run.program_id) == program.id, col(Run.state).in_(ACTIVE_RUN_STATES))
    )
    if active:
        raise RunActiveError("A run of the program is queued or running: wait for it, or cancel it.")
    return await archive_program(session, viewer, program, archived=True)
