"""Where the rows of an import go: into which sheet, which copy they confirm, what is in their way. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from src.compliance.hours.constants import TAKES_ENTRIES, EntryOrigin, SheetUnit
from src.compliance.hours.csv_rows import FILE, HoursRow
from src.compliance.hours.models import HourSheet
from src.compliance.hours.periods import period_at
from src.compliance.hours.worked import Worked, local_date, overlaps
from src.interchange.issues import IssueCode, IssueLog
from src.interchange.model import Program

MAX_OVERLAPS_TOLD = 500
"""Overlaps are told as warnings; beyond so many the file says the same thing over and over."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry that is there, as far as an import minds it."""

    id: UUID
    person: str
    worked: Worked
    origin: EntryOrigin


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet that an import opens."""

    person: str
    unit: SheetUnit
    start_date: dt.date
    end_date: dt.date


@dataclass(slots=True)
class ImportPlan:
    """Rows by the sheet that is there, rows by the sheet to open, and copies that a row confirms.

    `closed` counts the rows that name a date of a sheet that is handed in.
    """

    into: defaultdict[UUID, list[HoursRow]] = field(default_factory=lambda: defaultdict(list))
    opened: defaultdict[NewSheet, list[HoursRow]] = field(default_factory=lambda: defaultdict(list))
    confirmed: set[UUID] = field(default_factory=set)
    confirmed_sheets: set[UUID] = field(default_factory=set)
    closed: int = 0


def plan_import(
    calendar: Program,
    zone: ZoneInfo,
    rows: Iterable[HoursRow],
    sheets: Mapping[str, Iterable[HourSheet]],
    stored: Iterable[StoredEntry],
    log: IssueLog,
) -> ImportPlan:
    """Place every row; whatever is in the way of one goes into the log. `sheets` are by the person's code.

    A row whose date has no sheet opens one: of the academic block, or of a week where the resident keeps
    weeks in that block. A row that says the same as a copy nobody confirmed yet confirms it.
    """
    plan = ImportPlan()
    there = {(one.person, *one.worked.identity): one for one in stored}
    kept = {person: sorted(some, key=lambda sheet: sheet.start_date) for person, some in sheets.items()}
    for row in rows:
        day = local_date(row.worked.start_at, zone)
        double = there.get((row.person, *row.worked.identity))
        sheet = next((one for one in kept.get(row.person, ()) if one.start_date <= day <= one.end_date), None)
        if sheet is not None and sheet.state not in TAKES_ENTRIES:
            plan.closed += 1
            _reject(
                log, row, IssueCode.CONTRADICTION, f"lies on {day}, in a sheet of hours that is {sheet.state}"
            )
        elif double is not None and double.origin is not EntryOrigin.PREFILLED:
            _reject(log, row, IssueCode.DUPLICATE, "is logged already, with the same end and duty type")
        elif double is not None and sheet is not None:
            plan.confirmed.add(double.id)
            plan.confirmed_sheets.add(sheet.id)
        elif sheet is not None:
            plan.into[sheet.id].append(row)
        else:
            _open(plan, calendar, row, day, kept.get(row.person, []), log)
    return plan


def tell_overlaps(rows: Iterable[HoursRow], stored: Iterable[StoredEntry], log: IssueLog) -> None:
    """A warning for each row that overlaps an entry of the same person before it: the time counts once."""
    by_person: defaultdict[str, list[tuple[int | None, Worked]]] = defaultdict(list)
    identities: defaultdict[str, set[tuple[object, ...]]] = defaultdict(set)
    for row in rows:
        by_person[row.person].append((row.row, row.worked))
        identities[row.person].add(row.worked.identity)
    for entry in stored:
        if entry.worked.identity not in identities[entry.person]:
            by_person[entry.person].append((None, entry.worked))
    told = 0
    for entries in by_person.values():
        for found in overlaps(entries):
            row_number, other = (found.second, found.first) if found.second else (found.first, found.second)
            if row_number is None or told >= MAX_OVERLAPS_TOLD:
                continue
            told += 1
            what = f"row {other}" if other else "hours that are logged already"
            message = f"overlaps {what} by {found.minutes} min, which count once"
            log.remark(IssueCode.CONTRADICTION, message, file=FILE, row=row_number, column="start_at")


def _open(
    plan: ImportPlan,
    calendar: Program,
    row: HoursRow,
    day: dt.date,
    kept: list[HourSheet],
    log: IssueLog,
) -> None:
    block = period_at(calendar, SheetUnit.ACADEMIC_BLOCK, day)
    week = period_at(calendar, SheetUnit.WEEK, day)
    if block is None or week is None:
        year = f"{calendar.year_start_date} to {calendar.year_end_date}"
        _reject(log, row, IssueCode.OUT_OF_RANGE, f"lies on {day}, outside the year, {year}")
    elif not _are_kept(kept, block):
        plan.opened[NewSheet(row.person, SheetUnit.ACADEMIC_BLOCK, *block)].append(row)
    elif not _are_kept(kept, week):
        plan.opened[NewSheet(row.person, SheetUnit.WEEK, *week)].append(row)
    else:
        message = f"lies on {day}, whose week has a sheet in part; open a sheet for the rest first"
        _reject(log, row, IssueCode.CONTRADICTION, message)


def _are_kept(kept: list[HourSheet], period: tuple[dt.date, dt.date]) -> bool:
    """Whether a sheet has any of the dates."""
    return any(one.start_date <= period[1] and period[0] <= one.end_date for one in kept)


def _reject(log: IssueLog, row: HoursRow, code: IssueCode, message: str) -> None:
    log.reject(code, message, file=FILE, row=row.row, column="start_at")
