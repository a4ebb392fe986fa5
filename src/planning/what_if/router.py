"""The route that tries changes without saving them."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from src.database import SessionDep
from src.etags import IfMatch, require_match
from src.exception_handlers import error_responses
from src.planning.what_if.answer import WhatIfRead, WhatIfRequest, what_if
from src.rate_limits import rate_limit
from src.schedules.dependencies import BuildableVersion
from src.schedules.schemas import VersionRead

router = APIRouter(tags=["planning"])


@router.post(
    "/versions/{version_id}/what-if",
    summary="Try changes on a version, draft or published, without saving them",
    description="Judged is the saved state, whose tag the answer bears; `If-Match` refuses any other state.",
    responses=error_responses(401, 403, 404, 412, 429),
    dependencies=[Depends(rate_limit("what_if", "1200/minute"))],
)
async def try_changes(
    version: BuildableVersion,
    session: SessionDep,
    body: WhatIfRequest,
    response: Response,
    if_match: IfMatch = None,
) -> WhatIfRead:
    if if_match is not None:
        current = VersionRead.of(version)
        require_match(if_match, current.etag, current.model_dump(mode="json"))
    answer = await what_if(session, version, body.changes)
    response.headers["ETag"] = answer.version_etag
    return answer
