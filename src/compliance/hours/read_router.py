"""Routes that read entries of hours over all sheets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from src.auth.permissions import CurrentViewer
from src.compliance.hours.dependencies import ProgramWithHours, ReadableResident
from src.compliance.hours.reads import EntryFilter, list_entries_of, stream_csv
from src.compliance.hours.schemas import EntryRead
from src.compliance.hours.worked import zone_of
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.interchange.model import DutyType
from src.pagination import CursorDep, CursorPage
from src.programs.schemas.fields import Day
from src.responses import CSV_RESPONSE

router = APIRouter()


def entry_filter(
    from_date: Annotated[Day | None, Query(description="The first local date.")] = None,
    to_date: Annotated[Day | None, Query(description="The last local date, included.")] = None,
    duty_type: Annotated[DutyType | None, Query(description="Only duty of this type.")] = None,
) -> EntryFilter:
    """The filter that a list's query asks for."""
    return EntryFilter(from_date, to_date, duty_type)


EntryFilterDep = Annotated[EntryFilter, Depends(entry_filter)]


@router.get(
    "/people/{resident_id}/hours",
    summary="List the hours that a resident logged, by dates or duty type",
    responses=error_responses(401, 404),
)
async def list_hours_of_resident(
    resident: ReadableResident, session: SessionDep, wanted: EntryFilterDep, params: CursorDep
) -> CursorPage[EntryRead]:
    return await list_entries_of(session, resident, wanted, params)


@router.get(
    "/programs/{program_id}/hours/entries.csv",
    summary="Stream the hours of a program as the CSV that an import reads; residents get their own",
    response_class=StreamingResponse,
    responses={200: CSV_RESPONSE, **error_responses(401, 404)},
)
async def export_hours(
    program: ProgramWithHours, viewer: CurrentViewer, request: Request, wanted: EntryFilterDep
) -> StreamingResponse:
    zone = zone_of(program.time_zone)
    lines = stream_csv(request.app.state.session_maker, viewer, program.id, wanted, zone)
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{program.code}-hours.csv"'},
    )
