"""Putting a program away and bringing it back: what is at work in its schedules has a say in it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.programs import service
from src.programs.dependencies import ManagedProgram
from src.programs.schemas.programs import ProgramRead
from src.schedules.dependencies import ProgramToPutAway
from src.schedules.put_away import put_away_program

router = APIRouter(prefix="/programs", tags=["programs"])


@router.post(
    "/{program_id}/archive",
    summary="Put a program away: it can be read and no longer changed",
    responses=error_responses(401, 403, 404, 409),
)
async def archive_program(
    program: ProgramToPutAway, viewer: CurrentViewer, session: SessionDep, response: Response
) -> ProgramRead:
    shown = service.show_program(await put_away_program(session, viewer, program), viewer)
    response.headers["ETag"] = shown.etag
    return shown


@router.post(
    "/{program_id}/unarchive",
    summary="Bring an archived program back",
    responses=error_responses(401, 403, 404),
)
async def unarchive_program(
    program: ManagedProgram, viewer: CurrentViewer, session: SessionDep, response: Response
) -> ProgramRead:
    back = await service.archive_program(session, viewer, program, archived=False)
    shown = service.show_program(back, viewer)
    response.headers["ETag"] = shown.etag
    return shown
