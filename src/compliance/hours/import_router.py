"""Worked hours from CSV files: the own ones, or those of a whole program."""

from __future__ import annotations

import hashlib
from typing import Annotated, Self

from fastapi import APIRouter, Depends, File, Query, UploadFile
from pydantic import BaseModel, ConfigDict

from src.auth.permissions import CurrentViewer
from src.compliance.hours.constants import MAX_IMPORT_BYTES
from src.compliance.hours.dependencies import LoggingResident, ProgramKeepingHours
from src.compliance.hours.imports import HoursImport, import_hours, preview_hours
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.exceptions import TooLargeError
from src.idempotency import IdempotencyKey, answer_once
from src.programs.lookup import refuse_archived
from src.programs.schemas.imports import IssueRead
from src.rate_limits import rate_limit

router = APIRouter()

Upload = Annotated[
    UploadFile,
    File(
        alias="file",
        description="A CSV file, UTF-8: person,start_at,end_at,duty_type,reason; instants with their offset.",
    ),
]
DryRun = Annotated[bool, Query(description="Only tell all errors and warnings and what it would do.")]
_limited = Depends(rate_limit("hours import", "120/minute"))
_WHAT_ERRORS_DO = (
    "A dry run answers 200 with every error and warning; without it errors are 422 (409 where only dates that"
    " are handed in stand in the way), and nothing is written."
)
_ERRORS = error_responses(400, 401, 403, 404, 409, 413, 429)


class HoursImportRead(BaseModel):
    """What an import of hours would do (`dry_run`) or did. `accepted` false: errors keep it out.

    `rows` are those that read well, `added` entries, `confirmed` copies of the schedule, `opened` sheets.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "dry_run": True,
                "accepted": False,
                "error_count": 1,
                "warning_count": 0,
                "issues": [
                    {
                        "severity": "error",
                        "file": "hours.csv",
                        "row": 3,
                        "column": "end_at",
                        "code": "contradiction",
                        "message": "lies before start_at",
                    }
                ],
                "rows": 40,
                "added": 40,
                "confirmed": 0,
                "opened": 1,
                "sha256": "ff489e98f43fbb3a1c2f2f1a1f9f9a3f6f6c3e0b8a9d7c6b5a4938271605f4e3",
            }
        }
    )

    dry_run: bool
    accepted: bool
    error_count: int
    warning_count: int
    issues: list[IssueRead]
    rows: int
    added: int
    confirmed: int
    opened: int
    sha256: str

    @classmethod
    def of(cls, outcome: HoursImport, *, dry_run: bool) -> Self:
        return cls(
            dry_run=dry_run,
            accepted=outcome.is_accepted,
            error_count=outcome.error_count,
            warning_count=len(outcome.issues) - outcome.error_count,
            issues=[IssueRead.of(issue) for issue in outcome.issues],
            rows=outcome.rows,
            added=outcome.added,
            confirmed=outcome.confirmed,
            opened=outcome.opened,
            sha256=outcome.sha256,
        )


@router.post(
    "/people/{resident_id}/hours/import",
    summary="Log the own hours from a CSV file",
    description=_WHAT_ERRORS_DO,
    responses=_ERRORS,
    dependencies=[_limited],
)
async def import_own_hours(
    resident: LoggingResident,
    viewer: CurrentViewer,
    session: SessionDep,
    file: Upload,
    dry_run: DryRun = False,
    idempotency_key: IdempotencyKey = None,
) -> HoursImportRead:
    data = await _content(file)
    if dry_run:
        outcome = await preview_hours(session, resident.program, data, resident.person)
        return HoursImportRead.of(outcome, dry_run=True)

    async def work() -> HoursImportRead:
        outcome = await import_hours(session, viewer, resident.program, data, resident.person)
        return HoursImportRead.of(outcome, dry_run=False)

    return await answer_once(
        session,
        HoursImportRead,
        work,
        user_id=viewer.id,
        operation=f"import_own_hours:{resident.person.id}",
        key=idempotency_key,
        body={"sha256": hashlib.sha256(data).hexdigest()},
    )


@router.post(
    "/programs/{program_id}/hours/import",
    summary="Log the hours of a program's residents from a CSV file",
    description=_WHAT_ERRORS_DO,
    responses=_ERRORS,
    dependencies=[_limited],
)
async def import_program_hours(
    program: ProgramKeepingHours,
    viewer: CurrentViewer,
    session: SessionDep,
    file: Upload,
    dry_run: DryRun = False,
    idempotency_key: IdempotencyKey = None,
) -> HoursImportRead:
    refuse_archived(program)
    data = await _content(file)
    if dry_run:
        return HoursImportRead.of(await preview_hours(session, program, data), dry_run=True)

    async def work() -> HoursImportRead:
        return HoursImportRead.of(await import_hours(session, viewer, program, data), dry_run=False)

    return await answer_once(
        session,
        HoursImportRead,
        work,
        user_id=viewer.id,
        operation=f"import_program_hours:{program.id}",
        key=idempotency_key,
        body={"sha256": hashlib.sha256(data).hexdigest()},
    )


async def _content(file: UploadFile) -> bytes:
    data = await file.read(MAX_IMPORT_BYTES + 1)
    if len(data) > MAX_IMPORT_BYTES:
        raise TooLargeError(f"The file is larger than {MAX_IMPORT_BYTES // 2**20} MB.")
    return data
