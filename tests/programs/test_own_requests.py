"""What residents see and do: their own requests, absences, pins and history, and nobody else's."""

from __future__ import annotations

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.programs import models
from src.programs.folder import load_program
from src.programs.resources import RESOURCES
from tests.factories.programs import ruled_program
from tests.factories.programs_db import Caller, member

PERSONAL = ("requests", "absences", "pins", "history", "history-counts", "rule-approvals")
DAY_OFF = {"person": "R1", "kind": "day_off", "start_date": "2026-08-08"}


@pytest.fixture
async def resident(client: httpx.AsyncClient, session: AsyncSession, program: models.Program) -> Caller:
    """R1, who has one vacation request in the small program."""
    return await member(client, session, program, Role.RESIDENT, "R1")


async def first_row(coordinator: Caller, path: str, person: str) -> dict[str, str]:
    row: dict[str, str] = (await coordinator.get(path, person=person)).json()["items"][0]
    return row


async def test_a_resident_enters_changes_and_withdraws_an_own_request(resident: Caller) -> None:
    created = await resident.post("requests", DAY_OFF)
    assert created.status_code == 201
    row = created.json()
    changed = await resident.patch(f"requests/{row['id']}", {"start_date": "2026-08-15"}, row["etag"])
    assert changed.json()["start_date"] == "2026-08-15"
    withdrawn = await resident.delete(f"requests/{row['id']}", changed.json()["etag"])
    assert withdrawn.status_code == 204
    assert (await resident.get("requests")).json()["total"] == 1


async def test_a_resident_sees_only_what_is_theirs(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, resident: Caller
) -> None:
    coordinator = await member(client, session, program)
    for path in PERSONAL:
        everything = (await coordinator.get(path)).json()["items"]
        own = [item for item in everything if item["person"] == "R1"]
        assert (await resident.get(path)).json()["items"] == own, path
        others = next(item for item in everything if item["person"] != "R1")
        assert (await resident.get(f"{path}/{others['id']}")).status_code == 404, path
        for filters in ({"person": others["person"]}, {"search": others["person"]}):
            assert (await resident.get(path, **filters)).json()["total"] == 0, path


async def test_a_resident_reads_what_the_program_is_made_of(resident: Caller) -> None:
    for path in {resource.path for resource in RESOURCES} - set(PERSONAL):
        assert (await resident.get(path)).json()["total"] > 0, path


@pytest.mark.parametrize("role", [Role.CHIEF, Role.FACULTY])
async def test_chief_and_faculty_read_every_request(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, role: Role
) -> None:
    caller = await member(client, session, program, role)
    assert (await caller.get("requests")).json()["total"] == len(ruled_program().requests)


async def test_a_resident_cannot_ask_in_anothers_name(
    resident: Caller, session: AsyncSession, program: models.Program
) -> None:
    assert (await resident.post("requests", {**DAY_OFF, "person": "R2"})).status_code == 403
    own = await first_row(resident, "requests", "R1")
    given_away = await resident.patch(f"requests/{own['id']}", {"person": "R2"}, own["etag"])
    assert given_away.status_code == 403
    assert await load_program(session, program.id) == ruled_program()


async def test_anothers_request_is_not_there_to_be_withdrawn(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, resident: Caller
) -> None:
    coordinator = await member(client, session, program)
    others = await first_row(coordinator, "requests", "R2")
    for response in (
        await resident.delete(f"requests/{others['id']}", others["etag"]),
        await resident.patch(f"requests/{others['id']}", {"weight": 0}, others["etag"]),
    ):
        assert response.status_code == 404
    assert (await coordinator.get(f"requests/{others['id']}")).json() == others


async def test_a_chief_is_a_resident_too_and_changes_only_the_own(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program
) -> None:
    """The others' requests can be read by a chief, so refusing is 403 and not 404."""
    chief = await member(client, session, program, Role.CHIEF, "R4")
    assert (await chief.post("requests", {**DAY_OFF, "person": "R4"})).status_code == 201
    others = await first_row(chief, "requests", "R2")
    response = await chief.delete(f"requests/{others['id']}", others["etag"])
    assert (response.status_code, response.json()["error"]["code"]) == (403, "FORBIDDEN")


async def test_who_is_no_person_of_the_program_has_nothing_and_enters_nothing(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program
) -> None:
    unlinked = await member(client, session, program, Role.RESIDENT)
    assert (await unlinked.get("requests")).json()["total"] == 0
    assert (await unlinked.post("requests", DAY_OFF)).status_code == 403


async def test_faculty_enter_no_requests(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program
) -> None:
    faculty = await member(client, session, program, Role.FACULTY, "F1")
    assert (await faculty.post("requests", {**DAY_OFF, "person": "F1"})).status_code == 403


async def test_a_resident_gives_a_wish_no_more_weight_than_neighbours_may(resident: Caller) -> None:
    for weight in (6, -6, 100_000):
        wish = {"person": "R1", "kind": "rotation", "rotation": "CLIN", "block": 2, "weight": weight}
        response = await resident.post("requests", wish)
        assert response.status_code == 422, weight
        assert response.json()["error"]["details"]["errors"][0]["pointer"] == "/body/weight"


async def test_a_resident_needs_the_tag_too(resident: Caller) -> None:
    own = await first_row(resident, "requests", "R1")
    assert (await resident.delete(f"requests/{own['id']}", None)).status_code == 428
    assert (await resident.delete(f"requests/{own['id']}", '"stale"')).status_code == 412


async def test_a_resident_changes_nothing_else_even_of_the_own(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program
) -> None:
    """Readable and not changeable is 403."""
    coordinator = await member(client, session, program)
    resident = await member(client, session, program, Role.RESIDENT, "R3")
    for path in ("history", "history-counts"):
        row = (await coordinator.get(path, person="R3")).json()["items"][0]
        assert (await resident.get(f"{path}/{row['id']}")).status_code == 200
        assert (await resident.delete(f"{path}/{row['id']}", row["etag"])).status_code == 403
        assert (await resident.patch(f"{path}/{row['id']}", {}, row["etag"])).status_code == 403
