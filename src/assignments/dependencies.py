"""Assignments as named types, and who of a version's people a viewer may see more of."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlmodel import col, select

from src.assignments.exceptions import AssignmentNotFoundError
from src.assignments.models import Assignment
from src.assignments.reads import AssignmentFilter
from src.assignments.schemas import Code
from src.auth.constants import DRAFT_EDITORS
from src.auth.permissions import CurrentViewer
from src.auth.rules import states
from src.auth.viewer import Viewer
from src.database import SessionDep
from src.interchange.model import Session
from src.interchange.schedule import AssignmentKind
from src.schedules.dependencies import BUILD, READ, hold_draft, readable_versions
from src.schedules.models import ScheduleVersion


class EditableAssignment:
    """An assignment with its draft version, which is locked until the transaction ends."""

    def __init__(self, row: Assignment, version: ScheduleVersion) -> None:
        self.row = row
        self.version = version


async def _find(
    session: SessionDep, viewer: Viewer, assignment_id: UUID
) -> tuple[Assignment, ScheduleVersion]:
    found = (
        await session.exec(
            select(Assignment, ScheduleVersion)
            .join(ScheduleVersion, col(ScheduleVersion.id) == col(Assignment.version_id))
            .where(Assignment.id == assignment_id, readable_versions(viewer))
        )
    ).one_or_none()
    if found is None:
        raise AssignmentNotFoundError
    return found


@states(READ)
async def readable_assignment(assignment_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Assignment:
    """The assignment, as far as the viewer may read its version."""
    return (await _find(session, viewer, assignment_id))[0]


@states(BUILD)
async def editable_assignment(
    assignment_id: UUID, viewer: CurrentViewer, session: SessionDep
) -> EditableAssignment:
    """The assignment of a draft, for those who edit drafts.

    Raises AssignmentNotFoundError, ForbiddenError, VersionNotDraftError for other states, and
    ScheduleArchivedError or ProgramArchivedError.
    """
    _, version = await _find(session, viewer, assignment_id)
    BUILD.check(viewer, version.program_id)
    await hold_draft(session, version)
    still_there = (
        await session.exec(
            select(Assignment).where(Assignment.id == assignment_id).execution_options(populate_existing=True)
        )
    ).one_or_none()
    if still_there is None:
        raise AssignmentNotFoundError
    return EditableAssignment(still_there, version)


def assignment_filter(
    person: Annotated[Code | None, Query(description="A person's id in the program, as R001.")] = None,
    rotation: Annotated[Code | None, Query(description="Only sessions of this rotation.")] = None,
    call: Annotated[Code | None, Query(description="Only duty of this call.")] = None,
    kind: Annotated[AssignmentKind | None, Query(description="Only assignments of this kind.")] = None,
    session: Annotated[Session | None, Query(description="Only this session of the days.")] = None,
    from_date: Annotated[date | None, Query(description="The first local date.")] = None,
    to_date: Annotated[date | None, Query(description="The last local date, included.")] = None,
) -> AssignmentFilter:
    """The filter that a list's query asks for."""
    return AssignmentFilter(person, rotation, call, kind, session, from_date, to_date)


def own_person_only(viewer: Viewer, version: ScheduleVersion) -> UUID | None:
    """The only person whose requests and findings the viewer may see; None = everyone's.

    A resident or faculty member who is linked to no person sees nobody's: a fresh id that no row has.
    """
    if viewer.may(version.program_id, DRAFT_EDITORS):
        return None
    return viewer.person_in(version.program_id) or UUID(int=0)


ReadableAssignment = Annotated[Assignment, Depends(readable_assignment)]
EditableAssignmentDep = Annotated[EditableAssignment, Depends(editable_assignment)]
AssignmentFilterDep = Annotated[AssignmentFilter, Depends(assignment_filter)]
