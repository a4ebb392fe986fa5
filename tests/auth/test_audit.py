"""The trail: told once, altered never, read by those who may."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.constants import Role
from src.auth.models import AuditEntry
from tests.factories.auth import admin_headers, make_program, make_user, member_headers

AUDIT = "/api/v1/audit"


async def tell(session: AsyncSession, action: str = "thing.changed", **facts: Any) -> AuditEntry:
    entry = await audit.record(
        session, audit.COMMAND_LINE, action, **{"entity_type": "thing", "entity_id": uuid4(), **facts}
    )
    await session.commit()
    return entry


async def test_an_entry_tells_who_when_what_and_in_which_request(session: AsyncSession) -> None:
    user_id, entity_id, program_id = uuid4(), uuid4(), uuid4()
    with structlog.contextvars.bound_contextvars(request_id="run-42"):
        entry = await audit.record(
            session,
            audit.SystemActor("worker", user_id),
            "run.succeeded",
            entity_type="run",
            entity_id=entity_id,
            program_id=program_id,
            counts={"assignments": 4_711},
            content_hash="ab" * 32,
        )
    await session.commit()
    await session.refresh(entry)
    assert (entry.actor_id, entry.actor_name, entry.request_id) == (user_id, "worker", "run-42")
    assert (entry.entity_id, entry.program_id) == (entity_id, program_id)
    assert (entry.counts, entry.content_hash) == ({"assignments": 4_711}, "ab" * 32)
    assert (entry.before, entry.after) == (None, None)
    assert datetime.now(UTC) - entry.at < timedelta(minutes=1)


async def test_values_of_every_kind_can_be_told(session: AsyncSession) -> None:
    person_id = UUID(int=7)
    values = {"on": date(2026, 7, 1), "points": Decimal("2.5"), "role": Role.CHIEF, "of": (person_id, None)}
    entry = await tell(session, after=values)
    await session.refresh(entry)
    assert entry.after == {"on": "2026-07-01", "points": "2.5", "role": "CHIEF", "of": [str(person_id), None]}


async def test_what_is_named_like_a_secret_is_blanked_however_deep(session: AsyncSession) -> None:
    entry = await tell(
        session,
        after={
            "password_hash": "$argon2id$",
            "refresh_token": "abc",
            "list": [{"API_Key": "k", "Secret": {"a": 1}, "name": "kept"}],
        },
    )
    assert entry.after == {
        "password_hash": audit.BLANKED,
        "refresh_token": audit.BLANKED,
        "list": [{"API_Key": audit.BLANKED, "Secret": audit.BLANKED, "name": "kept"}],
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'someone else'",
        "UPDATE audit_entry SET at = at",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
async def test_the_database_refuses_to_alter_the_trail(session: AsyncSession, statement: str) -> None:
    await tell(session)
    with pytest.raises(DBAPIError, match="append-only"):
        async with session.begin_nested():
            await (await session.connection()).execute(sa.text(statement))
    assert len((await session.exec(select(AuditEntry))).all()) == 1


async def test_an_entry_falls_with_its_change(session: AsyncSession) -> None:
    nested = await session.begin_nested()
    await audit.record(session, audit.COMMAND_LINE, "thing.changed", entity_type="thing")
    await nested.rollback()
    assert (await session.exec(select(AuditEntry))).all() == []


def test_a_difference_holds_only_what_changed() -> None:
    assert audit.difference({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}) == (
        {"b": 2, "c": 3, "d": None},
        {"b": 5, "c": None, "d": 4},
    )
    assert audit.difference({"a": 1}, {"a": 1}) == ({}, {})


async def test_the_newest_come_first_and_pages_cover_all_once(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    told = [str((await tell(session)).id) for _ in range(7)]
    headers = await admin_headers(session)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        body = (await client.get(AUDIT, params=query, headers=headers)).json()
        seen += [entry["id"] for entry in body["items"]]
        cursor = body["next_cursor"]
        await tell(session, "thing.meanwhile")
    assert cursor is None
    assert seen == told[::-1]


async def test_filters_narrow_and_combine(client: httpx.AsyncClient, session: AsyncSession) -> None:
    program, actor, entity = uuid4(), uuid4(), uuid4()
    wanted = await audit.record(
        session,
        audit.SystemActor("worker", actor),
        "run.failed",
        entity_type="run",
        entity_id=entity,
        program_id=program,
    )
    await session.commit()
    await tell(session)
    headers = await admin_headers(session)

    async def found(**query: Any) -> list[str]:
        answer = await client.get(AUDIT, params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return [entry["id"] for entry in answer.json()["items"]]

    just_that = [str(wanted.id)]
    assert await found(program_id=str(program)) == just_that
    assert await found(actor_id=str(actor)) == just_that
    assert await found(entity_type="run", entity_id=str(entity)) == just_that
    assert await found(action="run.failed", program_id=str(program)) == just_that
    assert await found(action="run.failed", entity_type="thing") == []
    assert await found(until=wanted.at.isoformat()) == []
    assert len(await found(since=wanted.at.isoformat())) == 2


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "rubbish"},
        {"cursor": "é"},
        {"cursor": "WyJub3QgYW4gaWQiXQ"},
        {"cursor": "Wzdd"},
        {"cursor": "W10"},
        {"limit": 0},
        {"limit": 101},
        {"since": "2026-07-01T00:00:00"},
        {"since": "yesterday"},
        {"actor_id": "me"},
        {"action": "nul\x00"},
        {"entity_type": ""},
    ],
)
async def test_a_malformed_query_is_refused(
    client: httpx.AsyncClient, session: AsyncSession, query: dict[str, Any]
) -> None:
    answer = await client.get(AUDIT, params=query, headers=await admin_headers(session))
    assert answer.status_code == 422


async def test_a_coordinator_reads_the_trail_of_the_own_program_only(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    own, other = await make_program(session), await make_program(session, "gs")
    await tell(session, program_id=own.id)
    await tell(session, program_id=other.id)
    headers = await member_headers(session, own, Role.COORDINATOR)
    answer = await client.get(f"/api/v1/programs/{own.id}/audit", headers=headers)
    assert [entry["program_id"] for entry in answer.json()["items"]] == [str(own.id)]
    assert (await client.get(f"/api/v1/programs/{other.id}/audit", headers=headers)).status_code == 404
    assert (await client.get(AUDIT, headers=headers)).status_code == 403


@pytest.mark.parametrize("role", [Role.CHIEF, Role.FACULTY, Role.RESIDENT])
async def test_the_other_members_do_not_read_it(
    client: httpx.AsyncClient, session: AsyncSession, role: Role
) -> None:
    program = await make_program(session)
    headers = await member_headers(session, program, role)
    assert (await client.get(f"/api/v1/programs/{program.id}/audit", headers=headers)).status_code == 403


async def test_the_trail_of_a_deleted_program_stays_with_the_admins(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    headers = await admin_headers(session)
    program = await make_program(session)
    await tell(session, "program.deleted", program_id=program.id)
    await session.delete(program)
    await session.commit()
    path = f"/api/v1/programs/{program.id}/audit"
    assert len((await client.get(path, headers=headers)).json()["items"]) == 1
    assert (await client.get(path, params={"action": "none"}, headers=headers)).json()["items"] == []
    assert (await client.get(f"/api/v1/programs/{uuid4()}/audit", headers=headers)).status_code == 404


async def test_a_program_in_which_nothing_happened_has_an_empty_trail(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    program = await make_program(session)
    answer = await client.get(f"/api/v1/programs/{program.id}/audit", headers=await admin_headers(session))
    assert answer.json() == {"items": [], "next_cursor": None}


async def test_the_actor_is_told_by_address_even_when_it_changes_later(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    user = await make_user(session, email="before@example.org")
    from src.auth.viewer import viewer_of

    await audit.record(session, await viewer_of(session, user), "thing.changed", entity_type="thing")
    user.email = "after@example.org"
    await session.commit()
    body = (await client.get(AUDIT, headers=await admin_headers(session))).json()
    assert body["items"][0]["actor_name"] == "before@example.org"
    assert body["items"][0]["actor_id"] == str(user.id)
