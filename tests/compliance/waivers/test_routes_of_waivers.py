"""Waivers through the API: who grants them, what is refused, and what the audit trail tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.models import new_id, now
from src.programs import models
from tests.factories.programs_db import Caller, member, store_program
from tests.factories.rules import store_waiver

BODY: dict[str, Any] = {
    "rule": "US-80",
    "person": "R1",
    "window_start_at": "2026-07-01T00:00:00-05:00",
    "window_end_at": "2026-07-29T00:00:00-05:00",
    "value": "81.5",
    "limit": "80",
    "reason": "Two colleagues are ill",
}


@pytest.fixture
async def program(session: AsyncSession) -> models.Program:
    return await store_program(session)


@pytest.fixture
async def coordinator(client: httpx.AsyncClient, session: AsyncSession, program: models.Program) -> Caller:
    return await member(client, session, program)


async def test_a_waiver_is_granted_read_listed_and_revoked(
    coordinator: Caller, session: AsyncSession
) -> None:
    granted = await coordinator.post("waivers", BODY)
    assert granted.status_code == 201, granted.text
    waiver = granted.json()
    assert granted.headers["Location"].endswith(f"/waivers/{waiver['id']}")
    assert (waiver["value"], waiver["limit"], waiver["in_force"]) == ("81.5", "80", True)
    assert waiver["granted_by"].endswith("@example.org")
    assert (await coordinator.get(f"waivers/{waiver['id']}")).json() == waiver
    assert (await coordinator.get("waivers", in_force=True)).json()["items"] == [waiver]
    revoked = await coordinator.post(f"waivers/{waiver['id']}/revoke", {"reason": "They are back"})
    assert revoked.json()["in_force"] is False
    assert revoked.json()["revocation_reason"] == "They are back"
    assert (await coordinator.get("waivers", in_force=True)).json()["total"] == 0
    assert (await coordinator.get("waivers", in_force=False)).json()["total"] == 1
    entries = await session.exec(
        select(AuditEntry).where(col(AuditEntry.action).startswith("waiver.")).order_by(col(AuditEntry.id))
    )
    told = {entry.action: entry for entry in entries if str(entry.entity_id) == waiver["id"]}
    assert set(told) == {"waiver.granted", "waiver.revoked"}
    assert told["waiver.granted"].after is not None
    assert told["waiver.granted"].after["reason"] == BODY["reason"]


async def test_a_waiver_is_revoked_once(coordinator: Caller) -> None:
    url = f"waivers/{(await coordinator.post('waivers', BODY)).json()['id']}/revoke"
    assert (await coordinator.post(url, {"reason": "Enough"})).status_code == 200
    again = await coordinator.post(url, {"reason": "Enough"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "WAIVER_REVOKED")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"reason": ""}, "/body/reason"),
        ({"reason": None}, "/body/reason"),
        ({"person": "R9"}, "/body/person"),
        ({"person": "F1"}, "/body/person"),
        ({"reason": "ok"}, "/body/reason"),
        ({"reason": "x" * 1001}, "/body/reason"),
        ({"rule": "US-81"}, "/body/rule"),
        ({"window_end_at": "2026-07-01T00:00:00-05:00"}, "/body"),
        ({"window_start_at": "2026-07-01T00:00:00"}, "/body/window_start_at"),
        ({"value": "much"}, "/body/value"),
        ({"value": "NaN"}, "/body/value"),
        ({"limit": None}, "/body/limit"),
        ({"expires_date": "2020-01-01"}, "/body/expires_date"),
        ({"granted_by": "me"}, "/body/granted_by"),
    ],
)
async def test_a_waiver_that_says_too_little_or_too_much_is_refused(
    coordinator: Caller, changes: dict[str, Any], pointer: str
) -> None:
    answer = await coordinator.post("waivers", {**BODY, **changes})
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["error"]["details"]["errors"]}
    assert (await coordinator.get("waivers")).json()["total"] == 0


async def test_every_fault_is_told_at_once(coordinator: Caller) -> None:
    answer = await coordinator.post("waivers", {**BODY, "person": "R9", "rule": "US-81"})
    pointers = [error["pointer"] for error in answer.json()["error"]["details"]["errors"]]
    assert pointers == ["/body/person", "/body/rule"]


@pytest.mark.parametrize("role", [Role.CHIEF, Role.FACULTY, Role.RESIDENT])
async def test_nobody_else_grants_reads_or_revokes(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, role: Role
) -> None:
    waiver = await store_waiver(session, program)
    caller = await member(client, session, program, role)
    assert (await caller.post("waivers", BODY)).status_code == 404
    assert (await caller.get("waivers")).status_code == 404
    assert (await caller.get(f"waivers/{waiver.id}")).status_code == 404
    assert (await caller.post(f"waivers/{waiver.id}/revoke", {"reason": "No more"})).status_code == 404


async def test_another_programs_waiver_is_not_found(
    client: httpx.AsyncClient, session: AsyncSession, coordinator: Caller
) -> None:
    foreign = await store_waiver(session, await store_program(session))
    assert (await coordinator.get(f"waivers/{foreign.id}")).status_code == 404
    revoked = await coordinator.post(f"waivers/{foreign.id}/revoke", {"reason": "Not mine"})
    assert (revoked.status_code, revoked.json()["error"]["code"]) == (404, "WAIVER_NOT_FOUND")
    assert (await coordinator.get(f"waivers/{new_id()}")).status_code == 404


async def test_an_archived_program_grants_nothing_new(coordinator: Caller) -> None:
    assert (await coordinator.post("archive")).status_code == 200
    assert (await coordinator.post("waivers", BODY)).json()["error"]["code"] == "PROGRAM_ARCHIVED"


async def test_waivers_are_filtered_searched_and_sorted(
    coordinator: Caller, session: AsyncSession, program: models.Program
) -> None:
    yesterday = now().date() - timedelta(days=2)
    await store_waiver(session, program, rule="US-FREE7", reason="Agreed by e-mail")
    await store_waiver(session, program, rule="US-80", expires_date=yesterday)

    async def rules(**params: object) -> list[str]:
        listed = await coordinator.get("waivers", **params)
        return [item["rule"] for item in listed.json()["items"]]

    assert await rules(sort="rule") == ["US-80", "US-FREE7"]
    assert await rules(sort="-rule", page_size=1) == ["US-FREE7"]
    assert await rules(rule="US-80") == ["US-80"]
    assert await rules(person="R2") == []
    assert await rules(search="e-mail") == ["US-FREE7"]
    assert await rules(in_force=True) == ["US-FREE7"]
    assert (await coordinator.get("waivers", sort="mood")).status_code == 422


async def test_a_person_with_a_waiver_stays(coordinator: Caller) -> None:
    """What was accepted for somebody is not lost with them."""
    assert (await coordinator.post("waivers", {**BODY, "person": "R4"})).status_code == 201
    people = (await coordinator.get("people", search="R4")).json()["items"]
    assert (await coordinator.delete(f"people/{people[0]['id']}", people[0]["etag"])).status_code == 409
