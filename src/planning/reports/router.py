"""Compliance reports of a version: program, person, block, rotation, each also as CSV and PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from src.compliance.reports import ReportScope
from src.compliance.reports.printed import report_pdf
from src.compliance.reports.table import report_csv
from src.exception_handlers import error_responses
from src.pagination import Page, PagingDep, page_of
from src.planning.reports.dependencies import (
    ProgramReport,
    ReportOfVersion,
    on_block,
    on_person,
    on_program,
    on_rotation,
)
from src.planning.reports.schemas import ReportMeasure, ReportRead
from src.responses import CSV_RESPONSE, PDF_RESPONSE

router = APIRouter(prefix="/versions/{version_id}/reports", tags=["reports"])


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report that there is: the dependency that makes it, and what the documentation says of its routes."""

    scope: ReportScope
    made: Callable[..., Awaitable[ReportOfVersion]]
    title: str
    holds: str
    statuses: tuple[int, ...] = (401, 403, 404)


KINDS = (
    ReportKind(
        ReportScope.PROGRAM, on_program, "Everyone's compliance", "findings, closest calls, trend over blocks"
    ),
    ReportKind(
        ReportScope.PERSON, on_person, "One resident's compliance", "residents see their own", (401, 404)
    ),
    ReportKind(ReportScope.BLOCK, on_block, "Compliance in one academic block", "what begins in it"),
    ReportKind(ReportScope.ROTATION, on_rotation, "Compliance on one rotation", "what begins on it"),
)


def _add_routes(kind: ReportKind) -> None:
    """Three routes for a report: as JSON, as CSV and to be printed."""
    made, errors = Depends(kind.made), error_responses(*kind.statuses)

    async def as_json(found: ReportOfVersion = made) -> ReportRead:
        return ReportRead.of(found.report)

    async def as_csv(found: ReportOfVersion = made) -> StreamingResponse:
        lines = report_csv(found.report)
        return StreamingResponse(
            lines, media_type="text/csv; charset=utf-8", headers=_attachment(found, "csv")
        )

    async def as_pdf(found: ReportOfVersion = made) -> Response:
        content = await asyncio.to_thread(report_pdf, found.report)
        return Response(content, media_type="application/pdf", headers=_attachment(found, "pdf"))

    path, name = f"/{kind.scope}", f"report_on_{kind.scope}"
    router.add_api_route(
        path, as_json, name=name, summary=f"{kind.title}: {kind.holds}", responses={**errors}
    )
    router.add_api_route(
        f"{path}.csv",
        as_csv,
        name=f"{name}_csv",
        summary=f"{kind.title} as CSV: {kind.holds}",
        response_class=StreamingResponse,
        responses={200: CSV_RESPONSE, **errors},
    )
    router.add_api_route(
        f"{path}.pdf",
        as_pdf,
        name=f"{name}_pdf",
        summary=f"{kind.title} to be printed: {kind.holds}",
        response_class=Response,
        responses={200: PDF_RESPONSE, **errors},
    )


def _attachment(found: ReportOfVersion, suffix: str) -> dict[str, str]:
    name = f"compliance-{found.report.scope.value}-v{found.version.number}.{suffix}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@router.get(
    "/closest-calls",
    summary="Who is past a limit or within 5 % of one, the farthest past first",
    responses=error_responses(401, 403, 404),
)
async def list_closest_calls(found: ProgramReport, params: PagingDep) -> Page[ReportMeasure]:
    closest = found.report.closest_calls
    return page_of([ReportMeasure.of(one) for one in params.cut(closest)], len(closest), params)


for each in KINDS:
    _add_routes(each)
