"""The findings of a version with everything that explains them.

What is stored with a version is the finding itself. Its slices by week and what would clear it follow from
the same rules and rows, so they are reckoned when somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.prepared import load_prepared
from src.assignments.preview import saved_people
from src.assignments.storage import load_names
from src.compliance.finding_schemas import FindingRead
from src.compliance.models import Finding as FindingRecord
from src.compliance.rules import Finding
from src.schedules.models import ScheduleVersion


async def explain(
    session: AsyncSession, version: ScheduleVersion, rows: Sequence[tuple[FindingRecord, str]]
) -> list[FindingRead]:
    """Stored findings, each with its person's code, as they go out.

    One that the rules of today do not give, such as one that an older engine worded otherwise, is told as it
    is stored.
    """
    if not rows:
        return []
    prepared = await load_prepared(session, version.snapshot_id)
    names = await load_names(session, version.program_id)
    people = sorted({person for _, person in rows})
    known = await saved_people(session, version, names, prepared, people)
    found = {_key(one, one.person): one for person in known.values() for one in person.findings}
    return [
        FindingRead.of(found[_key(row, person)]) if _key(row, person) in found else _as_stored(row, person)
        for row, person in rows
    ]


def _key(finding: Finding | FindingRecord, person: str) -> tuple[Any, ...]:
    return (
        finding.rule,
        finding.severity,
        person,
        finding.window_start_at,
        finding.window_end_at,
        str(finding.value),
        str(finding.limit),
    )


def _as_stored(row: FindingRecord, person: str) -> FindingRead:
    return FindingRead(
        rule=row.rule,
        severity=row.severity,
        person=person,
        window_start_at=row.window_start_at,
        window_end_at=row.window_end_at,
        value=row.value,
        limit=row.limit,
        clause=row.clause,
        message=row.message,
        entries=row.entries.split(),
    )
