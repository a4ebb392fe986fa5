"""A stored version before the judge: checked against the inputs that it was made from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.storage import load_schedule
from src.compliance.check import CheckReport, check
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, SolveStatus
from src.schedules.models import ScheduleVersion
from src.schedules.snapshots import load_snapshot


@dataclass(frozen=True, slots=True)
class Judged:
    """A version's inputs and content, and what the checker says of them now."""

    program: Program
    content: Schedule
    report: CheckReport


async def load_content(session: AsyncSession, version: ScheduleVersion) -> tuple[Program, Schedule]:
    """The program a version is judged against, and its content."""
    program = await load_snapshot(session, version.snapshot_id)
    return program, await load_schedule(session, version.program_id, version.id, program.zone)


async def judge_version(session: AsyncSession, version: ScheduleVersion) -> Judged:
    """Check a version as it is now; the arithmetic runs off the event loop."""
    program, content = await load_content(session, version)
    judged = replace(content, denied=None, findings=None, result=scope_of(version))
    return Judged(program, content, await asyncio.to_thread(check, program, judged))


def scope_of(version: ScheduleVersion) -> ResultFile:
    """The part of `result.json` that tells a check which blocks and layers to judge."""
    return ResultFile(status=SolveStatus.FEASIBLE, scope=version.scope, blocks=tuple(version.academic_blocks))
