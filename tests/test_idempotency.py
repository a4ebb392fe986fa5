"""Same key and body, same answer; same key, other body: refused; nothing stays of what failed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.idempotency import (
    IdempotencyKeyReusedError,
    IdempotencyRecord,
    body_hash,
    forget_before,
    recall,
    remember,
)
from src.models import now

USER = uuid4()


async def ask(session: AsyncSession, body: Any = None, **scope: Any) -> dict[str, Any] | None:
    return await recall(session, **{"user_id": USER, "operation": "generate", "key": "k", **scope}, body=body)


async def answer(session: AsyncSession, answer: dict[str, Any], **scope: Any) -> None:
    await remember(session, **{"user_id": USER, "operation": "generate", "key": "k", **scope}, answer=answer)


async def test_the_first_answer_is_given_again(session: AsyncSession) -> None:
    assert await ask(session, {"seed": 1}) is None
    await answer(session, {"run": "42"})
    assert await ask(session, {"seed": 1}) == {"run": "42"}


async def test_another_body_under_the_same_key_is_refused(session: AsyncSession) -> None:
    await ask(session, {"seed": 1})
    await answer(session, {"run": "42"})
    with pytest.raises(IdempotencyKeyReusedError):
        await ask(session, {"seed": 2})


@pytest.mark.parametrize("scope", [{"user_id": UUID(int=1)}, {"operation": "import"}, {"key": "K"}])
async def test_a_key_is_its_users_for_one_operation(session: AsyncSession, scope: dict[str, Any]) -> None:
    await ask(session, {"seed": 1})
    await answer(session, {"run": "42"})
    assert await ask(session, {"seed": 2}, **scope) is None


async def test_without_a_key_nothing_is_kept(session: AsyncSession) -> None:
    assert await ask(session, {"seed": 1}, key=None) is None
    await answer(session, {"run": "42"}, key=None)
    assert (await session.exec(select(IdempotencyRecord))).all() == []


async def test_what_was_rolled_back_may_be_asked_again_with_another_body(session: AsyncSession) -> None:
    nested = await session.begin_nested()
    await ask(session, {"seed": 1})
    await nested.rollback()
    assert await ask(session, {"seed": 2}) is None


async def test_of_two_requests_at_once_one_works_and_the_other_gets_its_answer(
    fresh_session_maker: async_sessionmaker[AsyncSession],
) -> None:
    worked = 0

    async def request() -> dict[str, Any]:
        nonlocal worked
        async with fresh_session_maker() as session:
            given_before = await ask(session, {"seed": 1})
            if given_before is not None:
                return given_before
            worked += 1
            await asyncio.sleep(0.05)
            await answer(session, {"run": str(worked)})
            await session.commit()
            return {"run": str(worked)}

    answers = await asyncio.gather(*(request() for _ in range(4)))
    assert worked == 1
    assert answers == [{"run": "1"}] * 4


async def test_the_second_of_two_at_once_works_when_the_first_fails(
    fresh_session_maker: async_sessionmaker[AsyncSession],
) -> None:
    async with fresh_session_maker() as first, fresh_session_maker() as second:
        assert await ask(first, {"seed": 1}) is None
        waiting = asyncio.create_task(ask(second, {"seed": 2}))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await first.rollback()
        assert await waiting is None


async def test_old_answers_are_forgotten_and_new_ones_kept(session: AsyncSession) -> None:
    await ask(session, {"seed": 1})
    await ask(session, {"seed": 1}, key="new")
    old = (await session.exec(select(IdempotencyRecord).where(IdempotencyRecord.key == "k"))).one()
    old.created_at = now() - timedelta(days=3)
    await session.commit()
    assert await forget_before(session, now() - timedelta(days=2)) == 1
    assert [record.key for record in (await session.exec(select(IdempotencyRecord))).all()] == ["new"]


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=5))
def test_the_order_of_keys_does_not_matter(body: dict[str, Any]) -> None:
    assert body_hash(body) == body_hash(dict(reversed(body.items())))
    assert body_hash(body) != body_hash({**body, "one more key": 1})
