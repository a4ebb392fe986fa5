"""Entries in and out of their table: rows on one side, what they say on the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.hours.edit_plan import EditPlan, Entry
from src.compliance.hours.models import HourEntry, HourSheet
from src.compliance.hours.worked import Worked, local_date
from src.models import now


def entry_of(row: HourEntry) -> Entry:
    """What a stored entry says."""
    planned = None
    if row.planned_start_at and row.planned_end_at and row.planned_duty_type:
        planned = Worked(row.planned_start_at, row.planned_end_at, row.planned_duty_type)
    return Entry(Worked(row.start_at, row.end_at, row.duty_type, row.reason), row.origin, planned)


def entry_values(
    key: UUID, sheet: HourSheet, entry: Entry, zone: ZoneInfo, *, before: HourEntry | None = None
) -> dict[str, Any]:
    """The columns of an entry; one that was there `before` keeps its age and counts its revisions."""
    worked, planned = entry.worked, entry.planned
    instant = now()
    return {
        "id": key,
        "sheet_id": sheet.id,
        "person_id": sheet.person_id,
        "date": local_date(worked.start_at, zone),
        "start_at": worked.start_at.astimezone(dt.UTC),
        "end_at": worked.end_at.astimezone(dt.UTC),
        "duty_type": worked.duty_type,
        "reason": worked.reason,
        "origin": entry.origin,
        "planned_start_at": planned.start_at if planned else None,
        "planned_end_at": planned.end_at if planned else None,
        "planned_duty_type": planned.duty_type if planned else None,
        "revision": 1 if before is None else before.revision + 1,
        "created_at": instant if before is None else before.created_at,
        "updated_at": instant,
    }


async def write_plan(
    session: AsyncSession,
    sheet: HourSheet,
    plan: EditPlan,
    stored: Mapping[UUID, HourEntry],
    zone: ZoneInfo,
) -> None:
    """Carry out a plan. What changes is put anew under its id, so that two entries may swap their times."""
    gone = [*plan.deleted, *plan.updated]
    if gone:
        await session.exec(delete(HourEntry).where(col(HourEntry.id).in_(gone)))
    await insert_entries(
        session,
        [
            entry_values(key, sheet, entry, zone, before=stored.get(key))
            for key, entry in (plan.updated | plan.created).items()
        ],
    )


async def insert_entries(session: AsyncSession, values: Iterable[dict[str, Any]]) -> None:
    """Write new entries in one statement."""
    rows = list(values)
    if rows:
        await session.exec(insert(HourEntry), params=rows)
