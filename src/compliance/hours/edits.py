"""Changing the entries of one sheet: a single one or up to a hundred, all or nothing.

The caller holds the sheet's lock and has seen to it that the sheet takes entries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.hours.constants import EntryOrigin
from src.compliance.hours.edit_plan import EditPlan, Entry, SheetFrame, plan_of
from src.compliance.hours.models import HourEntry
from src.compliance.hours.repository import Sheet, entries_of
from src.compliance.hours.schemas import (
    Change,
    EntriesOutcome,
    EntryConfirm,
    EntryRead,
    OverlapRead,
    SheetDetail,
    detail_of,
)
from src.compliance.hours.storage import entry_of, write_plan
from src.compliance.hours.worked import Worked, minutes_by_start, overlaps, zone_of
from src.models import now


async def apply_changes(
    session: AsyncSession, viewer: Viewer, sheet: Sheet, changes: Sequence[Change], *, single: bool = False
) -> EntriesOutcome:
    """Apply changes to a locked sheet that takes entries.

    Raises HoursInvalidError naming each failing change and field, EntryNotFoundError for a `single` one.
    Nothing is written when it raises.
    """
    zone = zone_of(sheet.program.time_zone)
    stored = await entries_of(session, sheet.row.id)
    before = {key: entry_of(row) for key, row in stored.items()}
    frame = SheetFrame(sheet.row.start_date, sheet.row.end_date, zone, now())
    plan = plan_of(frame, before, changes, single=single)
    await write_plan(session, sheet.row, plan, stored, zone)
    await touch(session, sheet)
    await _tell(session, viewer, sheet, plan, before)
    return await outcome_of(session, sheet, [*plan.updated, *plan.created], sorted(plan.deleted))


async def confirm_all(session: AsyncSession, viewer: Viewer, sheet: Sheet) -> EntriesOutcome:
    """Confirm every copy of the schedule that nobody has confirmed or changed yet."""
    waiting = [
        EntryConfirm(op="confirm", id=key)
        for key, row in (await entries_of(session, sheet.row.id)).items()
        if row.origin is EntryOrigin.PREFILLED
    ]
    if not waiting:
        return await outcome_of(session, sheet, [], [])
    return await apply_changes(session, viewer, sheet, waiting)


async def touch(session: AsyncSession, sheet: Sheet) -> None:
    """Move the sheet's revision, and with it its tag."""
    sheet.row.revision += 1
    session.add(sheet.row)
    await session.flush()


async def outcome_of(
    session: AsyncSession, sheet: Sheet, changed: Sequence[UUID], deleted: Sequence[UUID]
) -> EntriesOutcome:
    """What was changed, as it is stored now."""
    stored = await entries_of(session, sheet.row.id)
    return EntriesOutcome(
        entries=[EntryRead.of(stored[key], sheet.person.code) for key in stored if key in set(changed)],
        deleted=list(deleted),
        sheet=_detail(sheet, stored),
    )


async def sheet_detail(session: AsyncSession, sheet: Sheet) -> SheetDetail:
    """The sheet with its sums and with what overlaps."""
    return _detail(sheet, await entries_of(session, sheet.row.id))


def _detail(sheet: Sheet, stored: Mapping[UUID, HourEntry]) -> SheetDetail:
    worked: list[tuple[UUID, Worked]] = [(key, entry_of(row).worked) for key, row in stored.items()]
    zone = zone_of(sheet.program.time_zone)
    return detail_of(
        sheet,
        (len(stored), sum(row.origin is EntryOrigin.PREFILLED for row in stored.values())),
        sum(minutes_by_start((one for _, one in worked), zone).values()),
        [
            OverlapRead(first_id=found.first, second_id=found.second, minutes=found.minutes)
            for found in overlaps(worked)
        ],
    )


async def _tell(
    session: AsyncSession, viewer: Viewer, sheet: Sheet, plan: EditPlan, before: Mapping[UUID, Entry]
) -> None:
    """One audit entry: of the entry for a single change, of counts and a hash for many."""
    old = {str(key): in_words(before[key]) for key in (*plan.deleted, *plan.updated)}
    new = {str(key): in_words(entry) for key, entry in (plan.updated | plan.created).items()}
    is_single = len(old.keys() | new.keys()) == 1
    await audit.record(
        session,
        viewer,
        "hours.changed",
        entity_type="hour_sheet",
        entity_id=sheet.row.id,
        program_id=sheet.row.program_id,
        before=old if is_single else None,
        after=new if is_single else None,
        counts={"created": len(plan.created), "updated": len(plan.updated), "deleted": len(plan.deleted)},
        content_hash=hashlib.sha256(repr((sorted(old.items()), sorted(new.items()))).encode()).hexdigest(),
    )


def in_words(entry: Entry) -> str:
    """An entry as the audit trail tells it."""
    worked = entry.worked
    said = f" ({worked.reason})" if worked.reason else ""
    span = f"{worked.start_at.isoformat()} – {worked.end_at.isoformat()}"
    return f"{worked.duty_type} {span} {entry.origin}{said}"
