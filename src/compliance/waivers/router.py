"""Routes of waivers: they belong to a program, since a finding may come back in any of its drafts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from src.auth.permissions import CurrentViewer
from src.compliance.waivers import service
from src.compliance.waivers.dependencies import ProgramTakingWaivers, WaivingProgram
from src.compliance.waivers.schemas import WaiverCreate, WaiverRead, WaiverRevocation
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.pagination import Page, PageDep, page_of
from src.programs.schemas.fields import Code

router = APIRouter(prefix="/programs/{program_id}/waivers", tags=["rules"])


@router.get("", summary="List the waivers of a program", responses=error_responses(401, 403, 404))
async def list_waivers(
    program: WaivingProgram,
    session: SessionDep,
    params: PageDep,
    rule: Annotated[Code | None, Query(description="Only of this rule, as US-80.")] = None,
    person: Annotated[Code | None, Query(description="Only of this person, as R001.")] = None,
    in_force: Annotated[bool | None, Query(description="Only those that hold today, or the others.")] = None,
) -> Page[WaiverRead]:
    items, total = await service.list_waivers(
        session, program, params, rule=rule, person=person, in_force=in_force
    )
    return page_of(items, total, params)


@router.post(
    "",
    summary="Let a hard finding stand, for a reason",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(401, 403, 404, 409),
)
async def grant_waiver(
    program: ProgramTakingWaivers,
    viewer: CurrentViewer,
    session: SessionDep,
    body: WaiverCreate,
    response: Response,
) -> WaiverRead:
    granted = await service.grant(session, viewer, program, body)
    response.headers["Location"] = f"/api/v1/programs/{program.id}/waivers/{granted.id}"
    return granted


@router.get("/{waiver_id}", summary="Read one waiver", responses=error_responses(401, 403, 404))
async def read_waiver(program: WaivingProgram, session: SessionDep, waiver_id: UUID) -> WaiverRead:
    return await service.read_waiver(session, program, waiver_id)


@router.post(
    "/{waiver_id}/revoke",
    summary="Take a waiver back; what was published under it stays published",
    responses=error_responses(401, 403, 404, 409),
)
async def revoke_waiver(
    program: ProgramTakingWaivers,
    viewer: CurrentViewer,
    session: SessionDep,
    waiver_id: UUID,
    body: WaiverRevocation,
) -> WaiverRead:
    return await service.revoke(session, viewer, program, waiver_id, body.reason)
