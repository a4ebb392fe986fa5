"""Findings in and out of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.models import Finding as FindingRecord
from src.compliance.rules import Finding
from src.models import new_id


async def replace_findings(
    session: AsyncSession, version_id: UUID, findings: Iterable[Finding], person_ids: Mapping[str, UUID]
) -> None:
    """Make these all the findings of a draft version."""
    await session.exec(delete(FindingRecord).where(col(FindingRecord.version_id) == version_id))
    await _insert(session, version_id, findings, person_ids, first_position=0)


async def replace_findings_of(
    session: AsyncSession,
    version_id: UUID,
    findings: Iterable[Finding],
    person_ids: Mapping[str, UUID],
    people: Sequence[str],
) -> None:
    """Make these the findings on some people of a draft version; those on others stay."""
    await session.exec(
        delete(FindingRecord).where(
            col(FindingRecord.version_id) == version_id,
            col(FindingRecord.person_id).in_([person_ids[person] for person in people]),
        )
    )
    last = await session.scalar(
        select(func.max(FindingRecord.position)).where(col(FindingRecord.version_id) == version_id)
    )
    await _insert(session, version_id, findings, person_ids, first_position=(last or 0) + 1)


async def _insert(
    session: AsyncSession,
    version_id: UUID,
    findings: Iterable[Finding],
    person_ids: Mapping[str, UUID],
    *,
    first_position: int,
) -> None:
    values: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "version_id": version_id,
            "position": position,
            "rule": finding.rule,
            "severity": finding.severity,
            "person_id": person_ids[finding.person],
            "window_start_at": finding.window_start_at,
            "window_end_at": finding.window_end_at,
            "value": str(finding.value),
            "limit": str(finding.limit),
            "clause": finding.clause,
            "message": finding.message,
            "entries": " ".join(finding.entries),
        }
        for position, finding in enumerate(findings, start=first_position)
    ]
    if values:
        await session.exec(insert(FindingRecord), params=values)
