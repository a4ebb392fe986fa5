"""Plan against worked hours of a program, by rotation and PGY."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.hours.drift import Drift, drift_of
from src.compliance.hours.worked import Worked, local_date, zone_of
from src.interchange.output import csv_bytes
from src.models import now
from src.planning.hours.logs import logs_by_code
from src.planning.hours.plan import planned_work, published_plan
from src.planning.hours.schemas import DriftLine
from src.programs.folder import load_inputs
from src.spreadsheets import safe_text


async def drift_of_program(
    session: AsyncSession, program_id: UUID, first: dt.date | None = None, last: dt.date | None = None
) -> tuple[Drift, ...]:
    """The lines of a program between two local dates, both inside, as far as they are over."""
    inputs = await load_inputs(session, program_id)
    program = inputs.program
    codes = {key: code for code, key in inputs.names.people.items()}
    plan = await published_plan(session, program_id)
    dates = {
        day for day in plan.planned_dates if (first is None or day >= first) and (last is None or day <= last)
    }
    planned: defaultdict[str, list[Worked]] = defaultdict(list)
    for work in await planned_work(session, plan.version_ids, first=first, last=last):
        planned[codes[work.person_id]].append(work.worked)
    logs = await logs_by_code(session, program_id, codes)
    today = local_date(now(), zone_of(program.time_zone))
    return await asyncio.to_thread(drift_of, program, plan.frame, dates, planned, logs, today)


def drift_csv(lines: Iterable[Drift]) -> bytes:
    """The lines as CSV: UTF-8, a header, an empty cell where the year plan names no rotation."""
    shown = [DriftLine.of(line).model_dump() for line in lines]
    header = tuple(DriftLine.model_fields)
    return csv_bytes(header, ([_cell(row[name]) for name in header] for row in shown))


def _cell(value: str | int | None) -> str:
    if value is None:
        return ""
    return safe_text(value) if isinstance(value, str) else str(value)
