"""Access tokens: only those that this service signed, for this audience, and that still hold."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from jose import jwt
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.config import get_auth_settings
from src.auth.exceptions import InvalidAccessTokenError
from src.auth.models import SignIn
from src.auth.tokens import (
    ALGORITHM,
    AUDIENCE,
    ISSUER,
    AccessClaims,
    hash_of,
    issue_access_token,
    new_random_token,
    read_access_token,
)
from src.models import now
from tests.factories.auth import make_user, sign_in

KEY = "development-only-never-in-production-0123456789"


def claims(**changes: Any) -> dict[str, Any]:
    at = int(now().timestamp())
    whole = {
        "sub": str(uuid4()),
        "sid": str(uuid4()),
        "epoch": 0,
        "iat": at,
        "exp": at + 300,
        "jti": uuid4().hex,
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not ...}


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def signed(algorithm: str = ALGORITHM, key: str = KEY, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm)


def test_what_was_issued_is_read_back() -> None:
    user_id, sign_in_id = uuid4(), uuid4()
    token, lifetime = issue_access_token(get_auth_settings(), user_id=user_id, sign_in_id=sign_in_id, epoch=7)
    assert read_access_token(get_auth_settings(), token) == AccessClaims(user_id, sign_in_id, 7)
    assert lifetime <= timedelta(minutes=15)


def test_a_token_says_all_that_is_asked_of_it_and_no_more() -> None:
    token, _ = issue_access_token(get_auth_settings(), user_id=uuid4(), sign_in_id=uuid4(), epoch=0)
    told = jwt.get_unverified_claims(token)
    assert set(told) == {"sub", "sid", "epoch", "iat", "exp", "jti", "iss", "aud"}
    assert told["exp"] - told["iat"] == get_auth_settings().access_token_minutes * 60


def test_no_two_tokens_are_the_same() -> None:
    arguments: dict[str, Any] = {"user_id": uuid4(), "sign_in_id": uuid4(), "epoch": 0}
    first, _ = issue_access_token(get_auth_settings(), **arguments)
    second, _ = issue_access_token(get_auth_settings(), **arguments)
    assert first != second


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("not.a.token", id="rubbish"),
        pytest.param("a" * 5_000, id="endless"),
        pytest.param("é.é.é", id="outside ascii"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param(f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims())}.", id="alg none"),
        pytest.param(f"{part({'alg': 'None', 'typ': 'JWT'})}.{part(claims())}.", id="alg None"),
        pytest.param(signed(key="another key of the same length as the real one"), id="other key"),
        pytest.param(signed("HS512"), id="other algorithm"),
        pytest.param(signed(exp=int(now().timestamp()) - 1), id="expired"),
        pytest.param(signed(aud="another-service"), id="other audience"),
        pytest.param(signed(iss="another-service"), id="other issuer"),
        pytest.param(signed(epoch="0"), id="epoch as text"),
        pytest.param(signed(epoch=False), id="epoch as truth value"),
        pytest.param(signed(sub="nobody"), id="sub is no id"),
        pytest.param(signed(sid="nothing"), id="sid is no id"),
        *(
            pytest.param(signed(**{name: ...}), id=f"without {name}")
            for name in ("sub", "sid", "epoch", "exp", "iat", "jti", "iss", "aud")
        ),
    ],
)
def test_everything_else_is_refused(token: str) -> None:
    with pytest.raises(InvalidAccessTokenError):
        read_access_token(get_auth_settings(), token)


def test_one_changed_character_of_the_payload_breaks_the_seal() -> None:
    head, payload, seal = signed().split(".")
    other = part({**json.loads(base64.urlsafe_b64decode(payload + "==")), "epoch": 1})
    with pytest.raises(InvalidAccessTokenError):
        read_access_token(get_auth_settings(), f"{head}.{other}.{seal}")


def test_random_tokens_are_long_and_differ() -> None:
    tokens = {new_random_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43
    assert len({hash_of(token) for token in tokens}) == 100


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic Y2FzZXk6cGFzcw==", "Token abc"])
async def test_without_a_bearer_token_one_is_asked_to_sign_in(
    client: httpx.AsyncClient, header: str | None
) -> None:
    headers = {"Authorization": header} if header is not None else {}
    answer = await client.get("/api/v1/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]["code"] in {"UNAUTHENTICATED", "INVALID_TOKEN"}


async def test_a_forged_token_is_answered_like_an_expired_one(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        for token in (signed(key="some other key"), signed(exp=1), signed())
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


async def test_a_token_of_another_users_sign_in_is_refused(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    one, other = await make_user(session), await make_user(session)
    family = SignIn(user_id=other.id, expires_at=now() + timedelta(days=1))
    session.add(family)
    await session.commit()
    token, _ = issue_access_token(get_auth_settings(), user_id=one.id, sign_in_id=family.id, epoch=0)
    answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_a_token_outlives_neither_its_epoch_nor_its_sign_in(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    headers = await sign_in(session, user)
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 200
    user.token_epoch += 1
    await session.commit()
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 401


async def test_a_token_of_an_ended_sign_in_is_refused(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    family = SignIn(user_id=user.id, expires_at=now() - timedelta(seconds=1))
    session.add(family)
    await session.commit()
    token, _ = issue_access_token(get_auth_settings(), user_id=user.id, sign_in_id=family.id, epoch=0)
    answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
