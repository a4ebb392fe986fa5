"""Values and bodies that cannot be are refused by name, and never break anything."""

from __future__ import annotations

from tests.factories.programs_db import Caller
from tests.programs.cases import CASES

BAD_VALUES: tuple[tuple[str, str, object], ...] = (
    ("people", "name", "nul\x00byte"),
    ("people", "name", "x" * 1001),
    ("people", "name", "   "),
    ("people", "name", 7),
    ("people", "code", "a b"),
    ("people", "code", "x" * 65),
    ("people", "code", "R9\n"),
    ("people", "pgy", 2**40),
    ("people", "pgy", True),
    ("people", "pgy", 1.5),
    ("people", "start_date", "0001-01-01"),
    ("people", "start_date", "9999-12-31"),
    ("people", "start_date", "2026-02-30"),
    ("people", "start_date", 20260701),
    ("people", "start_date", "2026-07-01T00:00:00"),
    ("people", "pager", "unknown"),
    ("calls", "points", 1e300),
    ("calls", "points", -1),
    ("calls", "points", True),
    ("calls", "minutes", 99999999999),
    ("calls", "start", "7:00"),
    ("calls", "start", "24:00"),
    ("calls", "start", "07:00:30"),
    ("calls", "weekdays", [7]),
    ("calls", "weekdays", "56"),
    ("calls", "rotations", ["@"]),
    ("coverage", "min", -1),
    ("coverage", "max", 2**31),
    ("coverage", "blocks", [0]),
    ("requests", "weight", -(2**31)),
    ("history", "start_at", "2026-06-29T19:00:00"),
    ("history", "start_at", 1782700000),
    ("history", "start_at", "0001-01-01T00:00:00+14:00"),
    ("history", "start_at", "2026-06-29T19:00:00.5-05:00"),
    ("history-counts", "count", "NaN"),
)


async def test_values_that_cannot_be_are_named_and_never_break(coordinator: Caller) -> None:
    for path, field, value in BAD_VALUES:
        body = next(case.body for case in CASES if case.path == path)
        response = await coordinator.post(path, {**body, field: value})
        assert response.status_code == 422, (path, field, value)
        pointers = [error["pointer"] for error in response.json()["error"]["details"]["errors"]]
        assert any(pointer.startswith(f"/body/{field}") for pointer in pointers), (path, field, value)


async def test_a_body_of_the_wrong_form_is_named(coordinator: Caller) -> None:
    for body in ({}, {"code": "R9"}, [], "x", None, {"code": "R9", "name": "x", "kind": "dog"}):
        response = await coordinator.post("people", body)
        assert response.status_code == 422, body
        errors = response.json()["error"]["details"]["errors"]
        assert all(error["pointer"].startswith("/body") for error in errors), body


NO_BODIES = (
    b'{"code": "R9", "name": "lone \\ud800 surrogate", "kind": "resident", "pgy": 1}',
    b'{"\\ud800": 1}',
    b"{",
    b"\xff\xfe",
    b"[" * 5000,
)


async def test_bytes_that_are_no_body_are_refused(coordinator: Caller) -> None:
    for content in NO_BODIES:
        response = await coordinator.client.post(
            f"/api/v1/programs/{coordinator.program_id}/people",
            headers={**coordinator.headers, "Content-Type": "application/json"},
            content=content,
        )
        assert response.status_code in {400, 422}, content[:40]
        assert set(response.json()["error"]) == {"code", "message", "details"}


async def test_a_field_that_must_be_set_cannot_be_emptied(coordinator: Caller) -> None:
    row = (await coordinator.get("people")).json()["items"][0]
    for field in ("name", "kind"):
        response = await coordinator.patch(f"people/{row['id']}", {field: None}, row["etag"])
        assert response.status_code == 422
        assert response.json()["error"]["details"]["errors"][0]["pointer"] == f"/body/{field}"
