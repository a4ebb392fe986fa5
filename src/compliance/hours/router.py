"""Routes of worked hours: sheets and their entries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.permissions import CurrentViewer
from src.auth.viewer import Viewer
from src.compliance.hours import sheets
from src.compliance.hours.constants import SheetState
from src.compliance.hours.dependencies import (
    EditableEntryDep,
    KeptSheet,
    LoggingResident,
    OwnSheet,
    ProgramWithHours,
    ReadableEntry,
    ReadableResident,
    ReadableSheet,
    WritableSheet,
)
from src.compliance.hours.edits import apply_changes, confirm_all, sheet_detail
from src.compliance.hours.import_router import router as import_router
from src.compliance.hours.read_router import router as read_router
from src.compliance.hours.repository import Sheet
from src.compliance.hours.schemas import (
    EntriesOutcome,
    EntryChanges,
    EntryCreate,
    EntryDelete,
    EntryFields,
    EntryRead,
    EntryUpdate,
    ReopenRequest,
    SheetCreate,
    SheetDetail,
    SheetRead,
)
from src.database import SessionDep
from src.etags import IfMatch, require_match
from src.exception_handlers import error_responses
from src.idempotency import IdempotencyKey, answer_once
from src.pagination import Page, SortedPageDep
from src.programs.schemas.fields import Code, Day

router = APIRouter(tags=["hours"])
router.include_router(read_router)
router.include_router(import_router)

_EDIT_ERRORS = error_responses(401, 403, 404, 409, 412, 428)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a sheet from one state to the next: who takes it, on which state, and where the tag goes."""

    viewer: Viewer
    session: AsyncSession
    response: Response
    if_match: str | None

    async def take(
        self, sheet: Sheet, move: Callable[[AsyncSession, Viewer, Sheet], Awaitable[None]]
    ) -> SheetDetail:
        await match_sheet(self.session, sheet, self.if_match)
        await move(self.session, self.viewer, sheet)
        shown = await sheet_detail(self.session, sheet)
        self.response.headers["ETag"] = shown.etag
        return shown


async def step_of(
    viewer: CurrentViewer, session: SessionDep, response: Response, if_match: IfMatch = None
) -> Step:
    return Step(viewer, session, response, if_match)


StepDep = Annotated[Step, Depends(step_of)]


@router.get(
    "/programs/{program_id}/hours/sheets",
    summary="List the sheets of hours of a program; residents see their own",
    responses=error_responses(401, 404),
)
async def list_hour_sheets(
    program: ProgramWithHours,
    viewer: CurrentViewer,
    session: SessionDep,
    params: SortedPageDep,
    person: Annotated[Code | None, Query(description="A resident's code, as R001.")] = None,
    state: Annotated[SheetState | None, Query(description="Only sheets in this state.")] = None,
    date: Annotated[Day | None, Query(description="Only sheets that hold this local date.")] = None,
) -> Page[SheetRead]:
    return await sheets.list_sheets(session, viewer, program.id, params, person=person, state=state, on=date)


@router.get(
    "/people/{resident_id}/hours/sheets",
    summary="List the sheets of hours of one resident",
    responses=error_responses(401, 404),
)
async def list_hour_sheets_of_resident(
    resident: ReadableResident,
    viewer: CurrentViewer,
    session: SessionDep,
    params: SortedPageDep,
    state: Annotated[SheetState | None, Query(description="Only sheets in this state.")] = None,
) -> Page[SheetRead]:
    return await sheets.list_sheets(
        session, viewer, resident.program.id, params, person=resident.person.code, state=state
    )


@router.post(
    "/people/{resident_id}/hours/sheets",
    summary="Open a sheet for the own hours of an academic block or a week",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 403, 404, 409),
)
async def open_hour_sheet(
    resident: LoggingResident,
    viewer: CurrentViewer,
    session: SessionDep,
    body: SheetCreate,
    response: Response,
) -> SheetDetail:
    shown = await sheet_detail(session, await sheets.open_sheet(session, viewer, resident, body))
    response.headers["Location"] = f"/api/v1/hours/sheets/{shown.id}"
    response.headers["ETag"] = shown.etag
    return shown


@router.get(
    "/hours/sheets/{sheet_id}",
    summary="Read a sheet of hours: its state, its sum, what overlaps",
    responses=error_responses(401, 404),
)
async def read_hour_sheet(sheet: ReadableSheet, session: SessionDep, response: Response) -> SheetDetail:
    shown = await sheet_detail(session, sheet)
    response.headers["ETag"] = shown.etag
    return shown


@router.delete(
    "/hours/sheets/{sheet_id}",
    summary="Remove an own open sheet that has no entries",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=_EDIT_ERRORS,
)
async def remove_hour_sheet(
    sheet: OwnSheet, viewer: CurrentViewer, session: SessionDep, if_match: IfMatch = None
) -> None:
    await match_sheet(session, sheet, if_match)
    await sheets.remove_sheet(session, viewer, sheet)


@router.get(
    "/hours/sheets/{sheet_id}/entries",
    summary="List the entries of a sheet of hours",
    responses=error_responses(401, 404),
)
async def list_hour_entries(
    sheet: ReadableSheet, session: SessionDep, params: SortedPageDep
) -> Page[EntryRead]:
    return await sheets.list_entries(session, sheet, params)


@router.post(
    "/hours/sheets/{sheet_id}/entries",
    summary="Log hours worked",
    status_code=status.HTTP_201_CREATED,
    responses=_EDIT_ERRORS,
)
async def log_hours(
    sheet: WritableSheet,
    viewer: CurrentViewer,
    session: SessionDep,
    body: EntryFields,
    response: Response,
    if_match: IfMatch = None,
) -> EntriesOutcome:
    await match_sheet(session, sheet, if_match)
    change = EntryCreate(op="create", **body.model_dump())
    outcome = await apply_changes(session, viewer, sheet, [change], single=True)
    response.headers["ETag"] = outcome.sheet.etag
    response.headers["Location"] = f"/api/v1/hours/entries/{outcome.entries[0].id}"
    return outcome


@router.post(
    "/hours/sheets/{sheet_id}/bulk",
    summary="Apply up to 100 changes to a sheet of hours, all or nothing",
    responses=_EDIT_ERRORS,
)
async def change_hours(
    sheet: WritableSheet,
    viewer: CurrentViewer,
    session: SessionDep,
    body: EntryChanges,
    response: Response,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> EntriesOutcome:
    async def change() -> EntriesOutcome:
        await match_sheet(session, sheet, if_match)
        return await apply_changes(session, viewer, sheet, body.changes)

    done = await answer_once(
        session,
        EntriesOutcome,
        change,
        user_id=viewer.id,
        operation=f"hours_bulk:{sheet.row.id}",
        key=idempotency_key,
        body=body.model_dump(mode="json"),
    )
    response.headers["ETag"] = done.sheet.etag
    return done


@router.post(
    "/hours/sheets/{sheet_id}/confirm",
    summary="Confirm every copy of the schedule that waits in a sheet",
    responses=_EDIT_ERRORS,
)
async def confirm_hours(
    sheet: WritableSheet,
    viewer: CurrentViewer,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> EntriesOutcome:
    await match_sheet(session, sheet, if_match)
    outcome = await confirm_all(session, viewer, sheet)
    response.headers["ETag"] = outcome.sheet.etag
    return outcome


@router.post(
    "/hours/sheets/{sheet_id}/submit",
    summary="Hand a sheet in; from then on it is what the rules judge",
    responses=_EDIT_ERRORS,
)
async def submit_hours(sheet: OwnSheet, step: StepDep) -> SheetDetail:
    return await step.take(sheet, sheets.submit_sheet)


@router.post(
    "/hours/sheets/{sheet_id}/lock",
    summary="Accept and lock a sheet that was handed in",
    responses=_EDIT_ERRORS,
)
async def lock_hours(sheet: KeptSheet, step: StepDep) -> SheetDetail:
    return await step.take(sheet, sheets.lock_sheet)


@router.post(
    "/hours/sheets/{sheet_id}/reopen",
    summary="Give a sheet that was handed in back to its resident, with a reason",
    responses=_EDIT_ERRORS,
)
async def reopen_hours(sheet: KeptSheet, step: StepDep, body: ReopenRequest) -> SheetDetail:
    return await step.take(sheet, partial(sheets.reopen_sheet, reason=body.reason))


@router.get(
    "/hours/entries/{entry_id}",
    summary="Read an entry of hours",
    responses=error_responses(401, 404),
)
async def read_hour_entry(entry: ReadableEntry, response: Response) -> EntryRead:
    shown = EntryRead.of(entry.row, entry.sheet.person.code)
    response.headers["ETag"] = shown.etag
    return shown


@router.put(
    "/hours/entries/{entry_id}",
    summary="Change an own entry of hours; a copy of the schedule becomes confirmed or changed",
    responses=_EDIT_ERRORS,
)
async def change_hour_entry(
    entry: EditableEntryDep,
    viewer: CurrentViewer,
    session: SessionDep,
    body: EntryFields,
    response: Response,
    if_match: IfMatch = None,
) -> EntriesOutcome:
    _match_entry(entry, if_match)
    change = EntryUpdate(op="update", id=entry.row.id, **body.model_dump())
    outcome = await apply_changes(session, viewer, entry.sheet, [change], single=True)
    response.headers["ETag"] = outcome.entries[0].etag
    return outcome


@router.delete(
    "/hours/entries/{entry_id}",
    summary="Remove an own entry of hours",
    responses=_EDIT_ERRORS,
)
async def remove_hour_entry(
    entry: EditableEntryDep, viewer: CurrentViewer, session: SessionDep, if_match: IfMatch = None
) -> EntriesOutcome:
    _match_entry(entry, if_match)
    change = EntryDelete(op="delete", id=entry.row.id)
    return await apply_changes(session, viewer, entry.sheet, [change], single=True)


async def match_sheet(session: SessionDep, sheet: Sheet, if_match: str | None) -> None:
    """Go on only when the caller means the sheet as it is; the error tells how it is."""
    current = await sheet_detail(session, sheet)
    require_match(if_match, current.etag, current.model_dump(mode="json"))


def _match_entry(entry: EditableEntryDep, if_match: str | None) -> None:
    current = EntryRead.of(entry.row, entry.sheet.person.code)
    require_match(if_match, current.etag, current.model_dump(mode="json"))
