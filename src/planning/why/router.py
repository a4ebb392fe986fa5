"""Routes that answer "why"."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from src.database import SessionDep
from src.exception_handlers import error_responses
from src.planning.swaps.access import OwnDeniedDep, OwnDutyDep
from src.planning.why.answers import explain_denied, explain_duty
from src.planning.why.schemas import WhyDeniedRead, WhyDutyRead
from src.rate_limits import rate_limit

router = APIRouter(tags=["planning"])


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
