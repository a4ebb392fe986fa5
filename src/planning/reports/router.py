"""Compliance reports of a version: program, person, block, rotation, each also as CSV and PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.dependencies import own_person_only
from src.assignments.schemas import Code
from src.auth.permissions import CurrentViewer
from src.auth.viewer import Viewer
from src.compliance.reports import Report, ReportInput, ReportScope, build_report
from src.compliance.reports.printed import report_pdf
from src.compliance.reports.table import report_csv
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.exceptions import InvalidError, NotFoundError
from src.pagination import Page, PageDep, page_of
from src.planning.reports.data import report_input
from src.planning.reports.schemas import ReportMeasure, ReportRead
from src.programs.models import Person
from src.schedules.dependencies import BuildableVersion, ReadableVersion
from src.schedules.models import ScheduleVersion

router = APIRouter(prefix="/versions/{version_id}/reports", tags=["reports"])

PersonCode = Annotated[
    Code | None,
    Query(description="A resident's id in the program, as R001; without it, the resident who asks."),
]
BlockNumber = Annotated[int, Query(ge=1, le=366, description="The number of an academic block.")]
RotationCode = Annotated[Code, Query(description="A rotation's id in the program, as MICU.")]

CSV = {200: {"content": {"text/csv": {}}}, **error_responses(401, 403, 404)}
PDF = {200: {"content": {"application/pdf": {}}}, **error_responses(401, 403, 404)}


class NotReportedError(NotFoundError):
    """The version's program has no such resident, block or rotation, or the viewer may not know of it."""

    code = "NOT_REPORTED"
    message = "There is no such resident, academic block or rotation in this version's program."


class PersonNeededError(InvalidError):
    """Nobody was named, and who asks is no person of the program."""

    code = "PERSON_NEEDED"
    message = "Name a resident with `person`: your account is linked to nobody in this program."


async def _program(session: AsyncSession, version: ScheduleVersion) -> Report:
    return await _built(await report_input(session, version), build_report)


async def _person(
    session: AsyncSession, version: ScheduleVersion, viewer: Viewer, code: str | None
) -> Report:
    """The report on a person; those who do not build get their own, and nobody else's is there for them."""
    mine = await _linked_person(session, version, viewer)
    if own_person_only(viewer, version) is not None and code not in (None, mine):
        raise NotReportedError
    code = code or mine
    if code is None:
        raise PersonNeededError
    given = await report_input(session, version)
    if code not in {person.id for person in given.program.residents}:
        raise NotReportedError
    return await _built(given, partial(build_report, scope=ReportScope.PERSON, person=code))


async def _linked_person(session: AsyncSession, version: ScheduleVersion, viewer: Viewer) -> str | None:
    """The id in the program of the person the viewer is there, if any."""
    linked = viewer.person_in(version.program_id)
    return (await session.exec(select(Person.code).where(col(Person.id) == linked))).one_or_none()


async def _block(session: AsyncSession, version: ScheduleVersion, number: int) -> Report:
    given = await report_input(session, version)
    if number not in given.columns.frame.checked_blocks:
        raise NotReportedError
    return await _built(given, partial(build_report, scope=ReportScope.BLOCK, block=number))


async def _rotation(session: AsyncSession, version: ScheduleVersion, code: str) -> Report:
    given = await report_input(session, version)
    if code not in given.program.rotation_by_id:
        raise NotReportedError
    return await _built(given, partial(build_report, scope=ReportScope.ROTATION, rotation=code))


async def _built(given: ReportInput, build: Callable[[ReportInput], Report]) -> Report:
    """The report, made off the event loop."""
    return await asyncio.to_thread(build, given)


def _csv(version: ScheduleVersion, report: Report) -> StreamingResponse:
    return StreamingResponse(
        report_csv(report), media_type="text/csv; charset=utf-8", headers=_attachment(version, report, "csv")
    )


async def _pdf(version: ScheduleVersion, report: Report) -> Response:
    content = await asyncio.to_thread(report_pdf, report)
    return Response(content, media_type="application/pdf", headers=_attachment(version, report, "pdf"))


def _attachment(version: ScheduleVersion, report: Report, suffix: str) -> dict[str, str]:
    name = f"compliance-{report.scope.value}-v{version.number}.{suffix}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@router.get(
    "/program",
    summary="Everyone's compliance: findings, closest calls, trend over blocks",
    responses=error_responses(401, 403, 404),
)
async def report_on_program(version: BuildableVersion, session: SessionDep) -> ReportRead:
    return ReportRead.of(await _program(session, version))


@router.get(
    "/program.csv",
    summary="Everyone's compliance as CSV: findings and every number",
    response_class=StreamingResponse,
    responses=CSV,
)
async def report_on_program_csv(version: BuildableVersion, session: SessionDep) -> StreamingResponse:
    return _csv(version, await _program(session, version))


@router.get(
    "/program.pdf", summary="Everyone's compliance to be printed", response_class=Response, responses=PDF
)
async def report_on_program_pdf(version: BuildableVersion, session: SessionDep) -> Response:
    return await _pdf(version, await _program(session, version))


@router.get(
    "/closest-calls",
    summary="Who is past a limit or within 5 % of one, the farthest past first",
    responses=error_responses(401, 403, 404),
)
async def list_closest_calls(
    version: BuildableVersion, session: SessionDep, params: PageDep
) -> Page[ReportMeasure]:
    closest = (await _program(session, version)).closest_calls
    first = (params.page - 1) * params.page_size
    shown = [ReportMeasure.of(one) for one in closest[first : first + params.page_size]]
    return page_of(shown, len(closest), params)


@router.get(
    "/person",
    summary="One resident's compliance; residents see their own",
    responses=error_responses(401, 404),
)
async def report_on_person(
    version: ReadableVersion, viewer: CurrentViewer, session: SessionDep, person: PersonCode = None
) -> ReportRead:
    return ReportRead.of(await _person(session, version, viewer, person))


@router.get(
    "/person.csv",
    summary="One resident's compliance as CSV; residents see their own",
    response_class=StreamingResponse,
    responses=CSV,
)
async def report_on_person_csv(
    version: ReadableVersion, viewer: CurrentViewer, session: SessionDep, person: PersonCode = None
) -> StreamingResponse:
    return _csv(version, await _person(session, version, viewer, person))


@router.get(
    "/person.pdf",
    summary="One resident's compliance to be printed; residents see their own",
    response_class=Response,
    responses=PDF,
)
async def report_on_person_pdf(
    version: ReadableVersion, viewer: CurrentViewer, session: SessionDep, person: PersonCode = None
) -> Response:
    return await _pdf(version, await _person(session, version, viewer, person))


@router.get(
    "/block",
    summary="Compliance in one academic block: what begins in it",
    responses=error_responses(401, 403, 404),
)
async def report_on_block(version: BuildableVersion, session: SessionDep, block: BlockNumber) -> ReportRead:
    return ReportRead.of(await _block(session, version, block))


@router.get(
    "/block.csv",
    summary="Compliance in one academic block as CSV",
    response_class=StreamingResponse,
    responses=CSV,
)
async def report_on_block_csv(
    version: BuildableVersion, session: SessionDep, block: BlockNumber
) -> StreamingResponse:
    return _csv(version, await _block(session, version, block))


@router.get(
    "/block.pdf",
    summary="Compliance in one academic block to be printed",
    response_class=Response,
    responses=PDF,
)
async def report_on_block_pdf(version: BuildableVersion, session: SessionDep, block: BlockNumber) -> Response:
    return await _pdf(version, await _block(session, version, block))


@router.get(
    "/rotation",
    summary="Compliance on one rotation: what begins on it",
    responses=error_responses(401, 403, 404),
)
async def report_on_rotation(
    version: BuildableVersion, session: SessionDep, rotation: RotationCode
) -> ReportRead:
    return ReportRead.of(await _rotation(session, version, rotation))


@router.get(
    "/rotation.csv",
    summary="Compliance on one rotation as CSV",
    response_class=StreamingResponse,
    responses=CSV,
)
async def report_on_rotation_csv(
    version: BuildableVersion, session: SessionDep, rotation: RotationCode
) -> StreamingResponse:
    return _csv(version, await _rotation(session, version, rotation))


@router.get(
    "/rotation.pdf",
    summary="Compliance on one rotation to be printed",
    response_class=Response,
    responses=PDF,
)
async def report_on_rotation_pdf(
    version: BuildableVersion, session: SessionDep, rotation: RotationCode
) -> Response:
    return await _pdf(version, await _rotation(session, version, rotation))
