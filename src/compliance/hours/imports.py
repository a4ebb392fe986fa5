"""Worked hours from a CSV file into the database: of one resident or of a program, whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.hours.constants import EntryOrigin
from src.compliance.hours.csv_rows import HoursRow, read_hours
from src.compliance.hours.edit_plan import Entry
from src.compliance.hours.exceptions import HoursImportRejectedError, SheetClosedError, SheetOverlapError
from src.compliance.hours.import_plan import ImportPlan, StoredEntry, plan_import, tell_overlaps
from src.compliance.hours.models import HourEntry, HourSheet
from src.compliance.hours.repository import sheets_of
from src.compliance.hours.storage import entry_values, insert_entries
from src.compliance.hours.worked import Worked, zone_of
from src.interchange.issues import ImportIssue, IssueLog, IssueSeverity
from src.interchange.model import PersonKind
from src.models import new_id, now
from src.programs.folder import program_of
from src.programs.models import Person, Program


@dataclass(frozen=True, slots=True)
class HoursImport:
    """What an import of hours would do or did: entries added, copies confirmed, sheets opened.

    `closed` counts the rows on dates that are handed in. `sha256` is that of the file.
    """

    issues: tuple[ImportIssue, ...]
    rows: int
    added: int
    confirmed: int
    opened: int
    closed: int
    sha256: str

    @property
    def error_count(self) -> int:
        return sum(issue.severity is IssueSeverity.ERROR for issue in self.issues)

    @property
    def is_accepted(self) -> bool:
        return self.error_count == 0


@dataclass(frozen=True, slots=True)
class _Read:
    """An upload with what it comes to; nothing is written yet."""

    outcome: HoursImport
    plan: ImportPlan
    people: Mapping[str, UUID]
    sheets: Mapping[UUID, HourSheet]


async def preview_hours(
    session: AsyncSession, program: Program, data: bytes, own: Person | None = None
) -> HoursImport:
    """What an import would do, with every error and warning; writes nothing."""
    return (await _read(session, program, data, own, lock=False)).outcome


async def import_hours(
    session: AsyncSession, viewer: Viewer, program: Program, data: bytes, own: Person | None = None
) -> HoursImport:
    """Log the hours of a file: of the resident whose `own` it is, or of any resident of the program.

    Raises HoursImportRejectedError with every issue, SheetClosedError where dates that are handed in are all
    that is wrong, SheetOverlapError where a sheet was opened in between. Nothing is written then.
    """
    read = await _read(session, program, data, own, lock=True)
    outcome = read.outcome
    if not outcome.is_accepted:
        is_closed = outcome.closed == outcome.error_count
        kind = SheetClosedError if is_closed else HoursImportRejectedError
        raise kind(details=issue_details(outcome.issues))
    await _write(session, program, read)
    await audit.record(
        session,
        viewer,
        "hours.imported",
        entity_type="person" if own else "program",
        entity_id=own.id if own else program.id,
        program_id=program.id,
        counts={"added": outcome.added, "confirmed": outcome.confirmed, "sheets_opened": outcome.opened},
        content_hash=outcome.sha256,
    )
    return outcome


def issue_details(issues: Sequence[ImportIssue]) -> dict[str, object]:
    """The issues as the details of an error, in the form that imports of programs have."""
    return {
        "error_count": sum(issue.severity is IssueSeverity.ERROR for issue in issues),
        "warning_count": sum(issue.severity is IssueSeverity.WARNING for issue in issues),
        "issues": [
            {
                "severity": issue.severity,
                "file": issue.file,
                "row": issue.row,
                "column": issue.column,
                "code": issue.code,
                "message": issue.message,
            }
            for issue in issues
        ],
    }


async def _read(
    session: AsyncSession, program: Program, data: bytes, own: Person | None, *, lock: bool
) -> _Read:
    zone, log = zone_of(program.time_zone), IssueLog()
    people = {own.code: own.id} if own else await _residents(session, program.id)
    rows = await asyncio.to_thread(read_hours, data, people, now(), log, own.code if own else None)
    named = {row.person: people[row.person] for row in rows}
    sheets = await sheets_of(session, named.values(), lock=lock)
    code_of = {key: code for code, key in named.items()}
    by_person: defaultdict[str, list[HourSheet]] = defaultdict(list)
    for sheet in sheets:
        by_person[code_of[sheet.person_id]].append(sheet)
    stored = await _stored(session, rows, code_of)
    plan = await asyncio.to_thread(plan_import, program_of(program), zone, rows, by_person, stored, log)
    await asyncio.to_thread(tell_overlaps, rows, stored, log)
    outcome = HoursImport(
        issues=log.issues(),
        rows=len(rows),
        added=sum(map(len, plan.into.values())) + sum(map(len, plan.opened.values())),
        confirmed=len(plan.confirmed),
        opened=len(plan.opened),
        closed=plan.closed,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return _Read(outcome, plan, people, {sheet.id: sheet for sheet in sheets})


async def _write(session: AsyncSession, program: Program, read: _Read) -> None:
    zone, plan = zone_of(program.time_zone), read.plan
    rows_of: dict[UUID, list[HoursRow]] = {**plan.into}
    sheets = dict(read.sheets)
    for new, rows in plan.opened.items():
        sheet = HourSheet(
            program_id=program.id,
            person_id=read.people[new.person],
            unit=new.unit,
            start_date=new.start_date,
            end_date=new.end_date,
        )
        session.add(sheet)
        sheets[sheet.id], rows_of[sheet.id] = sheet, rows
    try:
        await session.flush()
    except IntegrityError as error:  # another request opened one of them in between
        raise SheetOverlapError from error
    await insert_entries(
        session,
        (
            entry_values(new_id(), sheets[key], Entry(row.worked, EntryOrigin.IMPORTED), zone)
            for key, some in rows_of.items()
            for row in some
        ),
    )
    await _confirm(session, plan)
    touched = [*plan.into, *(plan.confirmed_sheets - plan.into.keys())]
    if touched:
        await session.exec(
            update(HourSheet)
            .where(col(HourSheet.id).in_(touched))
            .values(revision=col(HourSheet.revision) + 1)
        )


async def _confirm(session: AsyncSession, plan: ImportPlan) -> None:
    if plan.confirmed:
        await session.exec(
            update(HourEntry)
            .where(col(HourEntry.id).in_(plan.confirmed))
            .values(origin=EntryOrigin.CONFIRMED, revision=col(HourEntry.revision) + 1)
        )


async def _residents(session: AsyncSession, program_id: UUID) -> dict[str, UUID]:
    rows = await session.exec(
        select(Person.code, Person.id).where(
            Person.program_id == program_id, col(Person.kind) == PersonKind.RESIDENT
        )
    )
    return {code: key for code, key in rows}  # noqa: C416  # rows are Row objects, not tuples


async def _stored(
    session: AsyncSession, rows: Sequence[HoursRow], code_of: Mapping[UUID, str]
) -> list[StoredEntry]:
    """What these people have logged about the time that the rows speak of."""
    if not rows:
        return []
    found = await session.exec(
        select(HourEntry).where(
            col(HourEntry.person_id).in_(list(code_of)),
            col(HourEntry.end_at) > min(row.worked.start_at for row in rows),
            col(HourEntry.start_at) < max(row.worked.end_at for row in rows),
        )
    )
    return [
        StoredEntry(
            row.id,
            code_of[row.person_id],
            Worked(row.start_at, row.end_at, row.duty_type, row.reason),
            row.origin,
        )
        for row in found
    ]
