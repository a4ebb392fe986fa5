"""Signing in: who gets tokens, who does not, and that the answer does not say why."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import passwords
from src.auth.config import AuthSettings
from src.auth.models import RefreshToken, SignIn, User
from src.auth.tokens import hash_of
from tests.factories.auth import PASSWORD, make_user


async def login(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/v1/auth/login", data={"username": email, "password": password})


async def test_the_right_password_gives_tokens_that_work(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session, email="casey@example.org")
    answer = await login(client, "casey@example.org")
    assert answer.status_code == 200
    tokens = answer.json()
    assert tokens["token_type"] == "bearer"
    assert 0 < tokens["expires_in"] <= 15 * 60
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert me.status_code == 200
    assert me.json()["id"] == str(user.id)


async def test_tokens_may_not_be_kept_by_anything_on_the_way(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    assert (await login(client, user.email)).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("typed", ["Casey@Example.ORG", "CASEY@EXAMPLE.ORG", "  casey@example.org "])
async def test_the_address_may_be_typed_in_any_case(
    client: httpx.AsyncClient, session: AsyncSession, typed: str
) -> None:
    await make_user(session, email="casey@example.org")
    assert (await login(client, typed)).status_code == 200


async def test_an_address_outside_ascii_signs_in_in_any_case_and_composition(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    await make_user(session, email="zoë@exämple.org")
    assert (await login(client, "ZOE\u0308@EXA\u0308MPLE.org")).status_code == 200


async def test_only_the_hash_of_the_refresh_token_is_stored(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    token = (await login(client, user.email)).json()["refresh_token"]
    stored = (await session.exec(select(RefreshToken.token_hash))).all()
    assert stored == [hash_of(token)]
    assert token not in stored


async def test_signing_in_is_remembered_on_the_user(client: httpx.AsyncClient, session: AsyncSession) -> None:
    user = await make_user(session)
    await login(client, user.email)
    await session.refresh(user)
    assert user.last_signed_in_at is not None


async def test_every_failure_answers_alike(client: httpx.AsyncClient, session: AsyncSession) -> None:
    known = await make_user(session)
    invited = await make_user(session, invited=True)
    disabled = await make_user(session, disabled=True)
    answers = [
        await login(client, known.email, "not the password"),
        await login(client, "nobody@example.org"),
        await login(client, "not even an address"),
        await login(client, invited.email),
        await login(client, disabled.email),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["error"]["code"] == "WRONG_CREDENTIALS"
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}


async def test_a_failure_leaves_no_sign_in_behind(client: httpx.AsyncClient, session: AsyncSession) -> None:
    user = await make_user(session)
    await login(client, user.email, "not the password")
    assert (await session.exec(select(func.count()).select_from(SignIn))).one() == 0


@pytest.mark.parametrize("kind", ["unknown", "invited", "wrong password", "disabled"])
async def test_every_failure_pays_for_one_hash(
    client: httpx.AsyncClient, session: AsyncSession, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    passwords._nobodys_hash()
    user = await make_user(session, invited=kind == "invited", disabled=kind == "disabled")
    verified: list[str] = []
    real = passwords._context.verify

    def counting(secret: str, stored: str) -> bool:
        verified.append(stored)
        return bool(real(secret, stored))

    monkeypatch.setattr(passwords._context, "verify", counting)
    email = "nobody@example.org" if kind == "unknown" else user.email
    await login(client, email, PASSWORD if kind == "disabled" else "not the password")
    assert len(verified) == 1
    assert verified[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_hashing_leaves_the_event_loop_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[int] = set()
    real_verify, real_hash = passwords._verify, passwords._hash

    def verify(password: str, stored: str | None) -> bool:
        threads.add(threading.get_ident())
        return real_verify(password, stored)

    def make(password: str) -> str:
        threads.add(threading.get_ident())
        return real_hash(password)

    monkeypatch.setattr(passwords, "_verify", verify)
    monkeypatch.setattr(passwords, "_hash", make)
    stored = await passwords.hash_password(PASSWORD)
    assert await passwords.verify_password(PASSWORD, stored)
    assert threads
    assert threading.get_ident() not in threads


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"username": "casey@example.org"},
        {"password": PASSWORD},
        {"username": "", "password": PASSWORD},
        {"username": "casey@example.org", "password": ""},
        {"username": "casey@example.org", "password": "x" * 1025},
        {"username": "c" * 255, "password": PASSWORD},
        {"username": "casey\x00@example.org", "password": PASSWORD},
        {"username": "casey@example.org", "password": "nul\x00here and there"},
        {"username": "casey@example.org", "password": PASSWORD, "grant_type": "client_credentials"},
    ],
)
async def test_a_malformed_form_is_refused_before_any_work(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, form: dict[str, str]
) -> None:
    async def never(*_: Any) -> bool:
        raise AssertionError("a password was checked")

    monkeypatch.setattr("src.auth.sign_ins.verify_password", never)
    answer = await client.post("/api/v1/auth/login", data=form)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["pointer"].startswith("/body")


async def test_what_was_typed_is_not_repeated_in_an_error(client: httpx.AsyncClient) -> None:
    secret = "q" * 1025
    answer = await client.post("/api/v1/auth/login", data={"username": "a@example.org", "password": secret})
    assert "qqqq" not in answer.text


async def test_a_json_body_is_no_form(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/login", json={"username": "a@example.org", "password": PASSWORD})
    assert answer.status_code == 422


async def test_a_long_password_of_the_allowed_length_works(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    long = "\ufdfa" * 1024  # grows eighteenfold in compatibility form
    user.password_hash = await passwords.hash_password(long)
    await session.commit()
    assert (await login(client, user.email, long)).status_code == 200
    assert (await login(client, user.email, long[:-1])).status_code == 401


async def test_a_password_typed_decomposed_is_the_same_password(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    user.password_hash = await passwords.hash_password("d\u00e9j\u00e0 vu encore")
    await session.commit()
    assert (await login(client, user.email, "de\u0301ja\u0300 vu encore")).status_code == 200


async def test_an_old_hash_is_renewed_when_its_owner_signs_in(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    from passlib.hash import argon2

    user = await make_user(session)
    old = str(argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD))
    user.password_hash = old
    await session.commit()
    assert (await login(client, user.email)).status_code == 200
    await session.refresh(user)
    assert user.password_hash is not None
    assert "m=19456,t=2,p=1" in user.password_hash
    assert (await login(client, user.email)).status_code == 200


@pytest.fixture
def narrow(app: FastAPI) -> Iterator[AuthSettings]:
    """Three tries for an account, five for an address."""
    before = app.state.auth_settings
    app.state.auth_settings = before.model_copy(
        update={"login_limit_per_account": "3/minute", "login_limit_per_address": "5/minute"}
    )
    yield app.state.auth_settings
    app.state.auth_settings = before


async def test_the_limit_of_an_account_stops_guessing_from_anywhere(
    client: httpx.AsyncClient, session: AsyncSession, narrow: AuthSettings
) -> None:
    user = await make_user(session)
    for left in (2, 1, 0):
        answer = await login(client, user.email.upper() if left % 2 else user.email, "wrong")
        assert answer.status_code == 401
        assert answer.headers["RateLimit-Limit"] == "3"
        assert answer.headers["RateLimit-Remaining"] == str(left)
    answer = await login(client, user.email)
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "TOO_MANY_REQUESTS"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert answer.headers["RateLimit-Reset"] == answer.headers["Retry-After"]


async def test_the_limit_of_an_address_stops_trying_one_account_after_the_other(
    client: httpx.AsyncClient, session: AsyncSession, narrow: AuthSettings
) -> None:
    statuses = [(await login(client, f"nobody{n}@example.org")).status_code for n in range(6)]
    assert statuses == [401] * 5 + [429]


async def test_proving_who_one_is_starts_the_account_anew(
    client: httpx.AsyncClient, session: AsyncSession, narrow: AuthSettings
) -> None:
    user = await make_user(session)
    assert [(await login(client, user.email, "wrong")).status_code for _ in range(2)] == [401, 401]
    right = await login(client, user.email)
    assert right.status_code == 200
    assert right.headers["RateLimit-Limit"] in {"3", "5"}
    assert [(await login(client, user.email, "wrong")).status_code for _ in range(2)] == [401, 401]


async def test_a_sign_in_that_races_with_disabling_is_dead(
    fresh_client: httpx.AsyncClient, fresh_session_maker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is disabled while the password is being checked."""
    async with fresh_session_maker() as session:
        user = await make_user(session)

    async def slow(password: str, stored: str | None) -> bool:
        async with fresh_session_maker() as other:
            row = (await other.exec(select(User).where(col(User.id) == user.id))).one()
            row.disabled_at = row.created_at
            await other.commit()
        return await passwords.verify_password(password, stored)

    monkeypatch.setattr("src.auth.sign_ins.verify_password", slow)
    assert (await login(fresh_client, user.email)).status_code == 401


async def test_the_log_tells_of_a_failure_without_what_was_typed(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    with structlog.testing.capture_logs() as lines:
        await login(client, user.email, "my other secret")
        await login(client, "my-password-in-the-wrong-field", "x")
        await login(client, user.email)
    told = [(line["event"], line["account_id"]) for line in lines if "account_id" in line]
    assert told == [
        ("sign_in_failed", str(user.id)),
        ("sign_in_failed", None),
        ("signed_in", str(user.id)),
    ]
    assert "secret" not in str(lines)
    assert "wrong-field" not in str(lines)
