"""Reading the audit trail, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.exceptions import ProgramNotFoundError
from src.auth.models import AuditEntry
from src.auth.references import program_exists
from src.auth.schemas import AuditRead
from src.pagination import BadCursorError, CursorPage, CursorParams, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are asked for; `since` is included, `until` is not."""

    program_id: UUID | None = None
    actor_id: UUID | None = None
    entity_type: str | None = None
    entity_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_audit(
    session: AsyncSession, wanted: AuditFilter, params: CursorParams
) -> CursorPage[AuditRead]:
    """One page of the entries that are asked for; raises BadCursorError."""
    statement = select(AuditEntry)
    for column, value in (
        (col(AuditEntry.program_id), wanted.program_id),
        (col(AuditEntry.actor_id), wanted.actor_id),
        (col(AuditEntry.entity_type), wanted.entity_type),
        (col(AuditEntry.entity_id), wanted.entity_id),
        (col(AuditEntry.action), wanted.action),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.since is not None:
        statement = statement.where(col(AuditEntry.at) >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(col(AuditEntry.at) < wanted.until)
    if params.cursor is not None:
        statement = statement.where(col(AuditEntry.id) < _position(params.cursor))
    rows = (await session.exec(statement.order_by(col(AuditEntry.id).desc()).limit(params.limit + 1))).all()
    page = rows[: params.limit]
    more = len(rows) > params.limit
    return CursorPage(
        items=[AuditRead.of(entry) for entry in page],
        next_cursor=encode_cursor([page[-1].id.hex]) if more else None,
    )


async def list_program_audit(
    session: AsyncSession, wanted: AuditFilter, params: CursorParams
) -> CursorPage[AuditRead]:
    """The trail of one program; of a deleted one too. Raises ProgramNotFoundError for one that never was."""
    assert wanted.program_id is not None
    page = await list_audit(session, wanted, params)
    if not page.items and not await _ever_was(session, wanted.program_id):
        raise ProgramNotFoundError
    return page


async def _ever_was(session: AsyncSession, program_id: UUID) -> bool:
    if await program_exists(session, program_id):
        return True
    told = await session.exec(select(AuditEntry.id).where(col(AuditEntry.program_id) == program_id).limit(1))
    return told.first() is not None


def _position(cursor: str) -> UUID:
    try:
        return UUID(str(decode_cursor(cursor, 1)[0]))
    except ValueError as error:
        raise BadCursorError from error
