"""Sheets: opened, handed in, locked, and reopened with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.hours.constants import IS_LOG, TAKES_ENTRIES, EntryOrigin, SheetState, SheetUnit
from src.compliance.hours.exceptions import (
    HoursInvalidError,
    SheetNotEmptyError,
    SheetNotOverError,
    SheetOverlapError,
    SheetStateError,
    UnconfirmedEntriesError,
)
from src.compliance.hours.models import HourEntry, HourSheet
from src.compliance.hours.periods import period_at
from src.compliance.hours.repository import Resident, Sheet, counts_of, entries_of, readable_people
from src.compliance.hours.schemas import EntryRead, SheetCreate, SheetRead
from src.compliance.hours.worked import local_date, zone_of
from src.models import now
from src.pagination import Page, SortedPaging, page_of, paginate
from src.programs.folder import program_of
from src.programs.models import Person

MOST_NAMED = 50


async def open_sheet(session: AsyncSession, viewer: Viewer, resident: Resident, body: SheetCreate) -> Sheet:
    """Open the sheet that holds a date; raises HoursInvalidError outside the year, SheetOverlapError."""
    calendar = program_of(resident.program)
    period = period_at(calendar, body.unit, body.date)
    if period is None:
        message = f"lies outside of the year, {calendar.year_start_date} to {calendar.year_end_date}"
        raise HoursInvalidError(
            details={"errors": [{"pointer": "/body/date", "code": "outside_the_year", "message": message}]}
        )
    return await add_sheet(session, viewer, resident, body.unit, period)


async def add_sheet(
    session: AsyncSession,
    viewer: Viewer,
    resident: Resident,
    unit: SheetUnit,
    period: tuple[dt.date, dt.date],
) -> Sheet:
    """Open a sheet for these dates; raises SheetOverlapError naming the sheets in the way."""
    first, last = period
    in_the_way = await session.exec(
        select(HourSheet).where(
            col(HourSheet.person_id) == resident.person.id,
            col(HourSheet.start_date) <= last,
            col(HourSheet.end_date) >= first,
        )
    )
    named = [
        {"id": row.id, "start_date": row.start_date, "end_date": row.end_date, "state": row.state}
        for row in in_the_way
    ]
    if named:
        raise SheetOverlapError(details={"sheets": named})
    row = HourSheet(
        program_id=resident.program.id,
        person_id=resident.person.id,
        unit=unit,
        start_date=first,
        end_date=last,
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:  # another request opened one in between
        raise SheetOverlapError from error
    sheet = Sheet(row, resident.person, resident.program)
    await _tell(session, viewer, sheet, "hours.sheet_opened", after=_words(row))
    return sheet


async def submit_sheet(session: AsyncSession, viewer: Viewer, sheet: Sheet) -> None:
    """Hand a locked sheet in: from now on it is a log, and what it does not hold was not worked.

    Raises SheetStateError, SheetNotOverError, UnconfirmedEntriesError naming the copies that wait.
    """
    _refuse_unless(sheet, TAKES_ENTRIES, SheetState.SUBMITTED)
    zone = zone_of(sheet.program.time_zone)
    if local_date(now(), zone) <= sheet.row.end_date:
        raise SheetNotOverError(details={"end_date": sheet.row.end_date, "time_zone": zone.key})
    waiting = [
        EntryRead.of(row, sheet.person.code).model_dump(mode="json", include={"id", "start_at", "end_at"})
        for row in (await entries_of(session, sheet.row.id)).values()
        if row.origin is EntryOrigin.PREFILLED
    ]
    if waiting:
        raise UnconfirmedEntriesError(details={"count": len(waiting), "entries": waiting[:MOST_NAMED]})
    await _move(session, viewer, sheet, SheetState.SUBMITTED, submitted_at=now())


async def lock_sheet(session: AsyncSession, viewer: Viewer, sheet: Sheet) -> None:
    """Accept a sheet that was handed in. Raises SheetStateError for any other."""
    _refuse_unless(sheet, frozenset({SheetState.SUBMITTED}), SheetState.LOCKED)
    await _move(session, viewer, sheet, SheetState.LOCKED, locked_at=now())


async def reopen_sheet(session: AsyncSession, viewer: Viewer, sheet: Sheet, reason: str) -> None:
    """Give a sheet that was handed in or locked back to the resident; raises SheetStateError for any other.

    Until it is handed in again its dates are unknown.
    """
    _refuse_unless(sheet, IS_LOG, SheetState.REOPENED)
    await _move(
        session,
        viewer,
        sheet,
        SheetState.REOPENED,
        submitted_at=None,
        locked_at=None,
        reopened_at=now(),
        reopen_reason=reason,
    )


async def remove_sheet(session: AsyncSession, viewer: Viewer, sheet: Sheet) -> None:
    """Remove an open sheet without entries; raises SheetNotEmptyError for any other."""
    entries = await session.exec(select(HourEntry.id).where(HourEntry.sheet_id == sheet.row.id).limit(1))
    if sheet.row.state is not SheetState.OPEN or entries.first() is not None:
        raise SheetNotEmptyError(details={"state": sheet.row.state})
    await session.delete(sheet.row)
    await session.flush()
    await _tell(session, viewer, sheet, "hours.sheet_removed", before=_words(sheet.row))


async def list_sheets(
    session: AsyncSession,
    viewer: Viewer,
    program_id: UUID,
    params: SortedPaging,
    *,
    person: str | None = None,
    state: SheetState | None = None,
    on: dt.date | None = None,
) -> Page[SheetRead]:
    """The sheets of a program that the viewer may see, by dates and person unless sorted otherwise."""
    conditions = [col(HourSheet.program_id) == program_id, readable_people(viewer)]
    if person is not None:
        conditions.append(col(Person.code) == person)
    if state is not None:
        conditions.append(col(HourSheet.state) == state)
    if on is not None:
        conditions += [col(HourSheet.start_date) <= on, col(HourSheet.end_date) >= on]
    rows, total = await paginate(
        session,
        select(HourSheet).join(Person, col(Person.id) == col(HourSheet.person_id)).where(*conditions),
        params,
        sort_columns={
            "start_date": col(HourSheet.start_date),
            "person": col(Person.code),
            "state": col(HourSheet.state),
            "submitted_at": col(HourSheet.submitted_at),
        },
        default_sort="start_date",
        tie_breaker=col(HourSheet.id),
    )
    counts = await counts_of(session, [row.id for row in rows])
    codes = await _codes(session, {row.person_id for row in rows})
    items = [SheetRead.of(row, codes[row.person_id], counts.get(row.id, (0, 0))) for row in rows]
    return page_of(items, total, params)


async def list_entries(session: AsyncSession, sheet: Sheet, params: SortedPaging) -> Page[EntryRead]:
    """The entries of a sheet, in order of start unless sorted otherwise."""
    rows, total = await paginate(
        session,
        select(HourEntry).where(HourEntry.sheet_id == sheet.row.id),
        params,
        sort_columns={"start_at": col(HourEntry.start_at), "duty_type": col(HourEntry.duty_type)},
        default_sort="start_at",
        tie_breaker=col(HourEntry.id),
    )
    return page_of([EntryRead.of(row, sheet.person.code) for row in rows], total, params)


async def _codes(session: AsyncSession, person_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = await session.exec(select(Person.id, Person.code).where(col(Person.id).in_(list(person_ids))))
    return {person_id: code for person_id, code in rows}  # noqa: C416  # rows are Row objects, not tuples


def _refuse_unless(sheet: Sheet, allowed: frozenset[SheetState], wanted: SheetState) -> None:
    if sheet.row.state not in allowed:
        details = {"state": sheet.row.state, "wanted": wanted, "possible_from": sorted(allowed)}
        raise SheetStateError(f"A sheet that is {sheet.row.state} cannot become {wanted}.", details=details)


async def _move(
    session: AsyncSession, viewer: Viewer, sheet: Sheet, state: SheetState, **columns: Any
) -> None:
    before, row = _words(sheet.row), sheet.row
    row.sqlmodel_update({"state": state, "revision": row.revision + 1, **columns})
    session.add(row)
    await session.flush()
    was, is_now = audit.difference(before, _words(row))
    await _tell(session, viewer, sheet, f"hours.sheet_{state}", before=was, after=is_now)


def _words(row: HourSheet) -> dict[str, Any]:
    return audit.snapshot(row, ("unit", "start_date", "end_date", "state", "reopen_reason"))


async def _tell(
    session: AsyncSession,
    viewer: Viewer,
    sheet: Sheet,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        viewer,
        action,
        entity_type="hour_sheet",
        entity_id=sheet.row.id,
        program_id=sheet.row.program_id,
        before=before,
        after=after,
    )
