"""A place in the queue: what generations and repairs do alike between a checked request and the worker.

The run's row comes first and is the truth; its message leaves after the commit and is a hint.
"""

from __future__ import annotations

from typing import Any, Protocol

import structlog
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src import jobs
from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.packs import UnknownRulePackError
from src.exceptions import InvalidError
from src.interchange.model import Program
from src.models import new_id, now
from src.planning.limits import limits_of
from src.planning.rule_versions import with_pack_versions
from src.programs.locks import lock_program
from src.programs.lookup import refuse_archived
from src.schedules.config import ScheduleSettings
from src.schedules.constants import ACTIVE_RUN_STATES, RUN_TASK
from src.schedules.exceptions import RunActiveError, TooManyRunsError
from src.schedules.models import Run, Schedule
from src.schedules.service import has_active_run
from src.schedules.snapshots import keep_snapshot


class RulePackUnknownError(InvalidError):
    """The program goes by a rule pack that there is not; no schedule can be judged."""

    code = "RULE_PACK_UNKNOWN"
    message = "The program goes by a rule pack that there is not."


class Asked(Protocol):
    """What every request for a run may say of its search."""

    @property
    def seed(self) -> int: ...

    @property
    def workers(self) -> int | None: ...

    @property
    def allow_unmet(self) -> bool: ...


async def take_place(session: AsyncSession, schedule: Schedule, settings: ScheduleSettings) -> None:
    """Lock the program of a locked schedule, so that two requests cannot both take the last place.

    The lock is held until the transaction ends: the inputs are read as one, too. Raises ProgramArchivedError,
    RunActiveError, TooManyRunsError.
    """
    refuse_archived(await lock_program(session, schedule.program_id))
    if await has_active_run(session, schedule.id):
        raise RunActiveError
    active = await session.scalar(
        select(func.count())
        .select_from(Run)
        .where(col(Run.program_id) == schedule.program_id, col(Run.state).in_(ACTIVE_RUN_STATES))
    )
    if (active or 0) >= settings.runs_per_program:
        raise TooManyRunsError(details={"limit": settings.runs_per_program})


def check_rule_packs(program: Program) -> None:
    """Raises RulePackUnknownError."""
    try:
        limits_of(program)
    except UnknownRulePackError as error:
        raise RulePackUnknownError(error.text, details={"rule_packs": list(program.rule_packs)}) from error


async def queue_run(
    session: AsyncSession,
    viewer: Viewer,
    schedule: Schedule,
    program: Program,
    asked: Asked,
    settings: ScheduleSettings,
    *,
    time_limit_seconds: int,
    told: dict[str, Any],
    counts: dict[str, int],
    **columns: Any,
) -> Run:
    """Keep the inputs, write the run's row and the audit's, and have the message leave after the commit.

    `columns` are those that only this kind of run has; `told` and `counts` are for the audit trail. Seconds
    and workers are at most the settings'.
    """
    snapshot_id, digest = await keep_snapshot(session, schedule.program_id, with_pack_versions(program))
    run = Run(
        id=new_id(),
        program_id=schedule.program_id,
        schedule_id=schedule.id,
        time_limit_seconds=min(time_limit_seconds, settings.run_max_seconds),
        seed=asked.seed,
        workers=min(asked.workers or settings.solver_workers, settings.solver_workers),
        allow_unmet=asked.allow_unmet,
        snapshot_id=snapshot_id,
        requested_by=viewer.id,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
        enqueued_at=now(),
        **columns,
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
        after=told,
        counts=counts,
        content_hash=digest,
    )
    jobs.enqueue(session, RUN_TASK, run.id)
    return run
