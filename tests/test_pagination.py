"""Pages: stable, bounded, and deaf to cursors and sorts that they did not offer."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.models import User
from src.pagination import (
    BadCursorError,
    BadSortError,
    PageParams,
    decode_cursor,
    encode_cursor,
    like_pattern,
    order_by,
    page_of,
    paginate,
)
from src.schemas import INT64_MAX
from tests.factories.auth import make_user

COLUMNS = {"email": col(User.email), "full_name": col(User.full_name)}

KEYS = st.one_of(
    st.integers(-INT64_MAX, INT64_MAX),
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=30),
)


@given(st.lists(KEYS, max_size=3))
def test_a_cursor_gives_back_what_was_put_into_it(values: list[str | int]) -> None:
    assert decode_cursor(encode_cursor(values), len(values)) == values


@given(st.text(max_size=60), st.integers(0, 3))
def test_any_other_text_is_no_cursor_or_a_harmless_one(text: str, length: int) -> None:
    try:
        values = decode_cursor(text, length)
    except BadCursorError:
        return
    assert len(values) == length


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "é",
        "%%%",
        "W",
        packed({}),
        packed("text"),
        packed([]),
        packed([1, 2]),
        packed([None]),
        packed([True]),
        packed([1.5]),
        packed([[1]]),
        packed([2**63]),
        packed(["nul\x00"]),
        packed(["\ud800"]),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 200).decode(),
        base64.urlsafe_b64encode(b"[" + b"9" * 290 + b"]").decode(),
    ],
)
def test_a_cursor_that_was_not_given_out_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursorError):
        decode_cursor(cursor, 1)


@pytest.mark.parametrize("sort", ["password_hash", "-", "--email", "email desc", "email;", "EMAIL", ""])
def test_only_what_is_offered_can_be_sorted_by(sort: str) -> None:
    if sort == "":
        assert str(order_by(sort, COLUMNS, "email")) == str(col(User.email).asc())
        return
    with pytest.raises(BadSortError) as refused:
        order_by(sort, COLUMNS, "email")
    assert refused.value.details == {"sort": sort, "allowed": ["email", "full_name"]}


def test_a_minus_sorts_the_other_way_round() -> None:
    assert str(order_by("-email", COLUMNS, "full_name")) == str(col(User.email).desc())
    assert str(order_by(None, COLUMNS, "full_name")) == str(col(User.full_name).asc())


@pytest.mark.parametrize(
    ("search", "finds", "misses"),
    [
        ("100%", "a 100% sure", "1000"),
        ("a_b", "xa_bx", "aXb"),
        ("back\\slash", "a back\\slash", "backslash"),
        ("%", "50%", "fifty"),
        ("Ana", "banana", "bnn"),
    ],
)
async def test_a_search_takes_every_sign_literally(
    session: AsyncSession, search: str, finds: str, misses: str
) -> None:
    found = await make_user(session, full_name=finds)
    await make_user(session, full_name=misses)
    rows = await session.exec(
        select(User.id).where(col(User.full_name).ilike(like_pattern(search), escape="\\"))
    )
    assert rows.all() == [found.id]


async def test_pages_of_equal_rows_neither_repeat_nor_skip(session: AsyncSession) -> None:
    users = {(await make_user(session, full_name="Same Name")).id for _ in range(7)}
    seen = []
    for page in (1, 2, 3, 4):
        rows, total = await paginate(
            session,
            select(User).where(col(User.id).in_(users)),
            PageParams(page=page, page_size=2, sort="full_name"),
            sort_columns=COLUMNS,
            default_sort="email",
            tie_breaker=col(User.id),
        )
        assert total == 7
        seen += [row.id for row in rows]
    assert len(seen) == 7
    assert set(seen) == users


async def test_a_page_past_the_end_is_empty_and_says_so(session: AsyncSession) -> None:
    rows, total = await paginate(
        session,
        select(User),
        PageParams(page=1_000_000, page_size=100),
        sort_columns=COLUMNS,
        default_sort="email",
        tie_breaker=col(User.id),
    )
    page = page_of(list(rows), total, PageParams(page=1_000_000, page_size=100))
    assert (page.items, page.has_next) == ([], False)


@pytest.mark.parametrize(
    ("total", "page", "has_next"),
    [(0, 1, False), (20, 1, False), (21, 1, True), (40, 2, False), (41, 2, True)],
)
def test_there_is_a_next_page_when_something_is_left(total: int, page: int, has_next: bool) -> None:
    assert page_of([], total, PageParams(page=page)).has_next is has_next
