"""Every input through the API: five routes each, with the same manners."""

from __future__ import annotations

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.programs import models
from src.programs.folder import load_program
from src.programs.kinds import KINDS
from src.programs.resources import RESOURCES
from tests.factories.programs import ruled_program
from tests.factories.programs_db import Caller, member, store_program
from tests.programs.cases import CASES, Case

EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)


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
    assert await load_program(session, coordinator.program_id) == ruled_program()


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
        assert await load_program(session, coordinator.program_id) == ruled_program()
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
    other = await member(client, session, await store_program(session, ruled_program()))
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
    assert await load_program(session, program.id) == ruled_program()


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
