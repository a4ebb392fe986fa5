"""A program and its schedule in a database, as the API would keep them, to measure with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.check import CheckReport
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.planning.generation.save_result import create_version
from src.planning.rule_versions import with_pack_versions
from src.programs.folder import program_columns
from src.programs.models import Program as ProgramRecord
from src.programs.storage import replace_program_inputs
from src.schedules.models import Schedule as ScheduleRecord
from src.schedules.models import ScheduleVersion
from src.schedules.snapshots import keep_snapshot


@dataclass(frozen=True)
class Stored:
    """A program in the database, with an empty schedule and the snapshot of its inputs."""

    program: Program
    """As it was kept: each of its packs at a version."""
    program_id: UUID
    schedule_id: UUID
    snapshot_id: UUID


async def store_program(session: AsyncSession, program: Program) -> Stored:
    """Flush the program, a schedule and a snapshot; nothing is committed."""
    row = ProgramRecord(**program_columns(program))
    session.add(row)
    await session.flush()
    await replace_program_inputs(session, row, program)
    schedule = ScheduleRecord(program_id=row.id, name="Year")
    session.add(schedule)
    await session.flush()
    pinned = with_pack_versions(program)
    snapshot_id, _ = await keep_snapshot(session, row.id, pinned)
    return Stored(pinned, row.id, schedule.id, snapshot_id)


async def store_version(
    session: AsyncSession, stored: Stored, content: Schedule, report: CheckReport
) -> ScheduleVersion:
    """Flush a draft with that content for both layers and every academic block, and what the judge said."""
    blocks = tuple(range(1, len(stored.program.blocks) + 1))
    return await create_version(
        session,
        schedule_id=stored.schedule_id,
        program_id=stored.program_id,
        program=stored.program,
        content=content,
        report=report,
        file=ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, blocks),
        snapshot_id=stored.snapshot_id,
        based_on_id=None,
        created_by=None,
    )
