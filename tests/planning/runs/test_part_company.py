"""Workers that improve beside a run: news by the board in a real Redis, and what trouble does to them."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

import pytest
from redis import Redis
from structlog.testing import capture_logs

from src.models import new_id
from src.planning.runs import part_beat, part_company, part_words
from src.planning.runs.part_board import MOST_CHANGES_KEPT, MOST_TRIES, PartBoard
from src.planning.runs.part_company import PartCompany
from src.planning.runs.part_host import PartHost
from src.planning.runs.part_job import PartEnd, execute_part
from src.planning.runs.part_offer import OtherWorkers
from src.planning.runs.part_words import (
    UnreadableError,
    packed_changes,
    packed_decisions,
    read_changes,
    read_decisions,
)
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RunState
from src.schedules.models import Run
from src.solver.expand import Decisions
from src.solver.parts.company import Changes, Task
from src.solver.stop import Stop
from tests.planning.conftest import Bench
from tests.solver.daily.test_lanes import IN_TURN, one_week_ward
from tests.solver.world import plan_of
from tests.unreachable import unreachable_redis_url

PLAN = plan_of(**IN_TURN)
TASK = Task(1, PLAN, 20.0, 5)
ROUND = UUID(int=8)
SOME = Decisions(frozenset({("A", date(2026, 7, 6))}), frozenset({("Ünal", date(2026, 7, 7), "NIGHT")}))
NONE = Decisions()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def board(redis: Redis) -> PartBoard:
    return PartBoard(redis, new_id(), new_id())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_beat, "BEAT_SECONDS", 0.01)


@pytest.fixture
def sent() -> list[int]:
    return []


@pytest.fixture
def company(board: PartBoard, sent: list[int]) -> Iterator[PartCompany]:
    made = PartCompany(board, [TASK], sent.append)
    made.begin()
    yield made
    made.withdraw()


def soon(is_so: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


def test_decisions_and_changes_are_read_as_they_were_packed() -> None:
    assert read_decisions(packed_decisions(SOME)) == SOME
    assert read_changes(packed_changes(Changes(SOME, NONE))) == Changes(SOME, NONE)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not packed",
        zlib.compress(b"not JSON"),
        zlib.compress(b"[]"),
        zlib.compress(json.dumps({"off": {"A": ["someday"]}, "calls": {}}).encode()),
        zlib.compress(json.dumps({"off": {"A": [1]}, "calls": {}}).encode()),
        zlib.compress(json.dumps({"off": {}, "calls": {"A": [["2026-07-06"]]}}).encode()),
        zlib.compress(json.dumps({"off": []}).encode()),
        packed_decisions(SOME)[:-4],
    ],
    ids=["empty", "raw", "text", "list", "no date", "number", "call of nothing", "no calls", "cut short"],
)
def test_what_another_version_might_say_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_decisions(raw)


def test_what_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_words, "LARGEST_BYTES", 10)
    with pytest.raises(UnreadableError):
        read_decisions(packed_decisions(SOME))


def test_a_task_is_read_as_it_was_put_but_not_one_of_another_version(redis: Redis, board: PartBoard) -> None:
    board.put_tasks([TASK])
    assert board.read(1) == TASK
    (key,) = redis.keys("rounds:parts:*:1:asked")
    redis.set(key, json.dumps({"form": 99, "seconds": 1, "seed": 1}))
    assert board.read(1) is None


def test_news_go_both_ways(board: PartBoard, company: PartCompany) -> None:
    host = PartHost(board)
    host.exchange()
    assert host.shown() is None
    company.show(NONE)
    company.show(SOME)
    soon(lambda: board.edition() == 2)
    host.tell(Changes(SOME, NONE))
    host.exchange()
    assert host.shown() == SOME
    assert host.shown() is None
    heard: list[list[Changes]] = []

    def is_heard() -> bool:
        heard.append(company.found())
        return bool(heard[-1])

    soon(is_heard)
    assert heard[-1] == [Changes(SOME, NONE)]
    assert company.found() == []


def test_what_is_found_after_the_last_beat_is_told_too(
    board: PartBoard, company: PartCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_beat, "BEAT_SECONDS", 60.0)
    host = PartHost(board)
    with part_beat.at_it(board, 1, "one", Stop(60.0), lambda: False, host):
        host.tell(Changes(SOME, NONE))
    assert board.told() == [Changes(SOME, NONE)]


def test_what_nobody_wants_any_more_is_not_told(board: PartBoard) -> None:
    host = PartHost(board)
    with part_beat.at_it(board, 1, "one", Stop(60.0), lambda: False, host):
        host.tell(Changes(SOME, NONE))
    assert board.told() == []


def test_what_cannot_be_read_is_left_out(redis: Redis, board: PartBoard, company: PartCompany) -> None:
    company.withdraw()
    board.tell(Changes(SOME, NONE))
    (key,) = redis.keys("rounds:parts:*:found")
    redis.rpush(key, b"rubbish")
    assert board.told() == [Changes(SOME, NONE)]
    board.show(SOME, 3)
    (key,) = redis.keys("rounds:parts:*:shown")
    redis.set(key, b"rubbish")
    host = PartHost(board)
    host.exchange()
    assert host.shown() is None


def test_changes_that_nobody_asks_for_do_not_pile_up(board: PartBoard) -> None:
    for _ in range(MOST_CHANGES_KEPT + 5):
        board.tell(Changes(SOME, NONE))
    assert len(board.told()) == MOST_CHANGES_KEPT


def test_a_redis_that_begins_anew_is_given_everything_again(
    redis: Redis, board: PartBoard, company: PartCompany
) -> None:
    company.show(SOME)
    soon(lambda: board.edition() == 1)
    for key in redis.keys("rounds:parts:*"):
        redis.delete(key)
    soon(lambda: board.is_wanted() and board.read(1) == TASK and board.shown() == SOME)


def test_a_free_place_is_told_of_again_but_not_one_that_is_taken_or_kills(
    board: PartBoard, sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_company, "SEND_AGAIN_SECONDS", 0.0)
    company = PartCompany(board, [TASK], sent.append)
    board.take(1, "one")
    company._send_again_if_free(1)
    assert sent == []
    board.give_back(1, "one")
    company._send_again_if_free(1)
    assert sent == [1]
    for _ in range(MOST_TRIES):
        board.count_try(1)
    company._send_again_if_free(1)
    assert sent == [1]


def test_who_leaves_of_its_own_will_has_not_died_of_it(board: PartBoard, company: PartCompany) -> None:
    for _ in range(MOST_TRIES + 1):
        assert board.take(1, "one")
        board.count_try(1)
        board.leave(1, "one")
    assert board.deaths(1) == 0


def test_what_came_of_a_company_is_told_once(company: PartCompany) -> None:
    company.judged(bettered=True)
    company.judged(bettered=False)
    company.show(SOME)
    soon(lambda: company.board.edition() == 1)
    with capture_logs() as logs:
        company.withdraw()
        company.withdraw()
    (ended,) = (each for each in logs if each["event"] == "round_ended")
    assert (ended["judged"], ended["bettered"], ended["shown"]) == (2, 1, 1)


def test_withdrawn_places_leave_nothing_behind(redis: Redis, company: PartCompany) -> None:
    company.show(SOME)
    company.withdraw()
    company.withdraw()
    assert redis.keys("rounds:parts:*") == []


def test_a_redis_that_is_gone_holds_nobody_up() -> None:
    with Redis.from_url(unreachable_redis_url(), socket_connect_timeout=0.2) as nowhere:
        gone = PartCompany(PartBoard(nowhere, new_id(), new_id()), [TASK], lambda _: None)
        gone._beating.start()
        begun = time.monotonic()
        for _ in range(100):
            gone.show(SOME)
            assert gone.found() == []
        assert time.monotonic() - begun < 1
        gone.withdraw()


def test_nobody_is_asked_where_there_is_nobody_or_no_way(redis: Redis) -> None:
    assert OtherWorkers(redis, new_id(), ScheduleSettings()).improve(PLAN, 10.0, 1) is None
    with Redis.from_url(unreachable_redis_url(), socket_connect_timeout=0.2) as nowhere:
        others = OtherWorkers(nowhere, new_id(), ScheduleSettings())
        others.helpers = lambda: 2  # type: ignore[method-assign]
        assert others.improve(PLAN, 10.0, 1) is None


class TestHelping:
    """What a worker does with a message about a place beside a run."""

    @pytest.fixture
    async def run(self, bench: Bench) -> Run:
        return await bench.queue(one_week_ward(), state=RunState.RUNNING)

    @pytest.fixture
    def hung(self, redis: Redis, run: Run) -> PartBoard:
        made = PartBoard(redis, run.id, ROUND)
        made.keep()
        made.put_tasks([TASK])
        return made

    async def help(self, bench: Bench, redis: Redis, run: Run) -> PartEnd:
        maker = bench.runtime.session_maker
        return await asyncio.to_thread(execute_part, bench.runtime, maker, redis, run.id, ROUND, 1)

    async def test_who_helps_ends_when_nobody_wants_it_any_more(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard
    ) -> None:
        helping = asyncio.create_task(self.help(bench, redis, run))
        await asyncio.to_thread(soon, lambda: hung.is_taken(1))
        hung.take_down([1])
        assert await helping is PartEnd.LEFT
        assert redis.keys("rounds:parts:*:left") == []

    async def test_who_helps_a_run_whose_worker_was_killed_is_free_soon(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard
    ) -> None:
        """Nobody says any more that the run wants it."""
        redis.pexpire(redis.keys("rounds:parts:*:wanted")[0], 300)
        assert await self.help(bench, redis, run) is PartEnd.LEFT
        assert hung.answered(1) is None

    async def test_a_redis_that_has_forgotten_who_helps_frees_it(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard
    ) -> None:
        helping = asyncio.create_task(self.help(bench, redis, run))
        await asyncio.to_thread(soon, lambda: hung.is_taken(1))
        redis.delete(*redis.keys("rounds:parts:*"))
        hung.keep()
        hung.put_tasks([TASK])
        assert await helping is PartEnd.LEFT
        assert hung.take(1, "another")

    async def test_who_helps_leaves_for_a_run_that_waits_and_may_come_again(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(part_beat, "LOOK_FOR_RUNS_SECONDS", 0.05)
        await bench.queue(one_week_ward())
        assert await self.help(bench, redis, run) is PartEnd.LEFT
        assert hung.deaths(1) == 0
        assert not hung.is_taken(1)

    async def test_what_is_shown_and_cannot_be_is_answered_with_nothing(
        self, bench: Bench, redis: Redis, run: Run, hung: PartBoard
    ) -> None:
        """A plan in which nobody is on the ward."""
        idle = ("DESK",) * len(IN_TURN["A"])
        hung.put_tasks([Task(1, plan_of(A=idle, B=idle, C=idle), 20.0, 5)])
        hung.show(SOME, 1)
        assert await self.help(bench, redis, run) is PartEnd.ANSWERED
        answer = hung.answered(1)
        assert answer is not None
        assert answer.assignments is None
