"""Lists: numbered pages for what people browse, cursor pages for what grows without end."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, SQLColumnExpression, func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from src.exceptions import InvalidError
from src.schemas import INT64_MAX, Text

MAX_PAGE_SIZE = 100


class Page[Item](BaseModel):
    """A numbered page and how many there are in all."""

    items: list[Item]
    total: int
    page: int
    page_size: int
    has_next: bool


class CursorPage[Item](BaseModel):
    """A page and where the next begins; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None


class BadSortError(InvalidError):
    """The list cannot be sorted by that."""

    code = "BAD_SORT"


class BadCursorError(InvalidError):
    """The cursor is not one that this list gave out."""

    code = "BAD_CURSOR"
    message = "The cursor is not one that this list gave out."


PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="Which page, from 1 on.")]
PageSize = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description="How many to a page.")]
Searched = Annotated[
    Text | None, Query(max_length=200, description="Only those with this text in them, in any case.")
]
SortedBy = Annotated[
    Text | None, Query(max_length=60, description="A field, or `-field` for the other way round.")
]


class Paging(BaseModel):
    """Which page of a list that has an order of its own."""

    page: int = 1
    page_size: int = 20

    @classmethod
    def query(cls, page: PageNumber = 1, page_size: PageSize = 20) -> Self:
        return cls(page=page, page_size=page_size)

    @property
    def start(self) -> int:
        """How many rows lie before the page."""
        return (self.page - 1) * self.page_size

    def cut[Row](self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of the page, out of all."""
        return rows[self.start : self.start + self.page_size]


class SortedPaging(Paging):
    """Which page of a list that the caller may sort."""

    sort: str | None = None

    @classmethod
    def query(cls, page: PageNumber = 1, page_size: PageSize = 20, sort: SortedBy = None) -> Self:
        return cls(page=page, page_size=page_size, sort=sort)


class PageParams(SortedPaging):
    """Which page of a list that the caller may sort and search in."""

    search: str | None = None

    @classmethod
    def query(
        cls,
        page: PageNumber = 1,
        page_size: PageSize = 20,
        sort: SortedBy = None,
        search: Searched = None,
    ) -> Self:
        return cls(page=page, page_size=page_size, sort=sort, search=search)


class CursorParams(BaseModel):
    limit: int = 50
    cursor: str | None = None

    @classmethod
    def query(
        cls,
        limit: PageSize = 50,
        cursor: Annotated[
            Text | None, Query(max_length=400, description="`next_cursor` of the page before.")
        ] = None,
    ) -> Self:
        return cls(limit=limit, cursor=cursor)


PagingDep = Annotated[Paging, Depends(Paging.query)]
SortedPageDep = Annotated[SortedPaging, Depends(SortedPaging.query)]
PageDep = Annotated[PageParams, Depends(PageParams.query)]
CursorDep = Annotated[CursorParams, Depends(CursorParams.query)]

type Sortable = SQLColumnExpression[Any]


def order_by(sort: str | None, columns: Mapping[str, Sortable], default: str) -> ColumnElement[Any]:
    """The ORDER BY that `sort` asks for; raises BadSortError for a field that is not offered."""
    wanted = sort or default
    name = wanted.removeprefix("-")
    if name not in columns:
        raise BadSortError(f"Cannot sort by '{name}'.", details={"sort": wanted, "allowed": sorted(columns)})
    column = columns[name]
    return column.desc() if wanted.startswith("-") else column.asc()


def like_pattern(search: str) -> str:
    r"""A pattern for ILIKE … ESCAPE '\\' that finds the text anywhere and takes %, _ and \\ literally."""
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


async def paginate[Row](
    session: AsyncSession,
    statement: SelectOfScalar[Row],
    params: SortedPaging,
    *,
    sort_columns: Mapping[str, Sortable],
    default_sort: str,
    tie_breaker: Sortable,
) -> tuple[Sequence[Row], int]:
    """The rows of one page and the total; a stable order whatever is sorted by."""
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    total = (await session.exec(counted)).one()
    rows = await session.exec(
        statement.order_by(order_by(params.sort, sort_columns, default_sort), tie_breaker)
        .limit(params.page_size)
        .offset(params.start)
    )
    return rows.all(), total


def page_of[Item](items: list[Item], total: int, params: Paging) -> Page[Item]:
    return Page(
        items=items,
        total=total,
        page=params.page,
        page_size=params.page_size,
        has_next=params.page * params.page_size < total,
    )


def encode_cursor(values: Sequence[str | int]) -> str:
    """An opaque cursor that remembers the sort key of the last row given."""
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str | int]:
    """The sort key in a cursor; raises BadCursorError for anything else."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(raw)
    except (binascii.Error, ValueError) as error:
        raise BadCursorError from error
    if not isinstance(values, list) or len(values) != length or not all(map(_is_key, values)):
        raise BadCursorError
    return values


def encode_moment_cursor(start_at: datetime, row_id: UUID) -> str:
    """A cursor of a list in order of start and id."""
    return encode_cursor([start_at.isoformat(), str(row_id)])


def decode_moment_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Start and id of the last row given; raises BadCursorError for anything else."""
    start, row_id = decode_cursor(cursor, 2)
    try:
        start_at, last_id = datetime.fromisoformat(str(start)), UUID(str(row_id))
    except ValueError as error:
        raise BadCursorError from error
    if start_at.tzinfo is None:
        raise BadCursorError
    return start_at, last_id


def _is_key(value: object) -> bool:
    """Whether a cursor can hold this: what the database could not take was never given out."""
    if isinstance(value, str):
        return "\x00" not in value and value.isprintable()
    return type(value) is int and abs(value) <= INT64_MAX
