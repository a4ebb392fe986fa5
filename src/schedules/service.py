"""Schedules and their versions: make, rename, put away, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.viewer import Viewer
from src.models import now
from src.pagination import PageParams, SortedPaging, like_pattern, paginate
from src.programs.lookup import program_by_id, refuse_archived
from src.schedules.constants import ACTIVE_RUN_STATES, VersionState
from src.schedules.dependencies import readable_schedules, readable_versions
from src.schedules.exceptions import (
    RunActiveError,
    ScheduleInUseError,
    ScheduleNameTakenError,
    VersionInUseError,
)
from src.schedules.models import Run, Schedule, ScheduleVersion
from src.schedules.quiet import quiet
from src.schedules.schemas import ScheduleCreate, ScheduleUpdate, VersionUpdate

AUDITED_FIELDS = ("name", "description", "archived_at")


async def list_schedules(
    session: AsyncSession, viewer: Viewer, program_id: UUID, params: PageParams, *, archived: bool | None
) -> tuple[Sequence[Schedule], int]:
    """The schedules of a program that the viewer may read."""
    statement = select(Schedule).where(Schedule.program_id == program_id, readable_schedules(viewer))
    if archived is not None:
        statement = statement.where(col(Schedule.archived_at).is_not(None) == archived)
    if params.search:
        statement = statement.where(col(Schedule.name).ilike(like_pattern(params.search), escape="\\"))
    return await paginate(
        session,
        statement,
        params,
        sort_columns={
            "name": col(Schedule.name),
            "created_at": col(Schedule.created_at),
            "updated_at": col(Schedule.updated_at),
        },
        default_sort="-created_at",
        tie_breaker=col(Schedule.id),
    )


async def list_versions(
    session: AsyncSession, viewer: Viewer, schedule_id: UUID, params: SortedPaging, state: VersionState | None
) -> tuple[Sequence[ScheduleVersion], int]:
    """The versions of a schedule that the viewer may read, newest first."""
    statement = select(ScheduleVersion).where(
        ScheduleVersion.schedule_id == schedule_id, readable_versions(viewer)
    )
    if state is not None:
        statement = statement.where(col(ScheduleVersion.state) == state)
    return await paginate(
        session,
        statement,
        params,
        sort_columns={
            "number": col(ScheduleVersion.number),
            "created_at": col(ScheduleVersion.created_at),
        },
        default_sort="-number",
        tie_breaker=col(ScheduleVersion.id),
    )


async def published_version_ids(session: AsyncSession, schedule_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """The latest published version of each schedule that has one."""
    rows = await session.exec(
        select(ScheduleVersion.schedule_id, ScheduleVersion.id)
        .where(
            col(ScheduleVersion.schedule_id).in_(schedule_ids),
            col(ScheduleVersion.state) == VersionState.PUBLISHED,
        )
        .order_by(col(ScheduleVersion.number))
    )
    return {schedule_id: version_id for schedule_id, version_id in rows}  # noqa: C416  # rows are not tuples


async def create_schedule(
    session: AsyncSession, viewer: Viewer, program_id: UUID, body: ScheduleCreate
) -> Schedule:
    """Raises ScheduleNameTakenError."""
    schedule = Schedule(
        program_id=program_id, name=body.name, description=body.description, created_by=viewer.id
    )
    await _flush_name(session, schedule)
    await audit.record(
        session,
        viewer,
        "schedule.created",
        entity_type="schedule",
        entity_id=schedule.id,
        program_id=program_id,
        after=audit.snapshot(schedule, AUDITED_FIELDS),
    )
    return schedule


async def update_schedule(
    session: AsyncSession, viewer: Viewer, schedule: Schedule, body: ScheduleUpdate
) -> Schedule:
    """Rename, describe, archive or take out again.

    Raises ScheduleNameTakenError, ProgramArchivedError, and RunActiveError for putting away while a run is
    active, which would save its draft into what nobody works on.
    """
    refuse_archived(await program_by_id(session, schedule.program_id))
    before = audit.snapshot(schedule, AUDITED_FIELDS)
    if body.name is not None and body.name != schedule.name:
        schedule.name = body.name
    if "description" in body.model_fields_set:
        schedule.description = body.description
    if body.archived is not None and body.archived != (schedule.archived_at is not None):
        if body.archived:
            if await has_active_run(session, schedule.id):
                raise RunActiveError
            await quiet(session, col(Schedule.id) == schedule.id)
        schedule.archived_at = now() if body.archived else None
    schedule.revision += 1
    await _flush_name(session, schedule)
    changed, after = audit.difference(before, audit.snapshot(schedule, AUDITED_FIELDS))
    await audit.record(
        session,
        viewer,
        "schedule.changed",
        entity_type="schedule",
        entity_id=schedule.id,
        program_id=schedule.program_id,
        before=changed,
        after=after,
    )
    return schedule


async def _flush_name(session: AsyncSession, schedule: Schedule) -> None:
    name = schedule.name
    session.add(schedule)
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError as error:
        raise ScheduleNameTakenError(details={"name": name}) from error


async def delete_schedule(session: AsyncSession, viewer: Viewer, schedule: Schedule) -> None:
    """Delete a schedule that never had a published version, with its drafts and runs.

    Raises ScheduleInUseError.
    """
    await session.refresh(schedule, with_for_update=True)  # who makes or publishes a draft meanwhile is first
    kept = await session.scalar(
        select(func.count())
        .select_from(ScheduleVersion)
        .where(
            col(ScheduleVersion.schedule_id) == schedule.id,
            col(ScheduleVersion.state) != VersionState.DRAFT,
        )
    )
    if kept or await has_active_run(session, schedule.id):
        raise ScheduleInUseError
    runs = (await session.exec(select(Run).where(Run.schedule_id == schedule.id))).all()
    versions = (
        await session.exec(select(ScheduleVersion).where(ScheduleVersion.schedule_id == schedule.id))
    ).all()
    for row in (*runs, *versions):
        await session.delete(row)
    await session.flush()
    await session.delete(schedule)
    await audit.record(
        session,
        viewer,
        "schedule.deleted",
        entity_type="schedule",
        entity_id=schedule.id,
        program_id=schedule.program_id,
        before=audit.snapshot(schedule, AUDITED_FIELDS),
        counts={"versions": len(versions), "runs": len(runs)},
    )


async def has_active_run(session: AsyncSession, schedule_id: UUID) -> bool:
    active = await session.scalar(
        select(func.count())
        .select_from(Run)
        .where(
            col(Run.schedule_id) == schedule_id,
            col(Run.state).in_(ACTIVE_RUN_STATES),
        )
    )
    return bool(active)


async def update_version(
    session: AsyncSession, viewer: Viewer, version: ScheduleVersion, body: VersionUpdate
) -> ScheduleVersion:
    """Change a draft's note, or put it away."""
    fields = ("note", "archived_at")
    before = audit.snapshot(version, fields)
    if "note" in body.model_fields_set:
        version.note = body.note
    if body.archived is not None and body.archived != (version.archived_at is not None):
        version.archived_at = now() if body.archived else None
    version.revision += 1
    session.add(version)
    await session.flush()
    changed, after = audit.difference(before, audit.snapshot(version, fields))
    await audit.record(
        session,
        viewer,
        "version.changed",
        entity_type="schedule_version",
        entity_id=version.id,
        program_id=version.program_id,
        before=changed,
        after=after,
    )
    return version


async def delete_draft(session: AsyncSession, viewer: Viewer, version: ScheduleVersion) -> None:
    """Delete a draft and its content; raises VersionInUseError while a run works from it."""
    await session.refresh(version, with_for_update=True)  # who asks for a run from it meanwhile is first
    working = await session.scalar(
        select(func.count())
        .select_from(Run)
        .where(col(Run.base_version_id) == version.id, col(Run.state).in_(ACTIVE_RUN_STATES))
    )
    if working:
        raise VersionInUseError
    await session.delete(version)
    await audit.record(
        session,
        viewer,
        "version.deleted",
        entity_type="schedule_version",
        entity_id=version.id,
        program_id=version.program_id,
        before=audit.snapshot(version, ("number", "scope", "academic_blocks", "note")),
    )


async def next_number(session: AsyncSession, schedule_id: UUID) -> int:
    """The number of the schedule's next version; the caller sees to it that nobody else takes it."""
    highest = await session.scalar(
        select(func.max(ScheduleVersion.number)).where(col(ScheduleVersion.schedule_id) == schedule_id)
    )
    return (highest or 0) + 1
