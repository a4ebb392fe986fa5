"""Findings in and out of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import delete, insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.models import Finding as FindingRecord
from src.compliance.rules import Finding
from src.models import new_id


async def replace_findings(
    session: AsyncSession, version_id: UUID, findings: Iterable[Finding], person_ids: Mapping[str, UUID]
) -> int:
    """Make these the findings of a draft version; how many there are."""
    await session.execute(delete(FindingRecord).where(col(FindingRecord.version_id) == version_id))
    values = [
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
        for position, finding in enumerate(findings)
    ]
    if values:
        await session.execute(insert(FindingRecord), values)
    return len(values)
