"""Editing a draft by hand: what collides, what breaks a rule, what is stale, and what is told."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.schedules.constants import VersionState
from tests.assignments.conftest import NOWHERE, Desk, code_of
from tests.factories.auth import make_member, sign_in
from tests.factories.schedules_db import store_ward

SATURDAY, SUNDAY, MONDAY = "2026-07-04", "2026-07-05", "2026-07-06"
CALL = {"person": "R1", "date": SATURDAY, "kind": "call", "item": "WE"}


async def test_a_call_comes_with_its_handover_and_times_of_the_program(desk: Desk) -> None:
    answer = await desk.add(**CALL)
    assert answer.status_code == 201, answer.text
    rows = sorted(answer.json()["assignments"], key=lambda row: row["start_at"])
    assert [(row["duty_type"], row["start_at"], row["end_at"]) for row in rows] == [
        ("in_house_call", "2026-07-04T12:00:00Z", "2026-07-05T12:00:00Z"),
        ("transition", "2026-07-05T12:00:00Z", "2026-07-05T14:00:00Z"),
    ]
    assert answer.headers["ETag"] == await desk.fresh_tag()


async def test_deleting_a_call_takes_its_handover_along(desk: Desk) -> None:
    before = await desk.count()
    call = next(
        row for row in (await desk.add(**CALL)).json()["assignments"] if row["duty_type"] != "transition"
    )
    answer = await desk.client.delete(
        f"/api/v1/assignments/{call['id']}", headers={**desk.headers, "If-Match": call["etag"]}
    )
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["deleted"]) == 2
    assert await desk.count() == before


async def test_a_person_cannot_be_in_two_places(desk: Desk) -> None:
    answer = await desk.add(person="R3", date="2026-07-07", kind="clinic", item="clinic", session="PM")
    assert answer.status_code == 409
    assert code_of(answer) == "ASSIGNMENT_CONFLICT"
    conflict = answer.json()["error"]["details"]["conflicts"][0]
    assert (conflict["person"], conflict["item"]) == ("R3", "WARD")


async def test_one_jeopardy_a_person_and_date(desk: Desk) -> None:
    jeopardy = {"person": "R2", "date": SATURDAY, "kind": "jeopardy", "item": "JEO"}
    assert (await desk.add(**jeopardy)).status_code == 201
    assert code_of(await desk.add(**jeopardy)) == "ASSIGNMENT_CONFLICT"


async def test_jeopardy_may_overlap_work(desk: Desk) -> None:
    answer = await desk.add(person="R2", date=SATURDAY, kind="jeopardy", item="JEO")
    assert answer.status_code == 201
    assert (await desk.add(**{**CALL, "person": "R2"})).status_code == 201


async def test_a_hard_rule_newly_broken_is_refused_and_named(desk: Desk) -> None:
    """A 24 h call that runs on into clinical work is more than 24 hours on end."""
    assert (await desk.add(**CALL)).status_code == 201
    before = await desk.count()
    answer = await desk.add(
        person="R1",
        date=SUNDAY,
        kind="rotation",
        item="WARD",
        session="PM",
        start_at="2026-07-05T14:00:00Z",
        end_at="2026-07-05T20:00:00Z",
    )
    assert answer.status_code == 422
    assert code_of(answer) == "ACGME_VIOLATION"
    rules = {finding["rule"] for finding in answer.json()["error"]["details"]["findings"]}
    assert "US-CONT24" in rules
    assert await desk.count() == before


async def test_a_broken_rule_may_be_mended_step_by_step(desk: Desk, session: AsyncSession) -> None:
    """What was broken before does not block a change that does not make it worse."""
    added = await desk.bulk(
        [
            {"op": "create", **CALL},
            {"op": "create", "person": "R2", "date": SATURDAY, "kind": "jeopardy", "item": "JEO"},
        ]
    )
    assert added.status_code == 200, added.text
    jeopardy = next(row for row in added.json()["assignments"] if row["kind"] == "jeopardy")
    answer = await desk.client.delete(
        f"/api/v1/assignments/{jeopardy['id']}",
        headers={**desk.headers, "If-Match": jeopardy["etag"]},
    )
    assert answer.status_code == 200


async def test_gaps_are_told_and_do_not_block(desk: Desk) -> None:
    """Two of three on the ward on Monday morning suffice; one is a gap."""
    first = (await desk.on("R1", MONDAY))[0]
    second = (await desk.on("R2", MONDAY))[0]
    answer = await desk.bulk([{"op": "delete", "id": first["id"]}, {"op": "delete", "id": second["id"]}])
    assert answer.status_code == 200, answer.text
    gap = answer.json()["gaps"][0]
    assert (gap["item"], gap["date"], gap["min"], gap["got"]) == ("WARD", MONDAY, 2, 1)


async def test_findings_that_come_are_told(desk: Desk) -> None:
    answer = await desk.add(**CALL)
    assert answer.json()["findings_removed"] == []
    stored = await desk.get("findings")
    told = {finding["rule"] for finding in answer.json()["findings_added"]}
    assert told == {finding["rule"] for finding in stored.json()["items"]}


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"person": "R9", "item": "WE"}, "R9"),
        ({"item": "NONE"}, "NONE"),
        ({"item": "JEO"}, "jeopardy"),
        ({"date": "2027-07-04"}, "2027-07-04"),
        ({"kind": "rotation", "item": "ICU", "session": "AM"}, "ICU"),
        ({"kind": "rotation", "item": "WARD", "session": "NIGHT"}, "NIGHT"),
        ({"kind": "clinic", "item": "WARD", "session": "PM"}, "clinic"),
        ({"start_at": "2026-07-09T12:00:00Z", "end_at": "2026-07-09T13:00:00Z"}, "2026-07-09"),
    ],
)
async def test_what_the_program_does_not_have_is_named(desk: Desk, fields: dict[str, str], word: str) -> None:
    answer = await desk.add(**{**CALL, **fields})
    assert answer.status_code == 422
    assert code_of(answer) == "ASSIGNMENT_INVALID"
    assert word in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "fields",
    [
        {"start_at": "2026-07-04T12:00:00Z"},
        {"start_at": "2026-07-04T12:00:00Z", "end_at": "2026-07-04T11:00:00Z"},
        {"start_at": "2026-07-04T12:00:00", "end_at": "2026-07-04T13:00:00"},
        {"start_at": "2026-07-04T12:00:00Z", "end_at": "2026-07-14T13:00:00Z"},
        {"kind": "rotation", "item": "WARD"},
        {"person": "R1\x00"},
        {"unknown": 1},
    ],
)
async def test_malformed_bodies_are_refused_with_a_pointer(desk: Desk, fields: dict[str, object]) -> None:
    answer = await desk.add(**{**CALL, **fields})
    assert answer.status_code == 422
    assert code_of(answer) == "VALIDATION_ERROR"
    assert answer.json()["error"]["details"]["errors"]


async def test_no_change_without_a_tag(desk: Desk) -> None:
    answer = await desk.client.post(desk.url("assignments"), json=CALL, headers=desk.headers)
    assert answer.status_code == 428


async def test_a_stale_tag_is_refused_with_the_present_state(desk: Desk) -> None:
    old = desk.tag
    assert (await desk.add(**CALL)).status_code == 201
    answer = await desk.add(tag=old, person="R2", date="2026-07-11", kind="call", item="WE")
    assert answer.status_code == 412
    assert answer.json()["error"]["details"]["etag"] == await desk.fresh_tag()


async def test_a_stale_assignment_tag_is_refused(desk: Desk) -> None:
    row = (await desk.on("R1", MONDAY))[0]
    later = {
        "person": "R1",
        "date": MONDAY,
        "kind": "rotation",
        "item": "WARD",
        "session": "AM",
        "start_at": "2026-07-06T13:00:00Z",
        "end_at": "2026-07-06T17:00:00Z",
    }
    headers = {**desk.headers, "If-Match": row["etag"]}
    url = f"/api/v1/assignments/{row['id']}"
    first = await desk.client.put(url, json=later, headers=headers)
    assert first.status_code == 200, first.text
    assert first.json()["assignments"][0]["start_at"] == "2026-07-06T13:00:00Z"
    second = await desk.client.put(url, json=later, headers=headers)
    assert second.status_code == 412


async def test_bulk_is_all_or_nothing(desk: Desk) -> None:
    before = await desk.count()
    answer = await desk.bulk(
        [
            {"op": "create", **CALL},
            {"op": "delete", "id": str(NOWHERE)},
            {"op": "create", **CALL, "person": "R9"},
        ]
    )
    assert answer.status_code == 422
    pointers = [error["pointer"] for error in answer.json()["error"]["details"]["errors"]]
    assert pointers == ["/body/changes/1", "/body/changes/2"]
    assert await desk.count() == before


async def test_bulk_takes_at_most_a_hundred(desk: Desk) -> None:
    answer = await desk.bulk([{"op": "create", **CALL}] * 101)
    assert code_of(answer) == "VALIDATION_ERROR"


async def test_the_same_assignment_is_not_changed_twice_in_one_bulk(desk: Desk) -> None:
    row = (await desk.on("R1", MONDAY))[0]
    answer = await desk.bulk([{"op": "delete", "id": row["id"]}] * 2)
    assert answer.status_code == 422
    assert "twice" in answer.text


async def test_a_bulk_with_a_key_is_done_once(desk: Desk) -> None:
    tag = await desk.fresh_tag()
    first = await desk.bulk([{"op": "create", **CALL}], tag=tag, key="once")
    again = await desk.bulk([{"op": "create", **CALL}], tag=tag, key="once")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    other = await desk.bulk([{"op": "create", **CALL, "person": "R2"}], tag=tag, key="once")
    assert code_of(other) == "IDEMPOTENCY_KEY_REUSED"


async def test_a_published_version_is_not_edited(client: httpx.AsyncClient, session: AsyncSession) -> None:
    program, _, version = await store_ward(session, state=VersionState.PUBLISHED)
    user = await make_member(session, program, Role.COORDINATOR)
    desk = Desk(client, session, program, version, await sign_in(session, user))
    answer = await desk.add(**CALL)
    assert answer.status_code == 409
    assert code_of(answer) == "VERSION_NOT_DRAFT"


async def test_residents_read_published_versions_and_edit_none(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    program, _, version = await store_ward(session, state=VersionState.PUBLISHED)
    user = await make_member(session, program, Role.RESIDENT)
    desk = Desk(client, session, program, version, await sign_in(session, user))
    assert (await desk.get("assignments")).status_code == 200
    assert (await desk.add(**CALL)).status_code == 403


async def test_residents_know_nothing_of_drafts(client: httpx.AsyncClient, session: AsyncSession) -> None:
    program, _, version = await store_ward(session)
    user = await make_member(session, program, Role.RESIDENT)
    desk = Desk(client, session, program, version, await sign_in(session, user))
    assert (await desk.get("assignments")).status_code == 404
    assert (await desk.add(**CALL)).status_code == 404


async def test_one_audit_entry_for_a_change(desk: Desk) -> None:
    await desk.bulk([{"op": "create", **CALL}, {"op": "create", **CALL, "date": "2026-07-11"}])
    answer = await desk.client.get(
        f"/api/v1/programs/{desk.program.id}/audit",
        params={"action": "assignments.changed"},
        headers=desk.headers,
    )
    entries = answer.json()["items"]
    assert len(entries) == 1
    assert entries[0]["counts"] == {"created": 4, "updated": 0, "deleted": 0}
    assert entries[0]["content_hash"]


async def test_two_editors_at_once_lose_no_update(
    fresh_client: httpx.AsyncClient, fresh_session_maker: object
) -> None:
    """Both send the same tag: one is carried out, the other is told that it is stale."""
    from sqlalchemy.ext.asyncio import async_sessionmaker

    assert isinstance(fresh_session_maker, async_sessionmaker)
    async with fresh_session_maker() as session:
        program, _, version = await store_ward(session)
        user = await make_member(session, program, Role.CHIEF)
        desk = Desk(fresh_client, session, program, version, await sign_in(session, user))
        tag = desk.tag
        answers = await asyncio.gather(
            *(desk.add(tag=tag, **{**CALL, "person": person}) for person in ("R1", "R2", "R3"))
        )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412]


@pytest.mark.parametrize("kind", ["call", "jeopardy"])
async def test_two_people_change_places_in_one_bulk(desk: Desk, kind: str) -> None:
    """For a moment both would have been one person's: the database refused what nothing speaks against."""
    mine = {"date": SATURDAY, "kind": kind, "item": {"call": "WE", "jeopardy": "JEO"}[kind]}
    first = sorted(
        (await desk.add(person="R1", **mine)).json()["assignments"], key=lambda row: row["start_at"]
    )
    second = sorted(
        (await desk.add(person="R2", **mine)).json()["assignments"], key=lambda row: row["start_at"]
    )
    changes = [
        {"op": "update", "id": row["id"], "person": person, **mine}
        for row, person in ((first[0], "R2"), (second[0], "R1"))
    ]
    answer = await desk.bulk(changes, tag=await desk.fresh_tag())
    assert answer.status_code == 200, answer.text
    changed = {row["id"]: row["person"] for row in answer.json()["assignments"]}
    assert (changed[first[0]["id"]], changed[second[0]["id"]]) == ("R2", "R1")
    now_first = (await desk.on("R2", SATURDAY))[0]
    assert (now_first["id"], now_first["etag"] != first[0]["etag"]) == (first[0]["id"], True)
