"""The route that tries changes without saving them."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from src.database import SessionDep
from src.exception_handlers import error_responses
from src.planning.what_if.answer import WhatIfRead, WhatIfRequest, what_if
from src.rate_limits import rate_limit
from src.schedules.dependencies import BuildableVersion

router = APIRouter(tags=["planning"])


@router.post(
    "/versions/{version_id}/what-if",
    summary="Try changes on a version, draft or published, without saving them",
    responses=error_responses(401, 403, 404, 429),
    dependencies=[Depends(rate_limit("what_if", "1200/minute"))],
)
async def try_changes(
    version: BuildableVersion, session: SessionDep, body: WhatIfRequest, response: Response
) -> WhatIfRead:
    answer = await what_if(session, version, body.changes)
    response.headers["ETag"] = answer.version_etag
    return answer
