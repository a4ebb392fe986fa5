"""Copying the published schedule into a sheet of hours, for the resident to confirm or change."""

from __future__ import annotations

import datetime as dt

from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.hours.constants import EntryOrigin
from src.compliance.hours.edit_plan import Entry
from src.compliance.hours.edits import outcome_of, touch
from src.compliance.hours.exceptions import NothingPublishedError
from src.compliance.hours.repository import Sheet, entries_of
from src.compliance.hours.schemas import EntriesOutcome
from src.compliance.hours.storage import entry_of, entry_values, insert_entries
from src.compliance.hours.worked import local_date, problems_with, zone_of
from src.interchange.model import DutyType
from src.models import new_id, now
from src.planning.hours.plan import PlannedWork, planned_work, published_plan
from src.planning.hours.schemas import LeftOut, PrefillOutcome

MOST_NAMED = 50


async def prefill_sheet(session: AsyncSession, viewer: Viewer, sheet: Sheet) -> PrefillOutcome:
    """Copy into a locked sheet what was planned on its dates and is over.

    A second time only what has ended since the first is copied, so that what the resident removed or changed
    stays as the resident left it. Raises NothingPublishedError where no published schedule has days for the
    sheet's dates.
    """
    row, instant = sheet.row, now()
    plan = await published_plan(session, row.program_id, row.person_id)
    if not any(row.start_date <= day <= row.end_date for day in plan.planned_dates):
        raise NothingPublishedError(details={"start_date": row.start_date, "end_date": row.end_date})
    planned = await planned_work(
        session,
        plan.version_ids,
        person_id=row.person_id,
        first=row.start_date - dt.timedelta(days=1),
        last=row.end_date + dt.timedelta(days=1),
    )
    zone = zone_of(sheet.program.time_zone)
    fresh = [
        work
        for work in planned
        if row.start_date <= local_date(work.worked.start_at, zone) <= row.end_date
        and (row.prefilled_until is None or work.worked.end_at > row.prefilled_until)
    ]
    there = {entry_of(stored).worked.identity for stored in (await entries_of(session, row.id)).values()}
    copied, left_out = _sift(fresh, there, instant)
    keys = [new_id() for _ in copied]
    await insert_entries(
        session,
        (
            entry_values(key, row, Entry(work.worked, EntryOrigin.PREFILLED, work.worked), zone)
            for key, work in zip(keys, copied, strict=True)
        ),
    )
    row.prefilled_until = instant
    await touch(session, sheet)
    await audit.record(
        session,
        viewer,
        "hours.prefilled",
        entity_type="hour_sheet",
        entity_id=row.id,
        program_id=row.program_id,
        counts={"copied": len(copied), "left_out": len(left_out)},
    )
    done: EntriesOutcome = await outcome_of(session, sheet, keys, [])
    return PrefillOutcome(**done.model_dump(), left_out=left_out[:MOST_NAMED], left_out_count=len(left_out))


def _sift(
    planned: list[PlannedWork], there: set[tuple[dt.datetime, dt.datetime, DutyType]], instant: dt.datetime
) -> tuple[list[PlannedWork], list[LeftOut]]:
    """What can be copied, and what cannot with the reason: it is not over, there already, or no entry."""
    copied: list[PlannedWork] = []
    left_out: list[LeftOut] = []
    for work in planned:
        problem = next(problems_with(work.worked, instant), None)
        if work.worked.end_at > instant:
            reason = "is not over yet"
        elif work.worked.identity in there:
            reason = "is in the sheet already"
        elif problem is not None:
            reason = f"{problem.field} {problem.message}"
        else:
            copied.append(work)
            there.add(work.worked.identity)
            continue
        left_out.append(
            LeftOut(
                start_at=work.worked.start_at,
                end_at=work.worked.end_at,
                duty_type=work.worked.duty_type,
                reason=reason,
            )
        )
    return copied, left_out
