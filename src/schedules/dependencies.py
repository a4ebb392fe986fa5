"""Loaded rows as named types: a route that asks for one gets it only if it is there and may be had.

A draft is for those who build it; everyone of the program reads what is published. Scope is in the query.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import DRAFT_EDITORS, EVERY_ROLE, MANAGERS
from src.auth.permissions import CurrentViewer
from src.auth.rules import Rule, program_rule, states
from src.auth.viewer import Viewer, visible_program_ids_clause
from src.database import SessionDep
from src.programs.dependencies import MANAGE
from src.programs.exceptions import ProgramArchivedError
from src.programs.locks import lock_program
from src.programs.lookup import program_by_id, refuse_archived
from src.programs.models import Program
from src.schedules.constants import VersionState
from src.schedules.exceptions import (
    RunNotFoundError,
    ScheduleArchivedError,
    ScheduleNotFoundError,
    VersionNotDraftError,
    VersionNotFoundError,
)
from src.schedules.models import Run, Schedule, ScheduleVersion
from src.schedules.quiet import quiet

READ = program_rule("read schedules: what is published; drafts for those who build them", EVERY_ROLE)
BUILD = program_rule("build and edit drafts", DRAFT_EDITORS)
PUBLISH = program_rule("publish and delete", MANAGERS)
WATCH = program_rule("watch runs", DRAFT_EDITORS, readers=DRAFT_EDITORS)

EDIT_LOCK = {"key_share": True}
"""Nobody else may change the row; rows that refer to it may be written meanwhile, so that no edit and no save
of a run wait for each other in a circle."""


def builds_in(viewer: Viewer, program_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """The condition that the viewer builds drafts in a row's program."""
    return true() if viewer.is_admin else program_id.in_(sorted(viewer.programs_as(DRAFT_EDITORS)))


def readable_versions(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `schedule_version` that the viewer may read it.

    Published ones are for everyone of the program; drafts and superseded ones for those who build.
    """
    return visible_program_ids_clause(viewer, col(ScheduleVersion.program_id)) & or_(
        builds_in(viewer, col(ScheduleVersion.program_id)),
        col(ScheduleVersion.state) == VersionState.PUBLISHED,
    )


def readable_schedules(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `schedule` that the viewer may read it: they build, or a version is published."""
    published = exists().where(
        col(ScheduleVersion.schedule_id) == col(Schedule.id),
        col(ScheduleVersion.state) == VersionState.PUBLISHED,
    )
    return visible_program_ids_clause(viewer, col(Schedule.program_id)) & or_(
        builds_in(viewer, col(Schedule.program_id)), published
    )


async def find_schedule(session: AsyncSession, viewer: Viewer, schedule_id: UUID) -> Schedule:
    """Raises ScheduleNotFoundError when it is not there for this viewer."""
    found = (
        await session.exec(select(Schedule).where(Schedule.id == schedule_id, readable_schedules(viewer)))
    ).one_or_none()
    if found is None:
        raise ScheduleNotFoundError
    return found


async def find_version(session: AsyncSession, viewer: Viewer, version_id: UUID) -> ScheduleVersion:
    """Raises VersionNotFoundError when it is not there for this viewer."""
    found = (
        await session.exec(
            select(ScheduleVersion).where(ScheduleVersion.id == version_id, readable_versions(viewer))
        )
    ).one_or_none()
    if found is None:
        raise VersionNotFoundError
    return found


async def refuse_put_away(session: AsyncSession, schedule_id: UUID) -> None:
    """Raises ScheduleArchivedError or ProgramArchivedError: what is put away is read, not worked on."""
    found = await session.exec(
        select(Schedule.archived_at, Program.archived_at)
        .join(Program, col(Program.id) == Schedule.program_id)
        .where(Schedule.id == schedule_id)
    )
    of_schedule, of_program = found.one()
    if of_schedule is not None:
        raise ScheduleArchivedError
    if of_program is not None:
        raise ProgramArchivedError


@states(READ)
async def readable_schedule(schedule_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Schedule:
    """The schedule, for everyone who may read any of its versions."""
    return await find_schedule(session, viewer, schedule_id)


@states(BUILD)
async def draftable_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, for those who build drafts in it; raises ProgramArchivedError."""
    BUILD.check(viewer, program_id)
    program = await program_by_id(session, program_id)
    refuse_archived(program)
    return program


@states(WATCH)
async def watchable_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, for those who watch its runs."""
    WATCH.check(viewer, program_id)
    return await program_by_id(session, program_id)


@states(MANAGE)
async def program_to_put_away(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, locked once changes of its drafts have ended, for those who decide on it."""
    MANAGE.check(viewer, program_id)
    await quiet(session, col(Schedule.program_id) == program_id)
    return await lock_program(session, program_id)


@states(BUILD)
async def buildable_schedule(schedule_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Schedule:
    """The schedule, locked, for those who build drafts; archived or not."""
    schedule = await find_schedule(session, viewer, schedule_id)
    BUILD.check(viewer, schedule.program_id)
    await session.refresh(schedule, with_for_update=EDIT_LOCK)
    return schedule


@states(BUILD)
async def editable_schedule(
    schedule: Annotated[Schedule, Depends(buildable_schedule)],
) -> Schedule:
    """The schedule, locked, to be worked on; raises ScheduleArchivedError for an archived one."""
    if schedule.archived_at is not None:
        raise ScheduleArchivedError
    return schedule


@states(BUILD)
async def open_schedule(schedule_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Schedule:
    """The schedule to make a version of, which takes long: held by nobody, so that nobody waits for it.

    Raises ScheduleArchivedError, ProgramArchivedError; it may be put away any moment.
    """
    schedule = await find_schedule(session, viewer, schedule_id)
    BUILD.check(viewer, schedule.program_id)
    await refuse_put_away(session, schedule.id)
    return schedule


@states(PUBLISH)
async def managed_schedule(schedule_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Schedule:
    """The schedule, locked, for those who decide for the program; archived or not."""
    schedule = await find_schedule(session, viewer, schedule_id)
    PUBLISH.check(viewer, schedule.program_id)
    await session.refresh(schedule, with_for_update=EDIT_LOCK)
    return schedule


@states(READ)
async def readable_version(version_id: UUID, viewer: CurrentViewer, session: SessionDep) -> ScheduleVersion:
    """The version, as far as the viewer may read it."""
    return await find_version(session, viewer, version_id)


async def _locked_draft(
    session: AsyncSession, viewer: Viewer, version_id: UUID, rule: Rule
) -> ScheduleVersion:
    """The draft, locked until the transaction ends, for those whom the rule names.

    Raises VersionNotFoundError, ForbiddenError, VersionNotDraftError for any other state, and
    ScheduleArchivedError or ProgramArchivedError.
    """
    version = await find_version(session, viewer, version_id)
    rule.check(viewer, version.program_id)
    await hold_draft(session, version)
    return version


async def hold_draft(session: AsyncSession, version: ScheduleVersion) -> None:
    """Lock a version that is to be changed, until the transaction ends.

    Who puts its schedule or program away waits for that lock (`quiet`): what is read of either holds. Raises
    VersionNotDraftError for any other state, ScheduleArchivedError or ProgramArchivedError.
    """
    await session.refresh(version, with_for_update=EDIT_LOCK)
    if version.state is not VersionState.DRAFT:
        raise VersionNotDraftError(details={"state": version.state})
    await refuse_put_away(session, version.schedule_id)


@states(BUILD)
async def editable_version(version_id: UUID, viewer: CurrentViewer, session: SessionDep) -> ScheduleVersion:
    """The draft, locked, for those who build; raises what `_locked_draft` does."""
    return await _locked_draft(session, viewer, version_id, BUILD)


@states(BUILD)
async def buildable_version(version_id: UUID, viewer: CurrentViewer, session: SessionDep) -> ScheduleVersion:
    """A version in any state, for those who build from it."""
    version = await find_version(session, viewer, version_id)
    BUILD.check(viewer, version.program_id)
    return version


@states(PUBLISH)
async def publishable_version(
    version_id: UUID, viewer: CurrentViewer, session: SessionDep
) -> ScheduleVersion:
    """The draft, locked, for those who publish; raises what `_locked_draft` does."""
    return await _locked_draft(session, viewer, version_id, PUBLISH)


@states(WATCH)
async def readable_run(run_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Run:
    """The run, for those who build drafts in its program."""
    found = (
        await session.exec(select(Run).where(Run.id == run_id, builds_in(viewer, col(Run.program_id))))
    ).one_or_none()
    if found is None:
        raise RunNotFoundError
    return found


@states(WATCH)
async def locked_run(run: Annotated[Run, Depends(readable_run)], session: SessionDep) -> Run:
    """The run, locked until the transaction ends."""
    await session.refresh(run, with_for_update=EDIT_LOCK)
    return run


DraftableProgram = Annotated[Program, Depends(draftable_program)]
WatchableProgram = Annotated[Program, Depends(watchable_program)]
ProgramToPutAway = Annotated[Program, Depends(program_to_put_away)]
BuildableSchedule = Annotated[Schedule, Depends(buildable_schedule)]
ReadableSchedule = Annotated[Schedule, Depends(readable_schedule)]
EditableSchedule = Annotated[Schedule, Depends(editable_schedule)]
OpenSchedule = Annotated[Schedule, Depends(open_schedule)]
ManagedSchedule = Annotated[Schedule, Depends(managed_schedule)]
ReadableVersion = Annotated[ScheduleVersion, Depends(readable_version)]
EditableVersion = Annotated[ScheduleVersion, Depends(editable_version)]
BuildableVersion = Annotated[ScheduleVersion, Depends(buildable_version)]
PublishableVersion = Annotated[ScheduleVersion, Depends(publishable_version)]
ReadableRun = Annotated[Run, Depends(readable_run)]
LockedRun = Annotated[Run, Depends(locked_run)]
