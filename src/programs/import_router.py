"""Import and export of whole programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, Response, UploadFile, status

from src.auth.permissions import CurrentViewer, ProgramCreator
from src.database import SessionDep
from src.etags import IfMatch, etag_of
from src.exception_handlers import error_responses
from src.idempotency import IdempotencyKey, answer_once
from src.interchange.issues import IssueSeverity
from src.programs import imports
from src.programs.dependencies import EditableProgram, ExportableProgram
from src.programs.imports import ExportFormat, ImportOutcome
from src.programs.models import Program
from src.programs.schemas.imports import ImportRead, IssueRead, show_difference
from src.programs.service import require_settings_match
from src.programs.uploads import read_upload
from src.rate_limits import rate_limit

MEDIA_TYPES = {
    ExportFormat.ZIP: "application/zip",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

router = APIRouter()

Upload = Annotated[
    list[UploadFile],
    File(
        alias="file",
        min_length=1,
        description="One .zip or .xlsx file, or the .csv and .toml files of a folder, one part each.",
    ),
]
DryRun = Annotated[
    bool,
    Query(description="Only tell all errors and warnings and what would change; write nothing."),
]
_limited = Depends(rate_limit("program import", "240/minute"))


@router.post(
    "/import",
    summary="Make a new program from a folder, archive or workbook",
    description="A dry run answers 200 with every error and warning; without it errors are 422 and nothing"
    " is written.",
    status_code=status.HTTP_201_CREATED,
    responses={
        200: {"model": ImportRead, "description": "Dry run"},
        **error_responses(400, 401, 403, 413, 429),
    },
    dependencies=[_limited],
)
async def import_program(
    viewer: ProgramCreator,
    session: SessionDep,
    response: Response,
    file: Upload,
    dry_run: DryRun = False,
    idempotency_key: IdempotencyKey = None,
) -> ImportRead:
    reading, upload_hash = await read_upload(file)
    if dry_run:
        response.status_code = status.HTTP_200_OK
        return _show(await imports.preview_import(session, reading), dry_run=True)

    async def bring_in() -> ImportRead:
        return _show(await imports.import_program(session, viewer, reading))

    shown = await answer_once(
        session,
        ImportRead,
        bring_in,
        user_id=viewer.id,
        operation="import_program",
        key=idempotency_key,
        body={"sha256": upload_hash},
    )
    response.headers["Location"] = f"/api/v1/programs/{shown.program_id}"
    response.headers["ETag"] = str(shown.etag)
    return shown


@router.post(
    "/{program_id}/import",
    summary="Replace all inputs of a program by a folder, archive or workbook",
    description="A dry run answers with every error and warning and with what would change, row by row."
    " Without it errors are 422, and what schedules use is not removed (409); nothing is written then."
    " If-Match with the program's ETag is optional here.",
    responses=error_responses(400, 401, 403, 404, 409, 412, 413, 429),
    dependencies=[_limited],
)
async def replace_program(
    program: EditableProgram,
    viewer: CurrentViewer,
    session: SessionDep,
    response: Response,
    file: Upload,
    dry_run: DryRun = False,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> ImportRead:
    reading, upload_hash = await read_upload(file)
    if dry_run:
        return _show(await imports.preview_import(session, reading, program), dry_run=True)

    async def replace() -> ImportRead:
        if if_match is not None:
            require_settings_match(program, viewer, if_match)
        return _show(await imports.import_program(session, viewer, reading, program))

    shown = await answer_once(
        session,
        ImportRead,
        replace,
        user_id=viewer.id,
        operation=f"replace_program:{program.id}",
        key=idempotency_key,
        body={"sha256": upload_hash},
    )
    response.headers["ETag"] = str(shown.etag)
    return shown


@router.get(
    "/{program_id}/export",
    summary="Export a program as a zip archive of its folder, or as a workbook",
    response_class=Response,
    responses={
        200: {
            "description": "The program; reading it gives an equal one",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()
            },
        },
        **error_responses(401, 403, 404),
    },
)
async def export_program(
    program: ExportableProgram,
    session: SessionDep,
    packing: Annotated[
        ExportFormat, Query(alias="format", description="A zip archive of the folder, or a workbook.")
    ] = ExportFormat.ZIP,
) -> Response:
    data = await imports.export_program(session, program.id, packing)
    name = f"{program.code}.{packing}"
    return Response(
        data,
        media_type=MEDIA_TYPES[packing],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "ETag": etag_of(program.id, program.inputs_revision),
        },
    )


def _show(outcome: ImportOutcome, *, dry_run: bool = False) -> ImportRead:
    program: Program | None = outcome.program
    return ImportRead(
        dry_run=dry_run,
        accepted=outcome.is_accepted,
        program_id=program.id if program else None,
        etag=etag_of(program.id, program.revision) if program else None,
        error_count=imports.count_of(outcome.issues, IssueSeverity.ERROR),
        warning_count=imports.count_of(outcome.issues, IssueSeverity.WARNING),
        issues=[IssueRead.of(issue) for issue in outcome.issues],
        difference=show_difference(outcome.difference),
        counts=dict(outcome.counts),
        sha256=outcome.sha256,
    )
