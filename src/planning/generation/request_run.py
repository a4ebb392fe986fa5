"""Asking for a schedule: check what can be checked at once, keep the inputs, queue the run.

Counting comes first: a shortage that no search can mend is named before anything is queued.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import YearAssignment
from src.auth.viewer import Viewer
from src.exceptions import InvalidError
from src.interchange.model import Program
from src.interchange.schedule import Scope
from src.planning.generation.generate_request import GenerateRequest
from src.planning.generation.queue_run import check_rule_packs, queue_run, take_place
from src.planning.generation.request_pins import with_pins
from src.planning.generation.start_from import resolve_start
from src.programs.folder import load_program
from src.schedules.config import ScheduleSettings
from src.schedules.exceptions import BadBlocksError
from src.schedules.models import Run, Schedule, ScheduleVersion
from src.solver.precheck import find_shortages


class ShortageError(InvalidError):
    """Counting shows that no schedule can exist; `details.conflicts` names file, row and numbers."""

    code = "SHORTAGE"
    message = "No schedule can exist: counting alone shows a shortage."


class BaseVersionError(InvalidError):
    """The base version does not fit the request."""

    code = "BAD_BASE_VERSION"
    message = "The base version is not one of this schedule."


async def request_run(
    session: AsyncSession,
    viewer: Viewer,
    schedule: Schedule,
    body: GenerateRequest,
    settings: ScheduleSettings,
) -> Run:
    """Queue a run of a locked schedule; its message leaves after the commit.

    Raises ProgramArchivedError, RunActiveError, TooManyRunsError,
    BadBlocksError, BadPinError, BaseVersionError, BadStartError, RulePackUnknownError, ShortageError.
    """
    await take_place(session, schedule, settings)
    program = with_pins(await load_program(session, schedule.program_id), body.pins)
    blocks = blocks_of(program, body)
    base = await _base_version(session, schedule, body, blocks, program)
    start = await resolve_start(session, schedule.program_id, body.start_from) if body.start_from else None
    check_rule_packs(program)
    if not body.allow_unmet:
        shortages = await asyncio.to_thread(find_shortages, program, blocks)
        if shortages:
            raise ShortageError(details={"conflicts": [asdict(conflict) for conflict in shortages]})
    return await queue_run(
        session,
        viewer,
        schedule,
        program,
        body,
        settings,
        time_limit_seconds=body.time_limit_seconds or settings.run_default_seconds,
        told=body.model_dump(mode="json", exclude={"pins"}, exclude_defaults=True),
        counts={"academic_blocks": len(blocks), "pins": len(body.pins)},
        scope=body.scope,
        academic_blocks=list(blocks),
        deterministic_limit=body.deterministic_limit,
        options=start,
        base_version_id=base.id if base else None,
    )


def blocks_of(program: Program, body: GenerateRequest) -> tuple[int, ...]:
    """The academic blocks asked for; raises BadBlocksError for a range beyond the year."""
    count = len(program.blocks)
    first, last = body.first_block or 1, body.last_block or count
    if first > count or last > count:
        raise BadBlocksError(details={"first_block": first, "last_block": last, "academic_blocks": count})
    return tuple(range(first, last + 1))


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
