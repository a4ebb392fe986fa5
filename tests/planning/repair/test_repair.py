"""A repair through the API: asked for, done by a worker, its alternatives kept as drafts side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.interchange.schedule import Schedule
from src.models import now
from src.schedules.constants import RunKind, RunState, VersionState
from src.schedules.models import Run, ScheduleVersion
from tests.factories.auth import make_member, sign_in
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import (
    SATURDAY,
    START,
    store_schedule,
    store_version,
    ward_program,
    ward_schedule,
)
from tests.planning.conftest import Bench, Office
from tests.planning.swaps.test_swaps import ward_on_call

OUT = {"person": "R1", "start_date": str(SATURDAY), "end_date": str(SATURDAY + dt.timedelta(20))}


@pytest.fixture
async def desk(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> AsyncIterator[Office]:
    """The office of the ward on a database that a worker shares."""
    async with fresh_session_maker() as session:
        program = await store_program(session, ward_program())
        schedule = await store_schedule(session, program.id)
        user = await make_member(session, program, Role.COORDINATOR)
        yield Office(fresh_client, session, program, schedule, await sign_in(session, user))


async def stored(
    office: Office, state: VersionState = VersionState.PUBLISHED, content: Schedule | None = None
) -> ScheduleVersion:
    content = content if content is not None else ward_on_call()
    return await store_version(office.session, office.schedule, content=content, state=state)


async def asked(office: Office, version: ScheduleVersion, **body: Any) -> httpx.Response:
    return await office.call("POST", f"/versions/{version.id}/repair", {"from_date": str(START), **body})


async def done(office: Office, bench: Bench, answer: httpx.Response) -> dict[str, Any]:
    """The run that the answer speaks of, done."""
    assert answer.status_code == 202, answer.text
    run = await office.session.get_one(Run, answer.json()["id"])
    await bench.work(run)
    found: dict[str, Any] = (await office.call("GET", f"/runs/{run.id}")).json()
    return found


async def test_three_weeks_out_become_legal_drafts_beside_the_published_version(
    desk: Office, bench: Bench
) -> None:
    version = await stored(desk)
    answer = await asked(desk, version, absences=[OUT])
    assert answer.headers["Location"] == f"/api/v1/runs/{answer.json()['id']}"
    assert answer.json()["kind"] == RunKind.REPAIR
    run = await done(desk, bench, answer)
    assert run["state"] == RunState.SUCCEEDED, run
    made = run["result"]["alternatives"]
    assert 1 <= len(made) <= 3
    assert run["result_version_id"] == made[0]["version_id"]
    assert made[0]["is_least"] is True
    for each in made:
        draft = (await desk.call("GET", f"/versions/{each['version_id']}")).json()
        assert (draft["state"], draft["based_on_id"]) == ("draft", str(version.id))
        assert draft["result"]["repair"]["cells"] == each["cells"] > 0
        check = (await desk.call("GET", f"/versions/{each['version_id']}/check")).json()
        assert check["ok"] is True
        earlier: dict[str, Any] = {"with": str(version.id)}
        compared = (await desk.call("GET", f"/versions/{each['version_id']}/compare", **earlier)).json()
        assert (compared["days_changed"], compared["people_changed"]) == (each["cells"], len(each["people"]))
    untouched = (await desk.call("GET", f"/versions/{version.id}")).json()
    assert untouched["state"] == "published"


async def test_the_trail_tells_who_asked_and_what_came(desk: Office, bench: Bench) -> None:
    run = await done(desk, bench, await asked(desk, await stored(desk), absences=[OUT]))
    found = await desk.session.exec(
        select(AuditEntry).where(col(AuditEntry.action).in_(["run.requested", "version.repaired"]))
    )
    actions = [entry.action for entry in found]
    assert actions.count("run.requested") == 1
    assert actions.count("version.repaired") == len(run["result"]["alternatives"])


async def test_what_nobody_can_do_is_refused_with_reasons_unless_it_may_stay_open(
    desk: Office, bench: Bench
) -> None:
    """With all three out, two are asked for every weekday: nothing legal is left."""
    version = await stored(desk)
    everyone = [{**OUT, "person": person} for person in ("R1", "R2", "R3")]
    before = await versions_of(desk)
    strict = await done(desk, bench, await asked(desk, version, absences=everyone, allow_unmet=False))
    assert strict["state"] == RunState.INFEASIBLE
    assert strict["error"]["code"] == "INFEASIBLE"
    assert "staffing.csv" in {conflict["file"] for conflict in strict["result"]["conflicts"]}
    assert await versions_of(desk) == before
    loose = await done(desk, bench, await asked(desk, version, absences=everyone))
    assert loose["state"] == RunState.SUCCEEDED
    assert loose["result"]["alternatives"][0]["unmet"] > 0
    assert loose["result"]["way_out"]


async def versions_of(office: Office) -> int:
    found = await office.session.exec(
        select(ScheduleVersion.id).where(ScheduleVersion.schedule_id == office.schedule.id)
    )
    return len(found.all())


async def test_a_repair_cancelled_before_it_begins_changes_nothing(desk: Office, bench: Bench) -> None:
    version = await stored(desk)
    answer = await asked(desk, version, absences=[OUT])
    await desk.session.exec(
        update(Run).where(col(Run.id) == answer.json()["id"]).values(cancel_requested_at=now())
    )
    await desk.session.commit()
    assert (await done(desk, bench, answer))["state"] == RunState.CANCELLED
    assert await versions_of(desk) == 1


async def test_somebody_gone_for_good_is_taken_out_of_the_program_for_the_repair(
    desk: Office, bench: Bench
) -> None:
    version = await stored(desk)
    gone = [{"person": "R1", "from_date": str(START + dt.timedelta(14))}]
    run = await done(desk, bench, await asked(desk, version, gone=gone))
    assert run["state"] == RunState.SUCCEEDED, run
    for each in run["result"]["alternatives"]:
        listed = await desk.call(
            "GET",
            f"/versions/{each['version_id']}/assignments",
            person="R1",
            from_date=str(START + dt.timedelta(14)),
        )
        assert listed.json()["items"] == []


async def test_the_same_key_asks_once(office: Office) -> None:
    version = await stored(office)
    path, body = f"/versions/{version.id}/repair", {"from_date": str(START), "absences": [OUT]}
    first = await office.call("POST", path, body, {"Idempotency-Key": "once"})
    again = await office.call("POST", path, body, {"Idempotency-Key": "once"})
    assert (first.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = await office.call("POST", path, {**body, "seed": 2}, {"Idempotency-Key": "once"})
    assert other.status_code == 422


async def test_a_second_run_of_the_schedule_has_to_wait(office: Office) -> None:
    version = await stored(office)
    assert (await asked(office, version, absences=[OUT])).status_code == 202
    refused = await asked(office, version, absences=[OUT])
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "RUN_ACTIVE")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"absences": [{**OUT, "person": "R9"}]}, "/body/absences/0/person"),
        (
            {"absences": [{**OUT, "start_date": "2030-01-01", "end_date": "2030-01-02"}]},
            "/body/absences/0/start_date",
        ),
        ({"gone": [{"person": "R1", "from_date": str(START)}]}, "/body/gone/0/from_date"),
        ({"gone": [{"person": "nobody", "from_date": str(SATURDAY)}]}, "/body/gone/0/person"),
        ({"absences": [{**OUT, "end_date": "2026-01-01"}]}, "/body/absences/0"),
        (
            {
                "absences": [{**OUT, "start_date": str(START), "end_date": str(START)}],
                "from_date": str(SATURDAY),
            },
            "/body/absences/0/end_date",
        ),
        ({"absences": [OUT], "to_date": str(START)}, "/body/absences/0/start_date"),
        (
            {"gone": [{"person": "R1", "from_date": str(SATURDAY)}], "to_date": str(START)},
            "/body/gone/0/from_date",
        ),
        ({"alternatives": 0}, "/body/alternatives"),
    ],
)
async def test_a_change_that_cannot_be_is_named(office: Office, body: dict[str, Any], pointer: str) -> None:
    refused = await asked(office, await stored(office), **body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["error"]["details"]["errors"]] == [pointer]


async def test_a_range_without_a_date_of_the_year_is_refused(office: Office) -> None:
    version = await stored(office)
    late = await asked(office, version, from_date="2030-01-01")
    assert (late.status_code, late.json()["error"]["code"]) == (422, "NOTHING_TO_REPAIR")
    early = await asked(office, version, from_date="2020-01-01", to_date="2020-02-01")
    assert early.json()["error"]["code"] == "NOTHING_TO_REPAIR"


async def test_a_version_without_days_is_refused(office: Office) -> None:
    bare = Schedule(year=ward_schedule().year)
    refused = await asked(office, await stored(office, content=bare), absences=[OUT])
    assert refused.json()["error"]["code"] == "NOTHING_TO_REPAIR"


async def test_a_resident_repairs_nothing(office: Office) -> None:
    version = await stored(office)
    resident = await office.acting_as(Role.RESIDENT)
    assert (await asked(resident, version, absences=[OUT])).status_code == 403
