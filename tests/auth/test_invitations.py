"""Inviting: a link that works once, for a while, and is kept by nobody but its holder."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.models import AuditEntry, Invitation, User
from src.auth.tokens import hash_of
from src.models import now
from tests.factories.auth import PASSWORD, admin_headers, make_person, make_program, make_user

INVITE = "/api/v1/users/invitations"
ACCEPT = "/api/v1/auth/invitations/accept"
BODY = {"email": "casey@example.org", "full_name": "Casey Morgan"}


async def invite(client: httpx.AsyncClient, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = await client.post(INVITE, json={**BODY, **more}, headers=headers)
    assert answer.status_code == 201, answer.text
    invited: dict[str, Any] = answer.json()
    return invited


async def accept(client: httpx.AsyncClient, token: str, **more: Any) -> httpx.Response:
    return await client.post(ACCEPT, json={"token": token, "password": PASSWORD, **more})


async def test_the_invited_set_a_password_and_are_signed_in(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    invited = await invite(client, await admin_headers(session))
    assert invited["user"]["state"] == "invited"
    answer = await accept(client, invited["token"], full_name="Casey M. Morgan")
    assert answer.status_code == 200
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert me.json()["full_name"] == "Casey M. Morgan"
    assert me.json()["state"] == "active"
    form = {"username": BODY["email"], "password": PASSWORD}
    assert (await client.post("/api/v1/auth/login", data=form)).status_code == 200


async def test_the_token_hides_from_servers_and_logs_in_the_link(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    invited = await invite(client, await admin_headers(session))
    assert invited["link"].endswith(f"#token={invited['token']}")


async def test_only_the_hash_of_the_token_is_stored(client: httpx.AsyncClient, session: AsyncSession) -> None:
    invited = await invite(client, await admin_headers(session))
    assert (await session.exec(select(Invitation.token_hash))).all() == [hash_of(invited["token"])]
    for entry in (await session.exec(select(AuditEntry))).all():
        assert invited["token"] not in entry.model_dump_json()


async def test_the_memberships_are_there_from_the_start(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    program = await make_program(session)
    person = await make_person(session, program)
    membership = {"program_id": str(program.id), "role": "RESIDENT", "person_id": str(person.id)}
    invited = await invite(client, await admin_headers(session), memberships=[membership])
    tokens = (await accept(client, invited["token"])).json()
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert me.json()["memberships"] == [membership]


async def test_an_invitation_is_whole_or_not_at_all(client: httpx.AsyncClient, session: AsyncSession) -> None:
    body = {**BODY, "memberships": [{"program_id": str(uuid4()), "role": "CHIEF"}]}
    answer = await client.post(INVITE, json=body, headers=await admin_headers(session))
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "PROGRAM_NOT_FOUND"
    known = await session.exec(select(func.count()).select_from(User).where(col(User.email) == BODY["email"]))
    assert known.one() == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"memberships": [{"program_id": "7", "role": "CHIEF"}]}, "/body/memberships/0/program_id"),
        ({"memberships": [{"program_id": str(uuid4()), "role": "ADMIN"}]}, "/body/memberships/0/role"),
        ({"memberships": [{"role": "CHIEF"}]}, "/body/memberships/0/program_id"),
        ({"memberships": [{"program_id": str(uuid4()), "role": "CHIEF"}] * 21}, "/body/memberships"),
        ({"password": PASSWORD}, "/body/password"),
        ({"email": "nobody"}, "/body/email"),
    ],
)
async def test_a_malformed_invitation_is_refused_where_it_is_wrong(
    client: httpx.AsyncClient, session: AsyncSession, change: dict[str, Any], pointer: str
) -> None:
    answer = await client.post(INVITE, json={**BODY, **change}, headers=await admin_headers(session))
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["pointer"] == pointer


async def test_nobody_is_invited_over_an_existing_user(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    await make_user(session, email=BODY["email"])
    headers = await admin_headers(session)
    answer = await client.post(INVITE, json={**BODY, "email": "Casey@Example.org"}, headers=headers)
    assert answer.status_code == 409


async def test_a_link_works_once(client: httpx.AsyncClient, session: AsyncSession) -> None:
    invited = await invite(client, await admin_headers(session))
    assert (await accept(client, invited["token"])).status_code == 200
    again = await accept(client, invited["token"], password="an intruder's password")
    assert again.status_code == 422
    assert again.json()["error"]["code"] == "INVALID_INVITATION"
    form = {"username": BODY["email"], "password": PASSWORD}
    assert (await client.post("/api/v1/auth/login", data=form)).status_code == 200


async def test_of_two_who_open_the_link_at_once_one_gets_in(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        headers = await admin_headers(session)
    invited = await invite(fresh_client, headers)
    answers = await asyncio.gather(
        *(accept(fresh_client, invited["token"], password=f"password number {n}") for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422]


async def test_an_expired_link_does_not_work(client: httpx.AsyncClient, session: AsyncSession) -> None:
    invited = await invite(client, await admin_headers(session))
    stored = (await session.exec(select(Invitation))).one()
    stored.expires_at = now() - timedelta(seconds=1)
    await session.commit()
    assert (await accept(client, invited["token"])).json()["error"]["code"] == "INVALID_INVITATION"


async def test_a_new_link_voids_the_old_one(client: httpx.AsyncClient, session: AsyncSession) -> None:
    headers = await admin_headers(session)
    old = await invite(client, headers)
    answer = await client.post(f"/api/v1/users/{old['user']['id']}/invitations", headers=headers)
    assert answer.status_code == 201
    new = answer.json()
    assert new["token"] != old["token"]
    assert (await accept(client, old["token"])).status_code == 422
    assert (await accept(client, new["token"])).status_code == 200


async def test_who_has_a_password_is_not_invited_again(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session)
    answer = await client.post(f"/api/v1/users/{user.id}/invitations", headers=await admin_headers(session))
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "INVITATION_ACCEPTED"


async def test_the_disabled_cannot_accept(client: httpx.AsyncClient, session: AsyncSession) -> None:
    headers = await admin_headers(session)
    invited = await invite(client, headers)
    await client.post(f"/api/v1/users/{invited['user']['id']}/disable", headers=headers)
    assert (await accept(client, invited["token"])).json()["error"]["code"] == "INVALID_INVITATION"


@pytest.mark.parametrize(
    "body",
    [
        {"token": "unknown", "password": PASSWORD},
        {"token": "", "password": PASSWORD},
        {"token": "x", "password": "short"},
        {"token": "x" * 201, "password": PASSWORD},
        {"token": "nul\x00", "password": PASSWORD},
        {"token": "x", "password": PASSWORD, "full_name": ""},
        {"token": "x", "password": PASSWORD, "is_admin": True},
        {"password": PASSWORD},
    ],
)
async def test_an_unknown_or_malformed_acceptance_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    assert (await client.post(ACCEPT, json=body)).status_code == 422


async def test_an_unknown_token_costs_no_hash(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: str) -> str:
        raise AssertionError("a password was hashed")

    monkeypatch.setattr("src.auth.invitations.hash_password", never)
    assert (await accept(client, "unknown")).status_code == 422


async def test_a_password_like_the_address_is_refused_and_the_link_still_works(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    invited = await invite(client, await admin_headers(session))
    weak = await accept(client, invited["token"], password=BODY["email"])
    assert weak.json()["error"]["code"] == "WEAK_PASSWORD"
    assert (await accept(client, invited["token"])).status_code == 200
