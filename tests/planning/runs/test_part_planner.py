"""The place of one who makes a run's year plans, on the board in a real Redis: told, lost, foreign."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from redis import Redis

import src
from src.health import WORKERS_KEY
from src.interchange.schedule import SolveStatus
from src.models import new_id
from src.planning.runs import part_planner
from src.planning.runs.part_board import PartBoard
from src.planning.runs.part_job import PartEnd, execute_part
from src.planning.runs.part_offer import OtherWorkers
from src.planning.runs.part_planner import PartPlanner, files_that_prove, version_of_proofs
from src.planning.runs.part_words import (
    UnreadableError,
    packed_bounds,
    packed_outcome,
    read_bounds,
    read_outcome,
)
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RunState
from src.solver.parts.planner import NO_PLAN, NOTHING_PROVED, PlanTask
from src.solver.year.outcome import YearBounds, YearOutcome
from tests.planning.conftest import Bench
from tests.solver.daily.test_lanes import IN_TURN, one_week_ward
from tests.solver.world import plan_of
from tests.unreachable import unreachable_redis_url

TASK = PlanTask(1, 30.0, 3)
PLAN = plan_of([("A", 7)], **IN_TURN)
PROVED = YearBounds(
    (Decimal(0), None, Decimal("-2.5")), PLAN, (Decimal(0), Decimal(3)), frozenset({2}), is_first_proved=True
)
MADE = YearOutcome(
    SolveStatus.FEASIBLE, PLAN, (Decimal(0), Decimal(3)), frozenset({2}), short=1, is_hurried=True
)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def board(redis: Redis) -> PartBoard:
    return PartBoard(redis, new_id(), new_id())


@pytest.fixture
def asked(board: PartBoard, monkeypatch: pytest.MonkeyPatch) -> Iterator[PartPlanner]:
    monkeypatch.setattr("src.planning.runs.part_beat.BEAT_SECONDS", 0.02)
    planner = PartPlanner(board, TASK, lambda _: None)
    planner.begin()
    yield planner
    planner.withdraw()


@pytest.mark.parametrize("bounds", [PROVED, NOTHING_PROVED, YearBounds((), is_infeasible=True)], ids=str)
def test_bounds_are_read_as_they_were_told(bounds: YearBounds) -> None:
    assert read_bounds(packed_bounds(bounds)) == bounds


@pytest.mark.parametrize("made", [MADE, NO_PLAN], ids=str)
def test_plans_are_read_as_they_were_told(made: YearOutcome) -> None:
    assert read_outcome(packed_outcome(made)) == made


@pytest.mark.parametrize("read", [read_bounds, read_outcome])
@pytest.mark.parametrize(
    "raw", [b"", b"{}", packed_bounds(PROVED)[:-4]], ids=["nothing", "no zip", "cut off"]
)
def test_what_cannot_be_read_is_said_to_be(read: Callable[[bytes], object], raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(raw)


def test_what_is_told_reaches_the_run(board: PartBoard, asked: PartPlanner) -> None:
    assert board.read_planning(1, version_of_proofs()) == TASK
    assert board.take(1, "one")
    board.tell_bounds(PROVED)
    assert asked.proof.result(timeout=20) == PROVED
    assert asked.is_busy
    board.tell_plan(MADE)
    assert asked.made.result(timeout=20) == MADE
    assert not asked.is_busy


def test_another_version_of_the_program_finds_nothing_to_do(board: PartBoard, asked: PartPlanner) -> None:
    """What it proves could not be trusted."""
    assert board.read_planning(1, "another") is None
    assert board.read(1) is None


@pytest.mark.parametrize(
    "what", ["solver/engine.py", "planning/limits.py", "compliance/packs/documents/us-ny-405/405.4.toml"]
)
def test_what_sets_the_limits_of_a_proof_is_part_of_its_version(what: str) -> None:
    """A worker with other limits proved a program impossible that is not, and was believed."""
    assert Path(src.__path__[0], what) in files_that_prove()


def test_a_version_is_told_by_what_its_files_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "limits.py"
    monkeypatch.setattr(part_planner, "files_that_prove", lambda: [file])
    told = []
    for hours in (80, 60, 80):
        file.write_text(f"WEEKLY_HOURS = {hours}", encoding="utf-8")
        told.append(version_of_proofs.__wrapped__())
    assert told[0] == told[2] != told[1]


def test_nobody_waits_for_who_does_not_come(
    board: PartBoard, asked: PartPlanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_planner, "SECONDS_TO_BE_TAKEN", 0.1)
    assert asked.made.result(timeout=20) == NO_PLAN
    assert asked.proof.result(timeout=20) == NOTHING_PROVED
    assert not board.take(1, "late")


def test_a_place_whose_taker_fell_silent_is_sent_again_and_then_given_up(
    board: PartBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.planning.runs.part_beat.BEAT_SECONDS", 0.02)
    monkeypatch.setattr(part_planner, "SECONDS_TO_BE_TAKEN", 0.5)
    sent: list[int] = []
    planner = PartPlanner(board, TASK, sent.append)
    board.take(1, "one")
    board.count_try(1)
    planner.begin()
    board.give_back(1, "one")  # what Redis does when a taker falls silent
    assert planner.made.result(timeout=20) == NO_PLAN
    planner.withdraw()
    assert sent == [1, 1]


def test_a_redis_begun_anew_ends_the_wait(redis: Redis, board: PartBoard, asked: PartPlanner) -> None:
    board.take(1, "one")
    board.take_down([1])
    assert asked.made.result(timeout=20) == NO_PLAN


def test_what_cannot_be_read_ends_the_wait(redis: Redis, board: PartBoard, asked: PartPlanner) -> None:
    board.take(1, "one")
    (key,) = redis.keys("rounds:parts:*:1:asked")
    redis.set(key.decode().replace("1:asked", "proof"), b"no bounds")
    assert asked.proof.result(timeout=20) == NOTHING_PROVED


def test_a_withdrawn_place_leaves_nothing_behind(redis: Redis, asked: PartPlanner) -> None:
    asked.withdraw()
    assert asked.made.result(timeout=0) == NO_PLAN
    assert redis.keys("rounds:parts:*") == []


def test_who_makes_plans_is_not_there_for_parts(redis: Redis) -> None:
    now = time.time()
    redis.zadd(WORKERS_KEY, {f"worker {number}": now for number in range(3)})
    others = OtherWorkers(redis, new_id(), ScheduleSettings(run_helpers=3), lambda *_: None)
    planner = others.make_plans(30.0, 1)
    assert planner is not None
    assert others.helpers() == 1
    planner.withdraw()
    assert others.helpers() == 2


def test_without_redis_nobody_makes_plans() -> None:
    with Redis.from_url(unreachable_redis_url(), socket_connect_timeout=0.2) as nowhere:
        assert OtherWorkers(nowhere, new_id(), ScheduleSettings()).make_plans(30.0, 1) is None


async def test_a_worker_proves_and_plans(bench: Bench, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.planning.runs.part_board.SILENT_AFTER_SECONDS", 600)
    run = await bench.queue(one_week_ward(), state=RunState.RUNNING)
    round_id = UUID(int=9)
    board = PartBoard(redis, run.id, round_id)
    board.keep()
    board.put_planning(TASK, version_of_proofs())
    maker = bench.runtime.session_maker
    ended = await asyncio.to_thread(execute_part, bench.runtime, maker, redis, run.id, round_id, 1)
    assert ended is PartEnd.ANSWERED
    assert board.bounds_told() is not None
    made = board.plan_told()
    assert made is not None
    assert made.plan is not None
