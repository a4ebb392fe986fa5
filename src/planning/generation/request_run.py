"""Asking for a schedule: check what can be checked at once, keep the inputs, queue the run.

Counting comes first: a shortage that no search can mend is named before anything is queued.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import structlog
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src import jobs
from src.assignments.models import YearAssignment
from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.packs import UnknownRulePackError
from src.exceptions import InvalidError
from src.interchange.model import Program
from src.interchange.schedule import Scope
from src.models import new_id, now
from src.planning.generation.generate_request import GenerateRequest
from src.planning.generation.request_pins import with_pins
from src.planning.generation.start_from import resolve_start
from src.planning.limits import limits_of
from src.planning.rule_versions import with_pack_versions
from src.programs.folder import load_program
from src.programs.locks import lock_program
from src.programs.lookup import refuse_archived
from src.schedules.config import ScheduleSettings
from src.schedules.constants import ACTIVE_RUN_STATES, RUN_TASK
from src.schedules.exceptions import BadBlocksError, RunActiveError, TooManyRunsError
from src.schedules.models import Run, Schedule, ScheduleVersion
from src.schedules.service import has_active_run
from src.schedules.snapshots import keep_snapshot
from src.solver.precheck import find_shortages


class ShortageError(InvalidError):
    """Counting shows that no schedule can exist; `details.conflicts` names file, row and numbers."""

    code = "SHORTAGE"
    message = "No schedule can exist: counting alone shows a shortage."


class BaseVersionError(InvalidError):
    """The base version does not fit the request."""

    code = "BAD_BASE_VERSION"
    message = "The base version is not one of this schedule."


class RulePackUnknownError(InvalidError):
    """The program goes by a rule pack that there is not; no schedule can be judged."""

    code = "RULE_PACK_UNKNOWN"
    message = "The program goes by a rule pack that there is not."


async def request_run(
    session: AsyncSession,
    viewer: Viewer,
    schedule: Schedule,
    body: GenerateRequest,
    settings: ScheduleSettings,
) -> Run:
    """Queue a run of a locked schedule; its message leaves after the commit.

    The program stays locked until the transaction ends: its inputs are read as one, and two requests cannot
    both take the last place among its runs. Raises ProgramArchivedError, RunActiveError, TooManyRunsError,
    BadBlocksError, BadPinError, BaseVersionError, BadStartError, RulePackUnknownError, ShortageError.
    """
    refuse_archived(await lock_program(session, schedule.program_id))
    await check_room(session, schedule, settings)
    program = with_pins(await load_program(session, schedule.program_id), body.pins)
    blocks = blocks_of(program, body)
    base = await _base_version(session, schedule, body, blocks, program)
    start = await resolve_start(session, schedule.program_id, body.start_from) if body.start_from else None
    check_rule_packs(program)
    if not body.allow_unmet:
        shortages = await asyncio.to_thread(find_shortages, program, blocks)
        if shortages:
            raise ShortageError(details={"conflicts": [asdict(conflict) for conflict in shortages]})
    snapshot_id, digest = await keep_snapshot(session, schedule.program_id, with_pack_versions(program))
    limit = body.time_limit_seconds or settings.run_default_seconds
    run = Run(
        id=new_id(),
        program_id=schedule.program_id,
        schedule_id=schedule.id,
        scope=body.scope,
        academic_blocks=list(blocks),
        time_limit_seconds=min(limit, settings.run_max_seconds),
        deterministic_limit=body.deterministic_limit,
        seed=body.seed,
        workers=min(body.workers or settings.solver_workers, settings.solver_workers),
        allow_unmet=body.allow_unmet,
        options=start,
        snapshot_id=snapshot_id,
        base_version_id=base.id if base else None,
        requested_by=viewer.id,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
        enqueued_at=now(),
    )
    session.add(run)
    await session.flush()
    await audit.record(
        session,
        viewer,
        "run.requested",
        entity_type="run",
        entity_id=run.id,
        program_id=run.program_id,
        after=body.model_dump(mode="json", exclude={"pins"}, exclude_defaults=True),
        counts={"academic_blocks": len(blocks), "pins": len(body.pins)},
        content_hash=digest,
    )
    jobs.enqueue(session, RUN_TASK, run.id)
    return run


async def check_room(session: AsyncSession, schedule: Schedule, settings: ScheduleSettings) -> None:
    """Raises RunActiveError and TooManyRunsError where another run has no place."""
    if await has_active_run(session, schedule.id):
        raise RunActiveError
    active = await session.scalar(
        select(func.count())
        .select_from(Run)
        .where(col(Run.program_id) == schedule.program_id, col(Run.state).in_(ACTIVE_RUN_STATES))
    )
    if (active or 0) >= settings.runs_per_program:
        raise TooManyRunsError(details={"limit": settings.runs_per_program})


def blocks_of(program: Program, body: GenerateRequest) -> tuple[int, ...]:
    """The academic blocks asked for; raises BadBlocksError for a range beyond the year."""
    count = len(program.blocks)
    first, last = body.first_block or 1, body.last_block or count
    if first > count or last > count:
        raise BadBlocksError(details={"first_block": first, "last_block": last, "academic_blocks": count})
    return tuple(range(first, last + 1))


def check_rule_packs(program: Program) -> None:
    """Raises RulePackUnknownError."""
    try:
        limits_of(program)
    except UnknownRulePackError as error:
        raise RulePackUnknownError(error.text, details={"rule_packs": list(program.rule_packs)}) from error


async def _base_version(
    session: AsyncSession,
    schedule: Schedule,
    body: GenerateRequest,
    blocks: tuple[int, ...],
    program: Program,
) -> ScheduleVersion | None:
    """The version to start from: the one named, or the newest where the request needs one."""
    is_partial = len(blocks) < len(program.blocks)
    statement = select(ScheduleVersion).where(ScheduleVersion.schedule_id == schedule.id)
    if body.base_version_id is not None:
        statement = statement.where(ScheduleVersion.id == body.base_version_id)
    elif body.scope is not Scope.DAILY and not is_partial:
        return None
    base = (await session.exec(statement.order_by(col(ScheduleVersion.number).desc()).limit(1))).one_or_none()
    if base is None:
        if body.base_version_id is not None:
            raise BaseVersionError
        if body.scope is Scope.DAILY:
            raise BaseVersionError("Scope daily needs a version whose year plan it can keep.")
        return None
    if body.scope is Scope.DAILY:
        missing = sorted(set(blocks) - await _planned_blocks(session, base))
        if missing:
            message = f"Version {base.number} has no year plan for all of these academic blocks."
            raise BaseVersionError(message, details={"academic_blocks": missing})
    return base


async def _planned_blocks(session: AsyncSession, version: ScheduleVersion) -> set[int]:
    """The academic blocks for which a version says who is on which rotation."""
    found = await session.exec(
        select(YearAssignment.academic_block).where(YearAssignment.version_id == version.id).distinct()
    )
    return set(found.all())
