"""Routes of a version's content: lists, grids, coverage, fairness, edits, exports."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from src.assignments import export, reads
from src.assignments.coverage import demand_on
from src.assignments.dependencies import (
    AssignmentFilterDep,
    ReadableAssignment,
    own_person_only,
)
from src.assignments.edits import coverage_read
from src.assignments.fairness import loads
from src.assignments.judge import load_content
from src.assignments.reads import AssignmentFilter
from src.assignments.schemas import (
    AssignmentRead,
    DemandRead,
    DeniedRead,
    FairnessLine,
    Grid,
    UnmetRead,
    YearLine,
)
from src.auth.permissions import CurrentViewer
from src.compliance.finding_schemas import FindingRead
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.exceptions import InvalidError
from src.interchange.model import HistoryCountKind, days_between
from src.interchange.schedule import AssignmentRow, Severity
from src.pagination import CursorDep, CursorPage, Page, PagingDep
from src.responses import CSV_RESPONSE, ZIP_RESPONSE
from src.schedules.dependencies import BuildableVersion, ReadableVersion
from src.schedules.models import ScheduleVersion
from src.schedules.snapshots import load_snapshot

LONGEST_GRID_DAYS = 62
LONGEST_UPCOMING_DAYS = 366

router = APIRouter(tags=["assignments"])

UpcomingDays = Annotated[
    int | None,
    Query(
        ge=1,
        le=LONGEST_UPCOMING_DAYS,
        description="Today (in the program's zone) and the days after it, this many in all; not with dates.",
    ),
]


class BadRangeError(InvalidError):
    """The dates asked for are out of order, or too many at once."""

    code = "BAD_DATE_RANGE"
    message = f"Ask for at most {LONGEST_GRID_DAYS} days, the first not after the last."


@router.get(
    "/versions/{version_id}/assignments",
    summary="List assignments by person, rotation, call, dates or session",
    responses=error_responses(401, 404),
)
async def list_assignments(
    version: ReadableVersion,
    session: SessionDep,
    wanted: AssignmentFilterDep,
    params: CursorDep,
    upcoming: UpcomingDays = None,
) -> CursorPage[AssignmentRead]:
    if upcoming is not None:
        program = await load_snapshot(session, version.snapshot_id)
        wanted = _upcoming(wanted, upcoming, program.zone)
    return await reads.list_assignments(session, version.id, wanted, params)


@router.get(
    "/versions/{version_id}/assignments.csv",
    summary="Stream the assignments as CSV",
    response_class=StreamingResponse,
    responses={200: CSV_RESPONSE, **error_responses(401, 404)},
)
async def export_csv(
    version: ReadableVersion, session: SessionDep, request: Request, wanted: AssignmentFilterDep
) -> StreamingResponse:
    program = await load_snapshot(session, version.snapshot_id)
    lines = export.stream_csv(
        request.app.state.session_maker, version.program_id, version.id, wanted, program.zone
    )
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="assignments-v{version.number}.csv"'},
    )


@router.get(
    "/versions/{version_id}/export",
    summary="The schedule folder as a zip archive",
    response_class=Response,
    responses={200: ZIP_RESPONSE, **error_responses(401, 403, 404)},
)
async def export_version(version: BuildableVersion, session: SessionDep) -> Response:
    return Response(
        await export.folder_zip(session, version),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="schedule-v{version.number}.zip"'},
    )


@router.get(
    "/versions/{version_id}/year",
    summary="The year plan: residents by academic blocks, with vacation weeks",
    responses=error_responses(401, 404),
)
async def read_year(version: ReadableVersion, session: SessionDep) -> list[YearLine]:
    program = await load_snapshot(session, version.snapshot_id)
    return await reads.year_lines(session, program, version.id)


@router.get(
    "/versions/{version_id}/grid",
    summary="People by dates",
    responses=error_responses(401, 404),
)
async def read_grid(
    version: ReadableVersion,
    session: SessionDep,
    wanted: AssignmentFilterDep,
    upcoming: UpcomingDays = None,
) -> Grid:
    program = await load_snapshot(session, version.snapshot_id)
    if upcoming is not None:
        wanted = _upcoming(wanted, upcoming, program.zone)
    _, wanted = _range(version, wanted)
    return await reads.grid(session, program, version.id, wanted)


@router.get(
    "/versions/{version_id}/coverage",
    summary="Demand and who meets it, date by date",
    responses=error_responses(401, 404),
)
async def read_coverage_by_date(
    version: ReadableVersion,
    session: SessionDep,
    from_date: Annotated[dt.date | None, Query(description="The first local date.")] = None,
    to_date: Annotated[dt.date | None, Query(description="The last local date, included.")] = None,
    short_only: Annotated[bool, Query(description="Only demand that is not met.")] = False,
) -> list[DemandRead]:
    program = await load_snapshot(session, version.snapshot_id)
    dates, wanted = _range(version, AssignmentFilter(first=from_date, last=to_date))
    found = await session.exec(reads.assignments_of(version.id, wanted))
    rows = [
        AssignmentRow(person, row.date, row.session, row.kind, item, row.start_at, row.end_at, row.duty_type)
        for row, person, item in found
    ]
    return [
        coverage_read(demand)
        for demand in demand_on(program, rows, dates)
        if demand.is_short or not short_only
    ]


def _upcoming(wanted: AssignmentFilter, days: int, zone: ZoneInfo) -> AssignmentFilter:
    """The dates from today on; raises BadRangeError where dates of the caller's own are given with them."""
    if wanted.first is not None or wanted.last is not None:
        raise BadRangeError("upcoming counts from today: give it, or from_date and to_date, not both.")
    return wanted.upcoming(days, zone)


def _range(version: ScheduleVersion, wanted: AssignmentFilter) -> tuple[list[dt.date], AssignmentFilter]:
    """The dates asked for, by default the version's first four weeks; raises BadRangeError."""
    first = wanted.first or version.start_date
    try:
        last = wanted.last or min(version.end_date, first + dt.timedelta(days=27))
    except OverflowError as error:
        raise BadRangeError from error
    if first > last or (last - first).days >= LONGEST_GRID_DAYS:
        raise BadRangeError(details={"from_date": first, "to_date": last})
    limited = AssignmentFilter(
        wanted.person, wanted.rotation, wanted.call, wanted.kind, wanted.session, first, last
    )
    return list(days_between(first, last)), limited


@router.get(
    "/versions/{version_id}/fairness",
    summary="Nights, weekends, holidays, calls and clinic of each resident",
    responses=error_responses(401, 404),
)
async def read_fairness(version: ReadableVersion, session: SessionDep) -> list[FairnessLine]:
    program, content = await load_content(session, version)
    found = await asyncio.to_thread(loads, program, content)
    return [
        FairnessLine(
            person=load.person.id,
            name=load.person.name,
            pgy=load.person.pgy,
            heavy_blocks=load.heavy_blocks,
            points=load.points,
            points_with_history=load.points + load.history.get(HistoryCountKind.POINTS, 0),
            nights=load.nights,
            nights_with_history=load.nights + load.history.get(HistoryCountKind.NIGHTS, 0),
            weekends=load.weekends,
            weekends_with_history=load.weekends + load.history.get(HistoryCountKind.WEEKENDS, 0),
            holidays=load.holidays,
            holidays_with_history=load.holidays + load.history.get(HistoryCountKind.HOLIDAYS, 0),
            jeopardy=load.jeopardy,
            jeopardy_with_history=load.jeopardy + load.history.get(HistoryCountKind.JEOPARDY, 0),
            clinic_sessions=load.clinic_sessions,
            hours=load.hours,
        )
        for load in found
    ]


@router.get(
    "/versions/{version_id}/denied",
    summary="Requests that were not granted, and what stood in the way; residents see their own",
    responses=error_responses(401, 404),
)
async def list_denied(
    version: ReadableVersion, viewer: CurrentViewer, session: SessionDep, params: PagingDep
) -> Page[DeniedRead]:
    return await reads.list_denied(session, version, params, own_person_only(viewer, version))


@router.get(
    "/versions/{version_id}/findings",
    summary="What the duty-hour rules said of the version; residents see their own",
    responses=error_responses(401, 404),
)
async def list_findings(
    version: ReadableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    params: PagingDep,
    rule: Annotated[
        str | None,
        Query(max_length=40, pattern=r"^[A-Z0-9-]+$", description="Only findings of this rule, as US-80."),
    ] = None,
    severity: Annotated[Severity | None, Query(description="Only findings as grave as this.")] = None,
) -> Page[FindingRead]:
    return await reads.list_findings(
        session,
        version,
        params,
        person_id=own_person_only(viewer, version),
        rule=rule,
        severity=severity,
    )


@router.get(
    "/versions/{version_id}/unmet",
    summary="Demand that the run was allowed to leave open",
    responses=error_responses(401, 404),
)
async def list_unmet(version: ReadableVersion, session: SessionDep, params: PagingDep) -> Page[UnmetRead]:
    return await reads.list_unmet(session, version, params)


@router.get(
    "/assignments/{assignment_id}",
    summary="Read an assignment",
    responses=error_responses(401, 404),
)
async def read_assignment(
    assignment: ReadableAssignment, session: SessionDep, response: Response
) -> AssignmentRead:
    found = await reads.read_assignment(session, assignment)
    response.headers["ETag"] = found.etag
    return found
