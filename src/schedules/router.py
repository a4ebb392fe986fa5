"""Routes of schedules, versions and runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse

from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.etags import IfMatch, etag_of, require_match
from src.exception_handlers import error_responses
from src.pagination import Page, PageDep, SortedPageDep, page_of
from src.programs.dependencies import ReadableProgram
from src.schedules import run_reads, service
from src.schedules.cancel import cancel_run
from src.schedules.constants import RunState, VersionState
from src.schedules.dependencies import (
    BuildableSchedule,
    DraftableProgram,
    EditableVersion,
    LockedRun,
    ManagedSchedule,
    ReadableRun,
    ReadableSchedule,
    WatchableProgram,
)
from src.schedules.models import Schedule
from src.schedules.schemas import (
    RunRead,
    ScheduleCreate,
    ScheduleRead,
    ScheduleUpdate,
    VersionRead,
    VersionUpdate,
)

LONGEST_WAIT_SECONDS = 30

router = APIRouter(tags=["schedules"])
runs_router = APIRouter(tags=["runs"])


async def _read(session: SessionDep, schedule: Schedule) -> ScheduleRead:
    published = await service.published_version_ids(session, [schedule.id])
    return ScheduleRead.of(schedule, published.get(schedule.id))


@router.get(
    "/programs/{program_id}/schedules",
    summary="List a program's schedules",
    responses=error_responses(401, 404),
)
async def list_schedules(
    program: ReadableProgram,
    viewer: CurrentViewer,
    session: SessionDep,
    params: PageDep,
    archived: Annotated[bool | None, Query(description="Only archived ones, or only the others.")] = None,
) -> Page[ScheduleRead]:
    rows, total = await service.list_schedules(session, viewer, program.id, params, archived=archived)
    published = await service.published_version_ids(session, [row.id for row in rows])
    return page_of([ScheduleRead.of(row, published.get(row.id)) for row in rows], total, params)


@router.post(
    "/programs/{program_id}/schedules",
    summary="Make an empty schedule to generate into",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 403, 404, 409),
)
async def create_schedule(
    program: DraftableProgram,
    viewer: CurrentViewer,
    session: SessionDep,
    body: ScheduleCreate,
    response: Response,
) -> ScheduleRead:
    schedule = await service.create_schedule(session, viewer, program.id, body)
    response.headers["Location"] = f"/api/v1/schedules/{schedule.id}"
    response.headers["ETag"] = etag_of(schedule.id, schedule.revision)
    return ScheduleRead.of(schedule, None)


@router.get("/schedules/{schedule_id}", summary="Read a schedule", responses=error_responses(401, 404))
async def read_schedule(schedule: ReadableSchedule, session: SessionDep, response: Response) -> ScheduleRead:
    response.headers["ETag"] = etag_of(schedule.id, schedule.revision)
    return await _read(session, schedule)


@router.patch(
    "/schedules/{schedule_id}",
    summary="Rename, describe or archive a schedule",
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def update_schedule(
    schedule: BuildableSchedule,
    viewer: CurrentViewer,
    session: SessionDep,
    body: ScheduleUpdate,
    response: Response,
    if_match: IfMatch = None,
) -> ScheduleRead:
    current = await _read(session, schedule)
    require_match(if_match, current.etag, current.model_dump(mode="json"))
    changed = await service.update_schedule(session, viewer, schedule, body)
    response.headers["ETag"] = etag_of(changed.id, changed.revision)
    return await _read(session, changed)


@router.delete(
    "/schedules/{schedule_id}",
    summary="Delete a schedule that never had a published version",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def delete_schedule(
    schedule: ManagedSchedule, viewer: CurrentViewer, session: SessionDep, if_match: IfMatch = None
) -> None:
    current = await _read(session, schedule)
    require_match(if_match, current.etag, current.model_dump(mode="json"))
    await service.delete_schedule(session, viewer, schedule)


@router.get(
    "/schedules/{schedule_id}/versions",
    summary="List a schedule's versions, newest first",
    responses=error_responses(401, 404),
)
async def list_versions(
    schedule: ReadableSchedule,
    viewer: CurrentViewer,
    session: SessionDep,
    params: SortedPageDep,
    state: Annotated[VersionState | None, Query(description="Only versions in this state.")] = None,
) -> Page[VersionRead]:
    rows, total = await service.list_versions(session, viewer, schedule.id, params, state)
    return page_of([VersionRead.of(row) for row in rows], total, params)


@router.patch(
    "/versions/{version_id}",
    summary="Change a draft's note, or archive it",
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def update_version(
    version: EditableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    body: VersionUpdate,
    response: Response,
    if_match: IfMatch = None,
) -> VersionRead:
    current = VersionRead.of(version)
    require_match(if_match, current.etag, current.model_dump(mode="json"))
    changed = VersionRead.of(await service.update_version(session, viewer, version, body))
    response.headers["ETag"] = changed.etag
    return changed


@router.delete(
    "/versions/{version_id}",
    summary="Delete a draft",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def delete_draft(
    version: EditableVersion, viewer: CurrentViewer, session: SessionDep, if_match: IfMatch = None
) -> None:
    current = VersionRead.of(version)
    require_match(if_match, current.etag, current.model_dump(mode="json"))
    await service.delete_draft(session, viewer, version)


@runs_router.get(
    "/programs/{program_id}/runs",
    summary="List a program's runs, newest first",
    responses=error_responses(401, 404),
)
async def list_program_runs(
    program: WatchableProgram,
    viewer: CurrentViewer,
    session: SessionDep,
    params: SortedPageDep,
    schedule_id: Annotated[UUID | None, Query(description="Only runs of this schedule.")] = None,
    state: Annotated[RunState | None, Query(description="Only runs in this state.")] = None,
) -> Page[RunRead]:
    rows, total = await run_reads.list_runs(
        session, viewer, program.id, params, schedule_id=schedule_id, state=state
    )
    return page_of([RunRead.of(row) for row in rows], total, params)


@runs_router.get(
    "/runs/{run_id}", summary="Read a run, or wait for its next step", responses=error_responses(401, 404)
)
async def read_run(
    run: ReadableRun,
    request: Request,
    session: SessionDep,
    wait: Annotated[
        float,
        Query(
            ge=0, le=LONGEST_WAIT_SECONDS, description="Seconds to wait for a step beyond the present one."
        ),
    ] = 0,
) -> RunRead:
    await session.close()  # a waiting reader holds no connection
    if wait:
        run = await run_reads.wait_for_change(request.app.state.session_maker, run, wait)
    return RunRead.of(run)


@runs_router.get(
    "/runs/{run_id}/events",
    summary="Follow a run as Server-Sent Events",
    # Not EventSourceResponse: FastAPI takes that to mean that the function itself yields the events.
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The steps of the run, each with its number as id",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **error_responses(401, 404),
    },
)
async def follow_run(
    run: ReadableRun,
    request: Request,
    last_event_id: Annotated[str, Header(alias="Last-Event-ID", pattern=r"^\d{1,9}$")] = "0",
) -> EventSourceResponse:
    steps: AsyncIterator[bytes] = run_reads.follow(
        request.app.state.session_maker, run.id, after=int(last_event_id)
    )
    return EventSourceResponse(steps, headers={"X-Accel-Buffering": "no"})


@runs_router.post(
    "/runs/{run_id}/cancel",
    summary="Stop a run and keep the best schedule found so far",
    status_code=status.HTTP_202_ACCEPTED,
    responses=error_responses(401, 404, 409),
)
async def cancel(run: LockedRun, viewer: CurrentViewer, session: SessionDep) -> RunRead:
    return RunRead.of(await cancel_run(session, viewer, run))
