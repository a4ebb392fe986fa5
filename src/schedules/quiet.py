"""Before something is put away: changes of drafts that are under way end first, and none begins.

Whoever changes a draft holds its row and reads then whether its schedule or program is put away; whoever
makes a new version holds the numbers of the schedule when reading it. So whoever puts away takes both: what
comes later waits, and is refused. Nobody who edits waits for another's work on the schedule or the program.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.schedules.constants import VersionState
from src.schedules.models import Schedule, ScheduleVersion


async def quiet(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """Wait for whoever changes a draft, or makes a version, in the schedules that the condition names.

    To be called before the program's row is locked: who publishes a draft holds that and then waits for the
    program.
    """
    schedules = (await session.exec(select(Schedule.id).where(which).order_by(col(Schedule.id)))).all()
    for schedule_id in schedules:  # first: a version that is made meanwhile is a draft to be held, too
        await hold_numbers(session, schedule_id)
    await session.exec(
        select(ScheduleVersion.id)
        .where(
            col(ScheduleVersion.schedule_id).in_(schedules), col(ScheduleVersion.state) == VersionState.DRAFT
        )
        .order_by(col(ScheduleVersion.id))
        .with_for_update(read=True)
    )


async def hold_numbers(session: AsyncSession, schedule_id: UUID) -> None:
    """Nobody else gives a version of the schedule a number until the transaction ends.

    It is not the lock of the schedule's row, which is held while other things are done with it.
    """
    key = int.from_bytes(schedule_id.bytes[8:], signed=True)
    await session.exec(select(func.pg_advisory_xact_lock(key)))
