"""Every input through the API: five routes each, with the same manners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.models import new_id
from src.programs import models
from src.programs.folder import load_program
from src.programs.kinds import KINDS
from src.programs.resources import RESOURCES
from tests.factories.programs import small_program
from tests.factories.programs_db import Caller, member, store_program


@dataclass(frozen=True)
class Case:
    """A body that the small program takes, a change of it, and a body it refuses with the field at fault."""

    path: str
    body: dict[str, Any]
    change: dict[str, Any]
    bad: dict[str, Any]
    pointer: str


CASES = (
    Case(
        "people",
        {"code": "R9", "name": "Nine", "kind": "resident", "pgy": 1, "end_date": "2026-12-31"},
        {"name": "Neun", "pgy": 2, "end_date": None},
        {"start_date": "2027-01-01"},
        "/body/end_date",
    ),
    Case(
        "rotations",
        {"code": "ICU", "name": "ICU", "setting": "inpatient"},
        {"clinic": True, "group": "heavy"},
        {"max_consecutive": 0},
        "/body/max_consecutive",
    ),
    Case(
        "templates",
        {
            "rotation": "NF",
            "weekdays": [5],
            "session": "AM",
            "start": "07:30",
            "minutes": 90,
            "duty_type": "education",
        },
        {"minutes": 95, "may_be_off": True},
        {"rotation": "WRAD"},
        "/body/rotation",
    ),
    Case(
        "staffing",
        {"rotation": "@light", "weekdays": [0, 1], "session": "AM", "pgys": [2, 1], "min": 0},
        {"min": 1, "max": 4},
        {"min": 3, "max": 1},
        "/body/min",
    ),
    Case(
        "coverage",
        {"rotation": "NF", "pgys": [], "blocks": [2, 1], "min": 0, "max": 1},
        {"blocks": [1, 2, 3]},
        {"blocks": [5]},
        "/body/blocks",
    ),
    Case(
        "requirements",
        {"pgys": [2], "rotation": "NF", "min_blocks": 0, "max_blocks": 2},
        {"first_block": 2, "last_block": 3},
        {"first_block": 3, "last_block": 2},
        "/body/first_block",
    ),
    Case(
        "successions",
        {"from_rotation": "WARD", "to_rotation": "@light", "pgys": []},
        {"pgys": [1]},
        {"to_rotation": "@heavy"},
        "/body/to_rotation",
    ),
    Case(
        "calls",
        {
            "code": "JEO",
            "name": "Jeopardy",
            "duty_type": "jeopardy",
            "weekdays": [5, 6],
            "start": "07:00",
            "minutes": 1440,
            "pgys": [1],
            "rotations": ["@light"],
            "points": 0.5,
        },
        {"rotations": ["WARD", "@light"], "points": 1, "holidays": "only"},
        {"duty_type": "clinical"},
        "/body/duty_type",
    ),
    Case(
        "clinics",
        {"person": "R2", "weekday": 1, "session": "AM", "start": "08:00", "minutes": 240},
        {"max_at_once": 3},
        {"session": "NIGHT"},
        "/body/session",
    ),
    Case(
        "requests",
        {"person": "R3", "kind": "day_off", "start_date": "2026-08-08"},
        {"end_date": "2026-08-09"},
        {"kind": "rotation"},
        "/body/rotation",
    ),
    Case(
        "absences",
        {
            "person": "R3",
            "kind": "conference",
            "start_date": "2026-08-20",
            "end_date": "2026-08-21",
            "status": "requested",
        },
        {"status": "approved"},
        {"end_date": "2026-08-19"},
        "/body/end_date",
    ),
    Case(
        "pins",
        {"person": "R3", "block": 2, "rotation": "@light"},
        {"block": 3},
        {"person": "R99"},
        "/body/person",
    ),
    Case(
        "history",
        {
            "person": "R4",
            "start_at": "2026-06-29T19:00:00-05:00",
            "end_at": "2026-06-30T07:00:00-05:00",
            "duty_type": "night_float",
        },
        {"duty_type": "in_house_call"},
        {"end_at": "2026-06-29T19:00:00-05:00"},
        "/body/end_at",
    ),
    Case(
        "history-counts",
        {"person": "R4", "kind": "nights", "count": 12},
        {"count": 12.5},
        {"person": "R3", "kind": "points"},
        "/body/kind",
    ),
)
EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)


@pytest.fixture
async def program(session: AsyncSession) -> models.Program:
    return await store_program(session)


@pytest.fixture
async def coordinator(client: httpx.AsyncClient, session: AsyncSession, program: models.Program) -> Caller:
    return await member(client, session, program)


def test_every_input_has_its_case() -> None:
    assert {case.path for case in CASES} == {resource.path for resource in RESOURCES}
    assert {resource.kind.name for resource in RESOURCES} == {kind.name for kind in KINDS}


@EVERY_CASE
async def test_a_row_lives(coordinator: Caller, session: AsyncSession, case: Case) -> None:
    """Created, read, listed, changed, deleted; the program reads the same before and after."""
    created = await coordinator.post(case.path, case.body)
    assert created.status_code == 201
    row = created.json()
    assert created.headers["Location"].endswith(f"/{case.path}/{row['id']}")
    assert created.headers["ETag"] == row["etag"]
    assert {
        name: row[name] for name in case.body if name not in {"pgys", "blocks", "start_at", "end_at"}
    } == {
        name: value
        for name, value in case.body.items()
        if name not in {"pgys", "blocks", "start_at", "end_at"}
    }
    read = await coordinator.get(f"{case.path}/{row['id']}")
    assert (read.json(), read.headers["ETag"]) == (row, row["etag"])
    listed = (await coordinator.get(case.path, page_size=100)).json()
    assert listed["items"][-1] == row
    changed = await coordinator.patch(f"{case.path}/{row['id']}", case.change, row["etag"])
    assert changed.status_code == 200
    now = changed.json()
    assert {name: now[name] for name in case.change} == case.change
    assert now["etag"] != row["etag"]
    assert (await coordinator.get(f"{case.path}/{row['id']}")).json() == now
    deleted = await coordinator.delete(f"{case.path}/{row['id']}", now["etag"])
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await coordinator.get(f"{case.path}/{row['id']}")).status_code == 404
    assert await load_program(session, coordinator.program_id) == small_program()


async def test_a_change_needs_the_tag_of_the_present_state(coordinator: Caller) -> None:
    """Without If-Match 428, with a stale one 412 and the present state; nothing changes."""
    for case in CASES:
        url = f"{case.path}/{(await coordinator.get(case.path)).json()['items'][0]['id']}"
        before = (await coordinator.get(url)).json()
        stale = before["etag"].replace("-1", "-0")
        for response in (
            await coordinator.patch(url, {}, stale),
            await coordinator.delete(url, stale),
        ):
            assert response.status_code == 412, case.path
            assert response.json()["error"]["details"] == {"etag": before["etag"], "current": before}
        for response in (await coordinator.patch(url, {}, None), await coordinator.delete(url, None)):
            assert response.status_code == 428, case.path
            assert response.json()["error"]["code"] == "PRECONDITION_REQUIRED"
        assert (await coordinator.get(url)).json() == before


async def test_what_the_import_refuses_the_api_refuses(coordinator: Caller, session: AsyncSession) -> None:
    """The field is named by a JSON pointer, on creation and on change, and nothing is half-written."""
    for case in CASES:
        created = await coordinator.post(case.path, {**case.body, **case.bad})
        assert created.status_code == 422
        assert case.pointer in {error["pointer"] for error in created.json()["error"]["details"]["errors"]}
        assert await load_program(session, coordinator.program_id) == small_program()
        row = (await coordinator.post(case.path, case.body)).json()
        changed = await coordinator.patch(f"{case.path}/{row['id']}", case.bad, row["etag"])
        assert changed.status_code == 422, case.path
        assert case.pointer in {error["pointer"] for error in changed.json()["error"]["details"]["errors"]}
        assert (await coordinator.get(f"{case.path}/{row['id']}")).json() == row
        assert (await coordinator.delete(f"{case.path}/{row['id']}", row["etag"])).status_code == 204


async def test_rows_of_another_program_are_not_found(
    client: httpx.AsyncClient, session: AsyncSession, coordinator: Caller
) -> None:
    """Not through the own program's path either, and a stranger does not find the program."""
    other = await member(client, session, await store_program(session))
    for case in CASES:
        row = (await other.get(case.path)).json()["items"][0]
        for response in (
            await coordinator.get(f"{case.path}/{row['id']}"),
            await coordinator.patch(f"{case.path}/{row['id']}", case.change, row["etag"]),
            await coordinator.delete(f"{case.path}/{row['id']}", row["etag"]),
            await Caller(client, other.program_id, coordinator.headers).get(case.path),
            await Caller(client, other.program_id, coordinator.headers).post(case.path, case.body),
        ):
            assert response.status_code == 404, case.path
        assert (await other.get(f"{case.path}/{row['id']}")).json() == row


@pytest.mark.parametrize("role", [Role.CHIEF, Role.FACULTY, Role.RESIDENT])
async def test_inputs_are_the_coordinators(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, role: Role
) -> None:
    """Everyone of the program may ask for the lists; adding to them is not for everyone."""
    caller = await member(client, session, program, role)
    for case in CASES:
        assert (await caller.get(case.path)).status_code == 200, case.path
        created = await caller.post(case.path, case.body)
        assert (created.status_code, created.json()["error"]["code"]) == (403, "FORBIDDEN"), case.path
    assert await load_program(session, program.id) == small_program()


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


async def test_a_code_is_taken_once(coordinator: Caller) -> None:
    taken = await coordinator.post("people", {"code": "R1", "name": "x", "kind": "resident", "pgy": 1})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "DUPLICATE_CODE")
    row = (await coordinator.get("people", search="R2")).json()["items"][0]
    renamed = await coordinator.patch(f"people/{row['id']}", {"code": "R1"}, row["etag"])
    assert (renamed.status_code, renamed.json()["error"]["code"]) == (409, "DUPLICATE_CODE")


async def test_what_other_inputs_name_stays(coordinator: Caller) -> None:
    for path, code, file in (
        ("people", "R1", "clinics.csv"),
        ("rotations", "WARD", "coverage.csv"),
        ("calls", "WE", "pins.csv"),
    ):
        row = (await coordinator.get(path, search=code)).json()["items"][0]
        response = await coordinator.delete(f"{path}/{row['id']}", row["etag"])
        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (409, "REFERRED_TO"), path
        assert file in {entry["file"] for entry in error["details"]["errors"]}
        assert (await coordinator.get(f"{path}/{row['id']}")).status_code == 200


@pytest.mark.parametrize(
    ("path", "old", "new"), [("people", "R1", "Z1"), ("rotations", "WARD", "W"), ("calls", "WE", "W")]
)
async def test_a_new_code_is_followed_by_all_that_name_it(
    coordinator: Caller, session: AsyncSession, path: str, old: str, new: str
) -> None:
    row = (await coordinator.get(path, search=old)).json()["items"][0]
    response = await coordinator.patch(f"{path}/{row['id']}", {"code": new}, row["etag"])
    assert response.status_code == 200
    program = await load_program(session, coordinator.program_id)
    named = [
        getattr(value, reference.field, None)
        for kind in KINDS
        for value in kind.of(program)
        for reference in kind.references
    ] + [name for call in program.calls for name in call.rotations]
    assert new in named
    assert old not in named


async def test_the_last_of_a_group_cannot_leave_while_the_group_is_named(coordinator: Caller) -> None:
    row = (await coordinator.get("rotations", group="light")).json()["items"][0]
    response = await coordinator.patch(f"rotations/{row['id']}", {"group": None}, row["etag"])
    assert response.status_code == 422
    errors = response.json()["error"]["details"]["errors"]
    assert {"coverage.csv", "requirements.csv", "calls.csv"} <= {error["file"] for error in errors}


async def test_a_change_that_changes_nothing_leaves_no_trace(
    coordinator: Caller, session: AsyncSession, program: models.Program
) -> None:
    row = (await coordinator.get("people")).json()["items"][0]
    response = await coordinator.patch(f"people/{row['id']}", {"name": f"  {row['name']} "}, row["etag"])
    assert response.json() == row
    entries = await session.exec(select(AuditEntry).where(col(AuditEntry.program_id) == program.id))
    assert [entry.action for entry in entries] == []


async def test_every_change_is_on_record(
    coordinator: Caller, session: AsyncSession, program: models.Program
) -> None:
    body = next(case.body for case in CASES if case.path == "absences")
    row = (await coordinator.post("absences", body)).json()
    changed = (await coordinator.patch(f"absences/{row['id']}", {"status": "approved"}, row["etag"])).json()
    await coordinator.delete(f"absences/{row['id']}", changed["etag"])
    found = await session.exec(
        select(AuditEntry).where(col(AuditEntry.program_id) == program.id).order_by(col(AuditEntry.id))
    )
    created, updated, deleted = found.all()
    assert (created.action, created.before) == ("absence.created", None)
    assert created.after is not None
    assert created.after["person"] == "R3"
    assert (updated.action, updated.before, updated.after) == (
        "absence.changed",
        {"status": "requested"},
        {"status": "approved"},
    )
    assert (deleted.action, deleted.after) == ("absence.deleted", None)
    assert {str(entry.entity_id) for entry in (created, updated, deleted)} == {row["id"]}
    assert created.request_id is not None


async def test_each_change_moves_the_inputs_on(coordinator: Caller) -> None:
    before = (await coordinator.get()).json()
    await coordinator.post("successions", {"from_rotation": "WARD", "to_rotation": "NF", "pgys": []})
    after = (await coordinator.get()).json()
    assert after["inputs_revision"] == before["inputs_revision"] + 1
    assert after["etag"] == before["etag"]


async def test_a_list_answers_in_the_form_the_folder_means(coordinator: Caller) -> None:
    """Numbers ascend, weekdays start after the longest break, texts lose the blanks around them."""
    body = {"rotation": "NF", "weekdays": [0, 1, 6], "session": "NIGHT", "pgys": [2, 1, 2], "min": 0}
    row = (await coordinator.post("staffing", body)).json()
    assert (row["weekdays"], row["pgys"]) == ([6, 0, 1], [1, 2])


FOUND_CODES: tuple[tuple[str, dict[str, object], list[str]], ...] = (
    ("people", {"kind": "faculty"}, ["F1"]),
    ("people", {"pgy": 2, "sort": "-code"}, ["R4", "R3"]),
    ("people", {"search": "resident 3"}, ["R3"]),
    ("people", {"search": "100%"}, []),
    ("rotations", {"group": "light"}, ["CLIN"]),
    ("rotations", {"clinic": True, "sort": "name"}, ["CLIN", "WARD"]),
    ("calls", {"weekday": 5}, ["WE"]),
    ("calls", {"weekday": 4}, []),
)


async def test_lists_are_filtered_searched_and_sorted(coordinator: Caller) -> None:
    for path, params, expected in FOUND_CODES:
        listed = (await coordinator.get(path, **params)).json()
        assert [item["code"] for item in listed["items"]] == expected, (path, params)
        assert listed["total"] == len(expected)


FOUND_ROWS: tuple[tuple[str, dict[str, object], int], ...] = (
    ("templates", {"rotation": "WARD"}, 2),
    ("templates", {"rotation": "@light"}, 0),
    ("coverage", {"rotation": "@light"}, 1),
    ("coverage", {"block": 3}, 2),
    ("coverage", {"pgy": 7}, 1),
    ("requests", {"person": "R1"}, 1),
    ("requests", {"person": "R99"}, 0),
    ("requests", {"date": "2026-08-09"}, 1),
    ("requests", {"date": "2026-08-10"}, 0),
    ("requests", {"kind": "rotation", "rotation": "NF", "block": 2}, 1),
    ("requests", {"search": "Resident 2"}, 1),
    ("absences", {"status": "approved", "date": "2026-08-01"}, 1),
    ("pins", {"call": "WE"}, 1),
    ("pins", {"date": "2026-07-04"}, 1),
    ("pins", {"search": "ward", "sort": "-person"}, 1),
    ("history", {"person": "R3", "duty_type": "clinical"}, 1),
    ("history-counts", {"kind": "points", "sort": "count"}, 1),
    ("successions", {"from_rotation": "NF", "to_rotation": "WARD"}, 1),
)


async def test_rows_are_found_by_what_they_refer_to(coordinator: Caller) -> None:
    for path, params, total in FOUND_ROWS:
        listed = (await coordinator.get(path, **params)).json()
        assert (listed["total"], len(listed["items"])) == (total, total), (path, params)


async def test_pages_follow_each_other(coordinator: Caller) -> None:
    first = (await coordinator.get("people", page_size=2, sort="code")).json()
    last = (await coordinator.get("people", page_size=2, page=3, sort="code")).json()
    assert (first["total"], first["has_next"], last["has_next"]) == (5, True, False)
    assert [item["code"] for item in (*first["items"], *last["items"])] == ["F1", "R1", "R4"]


BAD_QUERIES = (
    "page=0 page_size=101 page_size=x sort=shoe_size sort=weekdays kind=dog pgy=99 pgy=x search=%00 track=%00"
    " sort=%00 page=99999999999"
)


async def test_a_query_that_cannot_be_is_refused(coordinator: Caller) -> None:
    url = f"/api/v1/programs/{coordinator.program_id}/people"
    for query in BAD_QUERIES.split():
        response = await coordinator.client.get(f"{url}?{query}", headers=coordinator.headers)
        assert response.status_code == 422, query


async def test_a_row_that_is_not_there_is_not_found(coordinator: Caller) -> None:
    assert (await coordinator.get(f"people/{new_id()}")).status_code == 404
    for no_id in ("x", "0", "%00"):
        assert (await coordinator.get(f"people/{no_id}")).status_code == 422, no_id


async def test_nobody_reads_without_signing_in(client: httpx.AsyncClient, program: models.Program) -> None:
    assert (await Caller(client, program.id, {}).get("people")).status_code == 401


async def test_an_archived_program_is_read_only(coordinator: Caller) -> None:
    row = (await coordinator.get("people")).json()["items"][0]
    await coordinator.post("archive")
    assert (await coordinator.get("people")).status_code == 200
    for response in (
        await coordinator.post("people", CASES[0].body),
        await coordinator.patch(f"people/{row['id']}", {"name": "x"}, row["etag"]),
        await coordinator.delete(f"people/{row['id']}", row["etag"]),
    ):
        assert (response.status_code, response.json()["error"]["code"]) == (409, "PROGRAM_ARCHIVED")
