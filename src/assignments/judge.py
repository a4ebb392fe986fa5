"""A stored version before the judge: checked against the inputs that it was made from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.storage import load_schedule
from src.compliance.check import CheckReport, check
from src.compliance.structure.broken import RESULT_FILE
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
    """Check a version as it is now; the arithmetic runs off the event loop.

    A stored version has no `result.json`: what the checker says of that file is about nothing.
    """
    program, content = await load_content(session, version)
    judged = replace(content, denied=None, findings=None, result=scope_of(version))
    report = await asyncio.to_thread(check, program, judged)
    broken = tuple(one for one in report.broken if one.file != RESULT_FILE)
    return Judged(program, content, replace(report, broken=broken))


def scope_of(version: ScheduleVersion) -> ResultFile:
    """The part of `result.json` that tells a check which blocks and layers to judge."""
    return ResultFile(status=SolveStatus.FEASIBLE, scope=version.scope, blocks=tuple(version.academic_blocks))
