"""A schedule made elsewhere as a new draft: to be judged, edited, published, or started from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.check import check
from src.exceptions import InvalidError
from src.interchange.issues import ImportIssue, IssueCode, IssueSeverity
from src.interchange.model import Program
from src.interchange.schedule import AssignmentKind, ResultFile, Schedule, Scope, SolveStatus
from src.interchange.schedule_files import read_schedule_bytes
from src.planning.generation.queue_run import check_rule_packs
from src.planning.generation.save_result import create_version, refers_to_nothing
from src.planning.rule_versions import with_pack_versions
from src.programs.exceptions import ImportRejectedError
from src.programs.folder import load_program
from src.programs.locks import hold_still
from src.schedules.dependencies import refuse_put_away
from src.schedules.models import Schedule as ScheduleRecord
from src.schedules.models import ScheduleVersion
from src.schedules.snapshots import keep_snapshot
from src.solver.expand import home_date

MOST_TOLD = 100


class RowsCollideError(InvalidError):
    """No version may hold such rows; `details.broken` names what does not hold."""

    code = "ROWS_COLLIDE"
    message = (
        "Some rows cannot be kept: one person in two places at once, or an end before its start. Nothing was"
        " changed."
    )


async def import_version(
    session: AsyncSession, viewer: Viewer, schedule: ScheduleRecord, name: str, data: bytes
) -> ScheduleVersion:
    """A draft with the content of a zipped schedule folder, judged by today's inputs.

    It takes seconds, in which neither the schedule nor the program is held. What the folder says of findings,
    denied requests and scores was said elsewhere and is left out. Rules may be broken: a draft says so.
    Raises ImportRejectedError with every row that is none of the program's, RowsCollideError,
    RulePackUnknownError, InputsGoneError, and ScheduleArchivedError or ProgramArchivedError where it was put
    away meanwhile.
    """
    reading = await asyncio.to_thread(read_schedule_bytes, name, data)
    if reading.schedule is None:
        raise _rejected([issue for issue in reading.issues if issue.severity is IssueSeverity.ERROR])
    program = with_pack_versions(await _inputs_as_one(session, schedule.program_id))
    check_rule_packs(program)
    content = Schedule(
        reading.schedule.year,
        reading.schedule.vacations,
        reading.schedule.assignments,
        reading.schedule.unmet,
    )
    foreign = list(_foreign_rows(program, content))
    if foreign:
        raise _rejected(foreign)
    file = _file_of(program, content, reading.schedule.result)
    report = await asyncio.to_thread(check, program, content)
    snapshot_id, _ = await keep_snapshot(session, schedule.program_id, program)
    try:
        async with session.begin_nested():
            draft = await create_version(
                session,
                schedule_id=schedule.id,
                program_id=schedule.program_id,
                program=program,
                content=content,
                report=report,
                file=file,
                snapshot_id=snapshot_id,
                based_on_id=None,
                created_by=viewer.id,
                note="Imported",
            )
    except IntegrityError as error:
        if refers_to_nothing(error):
            raise
        broken = [each.to_json() for each in report.broken[:MOST_TOLD]]
        raise RowsCollideError(details={"broken": broken}) from error
    await refuse_put_away(session, schedule.id)  # that took long, and the numbers are held now
    await audit.record(
        session,
        viewer,
        "version.imported",
        entity_type="schedule_version",
        entity_id=draft.id,
        program_id=draft.program_id,
        after={"number": draft.number},
        counts={"assignments": len(content.assignments), "year": len(content.year)},
    )
    return draft


async def _inputs_as_one(session: AsyncSession, program_id: UUID) -> Program:
    """The program's inputs, which nobody edits while they are read, and everybody may again after."""
    async with session.begin_nested() as reading:
        await hold_still(session, program_id)
        program = await load_program(session, program_id)
        await reading.rollback()  # which lets go of the row
    return program


def _rejected(issues: list[ImportIssue]) -> ImportRejectedError:
    told = [asdict(issue) for issue in issues[:MOST_TOLD]]
    return ImportRejectedError(details={"error_count": len(issues), "issues": told})


def _file_of(program: Program, content: Schedule, told: ResultFile | None) -> ResultFile:
    """What is judged: the blocks that the folder says it was made for, else those it has rows in."""
    every = range(1, len(program.blocks) + 1)
    blocks = tuple(block for block in (told.blocks if told is not None else ()) if block in every)
    scope = Scope.BOTH if content.assignments else Scope.YEAR
    return ResultFile(
        SolveStatus.FEASIBLE, scope, blocks or tuple(sorted({row.block for row in content.year}))
    )


def _foreign_rows(program: Program, content: Schedule) -> Iterator[ImportIssue]:
    """Every row that speaks of somebody or something that the program does not have."""
    people, rotations = program.person_by_id, program.rotation_by_id
    calls = program.call_by_id
    named = {
        AssignmentKind.ROTATION: rotations,
        AssignmentKind.CALL: calls,
        AssignmentKind.JEOPARDY: calls,
    }
    if not (content.year or content.assignments):
        yield _error(
            "year.csv", None, None, IssueCode.MISSING_VALUE, "holds no rows, nor does assignments.csv"
        )
    for entry in content.year:
        if entry.person not in people:
            yield _unknown("year.csv", entry.row, "person", entry.person)
        if entry.rotation not in rotations:
            yield _unknown("year.csv", entry.row, "rotation", entry.rotation)
        if not 1 <= entry.block <= len(program.blocks):
            yield _unknown("year.csv", entry.row, "block", str(entry.block))
    for week in content.vacations:
        if week.person not in people:
            yield _unknown("vacations.csv", week.row, "person", week.person)
    for row in content.assignments:
        if row.person not in people:
            yield _unknown("assignments.csv", row.row, "person", row.person)
        if row.kind in named and row.id not in named[row.kind]:
            yield _unknown("assignments.csv", row.row, str(row.kind), row.id)
        if program.block_of(home_date(program, row)) is None:
            yield _unknown("assignments.csv", row.row, "date", row.date.isoformat())


def _unknown(file: str, row: int | None, column: str, value: str) -> ImportIssue:
    return _error(file, row, column, IssueCode.UNKNOWN_ID, f"the program has no {column} '{value}'")


def _error(file: str, row: int | None, column: str | None, code: IssueCode, message: str) -> ImportIssue:
    return ImportIssue(IssueSeverity.ERROR, file, row, column, code, message)
