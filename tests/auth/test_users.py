"""Admins manage users: make, find, change, disable, and never lose the last admin."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry, User
from tests.factories.auth import (
    PASSWORD,
    admin_headers,
    make_member,
    make_program,
    make_user,
    sign_in,
)

USERS = "/api/v1/users"
NEW_USER = {"email": "casey@example.org", "full_name": "Casey Morgan", "password": PASSWORD}


async def login(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> int:
    form = {"username": email, "password": password}
    return (await client.post("/api/v1/auth/login", data=form)).status_code


async def actions(session: AsyncSession, user_id: Any) -> list[str]:
    rows = await session.exec(
        select(AuditEntry.action).where(col(AuditEntry.entity_id) == user_id).order_by(col(AuditEntry.id))
    )
    return list(rows.all())


async def test_a_created_user_can_sign_in_and_is_nothing_else(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    headers = await admin_headers(session)
    answer = await client.post(USERS, json=NEW_USER, headers=headers)
    assert answer.status_code == 201
    created = answer.json()
    assert (created["state"], created["is_admin"], created["may_create_programs"]) == ("active", False, False)
    assert answer.headers["Location"] == f"{USERS}/{created['id']}"
    assert (await client.get(answer.headers["Location"], headers=headers)).json() == created
    assert await login(client, NEW_USER["email"]) == 200


async def test_no_answer_tells_a_password_or_its_hash(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    headers = await admin_headers(session)
    answers = [
        await client.post(USERS, json=NEW_USER, headers=headers),
        await client.get(USERS, headers=headers),
        await client.get("/api/v1/audit", headers=headers),
        await client.get("/api/v1/me", headers=headers),
    ]
    for answer in answers:
        assert "argon2" not in answer.text
        assert PASSWORD not in answer.text


async def test_the_trail_tells_who_made_whom(client: httpx.AsyncClient, session: AsyncSession) -> None:
    admin = await make_user(session, is_admin=True)
    headers = {**await sign_in(session, admin), "X-Request-ID": "request-7"}
    created = (await client.post(USERS, json=NEW_USER, headers=headers)).json()
    entry = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "user.created"))).one()
    assert (entry.actor_id, entry.actor_name) == (admin.id, admin.email)
    assert str(entry.entity_id) == created["id"]
    assert entry.request_id == "request-7"
    assert entry.before is None
    assert entry.after == {
        "email": "casey@example.org",
        "full_name": "Casey Morgan",
        "is_admin": False,
        "may_create_programs": False,
    }


@pytest.mark.parametrize("email", ["casey@example.org", "CASEY@example.ORG", " Casey@Example.org"])
async def test_an_address_belongs_to_one_user_in_whatever_case(
    client: httpx.AsyncClient, session: AsyncSession, email: str
) -> None:
    headers = await admin_headers(session)
    await make_user(session, email="casey@example.org")
    answer = await client.post(USERS, json={**NEW_USER, "email": email}, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "EMAIL_TAKEN"


async def test_the_same_address_twice_at_once_makes_one_user(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        headers = await admin_headers(session)
    answers = await asyncio.gather(
        *(fresh_client.post(USERS, json=NEW_USER, headers=headers) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    "change",
    [
        {"email": "not an address"},
        {"email": "two@at@example.org"},
        {"email": f"{'c' * 250}@example.org"},
        {"email": None},
        {"email": "nul\x00@example.org"},
        {"full_name": ""},
        {"full_name": "   "},
        {"full_name": "x" * 201},
        {"full_name": "nul\x00"},
        {"full_name": "two\nlines"},
        {"full_name": 7},
        {"password": "short"},
        {"password": "x" * 1025},
        {"password": ["correct horse battery"]},
        {"is_admin": 1},
        {"is_admin": "true"},
        {"may_create_programs": None},
        {"role": "ADMIN"},
    ],
)
async def test_a_malformed_user_is_refused_by_name(
    client: httpx.AsyncClient, session: AsyncSession, change: dict[str, Any]
) -> None:
    headers = await admin_headers(session)
    answer = await client.post(USERS, json={**NEW_USER, **change}, headers=headers)
    assert answer.status_code == 422
    errors = answer.json()["error"]["details"]["errors"]
    assert [error["pointer"] for error in errors] == [f"/body/{next(iter(change))}"]


async def test_a_lone_surrogate_in_a_name_is_refused(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    headers = await admin_headers(session) | {"Content-Type": "application/json"}
    body = b'{"email": "c@example.org", "full_name": "\\ud800", "password": "correct horse battery"}'
    assert (await client.post(USERS, content=body, headers=headers)).status_code == 422


async def test_an_unknown_user_is_not_found(client: httpx.AsyncClient, session: AsyncSession) -> None:
    headers = await admin_headers(session)
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/disable"),
        ("POST", "/enable"),
        ("POST", "/invitations"),
        ("PUT", "/admin"),
        ("DELETE", "/admin"),
        ("GET", "/memberships"),
    ):
        body = {"json": {}} if method == "PATCH" else {}
        answer = await client.request(method, f"{USERS}/{uuid4()}{path}", headers=headers, **body)
        assert answer.status_code == 404, path
        assert answer.json()["error"]["code"] == "USER_NOT_FOUND"


async def test_finding_users_by_text_state_program_and_role(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    headers = await admin_headers(session)
    program = await make_program(session)
    chief = await make_member(
        session, program, Role.CHIEF, user=await make_user(session, full_name="Ana_100% Sure")
    )
    invited = await make_user(session, invited=True)
    disabled = await make_user(session, disabled=True)

    async def found(**query: Any) -> list[str]:
        answer = await client.get(USERS, params=query, headers=headers)
        assert answer.status_code == 200
        return [user["id"] for user in answer.json()["items"]]

    assert await found(search="_100% s") == [str(chief.id)]
    assert await found(search="_ana") == []
    assert await found(search=chief.email.upper()) == [str(chief.id)]
    assert await found(state="invited") == [str(invited.id)]
    assert await found(state="disabled") == [str(disabled.id)]
    assert await found(program_id=str(program.id)) == [str(chief.id)]
    assert await found(role="CHIEF") == [str(chief.id)]
    assert await found(role="RESIDENT", program_id=str(program.id)) == []
    assert len(await found(role="ADMIN")) == 1
    assert await found(role="ADMIN", program_id=str(program.id)) == []


async def test_pages_cover_everyone_once_in_order(client: httpx.AsyncClient, session: AsyncSession) -> None:
    headers = await admin_headers(session)
    for number in range(4):
        await make_user(session, email=f"page{number}@example.org")
    seen: list[str] = []
    for page in (1, 2, 3):
        answer = await client.get(
            USERS, params={"page": page, "page_size": 2, "sort": "-email"}, headers=headers
        )
        body = answer.json()
        assert body["total"] == 5
        assert body["has_next"] == (page < 3)
        seen += [user["email"] for user in body["items"]]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 5


@pytest.mark.parametrize(
    "query",
    [
        {"page": 0},
        {"page_size": 101},
        {"page_size": "many"},
        {"sort": "password_hash"},
        {"sort": "--email"},
        {"search": "nul\x00"},
        {"search": "x" * 201},
        {"state": "asleep"},
        {"role": "BOSS"},
        {"program_id": "7"},
    ],
)
async def test_a_malformed_query_is_refused(
    client: httpx.AsyncClient, session: AsyncSession, query: dict[str, Any]
) -> None:
    answer = await client.get(USERS, params=query, headers=await admin_headers(session))
    assert answer.status_code == 422


async def test_only_what_is_sent_is_changed_and_told(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    headers = await admin_headers(session)
    user = await make_user(session, full_name="Before")
    answer = await client.patch(
        f"{USERS}/{user.id}", json={"full_name": "After", "may_create_programs": True}, headers=headers
    )
    assert answer.status_code == 200
    assert answer.json()["full_name"] == "After"
    assert answer.json()["email"] == user.email
    entry = (await session.exec(select(AuditEntry))).one()
    assert entry.before == {"full_name": "Before", "may_create_programs": False}
    assert entry.after == {"full_name": "After", "may_create_programs": True}


async def test_a_change_that_changes_nothing_leaves_no_entry(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    headers = await admin_headers(session)
    user = await make_user(session)
    for body in ({}, {"full_name": user.full_name}, {"email": user.email.upper()}):
        assert (await client.patch(f"{USERS}/{user.id}", json=body, headers=headers)).status_code == 200
    assert await actions(session, user.id) == []


async def test_a_taken_address_cannot_be_taken_over(client: httpx.AsyncClient, session: AsyncSession) -> None:
    headers = await admin_headers(session)
    user, other = await make_user(session), await make_user(session)
    answer = await client.patch(f"{USERS}/{user.id}", json={"email": other.email.upper()}, headers=headers)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "body", [{"is_admin": True}, {"password": PASSWORD}, {"full_name": None}, {"may_create_programs": 0}, []]
)
async def test_what_has_its_own_route_is_not_changed_in_passing(
    client: httpx.AsyncClient, session: AsyncSession, body: Any
) -> None:
    user = await make_user(session)
    answer = await client.patch(f"{USERS}/{user.id}", json=body, headers=await admin_headers(session))
    assert answer.status_code == 422


async def test_disabling_kills_the_tokens_in_the_midst_of_a_session(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    admin = await admin_headers(session)
    user = await make_user(session)
    headers = await sign_in(session, user)
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 200
    answer = await client.post(f"{USERS}/{user.id}/disable", headers=admin)
    assert answer.json()["state"] == "disabled"
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 401
    assert await login(client, user.email) == 401
    await client.post(f"{USERS}/{user.id}/enable", headers=admin)
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 401
    assert await login(client, user.email) == 200


async def test_disabling_and_enabling_twice_is_told_once(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    admin = await admin_headers(session)
    user = await make_user(session)
    for verb in ("disable", "disable", "enable", "enable"):
        assert (await client.post(f"{USERS}/{user.id}/{verb}", headers=admin)).status_code == 200
    assert await actions(session, user.id) == ["user.disabled", "user.enabled"]


async def test_admin_is_granted_and_revoked_at_once(client: httpx.AsyncClient, session: AsyncSession) -> None:
    admin = await admin_headers(session)
    user = await make_user(session)
    headers = await sign_in(session, user)
    assert (await client.get(USERS, headers=headers)).status_code == 403
    assert (await client.put(f"{USERS}/{user.id}/admin", headers=admin)).json()["is_admin"] is True
    assert (await client.get(USERS, headers=headers)).status_code == 200
    assert (await client.delete(f"{USERS}/{user.id}/admin", headers=admin)).json()["is_admin"] is False
    assert (await client.get(USERS, headers=headers)).status_code == 403
    assert await actions(session, user.id) == ["user.admin_granted", "user.admin_revoked"]


@pytest.mark.parametrize(("method", "path"), [("POST", "disable"), ("DELETE", "admin")])
async def test_the_last_admin_stays(
    client: httpx.AsyncClient, session: AsyncSession, method: str, path: str
) -> None:
    admin = await make_user(session, is_admin=True)
    await make_user(session, is_admin=True, disabled=True)
    await make_user(session, is_admin=True, invited=True)
    headers = await sign_in(session, admin)
    answer = await client.request(method, f"{USERS}/{admin.id}/{path}", headers=headers)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "LAST_ADMIN"
    assert (await client.get(USERS, headers=headers)).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("POST", "disable"), ("DELETE", "admin")])
async def test_two_admins_who_remove_each_other_at_once_leave_one(
    fresh_client: httpx.AsyncClient,
    fresh_session_maker: async_sessionmaker[AsyncSession],
    method: str,
    path: str,
) -> None:
    async with fresh_session_maker() as session:
        one, other = await make_user(session, is_admin=True), await make_user(session, is_admin=True)
        headers = {one.id: await sign_in(session, one), other.id: await sign_in(session, other)}
    answers = await asyncio.gather(
        fresh_client.request(method, f"{USERS}/{other.id}/{path}", headers=headers[one.id]),
        fresh_client.request(method, f"{USERS}/{one.id}/{path}", headers=headers[other.id]),
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert statuses[1] in {401, 403, 409}
    async with fresh_session_maker() as session:
        left = await session.exec(select(User.id).where(col(User.is_admin), col(User.disabled_at).is_(None)))
        assert len(left.all()) == 1


async def test_many_admins_removed_at_once_leave_one(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        admins = [await make_user(session, is_admin=True) for _ in range(5)]
        headers = [await sign_in(session, admin) for admin in admins]
    await asyncio.gather(
        *(
            fresh_client.request(
                *(
                    ("POST", f"{USERS}/{admin.id}/disable")
                    if n % 2
                    else ("DELETE", f"{USERS}/{admin.id}/admin")
                ),
                headers=headers[n],
            )
            for n, admin in enumerate(admins)
        )
    )
    async with fresh_session_maker() as session:
        left = await session.exec(select(User.id).where(col(User.is_admin), col(User.disabled_at).is_(None)))
        assert len(left.all()) == 1
