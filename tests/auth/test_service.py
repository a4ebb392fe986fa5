"""Users made outside of the API, and what is forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.exceptions import EmailTakenError, WeakPasswordError
from src.auth.housekeeping import tidy
from src.auth.models import AuditEntry, RefreshToken, SignIn
from src.auth.service import create_admin
from src.auth.tokens import hash_of
from src.exceptions import InvalidError
from src.idempotency import recall
from src.models import now
from tests.factories.auth import PASSWORD, make_user


async def test_the_first_admin_can_sign_in_and_manage_users(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    await create_admin(session, "GME.Office@Example.org", PASSWORD, "GME Office")
    await session.commit()
    form = {"username": "gme.office@example.org", "password": PASSWORD}
    tokens = (await client.post("/api/v1/auth/login", data=form)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await client.get("/api/v1/users", headers=headers)).json()["total"] == 1


async def test_the_trail_says_that_it_came_from_the_command_line(session: AsyncSession) -> None:
    user = await create_admin(session, "a@example.org", PASSWORD, "A")
    entry = (await session.exec(select(AuditEntry))).one()
    assert (entry.actor_id, entry.actor_name) == (None, "command line")
    assert (entry.action, entry.entity_id) == ("user.created", user.id)


@pytest.mark.parametrize(
    ("email", "password", "name", "told"),
    [
        ("nobody", PASSWORD, "A", "email"),
        ("a@example.org", "short", "A", "password"),
        ("a@example.org", "x" * 1025, "A", "password"),
        ("a@example.org", PASSWORD, " ", "full_name"),
    ],
)
async def test_what_is_wrong_is_named_without_the_password(
    session: AsyncSession, email: str, password: str, name: str, told: str
) -> None:
    with pytest.raises(InvalidError, match=told) as refused:
        await create_admin(session, email, password, name)
    assert password not in refused.value.text
    assert "Value error" not in refused.value.text


async def test_a_weak_password_and_a_taken_address_are_refused(session: AsyncSession) -> None:
    with pytest.raises(WeakPasswordError):
        await create_admin(session, "casey.morgan@example.org", "casey.morgan", "Casey")
    await make_user(session, email="casey@example.org")
    with pytest.raises(EmailTakenError):
        await create_admin(session, "CASEY@example.org", PASSWORD, "Casey")


async def test_sign_ins_long_over_are_forgotten_with_their_tokens_and_others_kept(
    session: AsyncSession,
) -> None:
    user = await make_user(session)
    long_ago, lately = now() - timedelta(days=31), now() - timedelta(days=1)
    ahead = now() + timedelta(days=1)
    kept = {}
    for name, expires_at, revoked_at in (
        ("expired long ago", long_ago, None),
        ("revoked long ago", ahead, long_ago),
        ("expired lately", lately, None),
        ("revoked lately", ahead, lately),
        ("alive", ahead, None),
    ):
        family = SignIn(user_id=user.id, expires_at=expires_at, revoked_at=revoked_at)
        session.add(family)
        await session.flush()
        session.add(RefreshToken(sign_in_id=family.id, token_hash=hash_of(name), expires_at=expires_at))
        kept[family.id] = name
    await session.commit()
    assert (await tidy(session))[0] == 2
    left = (await session.exec(select(SignIn.id))).all()
    assert {kept[found] for found in left} == {"expired lately", "revoked lately", "alive"}
    assert len((await session.exec(select(RefreshToken))).all()) == 3


async def test_answers_are_kept_for_a_week(session: AsyncSession) -> None:
    assert await recall(session, user_id=uuid4(), operation="x", key="k", body=None) is None
    assert await tidy(session) == (0, 0)


async def test_the_trail_is_never_forgotten(session: AsyncSession) -> None:
    await create_admin(session, "a@example.org", PASSWORD, "A")
    await tidy(session)
    assert (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "user.created"))).one()
