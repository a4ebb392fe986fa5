"""The certificate of a published version."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import ConfigDict

from src.compliance.certificates import Certificate
from src.compliance.certificates.document import MEASURE_COLUMNS
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

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "kind": "rounds-certificate",
                "format": 1,
                "engine_version": "0.1.0",
                "program": {
                    "id": "riverside-im",
                    "name": "Riverside Internal Medicine",
                    "time_zone": "America/Chicago",
                    "year_start_date": "2026-07-01",
                },
                "version": {
                    "id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e01",
                    "schedule": "Academic year",
                    "number": 3,
                    "scope": "both",
                    "academic_blocks": [1, 2, 3],
                    "published_at": "2026-06-20T15:02:11Z",
                    "published_by": "casey@example.org",
                },
                "packs": [],
                "overrides": [],
                "approvals": [],
                "waivers": [],
                "inputs": {"people.csv": {"sha256": "c2a1…", "rows": {"R017": "9be0…"}}},
                "content": {"year.csv": {"sha256": "77d2…", "rows": {"R017": "51aa…"}}},
                "findings": [],
                "measure_columns": list(MEASURE_COLUMNS),
                "measures": [
                    [
                        "R017",
                        "acgme-cpr-2023",
                        "US-80",
                        "2026-10-06T00:00:00-05:00",
                        "2026-10-20T00:00:00-05:00",
                        "78.5",
                        "80",
                        "1.5",
                        "hours a week",
                        "",
                    ]
                ],
                "sha256": "ff489e98f43fbb3a1c2f2f1a1f9f9a3f6f6c3e0b8a9d7c6b5a4938271605f4e3",
            }
        }
    )

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
