"""Changing the password: only with the present one, and nothing given out before survives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.exceptions import WeakPasswordError
from src.auth.models import AuditEntry
from src.auth.passwords import check_strength, hash_password, needs_rehash, verify_password
from tests.factories.auth import PASSWORD, make_user

NEW = "quite another sentence"


async def login(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/v1/auth/login", data={"username": email, "password": password})


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def change(
    client: httpx.AsyncClient, tokens: dict[str, Any], current: str = PASSWORD, new: str = NEW
) -> httpx.Response:
    body = {"current_password": current, "new_password": new}
    return await client.post("/api/v1/auth/password", json=body, headers=bearer(tokens))


async def test_the_new_password_is_the_only_one_from_then_on(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    answer = await change(client, (await login(client, user.email)).json())
    assert answer.status_code == 200
    assert (await login(client, user.email)).status_code == 401
    assert (await login(client, user.email, NEW)).status_code == 200


async def test_every_token_given_out_before_is_dead_and_the_new_ones_live(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    here = (await login(client, user.email)).json()
    elsewhere = (await login(client, user.email)).json()
    fresh = (await change(client, here)).json()
    for tokens in (here, elsewhere):
        assert (await client.get("/api/v1/me", headers=bearer(tokens))).status_code == 401
        body = {"refresh_token": tokens["refresh_token"]}
        assert (await client.post("/api/v1/auth/refresh", json=body)).status_code == 401
    assert (await client.get("/api/v1/me", headers=bearer(fresh))).status_code == 200
    body = {"refresh_token": fresh["refresh_token"]}
    assert (await client.post("/api/v1/auth/refresh", json=body)).status_code == 200


async def test_the_trail_tells_that_it_was_changed_and_nothing_of_it(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    await change(client, (await login(client, user.email)).json())
    entry = (
        await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "user.password_changed"))
    ).one()
    assert (entry.actor_id, entry.entity_id) == (user.id, user.id)
    told = entry.model_dump_json()
    assert PASSWORD not in told
    assert NEW not in told
    assert "argon2" not in told


async def test_a_wrong_present_password_changes_nothing(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    tokens = (await login(client, user.email)).json()
    answer = await change(client, tokens, current="not the password")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "WRONG_PASSWORD"
    assert (await client.get("/api/v1/me", headers=bearer(tokens))).status_code == 200
    assert (await login(client, user.email)).status_code == 200


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "VALIDATION_ERROR"),
        ("x" * 1025, "VALIDATION_ERROR"),
        ("nul\x00 in the middle", "VALIDATION_ERROR"),
        ("aaaaaaaaaaaa", "WEAK_PASSWORD"),
        ("casey.morgan@example.org", "WEAK_PASSWORD"),
        ("Casey.Morgan@Example.ORG", "WEAK_PASSWORD"),
        ("casey.morgan", "WEAK_PASSWORD"),
    ],
)
async def test_a_poor_new_password_is_refused(
    client: httpx.AsyncClient, session: AsyncSession, new: str, code: str
) -> None:
    user = await make_user(session, email="casey.morgan@example.org")
    answer = await change(client, (await login(client, user.email)).json(), new=new)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == code
    assert (await login(client, user.email)).status_code == 200


async def test_without_a_token_there_is_no_password_to_change(client: httpx.AsyncClient) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert (await client.post("/api/v1/auth/password", json=body)).status_code == 401


@pytest.fixture
def narrow(app: FastAPI) -> Iterator[None]:
    before = app.state.auth_settings
    app.state.auth_settings = before.model_copy(update={"password_limit_per_account": "2/minute"})
    yield
    app.state.auth_settings = before


async def test_a_stolen_access_token_cannot_guess_the_password_for_long(
    client: httpx.AsyncClient, session: AsyncSession, narrow: None
) -> None:
    user = await make_user(session)
    tokens = (await login(client, user.email)).json()
    statuses = [(await change(client, tokens, current=f"guess {n}")).status_code for n in range(3)]
    assert statuses == [422, 422, 429]


async def test_a_hash_is_salted_and_of_the_stated_cost() -> None:
    first, second = await hash_password(PASSWORD), await hash_password(PASSWORD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not needs_rehash(first)
    assert await verify_password(PASSWORD, first)
    assert not await verify_password(PASSWORD + " ", first)


async def test_no_password_matches_a_user_who_has_none() -> None:
    assert not await verify_password(PASSWORD, None)


def test_a_good_password_is_left_alone() -> None:
    check_strength("correct horse battery", "casey@example.org")


def test_letters_of_another_width_do_not_hide_the_address() -> None:
    with pytest.raises(WeakPasswordError):
        check_strength("ｃａｓｅｙ＠ｅｘａｍｐｌｅ．ｏｒｇ", "casey@example.org")
