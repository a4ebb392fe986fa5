"""A version as files: the assignments as a stream of CSV, the whole as a schedule folder that checks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.judge import Judged, judge_version
from src.assignments.models import Assignment
from src.assignments.reads import AssignmentFilter, assignments_of
from src.assignments.storage import ROW_COLUMNS, load_names
from src.compliance.certificates.storage import load_certificate_text
from src.compliance.check import CheckReport
from src.compliance.structure.ground import Ground
from src.compliance.structure.touched import touched_dates
from src.compliance.structure.wishes import Wishes
from src.database import SessionMaker, transaction
from src.interchange.model import Program, Request
from src.interchange.schedule import (
    DeniedRow,
    ResultFile,
    Schedule,
    SolveStatus,
    TierScore,
)
from src.interchange.schedule_files import assignment_csv_lines, schedule_zip
from src.schedules.models import ScheduleVersion

ROWS_AT_ONCE = 1000
CHANGED_BY_HAND = "changed by hand since the run"


async def stream_csv(
    maker: SessionMaker, program_id: UUID, version_id: UUID, wanted: AssignmentFilter, zone: ZoneInfo
) -> AsyncIterator[str]:
    """The lines of `assignments.csv`, read and sent a thousand rows at a time; no row becomes an entity."""
    async with transaction(maker) as session:
        names = await load_names(session, program_id)
        result = await session.stream(
            assignments_of(version_id, wanted)
            .with_only_columns(*ROW_COLUMNS)
            .order_by(col(Assignment.person_id), col(Assignment.start_at), col(Assignment.id))
            .execution_options(yield_per=ROWS_AT_ONCE)
        )
        lines = assignment_csv_lines((), zone)
        yield next(lines)
        async for rows in result.partitions(ROWS_AT_ONCE):
            chunk: Iterator[str] = assignment_csv_lines((names.assignment(row, zone) for row in rows), zone)
            next(chunk)
            yield "".join(chunk)


async def folder_zip(session: AsyncSession, version: ScheduleVersion) -> bytes:
    """The version's schedule folder as a zip archive; scores and findings are computed anew.

    The certificate, where there is one, is that of publishing, as it was kept.
    """
    judged = await judge_version(session, version)
    certificate = await load_certificate_text(session, version.id)
    return await asyncio.to_thread(_zip, version, judged, certificate)


def _zip(version: ScheduleVersion, judged: Judged, certificate: str | None) -> bytes:
    schedule = replace(
        judged.content,
        denied=denied_now(judged.program, judged.content),
        findings=judged.report.finding_rows,
        result=result_now(version, judged.report),
        certificate=certificate,
    )
    return schedule_zip(schedule, judged.program.zone)


def denied_now(program: Program, content: Schedule) -> tuple[DeniedRow, ...]:
    """Every request that the content does not grant; the run's reasons are kept where they still apply."""
    ground = Ground(program, content)
    wishes = Wishes(ground, touched_dates(ground))
    reasons = {
        (row.person, row.kind, row.rank, row.start_date): row for row in reversed(content.denied or ())
    }
    return tuple(
        _denied(request, reasons.get((request.person, request.kind, request.rank, request.start_date)))
        for request in program.requests
        if not wishes.is_granted(request)
    )


def _denied(request: Request, known: DeniedRow | None) -> DeniedRow:
    if known is not None:
        return replace(known, row=0)
    return DeniedRow(
        request.person, request.kind, request.rank, request.start_date, CHANGED_BY_HAND, "an edit"
    )


def result_now(version: ScheduleVersion, report: CheckReport) -> ResultFile:
    """`result.json` with the present objectives; what the run proved stays where it still holds."""
    made: dict[str, Any] = version.result or {}
    bounds = {
        int(tier["tier"]): Decimal(str(tier["bound"]))
        for tier in made.get("tiers", ())
        if tier.get("bound") is not None
    }
    tiers = tuple(
        _tier(number, objective, bounds.get(number))
        for number, objective in report.tiers.items()
        if objective is not None
    )
    is_optimal = made.get("status") == SolveStatus.OPTIMAL and _all_proved(tiers)
    return ResultFile(
        status=SolveStatus.OPTIMAL if is_optimal else SolveStatus.FEASIBLE,
        scope=version.scope,
        blocks=tuple(version.academic_blocks),
        tiers=tiers,
        gap=Decimal(0) if is_optimal else None,
        seed=made.get("seed"),
        engine_version=str(made.get("engine_version", "")),
        seconds=float(made.get("seconds", 0.0)),
        peak_memory_mb=float(made.get("peak_memory_mb", 0.0)),
        model_size=dict(made.get("model_size", {})),
        score_terms=dict(report.score_terms),
    )


def _tier(number: int, objective: Decimal, bound: Decimal | None) -> TierScore:
    return TierScore(number, objective, bound if bound is not None and bound >= objective else None)


def _all_proved(tiers: Sequence[TierScore]) -> bool:
    return all(tier.bound == tier.objective for tier in tiers)
