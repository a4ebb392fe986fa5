"""Who may look for swaps of a duty, or ask why it is whose: those who build, and residents for their own.

A resident has only published duties to ask about: drafts are not there for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.exceptions import AssignmentNotFoundError
from src.assignments.models import Assignment, DeniedRequest
from src.auth.constants import DRAFT_EDITORS
from src.auth.permissions import CurrentViewer
from src.auth.rules import program_rule, states
from src.auth.viewer import Viewer
from src.database import SessionDep
from src.exceptions import NotFoundError
from src.schedules.dependencies import readable_versions
from src.schedules.models import ScheduleVersion

LOOK = program_rule(
    "look for swaps and reasons: those who build drafts; residents of their own published duties",
    DRAFT_EDITORS,
)


class DeniedNotFoundError(NotFoundError):
    """The version denies no such request, as far as the viewer may know."""

    code = "DENIED_REQUEST_NOT_FOUND"
    message = "There is no such denied request in this version."


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """An assignment, and the version that holds it."""

    row: Assignment
    version: ScheduleVersion


@dataclass(frozen=True, slots=True)
class OwnDenied:
    """A denied request, and the version that denies it."""

    row: DeniedRequest
    version: ScheduleVersion


async def _duty(
    session: AsyncSession, viewer: Viewer, assignment_id: UUID, version_id: UUID | None = None
) -> OwnDuty:
    statement = (
        select(Assignment, ScheduleVersion)
        .join(ScheduleVersion, col(ScheduleVersion.id) == col(Assignment.version_id))
        .where(Assignment.id == assignment_id, readable_versions(viewer))
    )
    if version_id is not None:
        statement = statement.where(ScheduleVersion.id == version_id)
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise AssignmentNotFoundError
    row, version = found
    if viewer.person_in(version.program_id) != row.person_id:
        LOOK.check(viewer, version.program_id)
    return OwnDuty(row, version)


@states(LOOK)
async def own_duty(assignment_id: UUID, viewer: CurrentViewer, session: SessionDep) -> OwnDuty:
    """The assignment, for those who build or whose duty it is."""
    return await _duty(session, viewer, assignment_id)


@states(LOOK)
async def own_duty_of_version(
    version_id: UUID, assignment_id: UUID, viewer: CurrentViewer, session: SessionDep
) -> OwnDuty:
    """The assignment of this version, for those who build or whose duty it is."""
    return await _duty(session, viewer, assignment_id, version_id)


@states(LOOK)
async def own_denied(
    version_id: UUID, denied_id: UUID, viewer: CurrentViewer, session: SessionDep
) -> OwnDenied:
    """The denied request of this version, for those who build or whose request it was."""
    found = (
        await session.exec(
            select(DeniedRequest, ScheduleVersion)
            .join(ScheduleVersion, col(ScheduleVersion.id) == col(DeniedRequest.version_id))
            .where(DeniedRequest.id == denied_id, ScheduleVersion.id == version_id, readable_versions(viewer))
        )
    ).one_or_none()
    if found is None:
        raise DeniedNotFoundError
    row, version = found
    if viewer.person_in(version.program_id) != row.person_id:
        LOOK.check(viewer, version.program_id)
    return OwnDenied(row, version)


OwnDutyDep = Annotated[OwnDuty, Depends(own_duty)]
OwnDutyOfVersionDep = Annotated[OwnDuty, Depends(own_duty_of_version)]
OwnDeniedDep = Annotated[OwnDenied, Depends(own_denied)]
