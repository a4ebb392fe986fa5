"""Routes of versions as a whole: read, copy, check, compare."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from src.assignments.judge import judge_version, load_content
from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.etags import etag_of
from src.exception_handlers import error_responses
from src.idempotency import IdempotencyKey, answer_once
from src.interchange.writer import program_zip
from src.pagination import PagingDep
from src.planning.publishing.standing import report_under_waivers
from src.planning.versions.compare import compare
from src.planning.versions.copy_version import copy_version
from src.planning.versions.dependencies import VersionWithInputs
from src.planning.versions.schemas import CheckRead, ComparisonRead, CopyRequest
from src.planning.versions.stale_inputs import input_state
from src.responses import ZIP_RESPONSE
from src.schedules.dependencies import BuildableVersion, ReadableVersion, find_version
from src.schedules.exceptions import VersionNotFoundError
from src.schedules.schemas import VersionRead
from src.schedules.snapshots import load_snapshot

router = APIRouter(tags=["planning"])


@router.get(
    "/versions/{version_id}",
    summary="Read a version: its state, score and whether the inputs have moved on",
    responses=error_responses(401, 404),
)
async def read_version(version: ReadableVersion, session: SessionDep, response: Response) -> VersionRead:
    digest, moved_on = await input_state(session, version)
    response.headers["ETag"] = etag_of(version.id, version.revision)
    return VersionRead.of(version, input_hash=digest, inputs_moved_on=moved_on)


@router.post(
    "/versions/{version_id}/copy",
    summary="Make a new draft from a version",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 403, 404, 409),
)
async def copy(
    version: BuildableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    body: CopyRequest,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> VersionRead:
    async def make() -> VersionRead:
        return VersionRead.of(await copy_version(session, viewer, version, body.note))

    draft = await answer_once(
        session,
        VersionRead,
        make,
        user_id=viewer.id,
        operation=f"copy:{version.id}",
        key=idempotency_key,
        body=body.model_dump(mode="json"),
    )
    response.headers["Location"] = f"/api/v1/versions/{draft.id}"
    response.headers["ETag"] = draft.etag
    return draft


@router.get(
    "/versions/{version_id}/check",
    summary="Judge a version now: duty-hour findings, what always holds, score",
    responses=error_responses(401, 403, 404),
)
async def check_version(version: BuildableVersion, session: SessionDep) -> CheckRead:
    judged = await judge_version(session, version)
    return CheckRead.of(await report_under_waivers(session, version, judged))


@router.get(
    "/versions/{version_id}/inputs",
    summary="The program folder that a version was made from, as a zip archive",
    description="What `rounds check` needs beside the version's own export, however much the program's inputs"
    " have moved on since.",
    response_class=Response,
    responses={
        200: ZIP_RESPONSE,
        **error_responses(401, 403, 404),
    },
)
async def export_inputs_of_version(version: VersionWithInputs, session: SessionDep) -> Response:
    program = await load_snapshot(session, version.snapshot_id)
    return Response(
        await asyncio.to_thread(program_zip, program),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="inputs-v{version.number}.zip"'},
    )


@router.get(
    "/versions/{version_id}/compare",
    summary="What changed from another version to this one",
    responses=error_responses(401, 403, 404),
)
async def compare_versions(
    version: BuildableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    params: PagingDep,
    base: Annotated[
        UUID, Query(alias="with", description="The version to compare with, as the earlier one.")
    ],
) -> ComparisonRead:
    earlier = await find_version(session, viewer, base)
    if earlier.program_id != version.program_id:
        raise VersionNotFoundError("The versions to compare are of different programs.")
    _, before = await load_content(session, earlier)
    _, after = await load_content(session, version)
    found = await asyncio.to_thread(compare, before, after)
    return ComparisonRead.of(earlier.id, version.id, found, params.page, params.page_size)
