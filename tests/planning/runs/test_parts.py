"""Parts of a run on the board in a real Redis: taken once, answered, lost, withdrawn."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from uuid import UUID

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from src.health import WORKERS_KEY
from src.models import new_id
from src.planning.runs import part_offer
from src.planning.runs.part_board import MOST_TRIES, SILENT_AFTER_SECONDS, PartBoard
from src.planning.runs.part_job import PartEnd, execute_part
from src.planning.runs.part_offer import OtherWorkers, PartOffer
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RunState
from src.schedules.models import Run
from src.solver.parts.part import DayPart, PartAnswer
from src.solver.stop import Stop
from tests.planning.conftest import Bench
from tests.solver.daily.test_lanes import IN_TURN, one_week_ward
from tests.solver.world import plan_of
from tests.unreachable import unreachable_redis_url

PLAN = plan_of(**IN_TURN)
PART = DayPart(1, PLAN, (7, 8, 9), 600.0, 5)
"""Of the ward of twelve weeks."""
ROUND = UUID(int=7)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def board(redis: Redis) -> PartBoard:
    """A board with one part that is wanted."""
    made = PartBoard(redis, new_id(), new_id())
    made.keep()
    made.put([PART])
    return made


def offer_of(board: PartBoard, sent: list[int]) -> PartOffer:
    return PartOffer(board, [PART], sent.append)


def test_a_part_is_read_as_it_was_put(board: PartBoard) -> None:
    assert board.read(1) == PART
    assert board.read(2) is None


def test_a_part_is_taken_by_one_alone_until_given_back(board: PartBoard) -> None:
    assert board.take(1, "one")
    assert not board.take(1, "other")
    board.give_back(1, "other")
    assert not board.take(1, "other")
    board.give_back(1, "one")
    assert board.take(1, "other")
    assert not board.renew(1, "one")
    assert board.renew(1, "other")


def test_an_answered_part_cannot_be_taken_and_the_first_answer_stands(board: PartBoard) -> None:
    board.answer(PartAnswer(1, None))
    board.answer(PartAnswer(1, ()))
    assert board.answered(1) == PartAnswer(1, None)
    assert not board.take(1, "one")


def test_an_answer_that_cannot_be_read_is_no_answer(redis: Redis) -> None:
    run_id, round_id = new_id(), new_id()
    redis.set(f"rounds:parts:{run_id}:{round_id}:1:answer", b"not a zip")
    assert PartBoard(redis, run_id, round_id).answered(1) == PartAnswer(1, None)


def test_what_nobody_took_is_for_the_run_itself(board: PartBoard, redis: Redis) -> None:
    """And no message that comes later finds anything to do, however long the run is at it."""
    assert offer_of(board, []).gather(PART, Stop(60.0)) is None
    assert not board.take(1, "late")
    (taken,) = redis.keys("rounds:parts:*:1:taken")
    assert redis.ttl(taken) > 10 * SILENT_AFTER_SECONDS


def test_a_run_waits_while_somebody_is_at_a_part(board: PartBoard) -> None:
    board.take(1, "one")
    answering = threading.Timer(0.3, lambda: board.answer(PartAnswer(1, ())))
    answering.start()
    assert offer_of(board, []).gather(PART, Stop(60.0)) == PartAnswer(1, ())
    answering.join()


def test_a_cancelled_run_waits_for_nobody(board: PartBoard) -> None:
    board.take(1, "one")
    stop = Stop(60.0)
    stop.cancel()
    begun = time.monotonic()
    assert offer_of(board, []).gather(PART, stop) is None
    assert time.monotonic() - begun < 2


def test_a_part_that_is_held_too_long_is_not_waited_for(
    board: PartBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_offer, "MOST_SECONDS_TO_WAIT", 0.2)
    board.take(1, "one")
    assert offer_of(board, []).gather(PART, Stop(60.0)) is None
    assert not board.renew(1, "one"), "who is at it goes on for nobody"


@pytest.mark.parametrize(("since", "expected"), [(0.0, 2.0), (2.0, 2.0), (8.0, 6.0), (1000.0, 20.0)], ids=str)
def test_a_part_is_waited_for_no_longer_than_the_run_would_need_itself(since: float, expected: float) -> None:
    assert part_offer.seconds_to_wait(since) == pytest.approx(expected)


def test_a_lost_part_is_sent_again_but_not_for_ever(
    board: PartBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.planning.runs.part_beat.BEAT_SECONDS", 0.02)
    sent: list[int] = []
    offer = offer_of(board, sent)
    offer.begin()
    for number in range(1, MOST_TRIES + 2):
        board.take(1, "one")
        board.count_try(1)
        board.give_back(1, "one")  # what Redis does when a taker falls silent
        deadline = time.monotonic() + (5 if number < MOST_TRIES else 0.3)
        while len(sent) == number and time.monotonic() < deadline:
            time.sleep(0.01)
    offer.withdraw()
    assert sent == [1] * MOST_TRIES


def test_withdrawn_parts_leave_nothing_behind(board: PartBoard, redis: Redis) -> None:
    offer = offer_of(board, [])
    offer.begin()
    offer.withdraw()
    offer.withdraw()
    assert redis.keys("rounds:parts:*") == []
    assert not board.is_wanted()


@pytest.mark.parametrize(
    ("alive", "most", "expected"), [(0, 3, 0), (1, 3, 0), (3, 3, 2), (9, 3, 3), (9, 0, 0)]
)
def test_helpers_are_the_workers_heard_of_lately_but_one(
    redis: Redis, alive: int, most: int, expected: int
) -> None:
    now = time.time()
    redis.zadd(WORKERS_KEY, {"silent": now - 60} | {f"worker {number}": now for number in range(alive)})
    assert OtherWorkers(redis, new_id(), ScheduleSettings(run_helpers=most)).helpers() == expected


def test_without_redis_there_are_no_helpers_and_nothing_is_offered() -> None:
    with Redis.from_url(unreachable_redis_url(), socket_connect_timeout=0.2) as nowhere:
        others = OtherWorkers(nowhere, new_id(), ScheduleSettings())
        assert others.helpers() == 0
        assert others.offer([PART]) is None


def test_what_cannot_be_sent_is_not_offered(redis: Redis) -> None:
    def fail(*_: object) -> None:
        raise RedisConnectionError

    assert OtherWorkers(redis, new_id(), ScheduleSettings(), fail).offer([PART]) is None
    assert redis.keys("rounds:parts:*") == []


class TestHelping:
    """What a worker does with a message about a part."""

    @pytest.fixture
    async def run(self, bench: Bench) -> Run:
        return await bench.queue(one_week_ward(), state=RunState.RUNNING)

    @pytest.fixture
    def hung(self, redis: Redis, run: Run, monkeypatch: pytest.MonkeyPatch) -> PartBoard:
        """A board that says once that its parts are wanted, and is believed for as long as a test takes."""
        monkeypatch.setattr("src.planning.runs.part_board.SILENT_AFTER_SECONDS", 600)
        made = PartBoard(redis, run.id, ROUND)
        made.keep()
        made.put([PART])
        return made

    async def help(self, bench: Bench, redis: Redis, run: Run, number: int = 1, **options: object) -> PartEnd:
        return await asyncio.to_thread(
            execute_part,
            bench.runtime,
            bench.runtime.session_maker,
            redis,
            run.id,
            ROUND,
            number,
            **options,  # type: ignore[arg-type]
        )

    async def test_a_part_is_answered(self, bench: Bench, redis: Redis, run: Run, hung: PartBoard) -> None:
        assert await self.help(bench, redis, run) is PartEnd.ANSWERED
        answer = hung.answered(1)
        assert answer is not None
        assert answer.assignments is not None
        program = one_week_ward()
        assert {program.block_of(row.date) for row in answer.assignments} == set(PART.blocks)

    async def test_late_and_doubled_messages_find_nothing_to_do(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard
    ) -> None:
        assert await self.help(bench, redis, run, 2) is PartEnd.NOT_WANTED
        hung.take(1, "another")
        assert await self.help(bench, redis, run) is PartEnd.NOT_WANTED
        hung.take_down([1])
        assert await self.help(bench, redis, run) is PartEnd.NOT_WANTED

    async def test_a_part_that_killed_its_takers_is_left_to_the_run(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard
    ) -> None:
        for _ in range(MOST_TRIES):
            hung.count_try(1)
        assert await self.help(bench, redis, run) is PartEnd.NOT_WANTED
        assert hung.take(1, "the run")

    async def test_a_part_of_a_run_that_is_not_at_work_is_left(self, bench: Bench, redis: Redis) -> None:
        queued = await bench.queue(one_week_ward())
        board = PartBoard(redis, queued.id, ROUND)
        board.keep()
        board.put([PART])
        assert await self.help(bench, redis, queued) is PartEnd.NOT_WANTED
        assert board.answered(1) is None

    async def test_a_part_that_cannot_be_solved_is_answered_with_nothing(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard
    ) -> None:
        """Block 99 is none of the program's."""
        hung.put([DayPart(1, PLAN, (99,), 20.0, 1)])
        assert await self.help(bench, redis, run) is PartEnd.ANSWERED
        answer = hung.answered(1)
        assert answer is not None
        assert not answer.assignments

    async def test_a_worker_told_to_end_gives_its_part_back(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("src.planning.runs.part_beat.BEAT_SECONDS", 0.001)
        assert await self.help(bench, redis, run, leaving=lambda: True) is PartEnd.LEFT
        assert hung.answered(1) is None
        assert hung.take(1, "another")


async def test_a_run_with_others_ends_in_one_legal_version(
    bench: Bench, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages are carried out by threads of this process, as workers would."""
    ended: list[PartEnd] = []
    helpers: list[threading.Thread] = []

    def carry_out(run_id: UUID, round_id: UUID, number: int) -> None:
        def help_out() -> None:
            maker = bench.runtime.session_maker
            ended.append(execute_part(bench.runtime, maker, redis, run_id, round_id, number))

        helpers.append(threading.Thread(target=help_out))
        helpers[-1].start()

    monkeypatch.setattr(OtherWorkers.__init__, "__defaults__", (carry_out,))
    redis.zadd(WORKERS_KEY, {"one": time.time(), "other": time.time()})
    monkeypatch.setattr("src.solver.daily.improve.PLATEAU_SEARCHES", 10)  # else it would search to its limit
    run = await bench.queue(one_week_ward(), time_limit_seconds=60)
    assert await bench.work(run) is RunState.SUCCEEDED
    for helper in helpers:
        await asyncio.to_thread(helper.join)
    (version,) = await bench.versions(run)
    assert version.result is not None
    assert version.result["hard"] == 0
    assert helpers
    assert set(ended) <= set(PartEnd)
    assert redis.keys("rounds:parts:*:wanted") == []
