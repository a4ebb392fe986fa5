"""The certificate of a published version."""

from __future__ import annotations

from fastapi import APIRouter, Response

from src.compliance.certificates import Certificate
from src.compliance.certificates.storage import load_certificate_text
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.exceptions import NotFoundError
from src.schedules.dependencies import BuildableVersion

router = APIRouter(tags=["certificates"])


class NotCertifiedError(NotFoundError):
    """The version has no certificate: it is a draft, or was published before there were any."""

    code = "NOT_CERTIFIED"
    message = "This version has no certificate: a version gets it when it is published."


class SealedCertificate(Certificate):
    """A certificate with the SHA-256 of everything else in it."""

    sha256: str


@router.get(
    "/versions/{version_id}/certificate",
    summary="What a version was judged by when it was published, and every number with its margin",
    response_model=SealedCertificate,
    responses=error_responses(401, 403, 404),
)
async def read_version_certificate(version: BuildableVersion, session: SessionDep) -> Response:
    text = await load_certificate_text(session, version.id)
    if text is None:
        raise NotCertifiedError
    return Response(text, media_type="application/json")
