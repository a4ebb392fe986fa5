"""What if: judged against the saved state, and nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.etags import etag_of
from src.interchange.model import Person, PersonKind, RuleOverride
from src.programs.models import Program
from src.schedules.constants import VersionState
from src.schedules.models import ScheduleVersion
from tests.factories.auth import make_member, sign_in
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import store_schedule, store_version, store_ward, ward_program

CALL = {"op": "create", "person": "R1", "date": "2026-07-04", "kind": "call", "item": "WE"}
LATE_WORK = {
    "op": "create",
    "person": "R1",
    "date": "2026-07-05",
    "kind": "rotation",
    "item": "WARD",
    "session": "PM",
    "start_at": "2026-07-05T09:00:00-05:00",
    "end_at": "2026-07-05T15:00:00-05:00",
}
"""Right after the handover of the weekend's call: clinical beyond the 24th hour."""


@dataclass
class Desk:
    """Tries changes on one version as one person."""

    client: httpx.AsyncClient
    session: AsyncSession
    program: Program
    version: ScheduleVersion
    headers: dict[str, str]

    async def get(self, path: str, **params: Any) -> httpx.Response:
        url = f"/api/v1/versions/{self.version.id}/{path}"
        return await self.client.get(url, params=params, headers=self.headers)

    async def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        url = f"/api/v1/versions/{self.version.id}/{path}"
        return await self.client.post(url, json=body, headers={**self.headers, **headers})

    async def what_if(self, *changes: dict[str, Any]) -> dict[str, Any]:
        answer = await self.post("what-if", {"changes": list(changes)})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def save(self, *changes: dict[str, Any]) -> httpx.Response:
        await self.session.refresh(self.version)
        tag = etag_of(self.version.id, self.version.revision)
        return await self.post("assignments/bulk", {"changes": list(changes)}, **{"If-Match": tag})

    async def on(self, person: str, day: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (
            await self.get("assignments", person=person, from_date=day, to_date=day)
        ).json()["items"]
        return items

    async def waive(self, finding: dict[str, Any], **changes: Any) -> httpx.Response:
        body = {
            name: finding[name]
            for name in ("rule", "person", "window_start_at", "window_end_at", "value", "limit")
        }
        url = f"/api/v1/programs/{self.program.id}/waivers"
        body |= {"reason": "Nobody else could stay", **changes}
        return await self.client.post(url, json=body, headers=self.headers)


async def desk_of(
    client: httpx.AsyncClient,
    session: AsyncSession,
    role: Role = Role.COORDINATOR,
    state: VersionState = VersionState.DRAFT,
) -> Desk:
    program, _, version = await store_ward(session, state=state)
    user = await make_member(session, program, role)
    return Desk(client, session, program, version, await sign_in(session, user))


@pytest.fixture
async def desk(client: httpx.AsyncClient, session: AsyncSession) -> Desk:
    return await desk_of(client, session)


async def test_a_harmless_change_adds_nothing_and_saves_nothing(desk: Desk) -> None:
    before = (await desk.get("assignments.csv")).text
    found = await desk.what_if(CALL)
    assert (found["people"], found["dates"]) == (["R1"], ["2026-07-04", "2026-07-05"])
    assert (found["blocked"], found["blocked_by"], found["findings_added"]) == (False, [], [])
    assert found["version_etag"] == etag_of(desk.version.id, desk.version.revision)
    assert (await desk.get("assignments.csv")).text == before
    await desk.session.refresh(desk.version)
    assert found["version_etag"] == etag_of(desk.version.id, desk.version.revision)


async def test_what_would_break_a_hard_rule_is_blocked_by_it(desk: Desk) -> None:
    found = await desk.what_if(CALL, LATE_WORK)
    assert found["blocked"] is True
    assert {finding["rule"] for finding in found["blocked_by"]} == {"US-CONT24"}
    assert found["findings_added"] == found["blocked_by"]
    refused = await desk.save(CALL, LATE_WORK)
    assert refused.status_code == 422
    assert refused.json()["error"]["details"]["findings"] == found["blocked_by"]


async def test_what_is_tried_is_what_saving_does(desk: Desk) -> None:
    tried = await desk.what_if(CALL)
    saved = (await desk.save(CALL)).json()
    for name in ("findings_added", "findings_removed", "gaps"):
        assert tried[name] == saved[name], name


async def test_the_saved_state_moves_and_trials_follow_it(desk: Desk) -> None:
    """What is remembered of a state is forgotten with it."""
    assert (await desk.what_if(LATE_WORK))["blocked"] is False
    assert (await desk.save(CALL)).status_code == 200
    again = await desk.what_if(LATE_WORK)
    assert again["blocked"] is True
    call = next(row for row in await desk.on("R1", "2026-07-04") if row["item"] == "WE")
    assert (await desk.save({"op": "delete", "id": call["id"]})).status_code == 200
    assert (await desk.what_if(LATE_WORK))["blocked"] is False


async def test_a_whole_day_goes_with_its_call_and_the_handover_named_too(desk: Desk) -> None:
    """Who deletes every row of a week names calls and their handovers; each goes once, in either order."""
    assert (await desk.save(CALL)).status_code == 200
    call, handover = [row for row in await desk.on("R1", "2026-07-04") if row["item"] == "WE"] + [
        row for row in await desk.on("R1", "2026-07-05") if row["item"] == "WE"
    ]
    rows = [{"op": "delete", "id": row["id"]} for row in (call, handover)]
    for changes in (rows, rows[::-1]):
        assert (await desk.what_if(*changes))["dates"] == ["2026-07-04", "2026-07-05"]
    thrice = await desk.post("what-if", {"changes": [*rows, rows[1]]})
    assert thrice.json()["error"]["details"]["errors"][0]["pointer"] == "/body/changes/2"
    assert (await desk.save(*rows)).status_code == 200
    assert not [row for row in await desk.on("R1", "2026-07-05") if row["item"] == "WE"]


async def test_a_call_does_not_go_while_its_handover_is_given_other_hours(desk: Desk) -> None:
    assert (await desk.save(CALL)).status_code == 200
    call = next(row for row in await desk.on("R1", "2026-07-04") if row["item"] == "WE")
    handover = next(row for row in await desk.on("R1", "2026-07-05") if row["item"] == "WE")
    change = {**LATE_WORK, "op": "update", "id": handover["id"]}
    refused = await desk.post("what-if", {"changes": [change, {"op": "delete", "id": call["id"]}]})
    assert refused.status_code == 422
    error = refused.json()["error"]["details"]["errors"][0]
    assert error == {
        "pointer": "/body/changes/1",
        "message": "its handover, which goes with it, is changed too",
    }


async def test_a_trial_on_a_state_that_is_no_more_is_refused_where_the_caller_says_which(desk: Desk) -> None:
    tag = (await desk.what_if(CALL))["version_etag"]
    assert (await desk.post("what-if", {"changes": [CALL]}, **{"If-Match": tag})).status_code == 200
    assert (await desk.save(CALL)).status_code == 200
    refused = await desk.post("what-if", {"changes": [LATE_WORK]}, **{"If-Match": tag})
    assert (refused.status_code, refused.json()["error"]["code"]) == (412, "PRECONDITION_FAILED")


async def test_a_finding_is_explained(desk: Desk) -> None:
    """The sentence, the window, the unit, the entries, what would clear it: when tried and when listed."""
    tried = (await desk.what_if(CALL, LATE_WORK))["blocked_by"][0]
    assert (tried["pack"], tried["unit"], tried["basis"]) == ("acgme-cpr-2023", "hours", "schedule")
    assert tried["entries"]
    assert tried["remedy"]
    await desk.waive(tried)
    assert (await desk.save(CALL, LATE_WORK)).status_code == 200
    listed = (await desk.get("findings", rule="US-CONT24")).json()["items"]
    assert listed == [tried]


async def test_findings_that_would_go_and_those_that_stay_are_told(desk: Desk) -> None:
    """Seven hours of rest before Monday morning: an advisory, which blocks nothing."""
    evening = {**LATE_WORK, "person": "R2"}
    evening |= {"start_at": "2026-07-05T20:00:00-05:00", "end_at": "2026-07-06T00:00:00-05:00"}
    tried = await desk.what_if(evening)
    assert [(finding["rule"], finding["severity"]) for finding in tried["findings_added"]] == [
        ("US-REST8", "soft")
    ]
    assert tried["blocked"] is False
    assert (await desk.save(evening)).status_code == 200
    stays = await desk.what_if({**CALL, "person": "R2", "date": "2026-07-18"})
    assert stays["findings_unchanged"] == tried["findings_added"]
    (row,) = await desk.on("R2", "2026-07-05")
    goes = await desk.what_if({"op": "delete", "id": row["id"]})
    assert goes["findings_removed"] == tried["findings_added"]
    assert (goes["findings_added"], goes["findings_unchanged"]) == ([], [])


async def test_two_places_at_once_are_a_conflict_told_and_not_raised(desk: Desk) -> None:
    busy = {**CALL, "date": "2026-07-03", "kind": "rotation", "item": "WARD", "session": "AM"}
    found = await desk.what_if(busy)
    assert found["blocked"] is True
    assert [(row["person"], row["item"], row["wanted_item"]) for row in found["conflicts"]] == [
        ("R1", "WARD", "WARD")
    ]
    assert (await desk.save(busy)).status_code == 409


async def test_gaps_that_come_and_gaps_that_close_are_told_and_do_not_block(desk: Desk) -> None:
    monday = "2026-07-06"
    mornings = [
        row for person in ("R1", "R2") for row in await desk.on(person, monday) if row["session"] == "AM"
    ]
    away = [{"op": "delete", "id": row["id"]} for row in mornings]
    found = await desk.what_if(*away)
    assert found["blocked"] is False
    assert [(gap["date"], gap["got"], gap["min"]) for gap in found["gaps"]] == [(monday, 1, 2)]
    assert (await desk.save(*away)).status_code == 200
    back = {**CALL, "person": "R2", "date": monday, "kind": "rotation", "item": "WARD", "session": "AM"}
    closed = await desk.what_if(back)
    assert closed["gaps"] == []
    assert [(gap["date"], gap["got"]) for gap in closed["gaps_closed"]] == [(monday, 1)]


async def test_hundreds_of_changes_are_tried_at_once(desk: Desk) -> None:
    rows = [row for day in range(1, 29) for row in await desk.on("R1", f"2026-07-{day:02}")]
    changes = [{"op": "delete", "id": row["id"]} for row in rows]
    calls = [
        {**CALL, "person": person, "date": f"2026-07-{day:02}", "item": "JEO", "kind": "jeopardy"}
        for person in ("R2", "R3")
        for day in (4, 11, 18, 25)
    ]
    found = await desk.what_if(*changes, *calls)
    assert found["people"] == ["R1", "R2", "R3"]
    assert found["blocked"] is False
    assert (await desk.get("assignments.csv")).text.count("R1,") == len(rows)


async def test_a_published_version_is_tried_and_stays_as_it_is(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    desk = await desk_of(client, session, state=VersionState.PUBLISHED)
    assert (await desk.what_if(CALL, LATE_WORK))["blocked"] is True
    assert (await desk.save(CALL)).status_code == 409


@pytest.mark.parametrize(("role", "status"), [(Role.CHIEF, 200), (Role.FACULTY, 404), (Role.RESIDENT, 404)])
async def test_who_builds_drafts_tries_changes(
    client: httpx.AsyncClient, session: AsyncSession, role: Role, status: int
) -> None:
    desk = await desk_of(client, session, role)
    assert (await desk.post("what-if", {"changes": [CALL]})).status_code == status


@pytest.mark.parametrize("role", [Role.FACULTY, Role.RESIDENT])
async def test_who_only_reads_what_is_published_may_not_try(
    client: httpx.AsyncClient, session: AsyncSession, role: Role
) -> None:
    desk = await desk_of(client, session, role, VersionState.PUBLISHED)
    assert (await desk.post("what-if", {"changes": [CALL]})).status_code == 403


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ([], 422, "/body/changes"),
        ([{"op": "create"}], 422, "/body/changes/0/person"),
        ([{**CALL, "item": "NOCALL"}], 422, "/body/changes/0"),
        ([CALL, {**CALL, "person": "R9"}], 422, "/body/changes/1"),
        ([{**CALL, "date": "2030-01-01"}], 422, "/body/changes/0"),
        ([{"op": "delete", "id": str(uuid4())}], 404, "/body/changes/0"),
    ],
)
async def test_a_change_that_makes_no_sense_is_named(
    desk: Desk, changes: list[dict[str, Any]], status: int, pointer: str
) -> None:
    answer = await desk.post("what-if", {"changes": changes})
    assert answer.status_code == status, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["error"]["details"]["errors"]}


async def test_more_than_a_thousand_changes_are_refused(desk: Desk) -> None:
    assert (await desk.post("what-if", {"changes": [CALL] * 1001})).status_code == 422


async def test_a_waiver_lets_the_finding_it_was_granted_for_stand(desk: Desk) -> None:
    tried = await desk.what_if(CALL, LATE_WORK)
    for finding in tried["blocked_by"]:
        assert (await desk.waive(finding)).status_code == 201
    again = await desk.what_if(CALL, LATE_WORK)
    assert (again["blocked"], again["blocked_by"]) == (False, [])
    assert [waived["finding"] for waived in again["waived"]] == tried["blocked_by"]
    assert {waived["reason"] for waived in again["waived"]} == {"Nobody else could stay"}
    longer = {**LATE_WORK, "end_at": "2026-07-05T18:00:00-05:00"}
    assert (await desk.what_if(CALL, longer))["blocked"] is True
    saved = await desk.save(CALL, LATE_WORK)
    assert saved.status_code == 200, saved.text
    assert saved.json()["waived"] == again["waived"]


async def test_a_revoked_waiver_blocks_again(desk: Desk) -> None:
    tried = await desk.what_if(CALL, LATE_WORK)
    granted = [(await desk.waive(finding)).json() for finding in tried["blocked_by"]]
    url = f"/api/v1/programs/{desk.program.id}/waivers/{granted[0]['id']}/revoke"
    await desk.client.post(url, json={"reason": "Somebody can"}, headers=desk.headers)
    assert (await desk.what_if(CALL, LATE_WORK))["blocked"] is True


async def test_the_ratio_in_clinic_counts_those_whom_nobody_changes(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    """One preceptor, one resident allowed: a second is too many, though nothing of the first changes."""
    ward = ward_program()
    tuesday = ward.clinics[0]
    program = replace(
        ward,
        people=(*ward.people, Person("F1", "Faculty", PersonKind.FACULTY, None)),
        clinics=(tuesday, replace(tuesday, person="R2"), replace(tuesday, person="F1")),
        rule_overrides=(
            RuleOverride(
                *("acgme-cpr-2023", "US-SUP-R", "most_residents", 1, "One at a time", "Director"),
                *(ward.year_start_date, ward.year_end_date),
            ),
        ),
    )
    stored = await store_program(session, program)
    schedule = await store_schedule(session, stored.id)
    version = await store_version(session, schedule, program=program)
    user = await make_member(session, stored, Role.COORDINATOR)
    desk = Desk(client, session, stored, version, await sign_in(session, user))

    async def to_clinic(person: str) -> list[dict[str, Any]]:
        (ward_row,) = [row for row in await desk.on(person, "2026-07-07") if row["session"] == "PM"]
        held = {**CALL, "person": person, "date": "2026-07-07", "kind": "clinic", "item": "clinic"}
        return [{"op": "delete", "id": ward_row["id"]}, {**held, "session": "PM"}]

    assert (await desk.what_if(*await to_clinic("R3")))["findings_added"] == []
    assert (await desk.save(*await to_clinic("R3"))).status_code == 200
    found = await desk.what_if(*await to_clinic("R2"))
    assert [(finding["rule"], finding["person"]) for finding in found["findings_added"]] == [
        ("US-SUP-R", "R2")
    ]
    assert found["blocked"] is (found["findings_added"][0]["severity"] == "hard")
