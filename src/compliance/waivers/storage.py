"""Waivers out of the database."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.waivers.model import Waiver
from src.compliance.waivers.records import WaiverRecord
from src.programs.models import Person


async def load_waivers(
    session: AsyncSession, program_id: UUID, people: Collection[UUID] | None = None
) -> tuple[Waiver, ...]:
    """The waivers of a program that are not revoked, in the order granted; on some people only, if named.

    Whether one has expired is the reader's question: it depends on the date.
    """
    statement = (
        select(WaiverRecord, col(Person.code))
        .join(Person, col(Person.id) == col(WaiverRecord.person_id))
        .where(col(WaiverRecord.program_id) == program_id, col(WaiverRecord.revoked_at).is_(None))
        .order_by(col(WaiverRecord.created_at), col(WaiverRecord.id))
    )
    if people is not None:
        statement = statement.where(col(WaiverRecord.person_id).in_(people))
    return tuple(waiver_of(record, person) for record, person in await session.exec(statement))


def waiver_of(record: WaiverRecord, person: str) -> Waiver:
    """The value of a row."""
    return Waiver(
        rule=record.rule,
        person=person,
        window_start_at=record.window_start_at,
        window_end_at=record.window_end_at,
        value=record.value,
        limit=record.limit,
        reason=record.reason,
        granted_by=record.granted_by_name,
        granted_at=record.created_at,
        expires_date=record.expires_date,
    )
