"""Entries of hours as people read them: over all sheets, page by page or as a file that can be read back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from src.auth.viewer import Viewer
from src.compliance.hours.csv_rows import COLUMNS
from src.compliance.hours.models import HourEntry, HourSheet
from src.compliance.hours.repository import Resident, readable_people
from src.compliance.hours.schemas import EntryRead
from src.database import SessionMaker, transaction
from src.interchange import texts
from src.interchange.model import DutyType
from src.pagination import CursorPage, CursorParams, decode_moment_cursor, encode_moment_cursor
from src.programs.models import Person
from src.spreadsheets import safe_text

ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries: local dates of their start, both inside, and the duty type; None = any."""

    first: dt.date | None = None
    last: dt.date | None = None
    duty_type: DutyType | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.first is not None:
            found.append(col(HourEntry.date) >= self.first)
        if self.last is not None:
            found.append(col(HourEntry.date) <= self.last)
        if self.duty_type is not None:
            found.append(col(HourEntry.duty_type) == self.duty_type)
        return found


async def list_entries_of(
    session: AsyncSession, resident: Resident, wanted: EntryFilter, params: CursorParams
) -> CursorPage[EntryRead]:
    """A resident's entries in order of start, a page after the cursor."""
    conditions = [col(HourEntry.person_id) == resident.person.id, *wanted.conditions()]
    if params.cursor is not None:
        conditions.append(_after(params.cursor))
    rows = (
        await session.exec(
            select(HourEntry)
            .where(*conditions)
            .order_by(col(HourEntry.start_at), col(HourEntry.id))
            .limit(params.limit + 1)
        )
    ).all()
    items = [EntryRead.of(row, resident.person.code) for row in rows[: params.limit]]
    last = items[-1] if len(rows) > params.limit else None
    return CursorPage(
        items=items,
        next_cursor=encode_moment_cursor(last.start_at, last.id) if last else None,
    )


async def stream_csv(
    maker: SessionMaker, viewer: Viewer, program_id: UUID, wanted: EntryFilter, zone: ZoneInfo
) -> AsyncIterator[str]:
    """The entries that the viewer may see as the CSV that an import reads, a thousand rows at a time."""
    async with transaction(maker) as session:
        columns: Select[*tuple[Any, ...]] = Select(
            col(Person.code),
            col(HourEntry.start_at),
            col(HourEntry.end_at),
            col(HourEntry.duty_type),
            col(HourEntry.reason),
        )
        result = await session.stream(
            columns.join(HourSheet, col(HourSheet.id) == col(HourEntry.sheet_id))
            .join(Person, col(Person.id) == col(HourEntry.person_id))
            .where(HourSheet.program_id == program_id, readable_people(viewer), *wanted.conditions())
            .order_by(col(Person.code), col(HourEntry.start_at), col(HourEntry.id))
            .execution_options(yield_per=ROWS_AT_ONCE)
        )
        yield _lines([COLUMNS])
        async for rows in result.partitions(ROWS_AT_ONCE):
            yield _lines(
                (
                    person,
                    texts.instant(start_at.astimezone(zone)),
                    texts.instant(end_at.astimezone(zone)),
                    duty_type.value,
                    safe_text(reason or ""),
                )
                for person, start_at, end_at, duty_type, reason in rows
            )


def _lines(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _after(cursor: str) -> ColumnElement[bool]:
    start_at, last_id = decode_moment_cursor(cursor)
    return or_(
        col(HourEntry.start_at) > start_at,
        and_(col(HourEntry.start_at) == start_at, col(HourEntry.id) > last_id),
    )
