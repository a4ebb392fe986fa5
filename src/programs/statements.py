"""Statements on many rows at once, below the level of mapped objects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlmodel.ext.asyncio.session import AsyncSession


async def execute(
    session: AsyncSession, statement: Executable, rows: list[dict[str, Any]] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement in the session's transaction, after what the session itself has to write.

    With `rows`, once for each of them in one round.
    """
    await session.flush()
    connection = await session.connection()
    return await connection.execute(statement, rows)
