"""The logs of a program by person, put together from the sheets that were handed in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.hours.judgement import Log
from src.compliance.hours.repository import logs_of
from src.compliance.hours.worked import Worked
from src.interchange.model import days_between


async def logs_by_code(
    session: AsyncSession, program_id: UUID, codes: Mapping[UUID, str], person_id: UUID | None = None
) -> dict[str, Log]:
    """What each of these people handed in, by code; people without a log have an empty one."""
    sheets, entries = await logs_of(session, program_id, person_id)
    known: defaultdict[UUID, set[dt.date]] = defaultdict(set)
    worked: defaultdict[UUID, list[tuple[UUID, Worked]]] = defaultdict(list)
    for sheet in sheets:
        known[sheet.person_id].update(days_between(sheet.start_date, sheet.end_date))
    for entry in entries:
        worked[entry.person_id].append((entry.id, entry.worked))
    return {code: Log(frozenset(known[key]), tuple(worked[key])) for key, code in codes.items()}
