"""Idempotency-Key: the same key and body get the same answer; the same key with another body is refused.

The key's row is written in the request's own transaction: it stands exactly when the work stands. A second
request with the key waits for the first to commit, and then replays its answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header
from pydantic import BaseModel
from sqlalchemy import Column, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.exceptions import InvalidError
from src.models import HasId, HasTimestamps, Table, new_id
from src.schemas import Text

IdempotencyKey = Annotated[
    Text | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Repeat a request safely: same key and body, same answer.",
    ),
]


class IdempotencyRecord(Table, HasId, HasTimestamps, table=True):
    """The answer to a request that was made under a key; `user_id` and `operation` scope the key."""

    __tablename__ = "idempotency_record"
    __table_args__ = (UniqueConstraint("user_id", "operation", "key"),)

    user_id: UUID
    operation: str = Field(max_length=200)
    key: str = Field(max_length=200)
    body_hash: str = Field(max_length=64)
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))


class IdempotencyKeyReusedError(InvalidError):
    """The key was used before, with another body."""

    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used before with another body."


def body_hash(body: Any) -> str:
    """A hash of a request's content that does not depend on the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


async def recall(
    session: AsyncSession, *, user_id: UUID, operation: str, key: str | None, body: Any
) -> dict[str, Any] | None:
    """The answer given before under this key, or None when the work is still to be done.

    Claims the key for this transaction. Raises IdempotencyKeyReusedError when the body differs.
    """
    if key is None:
        return None
    digest = body_hash(body)
    claimed = await session.exec(
        insert(IdempotencyRecord)
        .values(id=new_id(), user_id=user_id, operation=operation, key=key, body_hash=digest)
        .on_conflict_do_nothing()
        .returning(col(IdempotencyRecord.id))
    )
    if claimed.one_or_none() is not None:
        return None
    record = (
        await session.exec(
            select(IdempotencyRecord).where(
                IdempotencyRecord.user_id == user_id,
                IdempotencyRecord.operation == operation,
                IdempotencyRecord.key == key,
            )
        )
    ).one()
    if record.body_hash != digest:
        raise IdempotencyKeyReusedError
    return record.answer


async def answer_once[Answer: BaseModel](
    session: AsyncSession,
    kind: type[Answer],
    work: Callable[[], Awaitable[Answer]],
    *,
    user_id: UUID,
    operation: str,
    key: str | None,
    body: Any,
) -> Answer:
    """What the work answers; where the key was used before, what it answered then, and no work.

    Raises IdempotencyKeyReusedError when the body differs from the one the key came with.
    """
    given = await recall(session, user_id=user_id, operation=operation, key=key, body=body)
    if given is not None:
        return kind.model_validate(given)
    answer = await work()
    await remember(
        session, user_id=user_id, operation=operation, key=key, answer=answer.model_dump(mode="json")
    )
    return answer


async def remember(
    session: AsyncSession, *, user_id: UUID, operation: str, key: str | None, answer: dict[str, Any]
) -> None:
    """Keep the answer beside the claimed key."""
    if key is None:
        return
    record = (
        await session.exec(
            select(IdempotencyRecord).where(
                IdempotencyRecord.user_id == user_id,
                IdempotencyRecord.operation == operation,
                IdempotencyRecord.key == key,
            )
        )
    ).one()
    record.answer = answer
    session.add(record)
    await session.flush()


async def forget_before(session: AsyncSession, instant: datetime) -> int:
    """Drop the answers given before the instant, and tell how many; nobody repeats a request for days."""
    dropped = await session.exec(delete(IdempotencyRecord).where(col(IdempotencyRecord.created_at) < instant))
    return dropped.rowcount
