"""A call that is written back keeps its handover; one that is moved takes it along."""

from __future__ import annotations

from typing import Any

import pytest

from tests.assignments.conftest import Desk

SATURDAY, SUNDAY = "2026-07-04", "2026-07-05"
CALL = {"person": "R1", "date": SATURDAY, "kind": "call", "item": "WE"}
OF_NO_BODY = ("id", "version_id", "etag")


async def call_and_handover(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """A new call and its handover, as they are read."""
    added = await desk.add(**CALL)
    call, handover = sorted(added.json()["assignments"], key=lambda row: row["start_at"])
    return call, handover


def fields_of(row: dict[str, Any]) -> dict[str, Any]:
    """What a row that was read says of itself, as a body says it."""
    return {name: value for name, value in row.items() if name not in OF_NO_BODY}


async def put(desk: Desk, row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Write a row back as it was read, but for what is changed; the outcome."""
    answer = await desk.client.put(
        f"/api/v1/assignments/{row['id']}",
        json={**fields_of(row), **changed},
        headers={**desk.headers, "If-Match": row["etag"]},
    )
    assert answer.status_code == 200, answer.text
    outcome: dict[str, Any] = answer.json()
    return outcome


async def test_a_call_that_is_written_back_as_it_was_read_keeps_its_handover(desk: Desk) -> None:
    call, handover = await call_and_handover(desk)
    outcome = await put(desk, call)
    assert outcome["deleted"] == []
    assert await desk.on("R1", SATURDAY) == outcome["assignments"]
    assert await desk.on("R1", SUNDAY) == [handover]


async def test_a_handover_that_is_written_back_as_it_was_read_stays_what_it_is(desk: Desk) -> None:
    call, handover = await call_and_handover(desk)
    await put(desk, handover)
    assert await desk.on("R1", SATURDAY) == [call]
    assert [fields_of(row) for row in await desk.on("R1", SUNDAY)] == [fields_of(handover)]


async def test_a_call_without_a_handover_gets_none_by_being_written_back(desk: Desk) -> None:
    call, handover = await call_and_handover(desk)
    await desk.client.delete(
        f"/api/v1/assignments/{handover['id']}", headers={**desk.headers, "If-Match": handover["etag"]}
    )
    await put(desk, call)
    assert await desk.on("R1", SUNDAY) == []


@pytest.mark.parametrize(
    ("changed", "person", "start_at"),
    [
        ({"person": "R2"}, "R2", "2026-07-05T12:00:00Z"),
        ({"end_at": "2026-07-05T11:00:00Z"}, "R1", "2026-07-05T11:00:00Z"),
    ],
    ids=["to somebody else", "to an earlier end"],
)
async def test_a_call_that_is_moved_takes_its_handover_along(
    desk: Desk, changed: dict[str, str], person: str, start_at: str
) -> None:
    call, handover = await call_and_handover(desk)
    outcome = await put(desk, call, **changed)
    assert outcome["deleted"] == []
    moved = next(row for row in outcome["assignments"] if row["id"] == handover["id"])
    assert (moved["person"], moved["start_at"], moved["duty_type"]) == (person, start_at, "transition")
    assert await desk.on(person, SUNDAY) == [moved]


async def test_a_call_that_becomes_work_of_another_kind_leaves_no_handover(desk: Desk) -> None:
    call, handover = await call_and_handover(desk)
    outcome = await put(desk, call, kind="rotation", item="WARD", session="AM", duty_type="clinical")
    assert outcome["deleted"] == [handover["id"]]


@pytest.mark.parametrize("first", [0, 1])
async def test_a_call_and_its_handover_are_written_back_together_in_either_order(
    desk: Desk, first: int
) -> None:
    rows = await call_and_handover(desk)
    changes = [{"op": "update", "id": row["id"], **fields_of(row)} for row in rows]
    answer = await desk.bulk([changes[first], changes[1 - first]])
    assert answer.status_code == 200, answer.text
    assert [fields_of(row) for day in (SATURDAY, SUNDAY) for row in await desk.on("R1", day)] == [
        fields_of(row) for row in rows
    ]


@pytest.mark.parametrize("first", [0, 1])
async def test_the_hours_that_a_bulk_change_gives_a_handover_are_those_it_has(desk: Desk, first: int) -> None:
    call, handover = await call_and_handover(desk)
    changes = [
        {"op": "update", "id": call["id"], **fields_of(call), "end_at": "2026-07-05T11:00:00Z"},
        {
            "op": "update",
            "id": handover["id"],
            **fields_of(handover),
            "start_at": "2026-07-05T11:00:00Z",
            "end_at": "2026-07-05T11:30:00Z",
        },
    ]
    answer = await desk.bulk([changes[first], changes[1 - first]])
    assert answer.status_code == 200, answer.text
    assert [(row["id"], row["end_at"]) for row in await desk.on("R1", SUNDAY)] == [
        (handover["id"], "2026-07-05T11:30:00Z")
    ]


async def test_a_call_moves_while_its_handover_is_deleted(desk: Desk) -> None:
    call, handover = await call_and_handover(desk)
    answer = await desk.bulk(
        [
            {"op": "update", "id": call["id"], **fields_of(call), "end_at": "2026-07-05T11:00:00Z"},
            {"op": "delete", "id": handover["id"]},
        ]
    )
    assert answer.status_code == 200, answer.text
    assert await desk.on("R1", SUNDAY) == []


async def test_a_moved_handover_is_not_changed_twice_by_others(desk: Desk) -> None:
    """What a moved call takes along may be named once more, not twice."""
    call, handover = await call_and_handover(desk)
    again = {"op": "update", "id": handover["id"], **fields_of(handover)}
    moved = {"op": "update", "id": call["id"], **fields_of(call), "end_at": "2026-07-05T11:00:00Z"}
    answer = await desk.bulk([moved, again, again])
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["pointer"] == "/body/changes/2"


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("becomes", [{}, {"item": "JEO", "kind": "jeopardy"}])
async def test_a_call_is_replaced_and_its_handover_deleted_in_either_order(
    desk: Desk, order: int, becomes: dict[str, str]
) -> None:
    """Named after its call, which takes it along, the handover was said to be changed twice."""
    call, handover = await call_and_handover(desk)
    changes = [{"op": "update", "id": call["id"], **CALL, **becomes}, {"op": "delete", "id": handover["id"]}]
    answer = await desk.bulk(changes[::order])
    assert answer.status_code == 200, answer.text
    assert answer.json()["deleted"] == [handover["id"]]
