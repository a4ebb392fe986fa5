"""A program folder, archive or workbook into the database, whole or not at all, and out of it again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.audit import Actor
from src.interchange.columns import PROGRAM_TABLES, TABLES_WHERE_THERE_ARE_ROWS
from src.interchange.difference import ProgramDifference, difference
from src.interchange.issues import ImportIssue, IssueCode, IssueSeverity
from src.interchange.model import Program as FolderProgram
from src.interchange.reader import ProgramReading
from src.interchange.snapshot import program_snapshot
from src.interchange.writer import program_workbook, program_zip
from src.programs.exceptions import ImportRejectedError
from src.programs.folder import load_program, program_columns
from src.programs.kinds import KINDS
from src.programs.locks import hold_still
from src.programs.models import Program
from src.programs.schemas.imports import IssueRead
from src.programs.service import join_as_coordinator
from src.programs.storage import replace_program_inputs
from src.programs.validation import with_further_checks

MAX_ROWS = 50_000
"""Rows of all files that the database takes of one program; real ones have some 2,000."""


class ExportFormat(StrEnum):
    """What an export is packed as."""

    ZIP = "zip"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import would change or did. `program` is the stored one; None for a new one not written.

    `difference` and `sha256` (of the canonical files) are None where errors keep the upload out.
    """

    program: Program | None
    issues: tuple[ImportIssue, ...]
    difference: ProgramDifference | None
    counts: Mapping[str, int]
    sha256: str | None

    @property
    def is_accepted(self) -> bool:
        """Whether nothing keeps the upload out."""
        return self.difference is not None


async def preview_import(
    session: AsyncSession, reading: ProgramReading, program: Program | None = None
) -> ImportOutcome:
    """What an import would do to a program, or to none where it would make a new one; writes nothing."""
    reading = with_further_checks(_within_size(reading))
    if reading.program is None:
        return ImportOutcome(program, reading.issues, None, {}, None)
    stored = None if program is None else await load_program(session, program.id)
    return await _outcome(reading, reading.program, program, stored)


async def import_program(
    session: AsyncSession, actor: Actor, reading: ProgramReading, program: Program | None = None
) -> ImportOutcome:
    """Make a new program of what was read, or put it in the place of a locked program's inputs.

    One audit entry tells the counts and the hash. A creator who is a user and no admin becomes coordinator of
    a new program. Raises ImportRejectedError with every issue, and InUseError, naming it, when schedules use
    what would be removed; nothing is written then.
    """
    reading = with_further_checks(_within_size(reading))
    parsed = reading.program
    if parsed is None:
        raise ImportRejectedError(details=issue_details(reading.issues))
    is_new = program is None
    stored = None if program is None else await load_program(session, program.id)
    if program is None:
        program = Program(**program_columns(parsed))
        session.add(program)
        await session.flush()
    outcome = await _outcome(reading, parsed, program, stored)
    await replace_program_inputs(session, program, parsed)
    await audit.record(
        session,
        actor,
        "program.imported" if is_new else "program.reimported",
        entity_type="program",
        entity_id=program.id,
        program_id=program.id,
        counts=_audit_counts(outcome),
        content_hash=outcome.sha256,
    )
    if is_new:
        await join_as_coordinator(session, actor, program)
    return outcome


async def export_program(session: AsyncSession, program_id: UUID, packing: ExportFormat) -> bytes:
    """The program's folder as an archive or a workbook; reading it gives an equal program.

    Nobody edits the program while its tables are read, so the folder is one state of it. Raises NoResultFound
    when there is no such program.
    """
    await hold_still(session, program_id)
    program = await load_program(session, program_id)
    pack = program_zip if packing is ExportFormat.ZIP else program_workbook
    return await asyncio.to_thread(pack, program)


def issue_details(issues: tuple[ImportIssue, ...]) -> dict[str, object]:
    """The issues as the details of an error."""
    return {
        "error_count": count_of(issues, IssueSeverity.ERROR),
        "warning_count": count_of(issues, IssueSeverity.WARNING),
        "issues": [IssueRead.of(issue).model_dump(mode="json") for issue in issues],
    }


def count_of(issues: tuple[ImportIssue, ...], severity: IssueSeverity) -> int:
    """How many issues of a severity there are among those kept."""
    return sum(issue.severity is severity for issue in issues)


def _within_size(reading: ProgramReading) -> ProgramReading:
    """The reading, rejected where its program has more rows than are kept."""
    program = reading.program
    if program is None:
        return reading
    by_file = {kind.form.file: len(kind.of(program)) for kind in KINDS}
    rows = sum(by_file.values())
    if rows <= MAX_ROWS:
        return reading
    message = f"the program has {rows:,} rows in all, most of them here; at most {MAX_ROWS:,} are kept"
    largest = max(by_file, key=lambda file: by_file[file])
    issue = ImportIssue(IssueSeverity.ERROR, largest, None, None, IssueCode.TOO_LARGE, message)
    return ProgramReading(None, (issue, *reading.issues))


async def _outcome(
    reading: ProgramReading, parsed: FolderProgram, program: Program | None, stored: FolderProgram | None
) -> ImportOutcome:
    nothing = FolderProgram(id="", name="", time_zone="", year_start_date=parsed.year_start_date, blocks=())
    changes = await asyncio.to_thread(difference, stored or nothing, parsed)
    _, digest = await asyncio.to_thread(program_snapshot, parsed)
    counts = {kind.form.file: len(kind.of(parsed)) for kind in KINDS}
    ordered = {
        form.file: counts[form.file]
        for form in PROGRAM_TABLES
        if counts[form.file] or form.name not in TABLES_WHERE_THERE_ARE_ROWS
    }
    return ImportOutcome(program, reading.issues, changes, ordered, digest)


def _audit_counts(outcome: ImportOutcome) -> dict[str, int]:
    """Rows by file, and how many of all rows were added, removed and changed."""
    files = outcome.difference.files if outcome.difference else ()
    return {
        **outcome.counts,
        "added": sum(len(file.added) for file in files),
        "removed": sum(len(file.removed) for file in files),
        "changed": sum(len(file.changed) for file in files),
        "warnings": count_of(outcome.issues, IssueSeverity.WARNING),
    }
