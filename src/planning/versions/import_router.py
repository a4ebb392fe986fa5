"""The route that takes a schedule made elsewhere."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, File, Response, UploadFile, status

from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.exceptions import TooLargeError
from src.idempotency import IdempotencyKey, answer_once
from src.interchange.limits import MAX_ARCHIVE_BYTES
from src.planning.versions.import_version import import_version
from src.rate_limits import rate_limit
from src.schedules.dependencies import OpenSchedule
from src.schedules.schemas import VersionRead

router = APIRouter(tags=["planning"])


@router.post(
    "/schedules/{schedule_id}/versions",
    summary="Make a new draft from a schedule folder made elsewhere",
    description="The folder comes as a zip archive: `year.csv`, `vacations.csv`, `assignments.csv`. It is"
    " judged by the program's inputs as they are now. A row about what the program does not have is an error;"
    " nothing is written then. `start_from` of a generation may name the draft.",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(400, 401, 403, 404, 409, 413, 429),
    dependencies=[Depends(rate_limit("version import", "60/minute"))],
)
async def import_schedule(
    schedule: OpenSchedule,
    viewer: CurrentViewer,
    session: SessionDep,
    response: Response,
    file: Annotated[UploadFile, File(description="A zip archive of a schedule folder.")],
    idempotency_key: IdempotencyKey = None,
) -> VersionRead:
    data = await file.read(MAX_ARCHIVE_BYTES + 1)
    if len(data) > MAX_ARCHIVE_BYTES:
        raise TooLargeError(f"The file is larger than {MAX_ARCHIVE_BYTES // 2**20} MB.")

    async def bring_in() -> VersionRead:
        name = file.filename or "schedule.zip"
        return VersionRead.of(await import_version(session, viewer, schedule, name, data))

    draft = await answer_once(
        session,
        VersionRead,
        bring_in,
        user_id=viewer.id,
        operation=f"import_version:{schedule.id}",
        key=idempotency_key,
        body={"sha256": hashlib.sha256(data).hexdigest()},
    )
    response.headers["Location"] = f"/api/v1/versions/{draft.id}"
    response.headers["ETag"] = draft.etag
    return draft
