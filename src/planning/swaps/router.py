"""The route that offers legal swaps for one duty."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from src.database import SessionDep
from src.exception_handlers import error_responses
from src.pagination import PagingDep
from src.planning.swaps.access import OwnDutyOfVersionDep
from src.planning.swaps.offers import list_offers
from src.planning.swaps.schemas import SwapPage
from src.planning.swaps.search import load_standing
from src.rate_limits import rate_limit
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
    params: PagingDep,
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
