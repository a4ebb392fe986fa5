"""Lists and single rows of any input, as far as the viewer may see them: the scope is in the query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, SQLColumnExpression, and_, any_, false, func, literal, or_, true
from sqlalchemy import Table as SqlTable
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.viewer import Viewer
from src.pagination import PageParams, like_pattern, paginate
from src.programs import models
from src.programs.exceptions import InputNotFoundError
from src.programs.folder import load_names
from src.programs.kinds import COLUMN_BY_FIELD, InputKind, Reference
from src.programs.models.base import InputRow, table_of
from src.programs.resources import FIELD_BY_VALUE, Resource
from src.programs.schemas.rows import RowRead

_TABLE_BY_TARGET: Mapping[str, SqlTable] = {
    "people": table_of(models.Person),
    "rotations": table_of(models.Rotation),
    "calls": table_of(models.Call),
}
_LIST_BY_FILTER = {"pgy": "pgys", "weekday": "weekdays", "block": "blocks"}
_SEARCHED = ("code", "name", "email", "site", "group_name", "track")


async def list_rows(
    session: AsyncSession,
    viewer: Viewer,
    program_id: UUID,
    resource: Resource,
    params: PageParams,
    filters: Mapping[str, Any],
) -> tuple[list[RowRead], int]:
    """One page of the rows that the viewer may see, in the order of the file unless sorted otherwise."""
    kind = resource.kind
    statement = select(kind.table).where(visible(resource, viewer, program_id))
    for name, value in filters.items():
        statement = statement.where(_filter(kind, program_id, name, value))
    if params.search:
        statement = statement.where(_search(kind, params.search))
    rows, total = await paginate(
        session,
        statement,
        params,
        sort_columns=dict(_sort_columns(kind)),
        default_sort="position",
        tie_breaker=table_of(kind.table).c.id,
    )
    names = await load_names(session, program_id)
    return [resource.show(row, names) for row in rows], total


async def find_row(
    session: AsyncSession, viewer: Viewer, program_id: UUID, resource: Resource, row_id: UUID
) -> InputRow:
    """The row, when it is the program's and the viewer may see it; raises InputNotFoundError."""
    table = table_of(resource.kind.table)
    statement = select(resource.kind.table).where(table.c.id == row_id, visible(resource, viewer, program_id))
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise InputNotFoundError
    return found


async def show_row(session: AsyncSession, program_id: UUID, resource: Resource, row: InputRow) -> RowRead:
    """The row as it is answered."""
    return resource.show(row, await load_names(session, program_id))


def visible(resource: Resource, viewer: Viewer, program_id: UUID) -> ColumnElement[bool]:
    """The condition that a row is the program's and the viewer may see it.

    Of what is personal a resident sees the own rows, and those that are about nobody in particular.
    """
    table = table_of(resource.kind.table)
    within = table.c.program_id == program_id
    if not resource.personal or viewer.role_in(program_id) is not Role.RESIDENT:
        return within
    person_id = viewer.person_in(program_id)
    of_nobody = table.c.person_id.is_(None)
    return and_(within, of_nobody if person_id is None else or_(table.c.person_id == person_id, of_nobody))


def _filter(kind: InputKind, program_id: UUID, name: str, value: Any) -> ColumnElement[bool]:
    table = table_of(kind.table)
    for reference in kind.references:
        if reference.field == name:
            return _refers_to(table, program_id, reference, value)
    listed = table.c.get(_LIST_BY_FILTER.get(name, ""))
    if listed is not None:
        return or_(func.cardinality(listed) == 0, literal(value) == any_(listed))
    if name == "date" and "start_date" in table.c:
        last = func.coalesce(table.c.end_date, table.c.start_date)
        return and_(table.c.start_date <= value, last >= value)
    equal: ColumnElement[bool] = table.c[COLUMN_BY_FIELD.get(name, name)] == value
    return equal


def _refers_to(table: SqlTable, program_id: UUID, reference: Reference, value: str) -> ColumnElement[bool]:
    if value.startswith("@"):
        group = table.c.get(reference.group or "")
        return false() if group is None else group == value.removeprefix("@")
    target = _TABLE_BY_TARGET[reference.target]
    named = select(target.c.id).where(target.c.program_id == program_id, target.c.code == value)
    return table.c[reference.column].in_(named)


def _search(kind: InputKind, text: str) -> ColumnElement[bool]:
    """The text is in the row's own words, or in the code or name of what it refers to."""
    pattern = like_pattern(text)
    table = table_of(kind.table)
    hits = [table.c[name].ilike(pattern, escape="\\") for name in _SEARCHED if name in table.c]
    for reference in kind.references:
        target = _TABLE_BY_TARGET[reference.target]
        named = select(target.c.id).where(
            target.c.program_id == table.c.program_id,
            target.c.code.ilike(pattern, escape="\\") | target.c.name.ilike(pattern, escape="\\"),
        )
        hits.append(table.c[reference.column].in_(named))
    return or_(*hits) if hits else true()


def _sort_columns(kind: InputKind) -> Iterator[tuple[str, SQLColumnExpression[Any]]]:
    """Every field that has an order, by its name in the body; references go by code."""
    table = table_of(kind.table)
    for name in ("position", "created_at", "updated_at"):
        yield name, table.c[name]
    referring = {reference.field: reference for reference in kind.references}
    for name in kind.fields:
        if name in referring:
            target = _TABLE_BY_TARGET[referring[name].target]
            yield (
                name,
                select(target.c.code).where(target.c.id == table.c[referring[name].column]).scalar_subquery(),
            )
            continue
        column = table.c.get(COLUMN_BY_FIELD.get(name, name))
        if column is not None and not isinstance(column.type, ARRAY):
            yield FIELD_BY_VALUE.get(name, name), column
