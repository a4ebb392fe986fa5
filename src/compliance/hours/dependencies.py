"""Residents, sheets and entries as named types: a route that asks for one gets it only if it may be had.

Residents, the chief among them, log the own hours and nobody else's. Coordinators and admins read
everybody's, lock, reopen and import; they do not log in another's name. Faculty know nothing of hours. Nobody
changes the hours of an archived program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from src.auth.constants import MANAGERS
from src.auth.permissions import CurrentViewer
from src.auth.rules import program_rule, states
from src.auth.viewer import Viewer
from src.compliance.hours.constants import OWNERS, READERS, TAKES_ENTRIES
from src.compliance.hours.exceptions import EntryNotFoundError, SheetClosedError, SheetNotFoundError
from src.compliance.hours.models import HourEntry
from src.compliance.hours.repository import Resident, Sheet, find_entry, find_resident, find_sheet
from src.database import SessionDep
from src.programs.lookup import program_by_id, refuse_archived
from src.programs.models import Program

READ = program_rule("read worked hours: residents the own, managers all", READERS, readers=READERS)
LOG = program_rule("log the own worked hours", OWNERS, readers=READERS)
KEEP = program_rule("lock, reopen and import the worked hours of the program", MANAGERS, readers=READERS)


@dataclass(frozen=True, slots=True)
class EditableEntry:
    """An entry with its sheet, which takes entries and is locked until the transaction ends."""

    row: HourEntry
    sheet: Sheet


@states(READ)
async def program_with_hours(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, for everyone who may know of hours in it."""
    READ.check(viewer, program_id)
    return await program_by_id(session, program_id)


@states(KEEP)
async def program_keeping_hours(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, archived or not, for those who keep everybody's hours."""
    KEEP.check(viewer, program_id)
    return await program_by_id(session, program_id)


@states(READ)
async def readable_resident(resident_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Resident:
    """The resident, for themselves and for managers."""
    return await find_resident(session, viewer, resident_id)


@states(LOG)
async def logging_resident(resident_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Resident:
    """The resident themselves, of a program that is not archived."""
    resident = await find_resident(session, viewer, resident_id)
    LOG.check(viewer, resident.program.id)
    refuse_archived(resident.program)
    return resident


@states(READ)
async def readable_sheet(sheet_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Sheet:
    """The sheet, for its resident and for managers."""
    return await find_sheet(session, viewer, sheet_id)


@states(LOG)
async def own_sheet(sheet_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Sheet:
    """The own sheet in any state, locked until the transaction ends."""
    seen = await find_sheet(session, viewer, sheet_id)
    LOG.check(viewer, seen.row.program_id)
    refuse_archived(seen.program)
    return await find_sheet(session, viewer, sheet_id, lock=True)


@states(LOG)
async def writable_sheet(sheet: Annotated[Sheet, Depends(own_sheet)]) -> Sheet:
    """The own sheet, locked, while it takes entries; raises SheetClosedError once it is handed in."""
    _refuse_closed(sheet)
    return sheet


@states(KEEP)
async def kept_sheet(sheet_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Sheet:
    """The sheet, locked, for those who keep everybody's hours."""
    seen = await find_sheet(session, viewer, sheet_id)
    KEEP.check(viewer, seen.row.program_id)
    refuse_archived(seen.program)
    return await find_sheet(session, viewer, sheet_id, lock=True)


@states(READ)
async def readable_entry(entry_id: UUID, viewer: CurrentViewer, session: SessionDep) -> EditableEntry:
    """The entry with its sheet, for its resident and for managers."""
    row = await find_entry(session, entry_id)
    return EditableEntry(row, await _sheet_of(session, viewer, row))


@states(LOG)
async def editable_entry(entry_id: UUID, viewer: CurrentViewer, session: SessionDep) -> EditableEntry:
    """The own entry in a sheet that takes entries, the sheet locked; raises SheetClosedError otherwise."""
    seen = await find_entry(session, entry_id)
    sheet = await _sheet_of(session, viewer, seen)
    LOG.check(viewer, sheet.row.program_id)
    refuse_archived(sheet.program)
    sheet = await _sheet_of(session, viewer, seen, lock=True)
    _refuse_closed(sheet)
    return EditableEntry(await find_entry(session, entry_id), sheet)


def whose_hours(viewer: Viewer, program_id: UUID) -> UUID | None:
    """The only person of the program whose hours the viewer may know of; None = everyone's.

    A member who is linked to no person knows of nobody's: an id that no row has.
    """
    if viewer.may(program_id, MANAGERS):
        return None
    return viewer.person_in(program_id) or UUID(int=0)


def _refuse_closed(sheet: Sheet) -> None:
    if sheet.row.state not in TAKES_ENTRIES:
        raise SheetClosedError(details={"sheet_id": sheet.row.id, "state": sheet.row.state})


async def _sheet_of(
    session: SessionDep, viewer: CurrentViewer, row: HourEntry, *, lock: bool = False
) -> Sheet:
    try:
        return await find_sheet(session, viewer, row.sheet_id, lock=lock)
    except SheetNotFoundError as error:
        raise EntryNotFoundError from error


ProgramWithHours = Annotated[Program, Depends(program_with_hours)]
ProgramKeepingHours = Annotated[Program, Depends(program_keeping_hours)]
ReadableResident = Annotated[Resident, Depends(readable_resident)]
LoggingResident = Annotated[Resident, Depends(logging_resident)]
ReadableSheet = Annotated[Sheet, Depends(readable_sheet)]
OwnSheet = Annotated[Sheet, Depends(own_sheet)]
WritableSheet = Annotated[Sheet, Depends(writable_sheet)]
KeptSheet = Annotated[Sheet, Depends(kept_sheet)]
ReadableEntry = Annotated[EditableEntry, Depends(readable_entry)]
EditableEntryDep = Annotated[EditableEntry, Depends(editable_entry)]
