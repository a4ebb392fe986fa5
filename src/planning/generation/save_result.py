"""A solved schedule as a new draft version: never over anyone's edits."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.alike import Alike
from src.assignments.storage import load_codes, save_schedule
from src.auth import audit
from src.compliance.check import CheckReport
from src.compliance.storage import replace_findings
from src.exceptions import ConflictError
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope
from src.interchange.schedule_files import schedule_files
from src.models import new_id
from src.planning.generation.covered import covered_blocks, has_days
from src.planning.generation.solve_program import Solved
from src.schedules.models import Run, ScheduleVersion
from src.schedules.quiet import hold_numbers
from src.schedules.service import next_number


class InputsGoneError(ConflictError):
    """The schedule names a person, rotation or call that the program no longer has."""

    code = "INPUTS_GONE"
    message = "The program no longer has a person, rotation or call that the schedule names."


FOREIGN_KEY_VIOLATION = "23503"


def refers_to_nothing(error: IntegrityError) -> bool:
    """Whether what was to be written names a row that is not there any more."""
    return str(getattr(error.orig, "sqlstate", "")) == FOREIGN_KEY_VIOLATION


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A draft that holds another version's assignments, before it is known what is to be changed in it."""

    version: ScheduleVersion
    alike: Alike


async def save_solved(session: AsyncSession, run: Run, program: Program, solved: Solved) -> ScheduleVersion:
    """The version that a held run ends in; the caller's transaction keeps all of it or nothing."""
    assert solved.schedule is not None
    assert solved.whole is not None
    version = await create_version(
        session,
        schedule_id=run.schedule_id,
        program_id=run.program_id,
        program=program,
        content=solved.schedule,
        report=solved.whole,
        file=solved.file,
        snapshot_id=run.snapshot_id,
        based_on_id=run.base_version_id,
        created_by=run.requested_by,
    )
    await audit.record(
        session,
        audit.SystemActor("worker", run.requested_by),
        "version.generated",
        entity_type="schedule_version",
        entity_id=version.id,
        program_id=run.program_id,
        after={"run": run.id, "number": version.number, "status": solved.file.status},
        counts={
            "assignments": len(solved.schedule.assignments),
            "year": len(solved.schedule.year),
            "denied": len(solved.schedule.denied or ()),
        },
    )
    return version


async def create_version(
    session: AsyncSession,
    *,
    schedule_id: UUID,
    program_id: UUID,
    program: Program,
    content: Schedule,
    report: CheckReport,
    file: ResultFile,
    snapshot_id: UUID,
    based_on_id: UUID | None,
    created_by: UUID | None,
    note: str | None = None,
    number: int | None = None,
    laid_out: LaidOut | None = None,
) -> ScheduleVersion:
    """A new draft with its content and findings.

    Without a `number` it has the schedule's next one, taken last: saving a year takes seconds, for which
    nobody else is to wait. `laid_out` is a version that is there already. Raises InputsGoneError, and
    VersionMovedError where `laid_out` does not hold what it says.
    """
    blocks = covered_blocks(program, content, file)
    spans = [block for block in program.academic_blocks if block.number in blocks]
    values: dict[str, Any] = {
        "program_id": program_id,
        "schedule_id": schedule_id,
        "number": unseen_number() if number is None else number,
        "scope": Scope.BOTH if has_days(content, file) else Scope.YEAR,
        "academic_blocks": list(blocks),
        "start_date": spans[0].start_date,
        "end_date": spans[-1].end_date,
        "snapshot_id": snapshot_id,
        "based_on_id": based_on_id,
        "created_by": created_by,
        "note": note,
        "result": summary_of(file, report),
    }
    if laid_out is None:
        version, held = ScheduleVersion(id=new_id(), **values), None
    else:
        version, held = laid_out.version.sqlmodel_update(values), laid_out.alike
    session.add(version)
    await session.flush()
    codes = await load_codes(session, program_id)
    try:
        await save_schedule(session, program_id, version.id, content, held)
        await replace_findings(session, version.id, report.findings, codes.people)
    except KeyError as error:
        raise InputsGoneError(details={"code": str(error.args[0])}) from error
    if number is None:
        version.number = await number_of_next(session, schedule_id)
        await session.flush()
    return version


def unseen_number() -> int:
    """A number no version has, until its transaction is about to end: the true one needs a lock."""
    return -1 - secrets.randbelow(2**31 - 1)


async def number_of_next(session: AsyncSession, schedule_id: UUID) -> int:
    """The number of the schedule's next version; who else wants one waits until the transaction ends."""
    await hold_numbers(session, schedule_id)
    return max(1, await next_number(session, schedule_id))


def summary_of(file: ResultFile, report: CheckReport) -> dict[str, Any]:
    """What the version remembers of its making: the result file's words and the checker's figures."""
    return {
        **json.loads(schedule_files(Schedule(result=file))["result.json"]),
        "hard": report.hard,
        "soft": report.soft,
        "info": report.info,
        "figures": {name: float(value) for name, value in report.figures.items()},
    }
