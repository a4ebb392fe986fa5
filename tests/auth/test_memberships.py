"""What users are to programs: set by admins, read at once by every request."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry, ProgramMembership
from tests.factories.auth import (
    admin_headers,
    make_member,
    make_person,
    make_program,
    make_user,
    member_headers,
    sign_in,
)


def path(user_id: Any, program_id: Any) -> str:
    return f"/api/v1/users/{user_id}/memberships/{program_id}"


async def trail(session: AsyncSession) -> list[AuditEntry]:
    return list((await session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))).all())


async def test_a_role_holds_with_the_next_request(client: httpx.AsyncClient, session: AsyncSession) -> None:
    admin, program, user = await admin_headers(session), await make_program(session), await make_user(session)
    headers = await sign_in(session, user)
    members = f"/api/v1/programs/{program.id}/members"
    assert (await client.get(members, headers=headers)).status_code == 404
    for role, status in (("RESIDENT", 403), ("COORDINATOR", 200), ("CHIEF", 403)):
        answer = await client.put(path(user.id, program.id), json={"role": role}, headers=admin)
        assert answer.status_code == 200
        assert answer.json()["role"] == role
        assert (await client.get(members, headers=headers)).status_code == status
    assert (await client.delete(path(user.id, program.id), headers=admin)).status_code == 204
    assert (await client.get(members, headers=headers)).status_code == 404


async def test_the_trail_tells_every_step_within_its_program(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    admin, program, user = await admin_headers(session), await make_program(session), await make_user(session)
    person = await make_person(session, program)
    target = path(user.id, program.id)
    await client.put(target, json={"role": "RESIDENT"}, headers=admin)
    await client.put(target, json={"role": "RESIDENT", "person_id": str(person.id)}, headers=admin)
    await client.put(target, json={"role": "RESIDENT", "person_id": str(person.id)}, headers=admin)
    await client.delete(target, headers=admin)
    entries = await trail(session)
    assert [entry.action for entry in entries] == [
        "membership.added",
        "membership.changed",
        "membership.removed",
    ]
    assert {entry.program_id for entry in entries} == {program.id}
    assert (entries[1].before, entries[1].after) == ({"person_id": None}, {"person_id": str(person.id)})
    assert entries[2].before == {"role": "RESIDENT", "person_id": str(person.id)}


async def test_a_person_who_is_left_out_is_unlinked(client: httpx.AsyncClient, session: AsyncSession) -> None:
    admin, program, user = await admin_headers(session), await make_program(session), await make_user(session)
    person = await make_person(session, program)
    body = {"role": "RESIDENT", "person_id": str(person.id)}
    await client.put(path(user.id, program.id), json=body, headers=admin)
    answer = await client.put(path(user.id, program.id), json={"role": "RESIDENT"}, headers=admin)
    assert answer.json()["person_id"] is None


async def test_a_person_of_another_program_is_unknown(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    admin, user = await admin_headers(session), await make_user(session)
    program, other = await make_program(session), await make_program(session, "gs")
    stranger = await make_person(session, other)
    for person_id in (stranger.id, uuid4()):
        body = {"role": "RESIDENT", "person_id": str(person_id)}
        answer = await client.put(path(user.id, program.id), json=body, headers=admin)
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "UNKNOWN_PERSON"
        assert answer.json()["error"]["details"] == {"person_id": str(person_id)}


async def test_a_person_has_one_user(client: httpx.AsyncClient, session: AsyncSession) -> None:
    admin, program = await admin_headers(session), await make_program(session)
    person = await make_person(session, program)
    await make_member(session, program, Role.RESIDENT, person_id=person.id)
    body = {"role": "RESIDENT", "person_id": str(person.id)}
    answer = await client.put(path((await make_user(session)).id, program.id), json=body, headers=admin)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "PERSON_TAKEN"


async def test_two_users_linked_to_one_person_at_once_are_one(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        admin, program = await admin_headers(session), await make_program(session)
        person = await make_person(session, program)
        users = [await make_user(session) for _ in range(3)]
    body = {"role": "RESIDENT", "person_id": str(person.id)}
    answers = await asyncio.gather(
        *(fresh_client.put(path(user.id, program.id), json=body, headers=admin) for user in users)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_the_same_membership_set_at_once_from_two_sides_is_one_row(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        admin, program, user = (
            await admin_headers(session),
            await make_program(session),
            await make_user(session),
        )
    answers = await asyncio.gather(
        *(
            fresh_client.put(path(user.id, program.id), json={"role": role}, headers=admin)
            for role in ("CHIEF", "FACULTY", "RESIDENT")
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    async with fresh_session_maker() as session:
        assert len((await session.exec(select(ProgramMembership))).all()) == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"role": "ADMIN"}, {"role": "resident"}, {"role": None}, {"role": "CHIEF", "person_id": "R1"}, []],
)
async def test_a_malformed_membership_is_refused(
    client: httpx.AsyncClient, session: AsyncSession, body: Any
) -> None:
    program, user = await make_program(session), await make_user(session)
    answer = await client.put(path(user.id, program.id), json=body, headers=await admin_headers(session))
    assert answer.status_code == 422


async def test_what_is_not_there_is_named(client: httpx.AsyncClient, session: AsyncSession) -> None:
    admin, program, user = await admin_headers(session), await make_program(session), await make_user(session)
    for target, code in (
        (path(uuid4(), program.id), "USER_NOT_FOUND"),
        (path(user.id, uuid4()), "PROGRAM_NOT_FOUND"),
    ):
        answer = await client.put(target, json={"role": "CHIEF"}, headers=admin)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)
    answer = await client.delete(path(user.id, program.id), headers=admin)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "MEMBERSHIP_NOT_FOUND")


async def test_admin_is_never_held_by_membership(session: AsyncSession) -> None:
    program, user = await make_program(session), await make_user(session)
    session.add(ProgramMembership(user_id=user.id, program_id=program.id, role=Role.ADMIN))
    with pytest.raises(IntegrityError, match="admin_is_no_membership"):
        await session.flush()
    await session.rollback()


async def test_the_coordinator_reads_the_members_of_the_own_program_only(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    program, other = await make_program(session), await make_program(session, "gs")
    headers = await member_headers(session, program, Role.COORDINATOR)
    chief = await make_member(session, program, Role.CHIEF)
    await make_member(session, other, Role.CHIEF)
    answer = await client.get(
        f"/api/v1/programs/{program.id}/members", params={"sort": "role"}, headers=headers
    )
    assert [member["role"] for member in answer.json()["items"]] == ["CHIEF", "COORDINATOR"]
    assert answer.json()["items"][0]["user_id"] == str(chief.id)
    answer = await client.get(
        f"/api/v1/programs/{program.id}/members",
        params={"search": chief.email, "role": "CHIEF"},
        headers=headers,
    )
    assert answer.json()["total"] == 1
    assert (await client.get(f"/api/v1/programs/{other.id}/members", headers=headers)).status_code == 404


async def test_the_members_of_no_program_are_not_found_even_by_an_admin(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    answer = await client.get(f"/api/v1/programs/{uuid4()}/members", headers=await admin_headers(session))
    assert answer.status_code == 404


async def test_a_person_who_is_gone_leaves_the_membership(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    program = await make_program(session)
    person = await make_person(session, program)
    user = await make_member(session, program, Role.RESIDENT, person_id=person.id)
    await session.delete(person)
    await session.commit()
    me = await client.get("/api/v1/me", headers=await sign_in(session, user))
    assert me.json()["memberships"] == [
        {"program_id": str(program.id), "role": "RESIDENT", "person_id": None}
    ]
