"""Who outside the inputs holds on to a row: schedules and their versions, without knowing them.

The domains above refer to programs, people, rotations and calls by foreign keys that refuse removal. Those
keys are read from the metadata of all tables, so that nothing has to be registered and none is forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Column, func, select
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from src.models import Table
from src.programs.exceptions import InUseError
from src.programs.kinds import KINDS
from src.programs.models import CallRotation, ObjectiveTier, Program
from src.programs.models.base import table_of
from src.programs.statements import execute

_YIELDING = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})
_OWN_TABLES = frozenset(
    [table_of(model).name for model in (Program, ObjectiveTier, CallRotation)] + [kind.name for kind in KINDS]
)


async def refuse_removal_of_used(
    session: AsyncSession, model: type[SQLModel], names: Mapping[UUID, str]
) -> None:
    """Raises InUseError when a row outside the inputs refers to one of these rows, which `names` names."""
    used = [
        {"kind": table_of(model).name, "code": names[row_id], "by": table, "rows": rows}
        for table, row_id, rows in await _uses(session, model, names.keys())
    ]
    if used:
        codes = sorted({str(entry["code"]) for entry in used})
        shown = ", ".join(codes[:10]) + (" …" if len(codes) > 10 else "")
        raise InUseError(used, f"Schedules use {shown}: it cannot be removed.")


async def _uses(
    session: AsyncSession, model: type[SQLModel], ids: Collection[UUID]
) -> list[tuple[str, UUID, int]]:
    found: list[tuple[str, UUID, int]] = []
    if not ids:
        return found
    for column in _columns_that_refuse(model):
        result = await execute(
            session, select(column, func.count()).where(column.in_(list(ids))).group_by(column)
        )
        found.extend((column.table.name, row_id, rows) for row_id, rows in result)
    return sorted(found)


def _columns_that_refuse(model: type[SQLModel]) -> Iterator[Column[Any]]:
    """The columns of other domains' tables whose foreign key keeps a row of this table from going."""
    target = table_of(model)
    for table in Table.metadata.sorted_tables:
        if table.name in _OWN_TABLES:
            continue
        for column in table.columns:
            if any(
                key.column is target.c.id and (key.ondelete or "").upper() not in _YIELDING
                for key in column.foreign_keys
            ):
                yield column
