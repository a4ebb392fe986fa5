"""What the database itself refuses: overlaps, and any change of what is published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import Assignment, VacationWeek, YearAssignment
from src.models import new_id, now
from src.schedules.constants import VersionState
from src.schedules.models import ScheduleVersion
from tests.factories.schedules_db import store_version, store_ward


async def first_assignment(session: AsyncSession, version: ScheduleVersion) -> Assignment:
    found = await session.exec(select(Assignment).where(Assignment.version_id == version.id).limit(1))
    return found.one()


@pytest.mark.parametrize("state", [VersionState.PUBLISHED, VersionState.SUPERSEDED])
async def test_published_content_cannot_be_changed_deleted_or_added(
    session: AsyncSession, state: VersionState
) -> None:
    _, _, version = await store_ward(session, state=state)
    row = await first_assignment(session, version)
    values = row.model_dump() | {"id": new_id(), "end_at": row.start_at + timedelta(minutes=1)}
    values["start_at"] = row.start_at - timedelta(hours=4)
    values["end_at"] = row.start_at - timedelta(hours=3)
    for statement in (
        update(Assignment).where(col(Assignment.id) == row.id).values(revision=9),
        delete(Assignment).where(col(Assignment.id) == row.id),
        insert(Assignment).values(**values),
        delete(YearAssignment).where(col(YearAssignment.version_id) == version.id),
        insert(VacationWeek).values(
            version_id=version.id, person_id=row.person_id, week_start_date=row.date, request_rank=None
        ),
    ):
        with pytest.raises(IntegrityError, match="never changes"):
            async with session.begin_nested():
                await session.exec(statement)


async def test_a_published_version_itself_is_kept(session: AsyncSession) -> None:
    _, _, version = await store_ward(session, state=VersionState.PUBLISHED)
    for statement in (
        delete(ScheduleVersion).where(col(ScheduleVersion.id) == version.id),
        update(ScheduleVersion).where(col(ScheduleVersion.id) == version.id).values(note="rewritten"),
        update(ScheduleVersion)
        .where(col(ScheduleVersion.id) == version.id)
        .values(state=VersionState.DRAFT, published_at=None),
    ):
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.exec(statement)


async def test_a_published_version_may_be_superseded(session: AsyncSession) -> None:
    _, _, version = await store_ward(session, state=VersionState.PUBLISHED)
    await session.exec(
        update(ScheduleVersion)
        .where(col(ScheduleVersion.id) == version.id)
        .values(state=VersionState.SUPERSEDED, superseded_at=now())
    )


async def test_two_published_versions_never_cover_the_same_date(session: AsyncSession) -> None:
    _, schedule, _ = await store_ward(session, state=VersionState.PUBLISHED)
    with pytest.raises(IntegrityError, match="one_published"):
        async with session.begin_nested():
            await store_version(session, schedule, state=VersionState.PUBLISHED)


async def test_no_two_intervals_of_one_person_overlap(session: AsyncSession) -> None:
    _, _, version = await store_ward(session)
    row = await first_assignment(session, version)
    values = row.model_dump() | {"id": new_id(), "start_at": row.start_at + timedelta(hours=1)}
    with pytest.raises(IntegrityError, match="no_overlap"):
        async with session.begin_nested():
            await session.exec(insert(Assignment).values(**values))


async def test_touching_intervals_do_not_overlap(session: AsyncSession) -> None:
    _, _, version = await store_ward(session)
    row = await first_assignment(session, version)
    values = row.model_dump() | {
        "id": new_id(),
        "start_at": row.start_at - timedelta(hours=1),
        "end_at": row.start_at,
    }
    await session.exec(insert(Assignment).values(**values))


@pytest.mark.parametrize("year", [1969, 1999, 2000, 2026])
async def test_intervals_are_kept_apart_whatever_the_age(session: AsyncSession, year: int) -> None:
    """The key of the constraint counts from 2000, and what comes before must not sort last."""
    _, _, version = await store_ward(session)
    row = await first_assignment(session, version)
    new_year = datetime(year + 1, 1, 1, tzinfo=UTC)
    values = row.model_dump() | {
        "start_at": new_year - timedelta(hours=4),
        "end_at": new_year + timedelta(hours=4),
    }
    await session.exec(insert(Assignment).values(**values | {"id": new_id()}))
    touching = {"start_at": values["end_at"], "end_at": values["end_at"] + timedelta(hours=1)}
    await session.exec(insert(Assignment).values(**values | touching | {"id": new_id()}))
    inside = {"start_at": new_year, "end_at": new_year + timedelta(minutes=1)}
    with pytest.raises(IntegrityError, match="no_overlap"):
        async with session.begin_nested():
            await session.exec(insert(Assignment).values(**values | inside | {"id": new_id()}))


async def test_a_draft_goes_with_all_it_holds(session: AsyncSession) -> None:
    _, _, version = await store_ward(session)
    await session.exec(delete(ScheduleVersion).where(col(ScheduleVersion.id) == version.id))
    left = await session.exec(select(Assignment.id).where(Assignment.version_id == version.id))
    assert left.all() == []
