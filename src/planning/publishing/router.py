"""The route that publishes a version."""

from __future__ import annotations

from fastapi import APIRouter, Response

from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.etags import IfMatch, require_match
from src.exception_handlers import error_responses
from src.planning.publishing.publish import publish
from src.schedules.dependencies import PublishableVersion
from src.schedules.schemas import VersionRead

router = APIRouter(tags=["planning"])


@router.post(
    "/versions/{version_id}/publish",
    summary="Publish a draft; what was published for its dates is superseded",
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def publish_version(
    version: PublishableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> VersionRead:
    current = VersionRead.of(version)
    require_match(if_match, current.etag, current.model_dump(mode="json"))
    published = VersionRead.of(await publish(session, viewer, version))
    response.headers["ETag"] = published.etag
    return published
