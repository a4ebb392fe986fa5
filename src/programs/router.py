"""Programs: create, list, read, change, delete; calendar and objective.

Putting one away is the schedules' matter, whose runs have a say in it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from src.auth.permissions import CurrentViewer, ProgramCreator
from src.auth.viewer import viewer_of
from src.database import SessionDep
from src.etags import IfMatch
from src.exception_handlers import error_responses
from src.pagination import Page, PageDep, page_of
from src.programs import service
from src.programs.dependencies import EditableProgram, ManagedProgram, ReadableProgram
from src.programs.import_router import router as import_router
from src.programs.input_router import input_routers
from src.programs.schemas.programs import (
    CalendarRead,
    CalendarWrite,
    ObjectiveRead,
    ObjectiveWrite,
    ProgramCreate,
    ProgramRead,
    ProgramUpdate,
)

router = APIRouter(prefix="/programs", tags=["programs"])


@router.get("", summary="List the programs you belong to", responses=error_responses(401))
async def list_programs(
    viewer: CurrentViewer,
    session: SessionDep,
    params: PageDep,
    archived: Annotated[bool | None, Query(description="Only archived ones, or only the others.")] = None,
) -> Page[ProgramRead]:
    items, total = await service.list_programs(session, viewer, params, archived=archived)
    return page_of(items, total, params)


@router.post(
    "",
    summary="Create a program",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 403),
)
async def create_program(
    viewer: ProgramCreator, session: SessionDep, body: ProgramCreate, response: Response
) -> ProgramRead:
    program = await service.create_program(session, viewer, body)
    shown = service.show_program(program, await viewer_of(session, viewer.user))
    response.headers["Location"] = f"/api/v1/programs/{program.id}"
    response.headers["ETag"] = shown.etag
    return shown


router.include_router(import_router)


@router.get("/{program_id}", summary="Read a program", responses=error_responses(401, 404))
async def read_program(program: ReadableProgram, viewer: CurrentViewer, response: Response) -> ProgramRead:
    shown = service.show_program(program, viewer)
    response.headers["ETag"] = shown.etag
    return shown


@router.patch(
    "/{program_id}", summary="Change a program", responses=error_responses(401, 403, 404, 409, 412, 428)
)
async def update_program(
    program: EditableProgram,
    viewer: CurrentViewer,
    session: SessionDep,
    body: ProgramUpdate,
    response: Response,
    if_match: IfMatch = None,
) -> ProgramRead:
    changed = await service.change_program(session, viewer, program, body, if_match)
    shown = service.show_program(changed, viewer)
    response.headers["ETag"] = shown.etag
    return shown


@router.delete(
    "/{program_id}",
    summary="Delete a program that has no schedules, with all its inputs",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def delete_program(
    program: ManagedProgram, viewer: CurrentViewer, session: SessionDep, if_match: IfMatch = None
) -> None:
    await service.delete_program(session, viewer, program, if_match)


@router.get(
    "/{program_id}/calendar", summary="Read a program's calendar", responses=error_responses(401, 404)
)
async def read_calendar(program: ReadableProgram, response: Response) -> CalendarRead:
    shown = service.show_calendar(program)
    response.headers["ETag"] = shown.etag
    return shown


@router.put(
    "/{program_id}/calendar",
    summary="Set a program's year, academic blocks and holidays",
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def replace_calendar(
    program: EditableProgram,
    viewer: CurrentViewer,
    session: SessionDep,
    body: CalendarWrite,
    response: Response,
    if_match: IfMatch = None,
) -> CalendarRead:
    changed = await service.change_program(session, viewer, program, body, if_match)
    shown = service.show_calendar(changed)
    response.headers["ETag"] = shown.etag
    return shown


@router.get(
    "/{program_id}/objective",
    summary="Read a program's objective",
    response_model_exclude_none=True,
    responses=error_responses(401, 404),
)
async def read_objective(program: ReadableProgram, session: SessionDep, response: Response) -> ObjectiveRead:
    shown = await service.show_objective(session, program)
    response.headers["ETag"] = shown.etag
    return shown


@router.put(
    "/{program_id}/objective",
    summary="Set the weights of a program's soft terms, tier by tier",
    response_model_exclude_none=True,
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def replace_objective(
    program: EditableProgram,
    viewer: CurrentViewer,
    session: SessionDep,
    body: ObjectiveWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ObjectiveRead:
    changed = await service.change_objective(session, viewer, program, body, if_match)
    shown = await service.show_objective(session, changed)
    response.headers["ETag"] = shown.etag
    return shown


for input_router in input_routers():
    router.include_router(input_router, prefix="/{program_id}")
