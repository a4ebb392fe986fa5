"""Routes that change a draft: one assignment, or up to a hundred at once."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from src.assignments import reads
from src.assignments.dependencies import EditableAssignmentDep
from src.assignments.edits import apply_changes
from src.assignments.models import Assignment
from src.assignments.schemas import (
    AssignmentFields,
    BulkCreate,
    BulkDelete,
    BulkRequest,
    BulkUpdate,
    EditOutcome,
)
from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.etags import IfMatch, etag_of, require_match
from src.exception_handlers import error_responses
from src.idempotency import IdempotencyKey, answer_once
from src.schedules.dependencies import EditableVersion
from src.schedules.models import ScheduleVersion
from src.schedules.schemas import VersionRead

router = APIRouter(tags=["assignments"])


@router.post(
    "/versions/{version_id}/assignments",
    summary="Add an assignment to a draft",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def create_assignment(
    version: EditableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    body: AssignmentFields,
    response: Response,
    if_match: IfMatch = None,
) -> EditOutcome:
    _match_version(version, if_match)
    change = BulkCreate(op="create", **body.model_dump())
    outcome = await apply_changes(session, viewer, version, [change])
    response.headers["ETag"] = outcome.version_etag
    response.headers["Location"] = f"/api/v1/assignments/{outcome.assignments[0].id}"
    return outcome


@router.put(
    "/assignments/{assignment_id}",
    summary="Change an assignment of a draft",
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def update_assignment(
    assignment: EditableAssignmentDep,
    viewer: CurrentViewer,
    session: SessionDep,
    body: AssignmentFields,
    response: Response,
    if_match: IfMatch = None,
) -> EditOutcome:
    await _match_assignment(session, assignment.row, if_match)
    change = BulkUpdate(op="update", id=assignment.row.id, **body.model_dump())
    outcome = await apply_changes(session, viewer, assignment.version, [change])
    response.headers["ETag"] = etag_of(assignment.row.id, assignment.row.revision)
    return outcome


@router.delete(
    "/assignments/{assignment_id}",
    summary="Delete an assignment of a draft",
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def delete_assignment(
    assignment: EditableAssignmentDep, viewer: CurrentViewer, session: SessionDep, if_match: IfMatch = None
) -> EditOutcome:
    await _match_assignment(session, assignment.row, if_match)
    change = BulkDelete(op="delete", id=assignment.row.id)
    return await apply_changes(session, viewer, assignment.version, [change])


@router.post(
    "/versions/{version_id}/assignments/bulk",
    summary="Apply up to 100 changes to a draft, all or nothing",
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def change_assignments(
    version: EditableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    body: BulkRequest,
    response: Response,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> EditOutcome:
    async def change() -> EditOutcome:
        _match_version(version, if_match)
        return await apply_changes(session, viewer, version, body.changes)

    done = await answer_once(
        session,
        EditOutcome,
        change,
        user_id=viewer.id,
        operation=f"bulk:{version.id}",
        key=idempotency_key,
        body=body.model_dump(mode="json"),
    )
    response.headers["ETag"] = done.version_etag
    return done


def _match_version(version: ScheduleVersion, if_match: str | None) -> None:
    current = VersionRead.of(version)
    require_match(if_match, current.etag, current.model_dump(mode="json"))


async def _match_assignment(session: SessionDep, row: Assignment, if_match: str | None) -> None:
    current = await reads.read_assignment(session, row)
    require_match(if_match, current.etag, current.model_dump(mode="json"))
