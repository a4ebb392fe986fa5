"""Asking for a schedule: what is queued, what is refused at once, and that asking again asks once."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src import jobs
from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.config import get_settings
from src.models import now
from src.rate_limits import RateLimiter
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RUN_TASK, RunState
from src.schedules.models import InputSnapshot, Run
from src.schedules.sweeper import sweep
from tests.factories.auth import make_member, sign_in
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import store_run, store_schedule, store_version, store_ward, ward_program
from tests.planning.conftest import Office, OfficeOf
from tests.planning.wards import long_ward, short_ward
from tests.unreachable import unreachable_redis_url

QUEUE = "celery"


def error_of(answer: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    return error


async def runs_of(office: Office) -> list[Run]:
    found = await office.session.exec(
        select(Run).where(Run.schedule_id == office.schedule.id).execution_options(populate_existing=True)
    )
    return list(found.all())


async def test_a_run_is_queued_and_its_place_told(office: Office, redis_url: str) -> None:
    answer = await office.generate(scope="both", time_limit_seconds=20, seed=7, workers=1)
    assert answer.status_code == 202, answer.text
    run = answer.json()
    assert answer.headers["Location"] == f"/api/v1/runs/{run['id']}"
    assert (run["state"], run["seed"], run["time_limit_seconds"]) == ("queued", 7, 20)
    assert run["academic_blocks"] == [1]
    read = await office.call("GET", f"/runs/{run['id']}")
    assert read.json() == run
    async with Redis.from_url(redis_url) as redis:
        popped = await redis.blpop([QUEUE], timeout=5)  # waits: the message leaves after the answer
        assert popped is not None
        message = popped[1]
    sent = json.loads(message)
    assert sent["headers"]["task"] == RUN_TASK
    assert json.loads(base64.b64decode(sent["body"]))[0] == [run["id"]]


async def test_a_run_keeps_its_inputs_and_is_told_in_the_trail(office: Office) -> None:
    pin = {"person": "R1", "block": 1, "rotation": "WARD"}
    answer = await office.generate(pins=[pin])
    (run,) = await runs_of(office)
    snapshot = await office.session.get_one(InputSnapshot, run.snapshot_id)
    assert "R1,1,WARD" in snapshot.files["pins.csv"]
    entry = (await office.session.exec(select(AuditEntry).where(AuditEntry.action == "run.requested"))).one()
    assert (entry.entity_id, entry.content_hash) == (run.id, snapshot.sha256)
    assert entry.counts == {"academic_blocks": 1, "pins": 1}
    assert entry.request_id == run.request_id == answer.headers["X-Request-ID"]


async def test_the_same_key_and_body_get_the_same_answer_and_one_run(office: Office) -> None:
    first = await office.generate(key="k1", seed=3)
    again = await office.generate(key="k1", seed=3)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert len(await runs_of(office)) == 1


async def test_the_same_key_with_another_body_is_refused(office: Office) -> None:
    await office.generate(key="k1", seed=3)
    answer = await office.generate(key="k1", seed=4)
    assert (answer.status_code, error_of(answer)["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_a_schedule_has_one_active_run(office: Office) -> None:
    await office.generate()
    answer = await office.generate(seed=2)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "RUN_ACTIVE")


async def test_a_program_has_a_limit_of_active_runs(office: Office) -> None:
    for name in ("A", "B", "C"):
        await store_run(office.session, await store_schedule(office.session, office.program.id, name))
    answer = await office.generate()
    assert (answer.status_code, error_of(answer)["code"]) == (409, "TOO_MANY_RUNS")
    assert error_of(answer)["details"] == {"limit": 3}


async def test_requests_side_by_side_cannot_pass_the_limit(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        program = await store_program(session, ward_program())
        schedules = [await store_schedule(session, program.id, name) for name in "ABCDEF"]
        headers = await sign_in(session, await make_member(session, program, Role.COORDINATOR))
    answers = await asyncio.gather(
        *(
            fresh_client.post(f"/api/v1/schedules/{one.id}/generate", json={}, headers=headers)
            for one in schedules
        )
    )
    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [409] * 3


@pytest.mark.parametrize(
    ("first", "last", "status", "code"),
    [(2, None, 422, "BAD_BLOCKS"), (1, 9, 422, "BAD_BLOCKS"), (2, 1, 422, "VALIDATION_ERROR")],
)
async def test_blocks_beyond_the_year_are_refused(
    office: Office, first: int, last: int | None, status: int, code: str
) -> None:
    answer = await office.generate(first_block=first, last_block=last)
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)
    assert await runs_of(office) == []


async def test_every_bad_pin_is_named_by_its_place(office: Office) -> None:
    answer = await office.generate(
        pins=[
            {"person": "R1", "block": 1, "rotation": "WARD"},
            {"person": "NOBODY", "block": 1, "rotation": "WARD"},
            {"person": "R1", "block": 2, "rotation": "WARD"},
            {"person": "R1", "block": 1, "rotation": "NOWHERE"},
            {"person": "R1", "date": "2026-07-04", "call": "NONE"},
            {"person": "R1", "date": "2025-07-04", "call": "WE"},
        ]
    )
    assert (answer.status_code, error_of(answer)["code"]) == (422, "BAD_PIN")
    assert [error["pointer"] for error in error_of(answer)["details"]["errors"]] == [
        "/body/pins/1/person",
        "/body/pins/2/block",
        "/body/pins/3/rotation",
        "/body/pins/4/call",
        "/body/pins/5/date",
    ]
    assert await runs_of(office) == []


async def test_pins_that_contradict_each_other_are_named(office_of: OfficeOf) -> None:
    ward = ward_program()
    office = await office_of(
        replace(ward, rotations=(*ward.rotations, replace(ward.rotations[0], id="ELECT", name="Elective")))
    )
    pins = [{"person": "R1", "block": 1, "rotation": rotation} for rotation in ("WARD", "ELECT")]
    answer = await office.generate(pins=pins)
    (error,) = error_of(answer)["details"]["errors"]
    assert error["pointer"] == "/body/pins/1/rotation"
    assert "WARD" in error["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"pins": [{"person": "R1"}]},
        {"seed": True},
        {"time_limit_seconds": 0},
        {"deterministic_limit": True},
        {"deterministic_limit": "1.5"},
        {"scope": "week"},
        {"nonsense": 1},
    ],
)
async def test_a_body_of_another_form_is_refused(office: Office, body: dict[str, Any]) -> None:
    answer = await office.generate(**body)
    assert (answer.status_code, error_of(answer)["code"]) == (422, "VALIDATION_ERROR")
    assert error_of(answer)["details"]["errors"]


async def test_a_pin_of_no_kind_is_named_by_its_place_in_the_body(office: Office) -> None:
    """Pointers led to the classes that a pin might have been of, and named a field once for each."""
    answer = await office.generate(pins=[{"block": 1, "rotation": "WARD", "call": "WE"}])
    errors = [(each["pointer"], each["code"]) for each in error_of(answer)["details"]["errors"]]
    assert ("/body/pins/0/person", "missing") in errors
    assert len(errors) == len(set(errors))
    assert {pointer.rpartition("/")[0] for pointer, _ in errors} == {"/body/pins/0"}


async def test_daily_needs_a_year_plan_to_keep(office: Office) -> None:
    answer = await office.generate(scope="daily")
    assert (answer.status_code, error_of(answer)["code"]) == (422, "BAD_BASE_VERSION")


async def test_daily_takes_the_newest_version_unless_one_is_named(office: Office) -> None:
    await store_version(office.session, office.schedule)
    newest = await store_version(office.session, office.schedule)
    answer = await office.generate(scope="daily")
    assert answer.json()["base_version_id"] == str(newest.id)


async def test_daily_names_the_blocks_without_a_year_plan(office_of: OfficeOf) -> None:
    office = await office_of(long_ward())
    await store_version(office.session, office.schedule, program=long_ward())
    answer = await office.generate(scope="daily")
    assert (answer.status_code, error_of(answer)["code"]) == (422, "BAD_BASE_VERSION")
    assert error_of(answer)["details"] == {"academic_blocks": [2]}
    assert (await office.generate(scope="daily", last_block=1)).status_code == 202


async def test_a_base_version_of_another_schedule_is_refused(office: Office) -> None:
    _, _, other = await store_ward(office.session)
    for base in (str(other.id), "00000000-0000-0000-0000-000000000001"):
        answer = await office.generate(base_version_id=base)
        assert (answer.status_code, error_of(answer)["code"]) == (422, "BAD_BASE_VERSION")


async def test_a_shortage_that_counting_finds_is_named_by_file_and_row(office_of: OfficeOf) -> None:
    office = await office_of(short_ward())
    answer = await office.generate()
    assert (answer.status_code, error_of(answer)["code"]) == (422, "SHORTAGE")
    conflicts = error_of(answer)["details"]["conflicts"]
    assert ("coverage.csv", 2) in {(conflict["file"], conflict["row"]) for conflict in conflicts}
    assert any("WARD" in conflict["message"] for conflict in conflicts)
    assert await runs_of(office) == []
    assert (await office.generate(allow_unmet=True)).status_code == 202


async def test_an_unknown_rule_pack_is_named_before_anything_is_queued(office_of: OfficeOf) -> None:
    office = await office_of(replace(ward_program(), rule_packs=("mars-2040",)))
    answer = await office.generate()
    assert (answer.status_code, error_of(answer)["code"]) == (422, "RULE_PACK_UNKNOWN")
    assert error_of(answer)["details"] == {"rule_packs": ["mars-2040"]}


async def test_nothing_is_generated_into_what_is_archived(office: Office) -> None:
    office.program.archived_at = now()
    office.session.add(office.program)
    await office.session.commit()
    answer = await office.generate()
    assert (answer.status_code, error_of(answer)["code"]) == (409, "PROGRAM_ARCHIVED")
    office.program.archived_at, office.schedule.archived_at = None, now()
    office.session.add_all([office.program, office.schedule])
    await office.session.commit()
    answer = await office.generate()
    assert (answer.status_code, error_of(answer)["code"]) == (409, "SCHEDULE_ARCHIVED")


@pytest.mark.parametrize(("role", "status"), [(Role.CHIEF, 202), (Role.FACULTY, 404), (Role.RESIDENT, 404)])
async def test_chiefs_generate_others_know_of_no_schedule(office: Office, role: Role, status: int) -> None:
    assert (await (await office.acting_as(role)).generate()).status_code == status


@pytest.fixture
def hanging_redis_url() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


@pytest.mark.parametrize("kind", ["dead", "hanging"])
async def test_without_redis_the_request_answers_and_the_sweeper_sends_later(
    office: Office,
    running_app: FastAPI,
    session_maker: async_sessionmaker[AsyncSession],
    hanging_redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    url = hanging_redis_url if kind == "hanging" else unreachable_redis_url()
    limiter, before = RateLimiter(url), running_app.state.rate_limiter
    running_app.state.rate_limiter = limiter
    monkeypatch.setenv("REDIS_URL", url)
    get_settings.cache_clear()
    jobs.producer.cache_clear()
    try:
        asked = time.monotonic()
        answer = await office.generate()
        assert answer.status_code == 202, answer.text
        assert time.monotonic() - asked < 4
        await jobs.drain()
    finally:
        running_app.state.rate_limiter = before
        await limiter.close()
        monkeypatch.undo()
        get_settings.cache_clear()
        jobs.producer.cache_clear()
    sent: list[tuple[str, str]] = []
    patient = ScheduleSettings(run_resend_after_seconds=60)
    assert await sweep(session_maker, patient, lambda name, job: sent.append((name, str(job)))) == 0
    quick = ScheduleSettings(run_resend_after_seconds=0.001)
    assert await sweep(session_maker, quick, lambda name, job: sent.append((name, str(job)))) == 1
    assert sent == [(RUN_TASK, answer.json()["id"])]


async def test_a_queued_run_is_cancelled_at_once(office: Office) -> None:
    run = (await office.generate()).json()
    answer = await office.call("POST", f"/runs/{run['id']}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")
    again = await office.call("POST", f"/runs/{run['id']}/cancel")
    assert (again.status_code, error_of(again)["code"]) == (409, "RUN_FINISHED")
    assert (await office.generate()).status_code == 202


async def test_a_running_run_is_asked_to_stop_once(office: Office) -> None:
    run = await store_run(office.session, office.schedule, state=RunState.RUNNING)
    for _ in range(2):
        answer = await office.call("POST", f"/runs/{run.id}/cancel")
        assert (answer.status_code, answer.json()["state"]) == (202, "running")
        assert answer.json()["cancel_requested_at"] is not None
    entries = await office.session.exec(select(AuditEntry).where(col(AuditEntry.action) == "run.cancelled"))
    assert len(entries.all()) == 1


async def test_runs_are_listed_by_schedule_and_state(office: Office) -> None:
    other = await store_schedule(office.session, office.program.id, "Other")
    await store_run(office.session, other, state=RunState.FAILED)
    run = (await office.generate()).json()
    path = f"/programs/{office.program.id}/runs"
    listed = (await office.call("GET", path)).json()
    assert (listed["total"], listed["items"][0]["id"]) == (2, run["id"])
    for params in ({"schedule_id": str(office.schedule.id)}, {"state": "queued"}):
        assert [row["id"] for row in (await office.call("GET", path, **params)).json()["items"]] == [
            run["id"]
        ]
    assert (await office.call("GET", path, state="lost")).status_code == 422


async def test_a_run_of_another_program_is_not_there(office: Office, office_of: OfficeOf) -> None:
    elsewhere = await office_of(ward_program())
    run = (await elsewhere.generate()).json()
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/cancel")):
        answer = await office.call(method, f"/runs/{run['id']}{path}")
        assert (answer.status_code, error_of(answer)["code"]) == (404, "RUN_NOT_FOUND")
