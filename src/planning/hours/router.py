"""Routes that hold worked hours against schedules and rules: prefill, findings, drift."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from src.auth.permissions import CurrentViewer
from src.compliance.hours.dependencies import (
    ProgramKeepingHours,
    ProgramWithHours,
    ReadableResident,
    WritableSheet,
    whose_hours,
)
from src.compliance.hours.judgement import LogJudgement
from src.compliance.hours.router import match_sheet
from src.compliance.rules import Basis
from src.database import SessionDep
from src.etags import IfMatch
from src.exception_handlers import error_responses
from src.idempotency import IdempotencyKey, answer_once
from src.interchange.schedule import Severity
from src.pagination import Paging, PagingDep
from src.planning.hours.drift import drift_csv, drift_of_program
from src.planning.hours.findings import judge_hours
from src.planning.hours.prefill import prefill_sheet
from src.planning.hours.schemas import (
    DataFindingRead,
    DateRange,
    DriftLine,
    HoursFindings,
    LimitedRead,
    LogFindingRead,
    PrefillOutcome,
    UnknownRead,
)
from src.programs.schemas.fields import Code, Day
from src.rate_limits import rate_limit
from src.responses import CSV_RESPONSE

router = APIRouter(tags=["hours"])

RuleQuery = Annotated[str | None, Query(max_length=40, pattern=r"^[A-Z0-9-]+$", description="As US-80.")]
SeverityQuery = Annotated[Severity | None, Query(description="Only findings as grave as this.")]

_limited = Depends(rate_limit("hours findings", "120/minute"))


@router.post(
    "/hours/sheets/{sheet_id}/prefill",
    summary="Copy what was planned and is over into an own sheet, to be confirmed or changed",
    responses=error_responses(401, 403, 404, 409, 412, 428),
)
async def prefill_hours(
    sheet: WritableSheet,
    viewer: CurrentViewer,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> PrefillOutcome:
    async def prefill() -> PrefillOutcome:
        await match_sheet(session, sheet, if_match)
        return await prefill_sheet(session, viewer, sheet)

    done = await answer_once(
        session,
        PrefillOutcome,
        prefill,
        user_id=viewer.id,
        operation=f"hours_prefill:{sheet.row.id}",
        key=idempotency_key,
        body={},
    )
    response.headers["ETag"] = done.sheet.etag
    return done


@router.get(
    "/programs/{program_id}/hours/findings",
    summary="What the duty-hour rules say of worked hours; residents see their own",
    description="Judged is what was handed in. Dates without a submitted sheet are unknown: they are left out"
    " of both sides of every average and listed.",
    responses=error_responses(401, 404, 429),
    dependencies=[_limited],
)
async def list_hours_findings(
    program: ProgramWithHours,
    viewer: CurrentViewer,
    session: SessionDep,
    params: PagingDep,
    person: Annotated[Code | None, Query(description="A resident's code, as R001.")] = None,
    rule: RuleQuery = None,
    severity: SeverityQuery = None,
) -> HoursFindings:
    judgement = await judge_hours(session, program.id, whose_hours(viewer, program.id))
    return _shown(judgement, params, person, rule, severity)


@router.get(
    "/people/{resident_id}/hours/findings",
    summary="What the duty-hour rules say of one resident's worked hours",
    responses=error_responses(401, 404, 429),
    dependencies=[_limited],
)
async def list_hours_findings_of_resident(
    resident: ReadableResident,
    session: SessionDep,
    params: PagingDep,
    rule: RuleQuery = None,
    severity: SeverityQuery = None,
) -> HoursFindings:
    judgement = await judge_hours(session, resident.program.id, resident.person.id)
    return _shown(judgement, params, None, rule, severity)


@router.get(
    "/programs/{program_id}/hours/drift",
    summary="Planned against worked minutes by rotation and PGY, unknown days apart",
    responses=error_responses(401, 403, 404),
)
async def read_hours_drift(
    program: ProgramKeepingHours,
    session: SessionDep,
    from_date: Annotated[Day | None, Query(description="The first local date.")] = None,
    to_date: Annotated[Day | None, Query(description="The last local date, included.")] = None,
) -> list[DriftLine]:
    return [DriftLine.of(line) for line in await drift_of_program(session, program.id, from_date, to_date)]


@router.get(
    "/programs/{program_id}/hours/drift.csv",
    summary="Planned against worked minutes as CSV",
    response_class=Response,
    responses={200: CSV_RESPONSE, **error_responses(401, 403, 404)},
)
async def export_hours_drift(
    program: ProgramKeepingHours,
    session: SessionDep,
    from_date: Annotated[Day | None, Query(description="The first local date.")] = None,
    to_date: Annotated[Day | None, Query(description="The last local date, included.")] = None,
) -> Response:
    return Response(
        drift_csv(await drift_of_program(session, program.id, from_date, to_date)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{program.code}-drift.csv"'},
    )


def _shown(
    judgement: LogJudgement,
    params: Paging,
    person: str | None,
    rule: str | None,
    severity: Severity | None,
) -> HoursFindings:
    found = [
        one
        for one in judgement.findings
        if person in (None, one.finding.person)
        and rule in (None, one.finding.rule)
        and severity in (None, one.finding.severity)
    ]
    return HoursFindings(
        items=[LogFindingRead.of(one) for one in params.cut(found)],
        total=len(found),
        page=params.page,
        page_size=params.page_size,
        has_next=params.page * params.page_size < len(found),
        basis=Basis.LOG,
        as_of_date=judgement.as_of_date,
        data_findings=[
            DataFindingRead.of(one) for one in judgement.data_findings if person in (None, one.person)
        ],
        unknown=[
            UnknownRead(
                person=code,
                known_days=judgement.known_days[code],
                unknown_days=len(dates),
                unknown=DateRange.of(dates),
            )
            for code, dates in judgement.unknown.items()
            if person in (None, code) and dates
        ],
        limited=[LimitedRead(pack=one.pack, rule=one.rule, why=one.why) for one in judgement.limited],
    )
