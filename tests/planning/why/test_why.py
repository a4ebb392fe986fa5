"""Why through the API: whose duty and whose denied wish it is, and who may ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from src.assignments.models import Assignment
from src.auth.constants import Role
from src.interchange.model import Request, RequestKind
from src.interchange.schedule import AssignmentKind, DeniedRow
from src.schedules.constants import VersionState
from src.schedules.models import ScheduleVersion
from tests.factories.schedules_db import SATURDAY, store_version, ward_program
from tests.planning.conftest import Office
from tests.planning.swaps.test_swaps import Resident, signed_in_as, stored, the_call, ward_on_call

__all__ = ["signed_in_as"]

MONDAY = dt.date(2026, 7, 6)


async def why(office: Office, assignment: Assignment) -> dict[str, Any]:
    answer = await office.call("GET", f"/assignments/{assignment.id}/why")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_call_is_explained_with_everyone_else_who_could_and_the_cost(office: Office) -> None:
    version = await stored(office)
    body = await why(office, await the_call(office.session, version))
    assert (body["person"], body["duty"]["item"]) == ("R1", "WE")
    assert any(ground["file"] == "calls.csv" for ground in body["grounds"])
    assert {other["person"] for other in body["others"]} == {"R2", "R3"}
    assert all(other["could"] is (other["reason"] is None) for other in body["others"])
    assert body["next_best"]["kind"] in {"give_away", "swap", "chain"}
    assert body["cost_of_next_best"] is not None
    assert body["complete"] is True


async def test_a_day_that_nobody_can_spare_names_the_demand(office: Office) -> None:
    """Two of three must be at work, and with one off already nobody else can be."""
    program = ward_program()
    full = replace(program, staffing=(replace(program.staffing[0], min=3),))
    version = await store_version(office.session, office.schedule, program=full, content=ward_on_call())
    row = (
        await office.session.exec(
            select(Assignment).where(
                Assignment.version_id == version.id,
                Assignment.kind == AssignmentKind.ROTATION,
                Assignment.date == MONDAY,
            )
        )
    ).first()
    assert row is not None
    body = await why(office, row)
    assert body["next_best"] is None
    assert any("asks for 3" in ground["words"] for ground in body["grounds"])


async def test_residents_ask_about_their_own_duties_alone(office: Office, signed_in_as: Resident) -> None:
    version = await stored(office, VersionState.PUBLISHED)
    own, others = [await the_call(office.session, version, person) for person in ("R1", "R2")]
    headers = await signed_in_as("R1")
    answers = [
        await office.client.get(f"/api/v1/assignments/{row.id}/why", headers=headers) for row in (own, others)
    ]
    assert [answer.status_code for answer in answers] == [200, 403]
    assert (await office.call("GET", f"/assignments/{uuid4()}/why")).status_code == 404


async def with_wishes(
    office: Office, *requests: Request, state: VersionState = VersionState.DRAFT
) -> ScheduleVersion:
    """A version of the ward that denies every one of the requests."""
    program = replace(ward_program(), requests=requests)
    denied = tuple(
        DeniedRow(wish.person, wish.kind, wish.rank, wish.start_date, "needed", "staffing.csv:2")
        for wish in requests
    )
    content = replace(ward_on_call(), denied=denied)
    return await store_version(office.session, office.schedule, program=program, content=content, state=state)


async def denied_of(office: Office, version: ScheduleVersion) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await office.call("GET", f"/versions/{version.id}/denied")).json()[
        "items"
    ]
    return listed


@pytest.fixture(autouse=True)
def ample(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is proved is told: a busy machine is not to turn it into what nobody knows."""
    monkeypatch.setattr("src.planning.why.answers.DUTY_SECONDS", 60.0)
    monkeypatch.setattr("src.planning.why.answers.REQUEST_SECONDS", 60.0)


async def explained(office: Office, version: ScheduleVersion, place: int = 0) -> dict[str, Any]:
    row = (await denied_of(office, version))[place]
    answer = await office.call("GET", f"/versions/{version.id}/denied/{row['id']}/why")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_day_off_that_could_be_had_tells_its_price(office: Office) -> None:
    version = await with_wishes(office, Request("R1", RequestKind.DAY_OFF, start_date=MONDAY, row=2))
    body = await explained(office, version)
    assert (body["verdict"], body["reason"]) == ("possible", "needed")
    assert body["terms"]["day_off_request"] == "1"
    assert body["cost"]["day_off_request"] == "-3"
    assert body["people"]
    assert "at most" in body["words"]


async def test_a_day_off_that_cannot_be_names_the_rows_and_another_date(office: Office) -> None:
    """With all three wanted every weekday, only the weekend is left."""
    program = ward_program()
    wish = Request("R1", RequestKind.DAY_OFF, start_date=MONDAY, row=2)
    full = replace(program, staffing=(replace(program.staffing[0], min=3, row=2),), requests=(wish,))
    denied = (DeniedRow("R1", RequestKind.DAY_OFF, None, MONDAY, "needed", "staffing.csv:2"),)
    version = await store_version(
        office.session, office.schedule, program=full, content=replace(ward_on_call(), denied=denied)
    )
    body = await explained(office, version)
    assert body["verdict"] == "impossible"
    assert ("staffing.csv", 2) in {(row["file"], row["row"]) for row in body["in_the_way"]}
    assert body["otherwise"][0]["date"] == "2026-07-11"
    assert body["cost"] == {}


async def test_a_vacation_that_no_rotation_allows_is_impossible_in_the_whole_year(office: Office) -> None:
    wish = Request("R2", RequestKind.VACATION, 1, MONDAY, MONDAY + dt.timedelta(6), row=2)
    body = await explained(office, await with_wishes(office, wish))
    assert body["verdict"] == "impossible"
    assert "allows vacation" in body["words"]


async def test_a_wish_that_an_edit_has_granted_is_told_so(office: Office) -> None:
    """The second Sunday is free for R1 anyway, though the version's row says otherwise."""
    sunday = SATURDAY + dt.timedelta(8)
    version = await with_wishes(office, Request("R1", RequestKind.DAY_OFF, start_date=sunday, row=2))
    assert (await explained(office, version))["verdict"] == "granted"


async def test_wishes_alike_are_told_apart_by_their_order(office: Office) -> None:
    wishes = [
        Request("R1", RequestKind.ROTATION, rotation="WARD", block=1, weight=weight) for weight in (-1, -2)
    ]
    version = await with_wishes(office, *wishes)
    found = [await explained(office, version, place) for place in (0, 1)]
    assert [body["verdict"] for body in found] == ["impossible", "impossible"]
    assert {body["request"]["academic_block"] for body in found} == {1}


async def test_residents_ask_about_their_own_wishes_alone(office: Office, signed_in_as: Resident) -> None:
    wishes = [Request(person, RequestKind.DAY_OFF, start_date=MONDAY) for person in ("R1", "R2")]
    version = await with_wishes(office, *wishes, state=VersionState.PUBLISHED)
    rows = await denied_of(office, version)
    headers = await signed_in_as("R1")
    answers = [
        await office.client.get(f"/api/v1/versions/{version.id}/denied/{row['id']}/why", headers=headers)
        for row in rows
    ]
    assert [answer.status_code for answer in answers] == [200, 403]


async def test_a_denied_wish_of_another_version_is_not_there(office: Office) -> None:
    wish = Request("R1", RequestKind.DAY_OFF, start_date=MONDAY)
    first, second = await with_wishes(office, wish), await with_wishes(office, wish)
    (row,) = await denied_of(office, first)
    assert (await office.call("GET", f"/versions/{second.id}/denied/{row['id']}/why")).status_code == 404
    assert (await office.call("GET", f"/versions/{first.id}/denied/{uuid4()}/why")).status_code == 404
    faculty = await office.acting_as(Role.FACULTY)
    assert (await faculty.call("GET", f"/versions/{first.id}/denied/{row['id']}/why")).status_code == 404


async def test_an_answer_that_takes_too_long_ends_with_what_stands_in_the_way(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.planning.why.answers.REQUEST_SECONDS", 0.0)
    version = await with_wishes(office, Request("R1", RequestKind.DAY_OFF, start_date=MONDAY, row=2))
    body = await explained(office, version)
    assert body["verdict"] == "unknown"
    assert body["in_the_way"]
