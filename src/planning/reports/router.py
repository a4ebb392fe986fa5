"""Compliance reports of a version: program, person, block, rotation, each also as CSV and PDF."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from src.compliance.reports.printed import report_pdf
from src.compliance.reports.table import report_csv
from src.exception_handlers import error_responses
from src.pagination import Page, PageDep, page_of
from src.planning.reports.dependencies import (
    BlockReport,
    PersonReport,
    ProgramReport,
    ReportOfVersion,
    RotationReport,
)
from src.planning.reports.schemas import ReportMeasure, ReportRead
from src.responses import CSV_RESPONSE, PDF_RESPONSE

router = APIRouter(prefix="/versions/{version_id}/reports", tags=["reports"])

_ERRORS = error_responses(401, 403, 404)
_PERSON_ERRORS = error_responses(401, 404)


_CSV: dict[int | str, dict[str, Any]] = {200: CSV_RESPONSE, **_ERRORS}
_PDF: dict[int | str, dict[str, Any]] = {200: PDF_RESPONSE, **_ERRORS}
_PERSON_CSV: dict[int | str, dict[str, Any]] = {200: CSV_RESPONSE, **_PERSON_ERRORS}
_PERSON_PDF: dict[int | str, dict[str, Any]] = {200: PDF_RESPONSE, **_PERSON_ERRORS}


def _csv(found: ReportOfVersion) -> StreamingResponse:
    lines = report_csv(found.report)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=_attachment(found, "csv"))


async def _pdf(found: ReportOfVersion) -> Response:
    content = await asyncio.to_thread(report_pdf, found.report)
    return Response(content, media_type="application/pdf", headers=_attachment(found, "pdf"))


def _attachment(found: ReportOfVersion, suffix: str) -> dict[str, str]:
    name = f"compliance-{found.report.scope.value}-v{found.version.number}.{suffix}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@router.get(
    "/program", summary="Everyone's compliance: findings, closest calls, trend over blocks", responses=_ERRORS
)
async def report_on_program(found: ProgramReport) -> ReportRead:
    return ReportRead.of(found.report)


@router.get(
    "/program.csv",
    summary="Everyone's compliance as CSV: findings and every number",
    response_class=StreamingResponse,
    responses=_CSV,
)
async def report_on_program_csv(found: ProgramReport) -> StreamingResponse:
    return _csv(found)


@router.get(
    "/program.pdf",
    summary="Everyone's compliance to be printed",
    response_class=Response,
    responses=_PDF,
)
async def report_on_program_pdf(found: ProgramReport) -> Response:
    return await _pdf(found)


@router.get(
    "/closest-calls",
    summary="Who is past a limit or within 5 % of one, the farthest past first",
    responses=_ERRORS,
)
async def list_closest_calls(found: ProgramReport, params: PageDep) -> Page[ReportMeasure]:
    closest = found.report.closest_calls
    first = (params.page - 1) * params.page_size
    shown = [ReportMeasure.of(one) for one in closest[first : first + params.page_size]]
    return page_of(shown, len(closest), params)


@router.get("/person", summary="One resident's compliance; residents see their own", responses=_PERSON_ERRORS)
async def report_on_person(found: PersonReport) -> ReportRead:
    return ReportRead.of(found.report)


@router.get(
    "/person.csv",
    summary="One resident's compliance as CSV; residents see their own",
    response_class=StreamingResponse,
    responses=_PERSON_CSV,
)
async def report_on_person_csv(found: PersonReport) -> StreamingResponse:
    return _csv(found)


@router.get(
    "/person.pdf",
    summary="One resident's compliance to be printed; residents see their own",
    response_class=Response,
    responses=_PERSON_PDF,
)
async def report_on_person_pdf(found: PersonReport) -> Response:
    return await _pdf(found)


@router.get("/block", summary="Compliance in one academic block: what begins in it", responses=_ERRORS)
async def report_on_block(found: BlockReport) -> ReportRead:
    return ReportRead.of(found.report)


@router.get(
    "/block.csv",
    summary="Compliance in one academic block as CSV",
    response_class=StreamingResponse,
    responses=_CSV,
)
async def report_on_block_csv(found: BlockReport) -> StreamingResponse:
    return _csv(found)


@router.get(
    "/block.pdf",
    summary="Compliance in one academic block to be printed",
    response_class=Response,
    responses=_PDF,
)
async def report_on_block_pdf(found: BlockReport) -> Response:
    return await _pdf(found)


@router.get("/rotation", summary="Compliance on one rotation: what begins on it", responses=_ERRORS)
async def report_on_rotation(found: RotationReport) -> ReportRead:
    return ReportRead.of(found.report)


@router.get(
    "/rotation.csv",
    summary="Compliance on one rotation as CSV",
    response_class=StreamingResponse,
    responses=_CSV,
)
async def report_on_rotation_csv(found: RotationReport) -> StreamingResponse:
    return _csv(found)


@router.get(
    "/rotation.pdf",
    summary="Compliance on one rotation to be printed",
    response_class=Response,
    responses=_PDF,
)
async def report_on_rotation_pdf(found: RotationReport) -> Response:
    return await _pdf(found)
