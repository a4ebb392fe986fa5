"""What a run works from: the snapshot of the inputs and the version it is based on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.alike import Alike
from src.assignments.storage import load_schedule
from src.interchange.model import Program
from src.interchange.schedule import Scope
from src.planning.generation.solve_program import SolveOptions
from src.planning.generation.start_from import load_start
from src.planning.repair.repair_program import RepairOptions
from src.planning.repair.repair_run import options_of
from src.schedules.config import get_schedule_settings
from src.schedules.constants import RunKind
from src.schedules.models import Run, ScheduleVersion
from src.schedules.snapshots import load_snapshot


@dataclass(frozen=True, slots=True)
class RunInput:
    """The program and options of a run, free of any session."""

    run: Run
    """As it was when its work began."""
    program: Program
    options: SolveOptions
    repair: RepairOptions | None = None
    """What a repair is asked; None for a generation."""
    alike: Alike | None = None
    """The version to repair as it was read."""


async def load_run_input(session: AsyncSession, run: Run, seconds: float) -> RunInput:
    """Everything that a claimed run needs to solve within `seconds`.

    Raises FolderRejectedError where the snapshot cannot be read.
    """
    program = await load_snapshot(session, run.snapshot_id)
    base, alike = None, None
    is_repair = run.kind is RunKind.REPAIR
    if run.base_version_id is not None:
        version = await session.get_one(ScheduleVersion, run.base_version_id)
        base = await load_schedule(session, run.program_id, version.id, program.zone)
        alike = Alike(version.id, version.revision, base.assignments) if is_repair else None
    options = SolveOptions(
        scope=run.scope,
        blocks=tuple(run.academic_blocks),
        time_limit_seconds=seconds,
        deterministic_limit=run.deterministic_limit,
        seed=run.seed,
        workers=run.workers,
        allow_unmet=run.allow_unmet,
        memory_limit_mb=get_schedule_settings().solver_memory_mb,
        year_plan=base if run.scope is Scope.DAILY else None,
        base=base,
        start=None if is_repair else await load_start(session, run, program.zone),
    )
    return RunInput(run, program, options, options_of(run) if is_repair else None, alike)
