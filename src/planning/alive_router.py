"""Routes that keep a schedule alive: swaps, repairs, and answers to "why"."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.idempotency import IdempotencyKey, answer_once
from src.pagination import PageDep
from src.planning.repair_changes import RepairRequest
from src.planning.repair_run import request_repair
from src.planning.swap_access import OwnDeniedDep, OwnDutyDep, OwnDutyOfVersionDep
from src.planning.swap_offers import list_offers
from src.planning.swap_schemas import SwapPage
from src.planning.swap_search import load_standing
from src.planning.why_answers import explain_denied, explain_duty
from src.planning.why_schemas import WhyDeniedRead, WhyDutyRead
from src.rate_limits import rate_limit
from src.schedules.config import get_schedule_settings
from src.schedules.dependencies import BuildableVersion
from src.schedules.schemas import RunRead
from src.solver.swaps.search import OfferKind

router = APIRouter(tags=["planning"])

WITHIN_DAYS = 28
MOST_DAYS = 366


@router.get(
    "/versions/{version_id}/assignments/{assignment_id}/swaps",
    summary="Legal swaps, give-aways and chains of three for one duty",
    responses=error_responses(401, 403, 404, 429),
    dependencies=[Depends(rate_limit("swaps", "120/minute"))],
)
async def list_swaps(
    duty: OwnDutyOfVersionDep,
    session: SessionDep,
    params: PageDep,
    within_days: Annotated[
        int, Query(ge=0, le=MOST_DAYS, description="How far from the duty an exchange may lie.")
    ] = WITHIN_DAYS,
    from_date: Annotated[
        dt.date | None, Query(description="Nothing before this date moves; by default today.")
    ] = None,
    kind: Annotated[OfferKind | None, Query(description="Only offers of this kind.")] = None,
) -> SwapPage:
    stood = await load_standing(session, duty.version)
    return await list_offers(session, duty, stood, params, within_days, from_date, kind)


@router.post(
    "/versions/{version_id}/repair",
    summary="Queue a run that mends a version after a change, in up to three different ways",
    status_code=status.HTTP_202_ACCEPTED,
    responses=error_responses(401, 403, 404, 409, 429),
    dependencies=[Depends(rate_limit("repair", "60/minute"))],
)
async def repair_version(
    version: BuildableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    body: RepairRequest,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> RunRead:
    async def queue() -> RunRead:
        return RunRead.of(await request_repair(session, viewer, version, body, get_schedule_settings()))

    run = await answer_once(
        session,
        RunRead,
        queue,
        user_id=viewer.id,
        operation=f"repair:{version.id}",
        key=idempotency_key,
        body=body.model_dump(mode="json"),
    )
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run


@router.get(
    "/assignments/{assignment_id}/why",
    summary="Why this person has this duty, who else could, and what the next best would cost",
    responses=error_responses(401, 403, 404, 429),
    dependencies=[Depends(rate_limit("why", "120/minute"))],
)
async def why_assignment(duty: OwnDutyDep, session: SessionDep) -> WhyDutyRead:
    return await explain_duty(session, duty)


@router.get(
    "/versions/{version_id}/denied/{denied_id}/why",
    summary="What stood in a denied request's way, and what granting it would cost, by term",
    responses=error_responses(401, 403, 404, 429),
    dependencies=[Depends(rate_limit("why", "120/minute"))],
)
async def why_denied_request(denied: OwnDeniedDep, session: SessionDep) -> WhyDeniedRead:
    return await explain_denied(session, denied)
