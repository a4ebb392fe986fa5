"""Have the inputs moved on since a version was made?"""

from __future__ import annotations

import asyncio

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.planning.rule_versions import hashes_of_today
from src.programs.folder import load_program
from src.programs.models import Program
from src.schedules.models import InputSnapshot, ScheduleVersion


async def input_state(session: AsyncSession, version: ScheduleVersion) -> tuple[str, bool]:
    """The hash of the inputs that a version is judged against, and whether today's inputs are others.

    Pins that came with a run's request count as a difference: they are not among the program's inputs. So
    does a version of a rule pack that came after, where the program stays with no version.
    """
    kept = select(InputSnapshot.sha256).where(col(InputSnapshot.id) == version.snapshot_id)
    sha256 = (await session.exec(kept)).one()
    # Shared with other readers; an edit or import of the inputs is waited for, so that they are read as one.
    await session.exec(
        select(Program.id).where(col(Program.id) == version.program_id).with_for_update(read=True)
    )
    today = await load_program(session, version.program_id)
    return sha256, sha256 not in await asyncio.to_thread(hashes_of_today, today)
