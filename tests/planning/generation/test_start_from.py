"""Starting a generation from a version, or from what an ended run had found, and what is refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from src.auth.constants import Role
from src.schedules.checkpoints import keep_checkpoint, packed
from src.schedules.constants import RunState, VersionState
from src.schedules.models import Run
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import store_run, store_schedule, store_version, ward_program, ward_schedule
from tests.planning.conftest import Office


async def refused(office: Office, start_from: object) -> str:
    """The message with which a start is refused; nothing is queued then."""
    answer = await office.generate(start_from=str(start_from))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "BAD_START"), answer.text
    message: str = answer.json()["error"]["message"]
    runs = await office.call("GET", f"/programs/{office.program.id}/runs", state="queued")
    assert runs.json()["items"] == []
    return message


async def ended_run(office: Office, state: RunState = RunState.FAILED, **columns: Any) -> Run:
    return await store_run(office.session, office.schedule, state=state, **columns)


async def test_a_run_remembers_the_version_it_starts_from(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    answer = await office.generate(start_from=str(version.id))
    assert answer.status_code == 202, answer.text
    assert answer.json()["options"] == {"start_version_id": str(version.id)}
    assert answer.json()["base_version_id"] is None


async def test_a_version_of_another_schedule_of_the_program_will_do(office: Office) -> None:
    """An imported plan is a schedule of its own."""
    imported = await store_schedule(office.session, office.program.id, "Imported")
    version = await store_version(office.session, imported, state=VersionState.PUBLISHED)
    answer = await office.generate(start_from=str(version.id))
    assert answer.status_code == 202, answer.text


async def test_a_run_that_made_a_version_stands_for_it(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    run = await ended_run(office, RunState.CANCELLED, result_version_id=version.id)
    answer = await office.generate(start_from=str(run.id))
    assert answer.json()["options"] == {"start_version_id": str(version.id)}


async def test_a_failed_run_stands_for_what_it_left(office: Office) -> None:
    run = await ended_run(office)
    await keep_checkpoint(office.session, run.id, await packed(ward_schedule()))
    answer = await office.generate(start_from=str(run.id))
    assert answer.status_code == 202, answer.text
    assert answer.json()["options"] == {"start_run_id": str(run.id)}


async def test_a_run_that_left_nothing_is_no_start(office: Office) -> None:
    run = await ended_run(office)
    assert "left nothing" in await refused(office, run.id)


async def test_a_run_at_work_is_no_start(office: Office) -> None:
    other = await store_schedule(office.session, office.program.id, "Other")
    run = await store_run(office.session, other, state=RunState.RUNNING)
    assert "still at work" in await refused(office, run.id)


async def test_what_is_not_there_and_what_is_anothers_cannot_be_told_apart(office: Office) -> None:
    elsewhere = await store_program(office.session, ward_program())
    schedule = await store_schedule(office.session, elsewhere.id)
    version = await store_version(office.session, schedule)
    run = await store_run(office.session, schedule, state=RunState.FAILED)
    await keep_checkpoint(office.session, run.id, await packed(ward_schedule()))
    said = {await refused(office, each) for each in (uuid4(), version.id, run.id)}
    assert said == {"There is no version and no run of this program with that id to start from."}


@pytest.mark.parametrize("start", ["yesterday", 7, ["a"]])
async def test_a_start_that_is_no_id_is_refused(office: Office, start: object) -> None:
    answer = await office.generate(start_from=start)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_ERROR")


async def test_who_does_not_build_cannot_start_from_anything(office: Office) -> None:
    version = await store_version(office.session, office.schedule, state=VersionState.PUBLISHED)
    resident = await office.acting_as(Role.RESIDENT)
    answer = await resident.generate(start_from=str(version.id))
    assert answer.status_code == 403
