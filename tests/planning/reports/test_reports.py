"""Reports over the API: who reads which, and in which form."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader
from sqlmodel import select

from src.auth.constants import Role
from src.interchange.model import Session
from src.programs.models import Person
from src.schedules.constants import VersionState
from src.schedules.models import ScheduleVersion
from tests.factories.auth import make_member, sign_in
from tests.factories.programs_db import person_id
from tests.factories.schedules_db import store_version, ward_schedule
from tests.planning.conftest import Office
from tests.planning.publishing.test_publish import code_of

QUERIES = {"program": {}, "person": {"person": "R1"}, "block": {"block": 1}, "rotation": {"rotation": "WARD"}}


async def draft(office: Office) -> ScheduleVersion:
    return await store_version(office.session, office.schedule)


async def published(office: Office) -> ScheduleVersion:
    return await store_version(office.session, office.schedule, state=VersionState.PUBLISHED)


async def resident(office: Office, code: str | None, role: Role = Role.RESIDENT) -> Office:
    """A member who is a person of the program, or nobody in it."""
    linked = None if code is None else await person_id(office.session, office.program, code)
    user = await make_member(office.session, office.program, role, person_id=linked)
    return Office(
        office.client, office.session, office.program, office.schedule, await sign_in(office.session, user)
    )


@pytest.mark.parametrize("scope", list(QUERIES))
async def test_each_report_comes_as_json_csv_and_pdf(office: Office, scope: str) -> None:
    version = await draft(office)
    path, query = f"/versions/{version.id}/reports/{scope}", QUERIES[scope]
    told = (await office.call("GET", path, **query)).json()
    assert (told["scope"], told["program"], told["version"]) == (scope, "ward", version.number)
    assert told["trend"][0]["mean_hours"] == "50.0"
    table = await office.call("GET", f"{path}.csv", **query)
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert {row["row"] for row in rows} >= {"report", "pack", "measure"}
    printed = await office.call("GET", f"{path}.pdf", **query)
    assert printed.headers["content-type"] == "application/pdf"
    assert "compliance report" in PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()


async def test_the_report_of_a_published_version_names_its_certificate(office: Office) -> None:
    version = await draft(office)
    tag = f'"{version.id.hex}-{version.revision}"'
    answer = await office.call("POST", f"/versions/{version.id}/publish", headers={"If-Match": tag})
    assert answer.status_code == 200
    certificate = (await office.call("GET", f"/versions/{version.id}/certificate")).json()
    told = (await office.call("GET", f"/versions/{version.id}/reports/program")).json()
    assert told["certificate_sha256"] == certificate["sha256"]
    assert told["published_at"] is not None


async def test_closest_calls_are_paged_in_order(office: Office) -> None:
    """Everyone stays until 22:45, which makes 78.75 hours a week and rests of 8.25 hours."""
    content = ward_schedule()
    rows = [
        replace(row, end_at=row.end_at + dt.timedelta(hours=5.75)) if row.session is Session.PM else row
        for row in content.assignments
    ]
    late = replace(content, assignments=tuple(rows))
    version = await store_version(office.session, office.schedule, content=late)
    path = f"/versions/{version.id}/reports/closest-calls"
    whole = (await office.call("GET", path, page_size=100)).json()
    assert whole["total"] == len(whole["items"]) > 1
    assert {(one["rule"], one["value"]) for one in whole["items"]} >= {
        ("US-80", "78.75"),
        ("US-REST8", "8.25"),
    }
    second = (await office.call("GET", path, page=2, page_size=1)).json()
    assert second["items"] == whole["items"][1:2]


@pytest.mark.parametrize("scope", ["program", "block", "rotation", "closest-calls"])
@pytest.mark.parametrize("role", [Role.RESIDENT, Role.FACULTY])
async def test_reports_on_everyone_are_for_those_who_build(office: Office, scope: str, role: Role) -> None:
    version = await published(office)
    reader = await office.acting_as(role)
    query = QUERIES.get(scope, {})
    answer = await reader.call("GET", f"/versions/{version.id}/reports/{scope}", **query)
    assert answer.status_code == 403


async def test_a_resident_reads_the_own_report_and_nobody_elses(office: Office) -> None:
    version = await published(office)
    own = await resident(office, "R2")
    path = f"/versions/{version.id}/reports/person"
    told = (await own.call("GET", path)).json()
    assert told["subject"] == "Resident R2 (R2)"
    assert {line["key"] for line in told["people"]} == {"R2"}
    assert (await own.call("GET", path, person="R2")).status_code == 200
    for suffix in ("", ".csv", ".pdf"):
        answer = await own.call("GET", f"{path}{suffix}", person="R1")
        assert (answer.status_code, code_of(answer)) == (404, "NOT_REPORTED")


async def test_a_resident_reads_no_report_of_a_draft(office: Office) -> None:
    version = await draft(office)
    own = await resident(office, "R2")
    assert (await own.call("GET", f"/versions/{version.id}/reports/person")).status_code == 404


async def test_a_member_who_is_nobody_in_the_program_has_no_report(office: Office) -> None:
    version = await published(office)
    stranger = await resident(office, None)
    answer = await stranger.call("GET", f"/versions/{version.id}/reports/person")
    assert (answer.status_code, code_of(answer)) == (422, "PERSON_NEEDED")
    answer = await stranger.call("GET", f"/versions/{version.id}/reports/person", person="R1")
    assert (answer.status_code, code_of(answer)) == (404, "NOT_REPORTED")


async def test_who_builds_names_whom_the_report_is_on(office: Office) -> None:
    version = await draft(office)
    answer = await office.call("GET", f"/versions/{version.id}/reports/person")
    assert (answer.status_code, code_of(answer)) == (422, "PERSON_NEEDED")


@pytest.mark.parametrize(
    ("scope", "query"),
    [
        ("person", {"person": "R9"}),
        ("block", {"block": 2}),
        ("rotation", {"rotation": "ICU"}),
    ],
)
async def test_what_the_program_does_not_have_is_not_there(
    office: Office, scope: str, query: dict[str, str]
) -> None:
    version = await draft(office)
    answer = await office.call("GET", f"/versions/{version.id}/reports/{scope}", **query)
    assert (answer.status_code, code_of(answer)) == (404, "NOT_REPORTED")


@pytest.mark.parametrize(
    ("scope", "query"),
    [("block", {"block": 0}), ("block", {}), ("rotation", {}), ("rotation", {"rotation": "%"})],
)
async def test_a_query_that_names_nothing_is_refused(
    office: Office, scope: str, query: dict[str, str]
) -> None:
    version = await draft(office)
    answer = await office.call("GET", f"/versions/{version.id}/reports/{scope}", **query)
    assert answer.status_code in {404, 422}
    assert answer.status_code == 422 or query == {"rotation": "%"}


async def test_another_programs_version_is_not_there(office: Office) -> None:
    version = await published(office)
    people = await office.session.exec(select(Person.code).where(Person.program_id == office.program.id))
    assert set(people) == {"R1", "R2", "R3"}
    from tests.factories.programs_db import store_program

    other = await store_program(office.session)
    user = await make_member(office.session, other, Role.COORDINATOR)
    headers = await sign_in(office.session, user)
    answer = await office.client.get(f"/api/v1/versions/{version.id}/reports/program", headers=headers)
    assert answer.status_code == 404
