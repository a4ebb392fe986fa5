"""Programs themselves: who may make, see, change, archive and delete them; their calendar and objective."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry, ProgramMembership
from src.interchange.objective_tiers import TERMS
from src.models import new_id
from src.programs import models
from src.programs.folder import load_program
from src.programs.schemas.programs import TierBody
from src.schedules.models import Schedule
from tests.factories.auth import admin_headers, make_member, make_user, sign_in
from tests.factories.programs import ruled_program
from tests.factories.programs_db import Caller, member, store_program

URL = "/api/v1/programs"
BODY: dict[str, Any] = {
    "code": "fm-24",
    "name": "Riverside Family Medicine",
    "time_zone": "America/Chicago",
    "year_start_date": "2026-07-01",
    "holidays": ["2026-12-25", "2026-11-26"],
    "vacation_weeks": {"1": 3},
}


async def test_a_creator_becomes_the_coordinator(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str]
) -> None:
    created = await client.post(URL, headers=creator, json=BODY)
    assert created.status_code == 201
    shown = created.json()
    assert (shown["role"], shown["year_end_date"], shown["holidays"]) == (
        "COORDINATOR",
        "2027-06-30",
        ["2026-11-26", "2026-12-25"],
    )
    assert created.headers["Location"] == f"{URL}/{shown['id']}"
    read = await client.get(created.headers["Location"], headers=creator)
    assert (read.json(), read.headers["ETag"]) == (shown, created.headers["ETag"])
    entries = await session.exec(select(AuditEntry.action).where(col(AuditEntry.program_id) == shown["id"]))
    assert set(entries) == {"program.created", "membership.added"}


async def test_an_admin_creates_without_belonging(client: httpx.AsyncClient, session: AsyncSession) -> None:
    created = await client.post(URL, headers=await admin_headers(session), json=BODY)
    assert (created.status_code, created.json()["role"]) == (201, "ADMIN")
    members = await session.exec(
        select(ProgramMembership).where(col(ProgramMembership.program_id) == created.json()["id"])
    )
    assert members.all() == []


async def test_two_programs_may_have_one_code(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    """The code is the hospital's own word; that another has it must not even show."""
    first = await client.post(URL, headers=creator, json=BODY)
    second = await client.post(URL, headers=creator, json=BODY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("role", [Role.CHIEF, Role.FACULTY, Role.RESIDENT, None])
async def test_others_create_no_programs(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, role: Role | None
) -> None:
    user = await (make_user(session) if role is None else make_member(session, program, role))
    assert (await client.post(URL, headers=await sign_in(session, user), json=BODY)).status_code == 403


BAD_FIELDS: tuple[tuple[str, object], ...] = (
    ("code", "a b"),
    ("code", None),
    ("name", ""),
    ("name", "a\x00b"),
    ("time_zone", "Mars/Olympus"),
    ("time_zone", "../../etc/passwd"),
    ("year_start_date", "9999-01-01"),
    ("year_start_date", "soon"),
    ("blocks", []),
    ("blocks", [0]),
    ("blocks", [28, 2**40]),
    ("blocks", [366] * 3),
    ("blocks", "28"),
    ("holidays", ["2026-02-30"]),
    ("vacation_weeks", {"0": 1}),
    ("vacation_weeks", {"x": 1}),
    ("vacation_weeks", {"1": -1}),
    ("vacation_weeks", [3]),
    ("max_on_vacation", 2**31),
    ("max_on_vacation", True),
    ("rule_packs", ["not an id"]),
    ("colour", "red"),
)


async def test_what_no_program_can_be_is_named(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    for field, value in BAD_FIELDS:
        response = await client.post(URL, headers=creator, json={**BODY, field: value})
        assert response.status_code == 422, (field, value)
        pointers = [error["pointer"] for error in response.json()["error"]["details"]["errors"]]
        assert any(pointer.startswith(f"/body/{field}") for pointer in pointers), (field, value)


async def test_everyone_sees_only_the_own_programs(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, coordinator: Caller
) -> None:
    other = await store_program(session, ruled_program())
    own = (await client.get(URL, headers=coordinator.headers)).json()
    assert [item["id"] for item in own["items"]] == [str(program.id)]
    everything = (
        await client.get(URL, headers=await admin_headers(session), params={"page_size": 100})
    ).json()
    assert {str(program.id), str(other.id)} <= {item["id"] for item in everything["items"]}
    assert (await Caller(client, other.id, coordinator.headers).get()).status_code == 404
    assert (await Caller(client, new_id(), coordinator.headers).get()).status_code == 404
    assert (await Caller(client, new_id(), await admin_headers(session)).get()).status_code == 404


async def test_programs_are_searched_sorted_and_paged(
    client: httpx.AsyncClient, creator: dict[str, str]
) -> None:
    for code, name in (("im", "Internal"), ("gs", "General_Surgery"), ("fm", "Family")):
        await client.post(URL, headers=creator, json={**BODY, "code": code, "name": name})

    async def codes(**params: object) -> list[str]:
        listed = await client.get(URL, headers=creator, params=params)  # type: ignore[arg-type]
        return [item["code"] for item in listed.json()["items"]]

    assert await codes() == ["fm", "gs", "im"]
    assert await codes(sort="-code", page_size=2) == ["im", "gs"]
    assert await codes(search="al_surg") == ["gs"]
    assert await codes(search="%") == []
    assert await codes(archived=True) == []
    assert (await client.get(URL, headers=creator, params={"sort": "secret"})).status_code == 422


async def test_a_program_is_changed_under_its_tag(coordinator: Caller, session: AsyncSession) -> None:
    before = (await coordinator.get()).json()
    change = {"name": "Lakeside", "specialty": None, "vacation_weeks": {"1": 2, "2": 3}}
    assert (await coordinator.patch("", change, None)).status_code == 428
    changed = await coordinator.patch("", change, before["etag"])
    assert changed.status_code == 200
    after = changed.json()
    assert {name: after[name] for name in change} == change
    assert after["inputs_revision"] == before["inputs_revision"] + 1
    stale = await coordinator.patch("", {"name": "Hillside"}, before["etag"])
    assert stale.status_code == 412
    assert stale.json()["error"]["details"]["current"] == after
    entry = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "program.changed"))).one()
    assert entry.before == {
        "name": "Small Hospital",
        "specialty": "internal-medicine",
        "vacation_weeks": {"1": 1, "2": 1},
    }


async def test_what_a_program_must_have_cannot_be_emptied(coordinator: Caller) -> None:
    etag = (await coordinator.get()).json()["etag"]
    for field in ("code", "name", "time_zone", "year_start_date", "blocks"):
        response = await coordinator.patch("", {field: None}, etag)
        assert response.status_code == 422, field
        assert response.json()["error"]["details"]["errors"][0]["pointer"] == f"/body/{field}"


async def test_a_calendar_moves_the_year(coordinator: Caller, session: AsyncSession) -> None:
    before = (await coordinator.get("calendar")).json()
    body = {
        "year_start_date": "2026-07-01",
        "blocks": [28] * 4 + [30],
        "holidays": ["2026-12-25", "2026-09-07"],
    }
    response = await coordinator.put("calendar", body, before["etag"])
    assert response.status_code == 200
    after = response.json()
    assert after["year_end_date"] == "2026-11-19"
    assert after["academic_blocks"][4] == {"number": 5, "start_date": "2026-10-21", "end_date": "2026-11-19"}
    assert after["weeks"][-1] == "2026-11-09"
    assert after["holidays"] == ["2026-09-07", "2026-12-25"]
    assert (await load_program(session, coordinator.program_id)).blocks == (28, 28, 28, 28, 30)
    assert (await coordinator.put("calendar", body, before["etag"])).status_code == 412


async def test_a_calendar_cannot_leave_rows_behind(coordinator: Caller, session: AsyncSession) -> None:
    """Coverage speaks of four blocks: what the calendar would leave behind is named, row by row."""
    before = (await coordinator.get("calendar")).json()
    body = {"year_start_date": "2026-07-01", "blocks": [28, 28]}
    response = await coordinator.put("calendar", body, before["etag"])
    assert (response.status_code, response.json()["error"]["code"]) == (422, "INPUT_REJECTED")
    places = {(error["file"], error["column"]) for error in response.json()["error"]["details"]["errors"]}
    assert {("coverage.csv", "blocks"), ("requirements.csv", "last_block")} <= places
    assert await load_program(session, coordinator.program_id) == ruled_program()


async def test_an_objective_is_set_tier_by_tier(coordinator: Caller, session: AsyncSession) -> None:
    before = (await coordinator.get("objective")).json()
    assert before["tiers"] == [{"unmet_staffing": 1000}, {"vacation_rank": [10, 7.5], "rotation_request": 1}]
    body = {"tiers": [{"isolated_nights": -1.5, "fair_nights": 2}, {}, {"vacation_rank": [3, 2, 1]}]}
    response = await coordinator.put("objective", body, before["etag"])
    assert response.status_code == 200
    assert response.json()["tiers"] == [
        {"fair_nights": 2, "isolated_nights": -1.5},
        {},
        {"vacation_rank": [3, 2, 1]},
    ]
    assert (await coordinator.get("objective")).json() == response.json()
    program = await load_program(session, coordinator.program_id)
    assert replace(program, objective=ruled_program().objective) == ruled_program()
    assert (await coordinator.put("objective", body, before["etag"])).status_code == 412


BAD_TIERS: tuple[object, ...] = (
    [{"luck": 1}],
    [{"advisories": "much"}],
    [{"vacation_rank": []}],
    [{"advisories": 1e40}],
    [[]],
    "x",
    [{}] * 21,
)


async def test_an_objective_that_cannot_be_is_named(coordinator: Caller) -> None:
    etag = (await coordinator.get("objective")).json()["etag"]
    for tiers in BAD_TIERS:
        response = await coordinator.put("objective", {"tiers": tiers}, etag)
        assert response.status_code == 422, tiers
        assert response.json()["error"]["details"]["errors"][0]["pointer"].startswith("/body/tiers"), tiers


def test_every_term_of_the_format_can_be_weighed() -> None:
    assert set(TierBody.model_fields) == set(TERMS)


@pytest.mark.parametrize("role", [Role.CHIEF, Role.FACULTY, Role.RESIDENT])
async def test_others_read_a_program_and_change_nothing(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, role: Role
) -> None:
    caller = await member(client, session, program, role)
    shown = (await caller.get()).json()
    assert shown["role"] == role
    for response in (
        await caller.patch("", {"name": "x"}, shown["etag"]),
        await caller.put("calendar", {"year_start_date": "2026-07-01", "blocks": [28]}, shown["etag"]),
        await caller.put("objective", {"tiers": []}, shown["etag"]),
        await caller.post("archive"),
        await caller.post("unarchive"),
        await caller.delete("", shown["etag"]),
    ):
        assert (response.status_code, response.json()["error"]["code"]) == (403, "FORBIDDEN")
    for path in ("calendar", "objective"):
        assert (await caller.get(path)).status_code == 200


async def test_a_program_is_put_away_and_brought_back(client: httpx.AsyncClient, coordinator: Caller) -> None:
    archived = (await coordinator.post("archive")).json()
    assert archived["archived_at"] is not None
    assert (await coordinator.post("archive")).json() == archived
    refused = await coordinator.patch("", {"name": "x"}, archived["etag"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "PROGRAM_ARCHIVED")
    listed = (await client.get(URL, headers=coordinator.headers, params={"archived": False})).json()
    assert listed["total"] == 0
    back = (await coordinator.post("unarchive")).json()
    assert (back["archived_at"], back["etag"] != archived["etag"]) == (None, True)


async def test_a_program_goes_with_all_its_inputs(
    session: AsyncSession, program: models.Program, coordinator: Caller
) -> None:
    etag = (await coordinator.get()).json()["etag"]
    assert (await coordinator.delete("", None)).status_code == 428
    assert (await coordinator.delete("", etag.replace("-2", "-1"))).status_code == 412
    assert (await coordinator.delete("", etag)).status_code == 204
    assert (await coordinator.get()).status_code == 404
    people = await session.exec(select(models.Person).where(col(models.Person.program_id) == program.id))
    assert people.all() == []
    entry = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "program.deleted"))).one()
    assert entry.program_id == program.id


async def test_a_program_with_schedules_stays(
    session: AsyncSession, program: models.Program, coordinator: Caller
) -> None:
    session.add(Schedule(program_id=program.id, name="2026"))
    await session.commit()
    response = await coordinator.delete("", (await coordinator.get()).json()["etag"])
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (409, "IN_USE")
    assert error["details"]["used"] == [{"kind": "program", "code": "small", "by": "schedule", "rows": 1}]
    assert (await coordinator.get()).status_code == 200
