"""Asking for a schedule: check what can be checked at once, keep the inputs, queue the run.

Counting comes first: a shortage that no search can mend is named before anything is queued.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

import structlog
from pydantic import ConfigDict, Field, model_validator
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src import jobs
from src.auth import audit
from src.auth.viewer import Viewer
from src.exceptions import InvalidError
from src.interchange.model import CallPin, Program, RotationPin
from src.interchange.schedule import Scope
from src.models import new_id, now
from src.programs.folder import load_program
from src.schedules.config import ScheduleSettings
from src.schedules.constants import ACTIVE_RUN_STATES, RUN_TASK
from src.schedules.exceptions import BadBlocksError, RunActiveError, TooManyRunsError
from src.schedules.models import Run, Schedule, ScheduleVersion
from src.schedules.schemas import BlockNumber, Seed
from src.schedules.service import has_active_run
from src.schedules.snapshots import keep_snapshot
from src.schemas import Body
from src.solver.precheck import find_shortages

MAX_PINS = 1000


class RotationPinIn(Body):
    """A resident's rotation of an academic block, to be kept as it is."""

    person: Annotated[str, Field(max_length=64)]
    block: BlockNumber
    rotation: Annotated[str, Field(max_length=64)]


class CallPinIn(Body):
    """A person's call on a date, to be kept as it is."""

    person: Annotated[str, Field(max_length=64)]
    date: date
    call: Annotated[str, Field(max_length=64)]


class GenerateRequest(Body):
    """What to generate, how long to look, and from where to start.

    `first_block` … `last_block` limit the run to a range of academic blocks; the rest stays as in the base
    version. Scope `daily` keeps the base version's year plan. `pins` come on top of the program's own.
    `deterministic_limit` (with `workers` 1) makes equal seeds give equal schedules.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"scope": "both", "time_limit_seconds": 120, "seed": 1}]}
    )

    scope: Scope = Scope.BOTH
    first_block: BlockNumber | None = None
    last_block: BlockNumber | None = None
    time_limit_seconds: Annotated[int, Field(strict=True, ge=1, le=86_400)] | None = None
    deterministic_limit: Annotated[float, Field(gt=0, le=86_400)] | None = None
    workers: Annotated[int, Field(strict=True, ge=1, le=64)] | None = None
    seed: Seed = 1
    base_version_id: UUID | None = None
    pins: Annotated[list[RotationPinIn | CallPinIn], Field(max_length=MAX_PINS)] = []
    allow_unmet: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        first, last = self.first_block, self.last_block
        if first is not None and last is not None and first > last:
            raise ValueError("first_block must not be after last_block")
        return self


class ShortageError(InvalidError):
    """Counting shows that no schedule can exist; `details.conflicts` names file, row and numbers."""

    code = "SHORTAGE"
    message = "No schedule can exist: counting alone shows a shortage."


class BadPinError(InvalidError):
    """A pin names something that the program does not have."""

    code = "BAD_PIN"
    message = "A pin names something that the program does not have."


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

    Raises RunActiveError, TooManyRunsError, BadBlocksError, BadPinError, BaseVersionError, ShortageError.
    """
    await _check_room(session, schedule, settings)
    program = with_pins(await load_program(session, schedule.program_id), body)
    blocks = blocks_of(program, body)
    base = await _base_version(session, schedule, body, partial=len(blocks) < len(program.blocks))
    if not body.allow_unmet:
        shortages = find_shortages(program, blocks)
        if shortages:
            raise ShortageError(details={"conflicts": [asdict(conflict) for conflict in shortages]})
    snapshot_id, digest = await keep_snapshot(session, schedule.program_id, program)
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


async def _check_room(session: AsyncSession, schedule: Schedule, settings: ScheduleSettings) -> None:
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


def with_pins(program: Program, body: GenerateRequest) -> Program:
    """The program with the request's pins on top of its own; raises BadPinError naming each bad one."""
    rotations = list(program.rotation_pins)
    calls = list(program.call_pins)
    errors: list[dict[str, Any]] = []
    for index, pin in enumerate(body.pins):
        problem = _pin_problem(program, pin)
        if problem:
            errors.append({"pointer": f"/body/pins/{index}", "message": problem})
        elif isinstance(pin, RotationPinIn):
            rotations.append(RotationPin(pin.person, pin.block, pin.rotation))
        else:
            calls.append(CallPin(pin.person, pin.date, pin.call))
    if errors:
        raise BadPinError(details={"errors": errors})
    return replace(
        program,
        rotation_pins=tuple(dict.fromkeys(rotations)),
        call_pins=tuple(dict.fromkeys(calls)),
    )


def _pin_problem(program: Program, pin: RotationPinIn | CallPinIn) -> str | None:
    if pin.person not in {person.id for person in program.residents}:
        return f"there is no resident {pin.person}"
    if isinstance(pin, RotationPinIn):
        if pin.rotation not in program.rotation_by_id:
            return f"there is no rotation {pin.rotation}"
        if pin.block > len(program.blocks):
            return f"there is no academic block {pin.block}"
        return None
    if pin.call not in program.call_by_id:
        return f"there is no call {pin.call}"
    if program.block_of(pin.date) is None:
        return f"{pin.date} is not in the year"
    return None


async def _base_version(
    session: AsyncSession, schedule: Schedule, body: GenerateRequest, *, partial: bool
) -> ScheduleVersion | None:
    """The version to start from: the one named, or the newest where the request needs one."""
    statement = select(ScheduleVersion).where(ScheduleVersion.schedule_id == schedule.id)
    if body.base_version_id is not None:
        statement = statement.where(ScheduleVersion.id == body.base_version_id)
    elif body.scope is not Scope.DAILY and not partial:
        return None
    base = (await session.exec(statement.order_by(col(ScheduleVersion.number).desc()).limit(1))).one_or_none()
    if base is None and (body.base_version_id is not None or body.scope is Scope.DAILY):
        message = None if body.base_version_id else "Scope daily needs a version whose year plan it can keep."
        raise BaseVersionError(message)
    return base
