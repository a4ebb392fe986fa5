"""Publishing: who may, what may, and that what was published before gives way in the same moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.etags import etag_of
from src.interchange.model import Session
from src.interchange.schedule import UnmetKind, UnmetRow
from src.models import now
from src.schedules.constants import RunKind, RunState, VersionState
from src.schedules.models import ScheduleVersion
from tests.factories.auth import make_member, sign_in
from tests.factories.schedules_db import (
    store_run,
    store_schedule,
    store_version,
    store_ward,
    ward_schedule,
)
from tests.planning.conftest import Office


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


async def publish(office: Office, version: ScheduleVersion, tag: str | None = None) -> httpx.Response:
    headers = {"If-Match": tag or etag_of(version.id, version.revision)}
    return await office.call("POST", f"/versions/{version.id}/publish", headers=headers)


async def state_of(office: Office, version: ScheduleVersion) -> VersionState:
    await office.session.refresh(version)
    return version.state


async def test_a_draft_is_published_and_supersedes_the_one_before(office: Office) -> None:
    first = await store_version(office.session, office.schedule)
    second = await store_version(office.session, office.schedule)
    answer = await publish(office, first)
    assert (answer.status_code, answer.json()["state"]) == (200, "published")
    assert answer.json()["published_at"] is not None
    assert (await publish(office, second)).status_code == 200
    assert await state_of(office, first) is VersionState.SUPERSEDED
    assert await state_of(office, second) is VersionState.PUBLISHED
    read = (await office.call("GET", f"/schedules/{office.schedule.id}")).json()
    assert read["published_version_id"] == str(second.id)
    entries = await office.session.exec(select(AuditEntry).where(AuditEntry.action == "version.published"))
    assert {entry.entity_id for entry in entries} == {first.id, second.id}


async def test_everyone_of_the_program_reads_what_is_published_and_no_draft(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    resident = await office.acting_as(Role.RESIDENT)
    path = f"/versions/{version.id}"
    assert (await resident.call("GET", path)).status_code == 404
    await publish(office, version)
    assert (await resident.call("GET", path)).json()["state"] == "published"


@pytest.mark.parametrize(("role", "status"), [(Role.CHIEF, 403), (Role.FACULTY, 404), (Role.RESIDENT, 404)])
async def test_only_those_who_decide_publish(office: Office, role: Role, status: int) -> None:
    version = await store_version(office.session, office.schedule)
    assert (await publish(await office.acting_as(role), version)).status_code == status
    assert await state_of(office, version) is VersionState.DRAFT


@pytest.mark.parametrize("role", [Role.CHIEF, Role.RESIDENT])
async def test_what_is_published_is_published_once(office: Office, role: Role) -> None:
    version = await store_version(office.session, office.schedule)
    await publish(office, version)
    await office.session.refresh(version)
    again = await publish(office, version)
    assert (again.status_code, code_of(again)) == (409, "VERSION_NOT_DRAFT")
    assert (await publish(await office.acting_as(role), version)).status_code == 403


async def test_publishing_says_which_state_is_meant(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    assert (await office.call("POST", f"/versions/{version.id}/publish")).status_code == 428
    stale = await publish(office, version, tag='"old"')
    assert stale.status_code == 412
    assert stale.json()["error"]["details"]["etag"] == etag_of(version.id, version.revision)
    assert await state_of(office, version) is VersionState.DRAFT


async def test_a_draft_that_breaks_what_must_hold_is_not_published(office: Office) -> None:
    content = ward_schedule()
    broken = replace(content, assignments=content.assignments[1:])
    version = await store_version(office.session, office.schedule, content=broken)
    answer = await publish(office, version)
    assert (answer.status_code, code_of(answer)) == (422, "NOT_PUBLISHABLE")
    details = answer.json()["error"]["details"]
    assert details["broken"]
    assert "R1" in details["broken"][0]["message"]
    assert await state_of(office, version) is VersionState.DRAFT


async def test_a_draft_that_leaves_demand_open_is_not_published(office: Office) -> None:
    unmet = UnmetRow(UnmetKind.STAFFING, "WARD", "2026-07-01", Session.AM, (), 4, 3)
    content = replace(ward_schedule(), unmet=(unmet,))
    version = await store_version(office.session, office.schedule, content=content)
    answer = await publish(office, version)
    assert (answer.status_code, code_of(answer)) == (422, "NOT_PUBLISHABLE")
    assert answer.json()["error"]["details"]["unmet"] == 1


async def test_an_archived_draft_is_not_published(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    version.archived_at = now()
    office.session.add(version)
    await office.session.commit()
    answer = await publish(office, version)
    assert (answer.status_code, code_of(answer)) == (409, "VERSION_IN_USE")


async def test_two_schedules_are_not_published_for_the_same_dates(office: Office) -> None:
    first = await store_version(office.session, office.schedule)
    other = await store_schedule(office.session, office.program.id, "Other")
    second = await store_version(office.session, other)
    await publish(office, first)
    answer = await publish(office, second)
    assert (answer.status_code, code_of(answer)) == (409, "PUBLISHED_OVERLAP")
    assert answer.json()["error"]["details"] == {"schedules": [str(office.schedule.id)]}
    assert await state_of(office, first) is VersionState.PUBLISHED
    assert await state_of(office, second) is VersionState.DRAFT


async def test_of_many_who_publish_at_once_one_version_stands(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    """Two schedules, two drafts each, published side by side: no date has two published versions."""
    async with fresh_session_maker() as session:
        program, schedule, version = await store_ward(session)
        other = await store_schedule(session, program.id, "Other")
        drafts = [version, await store_version(session, schedule)]
        drafts += [await store_version(session, other) for _ in range(2)]
        headers = await sign_in(session, await make_member(session, program, Role.COORDINATOR))
    answers = await asyncio.gather(
        *(
            fresh_client.post(
                f"/api/v1/versions/{one.id}/publish",
                headers={**headers, "If-Match": etag_of(one.id, one.revision)},
            )
            for one in drafts
        )
    )
    assert sorted({answer.status_code for answer in answers}) == [200, 409]
    async with fresh_session_maker() as session:
        found = await session.exec(
            select(ScheduleVersion).where(ScheduleVersion.state == VersionState.PUBLISHED)
        )
        assert len(found.all()) == 1


async def test_a_copy_is_a_new_draft_with_the_same_content(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    await publish(office, version)
    path = f"/versions/{version.id}/copy"
    answer = await office.call("POST", path, {"note": "go on"}, {"Idempotency-Key": "c1"})
    assert answer.status_code == 201, answer.text
    copy = answer.json()
    assert (copy["number"], copy["state"], copy["note"]) == (2, "draft", "go on")
    assert copy["based_on_id"] == str(version.id)
    assert answer.headers["Location"] == f"/api/v1/versions/{copy['id']}"
    again = await office.call("POST", path, {"note": "go on"}, {"Idempotency-Key": "c1"})
    assert (again.status_code, again.json()) == (201, copy)
    other = await office.call("POST", path, {"note": "else"}, {"Idempotency-Key": "c1"})
    assert (other.status_code, code_of(other)) == (422, "IDEMPOTENCY_KEY_REUSED")
    compared = await office.call("GET", f"/versions/{copy['id']}/compare", **{"with": str(version.id)})
    assert compared.status_code == 200
    assert (compared.json()["people_changed"], compared.json()["days"]) == (0, [])


async def test_a_comparison_names_what_changed_by_person_and_date(office: Office) -> None:
    before = await store_version(office.session, office.schedule)
    content = ward_schedule()
    first = content.assignments[0]
    after = await store_version(
        office.session, office.schedule, content=replace(content, assignments=content.assignments[1:])
    )
    answer = await office.call("GET", f"/versions/{after.id}/compare", **{"with": str(before.id)})
    found = answer.json()
    assert (found["people_changed"], found["days_changed"], found["year_changed"]) == (1, 1, 0)
    (day,) = found["days"]
    assert (day["person"], day["date"]) == (first.person, first.date.isoformat())
    assert len(day["before"]) == len(day["after"]) + 1


async def test_versions_of_different_programs_are_not_compared(office: Office) -> None:
    mine = await store_version(office.session, office.schedule)
    _, _, theirs = await store_ward(office.session)
    answer = await office.call("GET", f"/versions/{mine.id}/compare", **{"with": str(theirs.id)})
    assert (answer.status_code, code_of(answer)) == (404, "VERSION_NOT_FOUND")


async def test_a_check_tells_findings_score_and_what_is_broken(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    report = (await office.call("GET", f"/versions/{version.id}/check")).json()
    assert (report["ok"], report["hard"], report["broken"]) == (True, 0, [])
    assert "day_off_request" in report["score_terms"]


async def test_a_version_says_when_the_inputs_have_moved_on(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    path = f"/versions/{version.id}"
    assert (await office.call("GET", path)).json()["inputs_moved_on"] is False
    office.program.max_on_vacation = 1
    office.session.add(office.program)
    await office.session.commit()
    assert (await office.call("GET", path)).json()["inputs_moved_on"] is True


async def change_draft(office: Office, version: ScheduleVersion, body: dict[str, Any]) -> httpx.Response:
    headers = {"If-Match": etag_of(version.id, version.revision)}
    return await office.call("PATCH", f"/versions/{version.id}", body, headers)


async def delete(office: Office, path: str, tag: str) -> httpx.Response:
    return await office.call("DELETE", path, headers={"If-Match": tag})


async def test_a_draft_is_archived_taken_out_again_and_deleted(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    archived = await change_draft(office, version, {"archived": True})
    assert archived.json()["archived_at"] is not None
    await office.session.refresh(version)
    assert (await change_draft(office, version, {"archived": False})).json()["archived_at"] is None
    await office.session.refresh(version)
    tag = etag_of(version.id, version.revision)
    assert (await delete(office, f"/versions/{version.id}", tag)).status_code == 204
    assert (await office.call("GET", f"/versions/{version.id}")).status_code == 404


async def test_a_draft_that_a_run_works_from_is_kept(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    await store_run(office.session, office.schedule, state=RunState.RUNNING, base_version_id=version.id)
    answer = await delete(office, f"/versions/{version.id}", etag_of(version.id, version.revision))
    assert (answer.status_code, code_of(answer)) == (409, "VERSION_IN_USE")


async def test_a_published_version_is_neither_changed_nor_deleted(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    await publish(office, version)
    await office.session.refresh(version)
    tag = etag_of(version.id, version.revision)
    for answer in (
        await change_draft(office, version, {"note": "rewritten"}),
        await delete(office, f"/versions/{version.id}", tag),
    ):
        assert (answer.status_code, code_of(answer)) == (409, "VERSION_NOT_DRAFT")
    schedule_tag = etag_of(office.schedule.id, office.schedule.revision)
    answer = await delete(office, f"/schedules/{office.schedule.id}", schedule_tag)
    assert (answer.status_code, code_of(answer)) == (409, "SCHEDULE_IN_USE")


async def test_a_schedule_with_an_active_run_is_kept_and_one_of_drafts_goes(office: Office) -> None:
    await store_version(office.session, office.schedule)
    run = (await office.generate()).json()
    path = f"/schedules/{office.schedule.id}"
    tag = etag_of(office.schedule.id, office.schedule.revision)
    assert code_of(await delete(office, path, tag)) == "SCHEDULE_IN_USE"
    await office.call("POST", f"/runs/{run['id']}/cancel")
    assert (await delete(office, path, tag)).status_code == 204
    assert (await office.call("GET", path)).status_code == 404
    assert (await office.call("GET", f"/runs/{run['id']}")).status_code == 404


async def test_a_name_is_taken_once_a_program(office: Office) -> None:
    path = f"/programs/{office.program.id}/schedules"
    taken = await office.call("POST", path, {"name": office.schedule.name})
    assert (taken.status_code, code_of(taken)) == (409, "SCHEDULE_NAME_TAKEN")
    made = await office.call("POST", path, {"name": "Another"})
    assert made.status_code == 201
    tag = {"If-Match": made.headers["ETag"]}
    clash = await office.call("PATCH", f"/schedules/{made.json()['id']}", {"name": office.schedule.name}, tag)
    assert (clash.status_code, code_of(clash)) == (409, "SCHEDULE_NAME_TAKEN")
    listed = (await office.call("GET", path, search="anoth")).json()
    assert [row["name"] for row in listed["items"]] == ["Another"]


@pytest.mark.parametrize("kind", list(RunKind))
async def test_a_schedule_is_renamed_while_a_run_of_it_is_under_way(office: Office, kind: RunKind) -> None:
    await store_run(office.session, office.schedule, kind=kind)
    path = f"/schedules/{office.schedule.id}"
    tag = {"If-Match": etag_of(office.schedule.id, office.schedule.revision)}
    answer = await office.call("PATCH", path, {"name": "Another"}, tag)
    assert (answer.status_code, answer.json()["name"]) == (200, "Another")
