"""New versions made side by side: each has a number of its own, and nobody waits for the saving of a year."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.viewer import viewer_of
from src.planning.versions.copy_version import copy_version
from src.schedules.constants import RunState
from src.schedules.dependencies import EDIT_LOCK, editable_version
from src.schedules.exceptions import VersionInUseError
from src.schedules.models import Run, Schedule, ScheduleVersion
from src.schedules.service import delete_draft, delete_schedule
from tests.factories.auth import make_member
from tests.factories.schedules_db import store_ward


@pytest.mark.parametrize("field", ["description", "name"])
async def test_a_version_in_the_making_holds_up_no_edit_of_the_schedule_and_numbers_follow(
    fresh_session_maker: async_sessionmaker[AsyncSession], field: str
) -> None:
    """Whoever described or renamed the schedule waited until a whole year was saved."""
    async with fresh_session_maker() as session:
        program, schedule, source = await store_ward(session)
        viewer = await viewer_of(session, await make_member(session, program, Role.COORDINATOR))

    async def copy() -> int:
        async with fresh_session_maker() as own, own.begin():
            version = await own.get_one(ScheduleVersion, source.id)
            return (await copy_version(own, viewer, version, None)).number

    async with fresh_session_maker() as one, one.begin():
        first = await copy_version(one, viewer, await one.get_one(ScheduleVersion, source.id), None)
        other = asyncio.create_task(copy())
        async with fresh_session_maker() as editor, editor.begin():
            await editor.exec(text("SET LOCAL lock_timeout = '2s'"))  # type: ignore[call-overload]  # plain SQL
            held = await editor.get_one(Schedule, schedule.id, with_for_update=EDIT_LOCK)
            setattr(held, field, "edited meanwhile")
        assert not other.done()
    assert sorted([first.number, await other]) == [2, 3]


async def test_a_schedule_goes_with_the_version_that_was_made_meanwhile(
    fresh_session_maker: async_sessionmaker[AsyncSession],
) -> None:
    async with fresh_session_maker() as session:
        program, schedule, source = await store_ward(session)
        viewer = await viewer_of(session, await make_member(session, program, Role.COORDINATOR))

    async def delete() -> None:
        async with fresh_session_maker() as own, own.begin():
            held = await own.get_one(Schedule, schedule.id, with_for_update=EDIT_LOCK)
            await delete_schedule(own, viewer, held)

    async with fresh_session_maker() as one, one.begin():
        await copy_version(one, viewer, await one.get_one(ScheduleVersion, source.id), None)
        gone = asyncio.create_task(delete())
        await asyncio.sleep(0.2)
        assert not gone.done()
    await gone
    async with fresh_session_maker() as session:
        assert await session.get(Schedule, schedule.id) is None


async def test_a_draft_is_not_deleted_from_under_a_run_that_was_asked_for_meanwhile(
    fresh_session_maker: async_sessionmaker[AsyncSession],
) -> None:
    """The run was not there yet when it was looked for, and had lost what it works from when it began."""
    async with fresh_session_maker() as session:
        program, schedule, version = await store_ward(session)
        viewer = await viewer_of(session, await make_member(session, program, Role.COORDINATOR))

    async def delete() -> None:
        async with fresh_session_maker() as own, own.begin():
            await delete_draft(own, viewer, await editable_version(version.id, viewer, own))

    async with fresh_session_maker() as asking:
        run = Run(
            program_id=program.id,
            schedule_id=schedule.id,
            base_version_id=version.id,
            snapshot_id=version.snapshot_id,
            state=RunState.QUEUED,
            scope=version.scope,
            academic_blocks=[1],
            time_limit_seconds=1,
            seed=1,
            workers=1,
        )
        asking.add(run)
        await asking.flush()
        deleting = asyncio.create_task(delete())
        await asyncio.sleep(0.2)
        assert not deleting.done()
        await asking.commit()
    with pytest.raises(VersionInUseError):
        await deleting
