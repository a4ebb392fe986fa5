"""A run from its claim to its end, on a real database: what is kept, what is not, and that it ends once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import col, delete, select, update

import src.solver.engine
from src.assignments.models import Assignment, YearAssignment
from src.auth.models import AuditEntry
from src.compliance.check import check
from src.embedded import Embedded
from src.interchange.schedule import Scope, SolveStatus
from src.models import new_id, now
from src.planning.generation.solve_program import SHARE_TO_JUDGE
from src.programs.models import Clinic, Person
from src.schedules.constants import RunState, VersionState
from src.schedules.leases import claim, take_lost
from src.schedules.models import InputSnapshot, Run, Schedule
from src.solver.problem import Problem, Progress, ProgressSink
from src.solver.result import Result
from src.solver.stop import Stop
from tests.factories.schedules_db import PEOPLE, store_version, ward_program, ward_schedule
from tests.planning.conftest import Bench
from tests.planning.wards import restless_ward, stuck_ward


def is_at_work(run: Run) -> bool:
    """A first schedule is there, and the search goes on."""
    return run.state is RunState.RUNNING and run.progress.get("layer") == "daily" and run.fraction > 0.6


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """An engine that has a schedule at once and uses all the seconds it is given, which are told."""
    given: list[float] = []

    def search_to_the_end(problem: Problem, stop: Stop, progress: ProgressSink) -> Result:
        given.append(stop.remaining)
        progress(Progress(stop.seconds, "days and calls: improving", 0.7, "daily"))
        while not stop.reached:
            time.sleep(0.02)
        return Result(SolveStatus.FEASIBLE, ward_schedule(problem.program))

    monkeypatch.setattr(src.solver.engine, "solve", search_to_the_end)
    return given


async def change(bench: Bench, run: Run, **columns: Any) -> None:
    async with bench.maker() as session:
        await session.exec(update(Run).where(col(Run.id) == run.id).values(**columns))
        await session.commit()


async def test_a_run_ends_in_a_new_draft_version_and_tells_its_steps(bench: Bench) -> None:
    run = await bench.queue(ward_program(), time_limit_seconds=30, request_id="asked-for-1")
    assert await bench.work(run) is RunState.SUCCEEDED
    ended = await bench.read(run)
    (version,) = await bench.versions(run)
    assert ended.result_version_id == version.id
    assert (version.number, version.state, version.scope) == (1, VersionState.DRAFT, Scope.BOTH)
    assert await bench.count(YearAssignment, version.id) == len(PEOPLE)
    assert await bench.count(Assignment, version.id) > 60
    assert ended.result is not None
    assert ended.result["status"] in ("optimal", "feasible")
    assert ended.result["hard"] == 0
    assert (ended.error, ended.fraction, ended.lease_owner) == (None, 1.0, None)
    events = await bench.events(run)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert [event.data["state"] for event in events if event.kind == "state"] == ["running", "succeeded"]
    assert {"progress", "state"} == {event.kind for event in events}
    async with bench.maker() as session:
        found = await session.exec(select(AuditEntry).where(AuditEntry.action == "version.generated"))
        entry = found.one()
    assert (entry.request_id, entry.entity_id) == ("asked-for-1", version.id)


async def test_a_run_on_a_version_makes_another_and_leaves_the_first(bench: Bench) -> None:
    run = await bench.queue(ward_program(), scope=Scope.DAILY, time_limit_seconds=30)
    async with bench.maker() as session:
        base = await store_version(session, await session.get_one(Schedule, run.schedule_id))
    await change(bench, run, base_version_id=base.id)
    before = await bench.count(Assignment, base.id)
    assert await bench.work(run) is RunState.SUCCEEDED
    first, second = sorted(await bench.versions(run), key=lambda version: version.number)
    assert (second.number, second.based_on_id) == (2, first.id)
    assert (first.revision, await bench.count(Assignment, base.id)) == (1, before)


async def test_a_run_leaves_judging_and_saving_a_part_of_its_limit(
    bench: Bench, patient: list[float]
) -> None:
    run = await bench.queue(ward_program(), time_limit_seconds=3)
    assert await bench.work(run) is RunState.SUCCEEDED
    assert 0 < patient[0] <= 3 * (1 - SHARE_TO_JUDGE)


async def test_an_infeasible_program_ends_with_its_conflicts_and_no_version(bench: Bench) -> None:
    run = await bench.queue(stuck_ward())
    assert await bench.work(run) is RunState.INFEASIBLE
    ended = await bench.read(run)
    assert ended.error is not None
    assert ended.error["code"] == "INFEASIBLE"
    assert ended.result is not None
    assert [(row["file"], row["row"]) for row in ended.result["conflicts"]] == [("successions.csv", 2)]
    assert await bench.versions(run) == []


async def test_a_limit_that_ends_with_nothing_fails_and_says_so(bench: Bench) -> None:
    run = await bench.queue(ward_program(), deterministic_limit=1e-9, workers=1)
    assert await bench.work(run) is RunState.FAILED
    ended = await bench.read(run)
    assert ended.error is not None
    assert ended.error["code"] == "NOTHING_FOUND"
    assert await bench.versions(run) == []


async def test_what_breaks_in_the_engine_fails_the_run_and_changes_nothing(bench: Bench) -> None:
    run = await bench.queue(ward_program(), scope=Scope.DAILY)  # there is no year plan to keep
    assert await bench.work(run) is RunState.FAILED
    ended = await bench.read(run)
    assert ended.error is not None
    assert ended.error["code"] == "ENGINE_ERROR"
    assert "Traceback" not in ended.error["message"]
    assert await bench.versions(run) == []


async def test_inputs_that_cannot_be_read_any_more_fail_the_run(bench: Bench) -> None:
    run = await bench.queue(ward_program())
    async with bench.maker() as session:
        snapshot = await session.get_one(InputSnapshot, run.snapshot_id)
        snapshot.files = {**snapshot.files, "people.csv": "nonsense\n"}
        session.add(snapshot)
        await session.commit()
    assert await bench.work(run) is RunState.FAILED
    ended = await bench.read(run)
    assert ended.error is not None
    assert ended.error["code"] == "INPUTS_UNREADABLE"
    assert "people.csv" in ended.error["message"]


async def test_what_the_checker_refuses_is_never_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine with a defect is the case for which the checker is there."""

    def forgetful(problem: Problem, stop: Stop, progress: ProgressSink) -> Result:
        whole = ward_schedule(problem.program)
        assert check(problem.program, whole).ok
        return Result(SolveStatus.FEASIBLE, replace(whole, assignments=whole.assignments[1:]))

    monkeypatch.setattr(src.solver.engine, "solve", forgetful)
    run = await bench.queue(ward_program())
    assert await bench.work(run) is RunState.FAILED
    ended = await bench.read(run)
    assert ended.error is not None
    assert ended.error["code"] == "ILLEGAL_SCHEDULE"
    assert await bench.versions(run) == []


async def test_memory_that_is_not_there_fails_the_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(problem: Problem, stop: Stop, progress: ProgressSink) -> Result:
        raise MemoryError

    monkeypatch.setattr(src.solver.engine, "solve", greedy)
    run = await bench.queue(ward_program())
    assert await bench.work(run) is RunState.FAILED
    ended = await bench.read(run)
    assert ended.error is not None
    assert ended.error["code"] == "OUT_OF_MEMORY"


async def test_someone_who_leaves_the_program_meanwhile_fails_the_run(bench: Bench) -> None:
    run = await bench.queue(restless_ward(), time_limit_seconds=60)
    working = asyncio.create_task(bench.work(run))
    await bench.until(run, is_at_work)
    async with bench.maker() as session:
        gone = select(Person.id).where(Person.code == "R3")
        await session.exec(delete(Clinic).where(col(Clinic.person_id).in_(gone)))
        await session.exec(delete(Person).where(Person.code == "R3"))
        await session.commit()
    await change(bench, run, cancel_requested_at=now())
    assert await working is RunState.FAILED
    ended = await bench.read(run)
    assert ended.error is not None
    assert ended.error["code"] == "INPUTS_GONE"
    assert await bench.versions(run) == []


async def test_a_cancel_stops_within_two_seconds_and_keeps_the_best_found(bench: Bench) -> None:
    run = await bench.queue(restless_ward(), time_limit_seconds=60)
    working = asyncio.create_task(bench.work(run))
    await bench.until(run, is_at_work)
    asked = time.process_time()
    await change(bench, run, cancel_requested_at=now())
    assert await working is RunState.CANCELLED
    assert time.process_time() - asked < 2, "in seconds of work, whatever else the machine does"
    (version,) = await bench.versions(run)
    ended = await bench.read(run)
    assert ended.result_version_id == version.id
    assert await bench.count(Assignment, version.id) > 60


async def test_a_cancel_before_anything_is_found_ends_without_a_version(bench: Bench) -> None:
    run = await bench.queue(restless_ward(), time_limit_seconds=60)
    async with bench.maker() as session, session.begin():
        # The claim is through, the solve waits for its inputs: the cancel comes first.
        await session.exec(sa.text("LOCK TABLE input_snapshot"))
        working = asyncio.create_task(bench.work(run))
        await bench.until(run, lambda found: found.state is RunState.RUNNING)
        await change(bench, run, cancel_requested_at=now())
        await asyncio.sleep(0.3)
    assert await working is RunState.CANCELLED
    assert await bench.versions(run) == []


async def test_a_worker_that_lost_its_lease_stops_and_keeps_nothing(bench: Bench) -> None:
    run = await bench.queue(restless_ward(), time_limit_seconds=60)
    working = asyncio.create_task(bench.work(run))
    await bench.until(run, is_at_work)
    await change(bench, run, lease_owner=new_id())
    async with asyncio.timeout(50):
        assert await working is None
    assert await bench.versions(run) == []
    assert (await bench.read(run)).state is RunState.RUNNING


async def test_a_run_of_a_leaving_worker_is_handed_back_and_ended_by_the_next(bench: Bench) -> None:
    run = await bench.queue(restless_ward(), time_limit_seconds=90)
    is_leaving = False
    working = asyncio.create_task(bench.work(run, leaving=lambda: is_leaving))
    await bench.until(run, is_at_work)
    is_leaving = True
    assert await working is RunState.QUEUED
    waiting = await bench.read(run)
    assert (waiting.attempts, waiting.lease_owner, waiting.enqueued_at) == (0, None, None)
    assert await bench.versions(run) == []
    working = asyncio.create_task(bench.work(run))
    taken_up = await bench.until(run, is_at_work)
    assert taken_up.started_at == waiting.started_at
    await change(bench, run, cancel_requested_at=now())
    assert await working is RunState.CANCELLED
    assert len(await bench.versions(run)) == 1
    steps = [event.data for event in await bench.events(run) if event.kind == "state"]
    assert [step["state"] for step in steps] == ["running", "queued", "running", "cancelled"]
    assert steps[2]["seconds_left"] == steps[1]["seconds_left"] < 90


async def test_a_cancel_is_obeyed_by_a_leaving_worker(bench: Bench) -> None:
    run = await bench.queue(restless_ward(), time_limit_seconds=60)
    is_leaving = False
    working = asyncio.create_task(bench.work(run, leaving=lambda: is_leaving))
    await bench.until(run, is_at_work)
    await change(bench, run, cancel_requested_at=now())
    is_leaving = True
    assert await working is RunState.CANCELLED
    assert len(await bench.versions(run)) == 1


async def test_a_doubled_message_is_done_once(bench: Bench) -> None:
    run = await bench.queue(ward_program(), scope=Scope.YEAR)
    states = await asyncio.gather(*(bench.work(run) for _ in range(4)))
    assert sorted(map(str, states)) == ["None", "None", "None", "succeeded"]
    assert await bench.work(run) is None
    assert len(await bench.versions(run)) == 1


async def until_its_save_outlasts_the_lease(bench: Bench, run: Run) -> None:
    """A lease may run out on a busy machine before the save has begun: then the row is not locked yet."""
    free = select(Run.id).where(Run.id == run.id).with_for_update(skip_locked=True)
    async with asyncio.timeout(60):
        while True:
            found = await bench.read(run)
            if found.lease_until is not None and found.lease_until < now():
                async with bench.maker() as session:
                    if (await session.exec(free)).one_or_none() is None:
                        return
            await asyncio.sleep(0.05)


async def test_a_save_that_outlasts_the_lease_is_nobody_elses(bench: Bench) -> None:
    """The beat waits behind the saving transaction, the lease runs out, and still nobody can take the run."""
    run = await bench.queue(ward_program(), scope=Scope.YEAR)
    async with bench.maker() as blocking, blocking.begin():
        await blocking.get_one(Schedule, run.schedule_id, with_for_update=True)
        working = asyncio.create_task(bench.work(run, run_lease_seconds=1.1))
        await until_its_save_outlasts_the_lease(bench, run)
        async with bench.maker() as session:
            assert await take_lost(session, resend_after_seconds=-1) == []
            assert await claim(session, run.id, lease_seconds=8, max_attempts=3) is None
    assert await working is RunState.SUCCEEDED
    assert len(await bench.versions(run)) == 1
    assert (await bench.read(run)).attempts == 1


@pytest.mark.usefixtures("patient")
async def test_connections_cut_in_mid_run_cost_nothing(bench: Bench, cut: Callable[[], None]) -> None:
    run = await bench.queue(ward_program(), time_limit_seconds=3)
    working = asyncio.create_task(bench.work(run))
    await bench.until(run, is_at_work)
    cut()
    assert await working is RunState.SUCCEEDED
    assert len(await bench.versions(run)) == 1


@pytest.mark.usefixtures("patient")
async def test_a_result_waits_for_a_database_that_is_away(bench: Bench, away: Callable[[], Any]) -> None:
    """The limit ends while the server is away; what was found is kept when it is back."""
    run = await bench.queue(ward_program(), time_limit_seconds=4)
    working = asyncio.create_task(bench.work(run))
    await bench.until(run, is_at_work)
    async with away():
        await asyncio.sleep(4.5)
        assert not working.done()
    assert await working is RunState.SUCCEEDED
    assert len(await bench.versions(run)) == 1


async def test_a_database_that_is_away_at_the_claim_leaves_the_run_to_the_sweeper(
    bench: Bench, away: Callable[[], Any]
) -> None:
    run = await bench.queue(ward_program())
    async with away():
        assert await bench.work(run) is None
    assert (await bench.read(run)).state is RunState.QUEUED


@pytest.fixture
def cut(servers: Embedded, fresh_database_url: str) -> Callable[[], None]:
    """Ends every connection to the test's database, as a restart of the server does."""

    def end_connections() -> None:
        _administer(servers, f"{_TERMINATE} '{sa.make_url(fresh_database_url).database}'")

    return end_connections


@pytest.fixture
def away(servers: Embedded, fresh_database_url: str) -> Callable[[], Any]:
    """Takes the test's database away and brings it back."""
    name = sa.make_url(fresh_database_url).database

    @asynccontextmanager
    async def taken_away() -> AsyncIterator[None]:
        _administer(servers, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            _administer(servers, f"{_TERMINATE} '{name}'")
            yield
        finally:
            _administer(servers, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    return taken_away


_TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="


def _administer(servers: Embedded, statement: str) -> None:
    plain = sa.make_url(servers.database_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement.encode())
