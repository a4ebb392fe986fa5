"""A run offers parts of itself to other workers, and gathers what they found.

It never depends on them: what nobody took by the time it is needed the run takes itself, what was taken and
not answered is sent again once its taker has fallen silent, and an answer that does not come in time is not
waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError

from src.config import get_settings
from src.health import WORKER_SILENT_AFTER_SECONDS, WORKERS_KEY
from src.jobs import producer
from src.models import new_id
from src.planning.runs.part_beat import Round
from src.planning.runs.part_board import MOST_TRIES, PartBoard
from src.planning.runs.part_company import PartCompany
from src.planning.runs.part_planner import PartPlanner
from src.schedules.config import ScheduleSettings
from src.schedules.constants import PART_TASK
from src.solver.parts.company import Company, Task
from src.solver.parts.part import DayPart, Offer, PartAnswer
from src.solver.parts.planner import Planner, PlanTask
from src.solver.plan import YearPlan
from src.solver.stop import Stop

LOOK_SECONDS = 0.1
LEAST_SECONDS_TO_WAIT, MOST_SECONDS_TO_WAIT = 2.0, 20.0
"""For a part that somebody is at, once everything else is done."""
SHARE_TO_WAIT = 0.75
"""Of the seconds since it was offered: in about as many the run has solved it itself."""
ITSELF = "the run itself"

Send = Callable[[UUID, UUID, int], None]
"""Tells the workers of a part: run, round, number. Raises what the broker raises."""

_log = structlog.get_logger(__name__)


def connect() -> Redis:
    """A connection for one run or part."""
    url = get_settings().redis_url.get_secret_value()
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


def send_part(run_id: UUID, round_id: UUID, number: int) -> None:
    producer().send_task(PART_TASK, args=[str(run_id), str(round_id), number], retry=False)


def seconds_to_wait(since: float) -> float:
    """For a part offered so many seconds ago: about as long as the run would need for it itself.

    So a slow taker costs at most as much again.
    """
    return min(MOST_SECONDS_TO_WAIT, max(LEAST_SECONDS_TO_WAIT, SHARE_TO_WAIT * since))


class OtherWorkers:
    """The workers heard of lately, this one apart, as far as the settings let a run ask them.

    Whoever makes the year plans is not there for anything else meanwhile.
    """

    def __init__(
        self, redis: Redis, run_id: UUID, settings: ScheduleSettings, send: Send = send_part
    ) -> None:
        self._redis = redis
        self._run_id = run_id
        self._most = settings.run_helpers
        self._send = send
        self._planner: PartPlanner | None = None

    def helpers(self) -> int:
        if self._most == 0:
            return 0
        try:
            alive = self._redis.zcount(WORKERS_KEY, time.time() - WORKER_SILENT_AFTER_SECONDS, "+inf")
        except RedisError:
            _log.warning("other_workers_unknown", exc_info=True)
            return 0
        busy = int(self._planner is not None and self._planner.is_busy)
        return max(0, min(self._most, int(alive) - 1) - busy)

    def offer(self, parts: Sequence[DayPart]) -> Offer | None:
        return self._begun(lambda board, send: PartOffer(board, parts, send))

    def make_plans(self, seconds: float, seed: int) -> Planner | None:
        if not self.helpers():
            return None
        task = PlanTask(1, seconds, seed)
        self._planner = self._begun(lambda board, send: PartPlanner(board, task, send))
        return self._planner

    def improve(self, plan: YearPlan, seconds: float, seed: int) -> Company | None:
        count = self.helpers()
        if not count:
            return None
        tasks = [Task(number, plan, seconds, seed + number) for number in range(1, count + 1)]
        return self._begun(lambda board, send: PartCompany(board, tasks, send))

    def _begun[Asked: Round](self, make: Callable[[PartBoard, Callable[[int], None]], Asked]) -> Asked | None:
        round_id = new_id()
        board = PartBoard(self._redis, self._run_id, round_id)
        made = make(board, lambda number: self._send(self._run_id, round_id, number))
        try:
            made.begin()
        except Exception:  # noqa: BLE001  # whatever Redis or the broker's client raises: the run goes on alone
            _log.warning("parts_not_offered", exc_info=True)
            made.withdraw()
            return None
        return made


class PartOffer(Round):
    """Parts of a first schedule on offer."""

    def __init__(self, board: PartBoard, parts: Sequence[DayPart], send: Callable[[int], None]) -> None:
        super().__init__(board, [part.number for part in parts], send)
        self.parts = tuple(parts)
        self._sent_at_try = dict.fromkeys(self.numbers, 0)
        self._answered = 0
        self._offered_at = time.monotonic()

    def put(self) -> None:
        self.board.put(list(self.parts))

    def look(self) -> None:
        for number in self.numbers:
            self._send_again_if_lost(number)

    def gather(self, part: DayPart, stop: Stop) -> PartAnswer | None:
        deadline = time.monotonic() + seconds_to_wait(time.monotonic() - self._offered_at)
        try:
            while not stop.reached:
                answer = self.board.answered(part.number)
                if answer is not None:
                    self._answered += answer.assignments is not None
                    return answer
                if self.board.take(part.number, ITSELF) or time.monotonic() > deadline:
                    self.board.close(part.number, ITSELF)
                    return None
                time.sleep(LOOK_SECONDS)
        except RedisError:
            _log.warning("part_not_gathered", exc_info=True)
        return None

    def sum_up(self) -> dict[str, int]:
        return {"offered": len(self.parts), "answered": self._answered}

    def _send_again_if_lost(self, number: int) -> None:
        """A part whose taker fell silent without an answer is there for others."""
        tries = self.board.tries(number)
        is_lost = tries > self._sent_at_try[number] and not self.board.is_taken(number)
        is_left = self.board.deaths(number) < MOST_TRIES
        if is_lost and is_left and self.board.answered(number) is None:
            self._sent_at_try[number] = tries
            self.send(number)
            _log.info("part_sent_again", part=number, tries=tries)
