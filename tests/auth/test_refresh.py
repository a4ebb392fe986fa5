"""Refresh tokens: each is good for one exchange; the second use of one ends the sign-in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.models import AuditEntry, RefreshToken, SignIn
from src.auth.tokens import hash_of
from src.models import now
from tests.factories.auth import PASSWORD, admin_headers, make_user


async def login(client: httpx.AsyncClient, email: str) -> dict[str, Any]:
    answer = await client.post("/api/v1/auth/login", data={"username": email, "password": PASSWORD})
    assert answer.status_code == 200
    tokens: dict[str, Any] = answer.json()
    return tokens


async def exchange(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/api/v1/auth/refresh", json={"refresh_token": token})


async def me(client: httpx.AsyncClient, tokens: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return (await client.get("/api/v1/me", headers=headers)).status_code


async def test_each_exchange_gives_new_tokens_that_work(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    tokens = await login(client, (await make_user(session)).email)
    seen = {tokens["refresh_token"]}
    for _ in range(3):
        answer = await exchange(client, tokens["refresh_token"])
        assert answer.status_code == 200
        tokens = answer.json()
        assert tokens["refresh_token"] not in seen
        seen.add(tokens["refresh_token"])
        assert await me(client, tokens) == 200


async def test_using_a_spent_token_ends_the_whole_family(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    first = await login(client, (await make_user(session)).email)
    second = (await exchange(client, first["refresh_token"])).json()
    third = (await exchange(client, second["refresh_token"])).json()
    reused = await exchange(client, first["refresh_token"])
    assert reused.status_code == 401
    assert reused.json()["error"]["code"] == "REFRESH_TOKEN_REUSED"
    assert (await exchange(client, third["refresh_token"])).json()["error"]["code"] == "INVALID_REFRESH_TOKEN"
    assert [await me(client, tokens) for tokens in (first, second, third)] == [401, 401, 401]


async def test_a_theft_that_was_found_out_is_on_the_trail_without_any_token(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    first = await login(client, user.email)
    await exchange(client, first["refresh_token"])
    await exchange(client, first["refresh_token"])
    entry = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "sign_in.revoked"))).one()
    assert entry.actor_id == user.id
    assert first["refresh_token"] not in entry.model_dump_json()
    assert hash_of(first["refresh_token"]) not in entry.model_dump_json()


async def test_the_end_of_one_family_leaves_the_others(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    phone, laptop = await login(client, user.email), await login(client, user.email)
    await exchange(client, phone["refresh_token"])
    await exchange(client, phone["refresh_token"])
    assert await me(client, phone) == 401
    assert await me(client, laptop) == 200
    assert (await exchange(client, laptop["refresh_token"])).status_code == 200


async def test_of_two_exchanges_at_once_exactly_one_wins_and_the_family_ends(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        user = await make_user(session)
    tokens = await login(fresh_client, user.email)
    answers = await asyncio.gather(*(exchange(fresh_client, tokens["refresh_token"]) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert (await exchange(fresh_client, winner["refresh_token"])).status_code == 401
    assert await me(fresh_client, winner) == 401


async def test_the_end_of_the_family_stands_though_the_request_failed(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        user = await make_user(session)
    tokens = await login(fresh_client, user.email)
    await exchange(fresh_client, tokens["refresh_token"])
    await exchange(fresh_client, tokens["refresh_token"])
    async with fresh_session_maker() as session:
        family = (await session.exec(select(SignIn))).one()
    assert family.revoked_because == "reuse"


@pytest.mark.parametrize("token", ["unknown", "é", "x" * 200])
async def test_an_unknown_token_is_refused(client: httpx.AsyncClient, token: str) -> None:
    answer = await exchange(client, token)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "INVALID_REFRESH_TOKEN"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"refresh_token": ""},
        {"refresh_token": None},
        {"refresh_token": 1},
        {"refresh_token": "x" * 201},
        {"refresh_token": "nul\x00"},
        {"refresh_token": "x", "and": "more"},
        [],
    ],
)
async def test_a_malformed_body_is_refused(client: httpx.AsyncClient, body: Any) -> None:
    assert (await client.post("/api/v1/auth/refresh", json=body)).status_code == 422


async def test_an_access_token_is_no_refresh_token(client: httpx.AsyncClient, session: AsyncSession) -> None:
    tokens = await login(client, (await make_user(session)).email)
    answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["access_token"][:200]})
    assert answer.status_code == 401


async def test_a_refresh_token_is_no_access_token(client: httpx.AsyncClient, session: AsyncSession) -> None:
    tokens = await login(client, (await make_user(session)).email)
    assert await me(client, {"access_token": tokens["refresh_token"]}) == 401


async def test_an_expired_refresh_token_is_refused(client: httpx.AsyncClient, session: AsyncSession) -> None:
    tokens = await login(client, (await make_user(session)).email)
    stored = (await session.exec(select(RefreshToken))).one()
    stored.expires_at = now() - timedelta(seconds=1)
    await session.commit()
    assert (await exchange(client, tokens["refresh_token"])).status_code == 401


async def test_refreshing_does_not_outlive_the_sign_in(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    tokens = await login(client, (await make_user(session)).email)
    family = (await session.exec(select(SignIn))).one()
    family.expires_at = now() + timedelta(hours=1)
    await session.commit()
    tokens = (await exchange(client, tokens["refresh_token"])).json()
    newest = (
        await session.exec(
            select(RefreshToken).where(col(RefreshToken.token_hash) == hash_of(tokens["refresh_token"]))
        )
    ).one()
    assert newest.expires_at == family.expires_at
    family.expires_at = now() - timedelta(seconds=1)
    await session.commit()
    assert (await exchange(client, tokens["refresh_token"])).status_code == 401


async def test_a_disabled_user_cannot_refresh_nor_come_back_by_an_old_token(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    tokens = await login(client, user.email)
    admin = await admin_headers(session)
    assert (await client.post(f"/api/v1/users/{user.id}/disable", headers=admin)).status_code == 200
    assert await me(client, tokens) == 401
    assert (await exchange(client, tokens["refresh_token"])).status_code == 401
    assert (await client.post(f"/api/v1/users/{user.id}/enable", headers=admin)).status_code == 200
    assert await me(client, tokens) == 401
    assert (await exchange(client, tokens["refresh_token"])).status_code == 401
    assert await me(client, await login(client, user.email)) == 200


async def test_signing_out_ends_access_and_refresh_at_once(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    tokens, elsewhere = await login(client, user.email), await login(client, user.email)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = await client.post("/api/v1/auth/logout", headers=headers)
    assert answer.status_code == 204
    assert answer.content == b""
    assert await me(client, tokens) == 401
    refused = await exchange(client, tokens["refresh_token"])
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "INVALID_REFRESH_TOKEN"
    assert await me(client, elsewhere) == 200


async def test_signing_out_twice_finds_nobody(client: httpx.AsyncClient, session: AsyncSession) -> None:
    tokens = await login(client, (await make_user(session)).email)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    await client.post("/api/v1/auth/logout", headers=headers)
    assert (await client.post("/api/v1/auth/logout", headers=headers)).status_code == 401


async def test_a_spent_token_after_signing_out_is_merely_invalid(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    first = await login(client, (await make_user(session)).email)
    second = (await exchange(client, first["refresh_token"])).json()
    headers = {"Authorization": f"Bearer {second['access_token']}"}
    await client.post("/api/v1/auth/logout", headers=headers)
    for tokens in (first, second):
        refused = await exchange(client, tokens["refresh_token"])
        assert refused.json()["error"]["code"] == "INVALID_REFRESH_TOKEN"
