"""Where parts of a run hang for others to take: in Redis, for as long as the run that asks keeps them there.

Of one round of a run Redis holds what is asked, who is at which part, how often it was taken, and the
answers. Whoever takes a part must say again and again that it is at it; so does the run that asks. Nothing
here is the truth of anything: all of it may vanish at any moment, and that costs the run nothing but time.
"""

from __future__ import annotations

import json
from uuid import UUID

import structlog
from redis import Redis

from src.interchange.schedule import Schedule
from src.interchange.schedule_files import read_schedule_bytes, schedule_zip
from src.solver.parts.part import DayPart, PartAnswer
from src.solver.plan import YearPlan

SILENT_AFTER_SECONDS = 4
"""Whoever was not heard of for so long has died."""
KEPT_SECONDS = 3600
MOST_TRIES = 2
"""A part that was taken so often and not answered may be what kills: only the run itself tries it then."""

_log = structlog.get_logger(__name__)


class PartBoard:
    """The parts of one round. Every method raises what Redis raises."""

    def __init__(self, redis: Redis, run_id: UUID, round_id: UUID) -> None:
        self._redis = redis
        self._prefix = f"rounds:parts:{run_id}:{round_id}"

    def keep(self) -> None:
        """The run that asks says that it still wants answers."""
        self._redis.set(self._key("wanted"), 1, ex=SILENT_AFTER_SECONDS)

    def is_wanted(self) -> bool:
        return bool(self._redis.exists(self._key("wanted")))

    def put(self, parts: list[DayPart]) -> None:
        """Hang up parts of one year plan."""
        plan = parts[0].plan
        folder = schedule_zip(Schedule(plan.year_rows(), plan.vacation_rows()))
        self._redis.set(self._key("plan"), folder, ex=KEPT_SECONDS)
        for part in parts:
            asked = {"blocks": part.blocks, "seconds": part.seconds, "seed": part.seed}
            self._redis.set(self._key(part.number, "asked"), json.dumps(asked), ex=KEPT_SECONDS)

    def read(self, number: int) -> DayPart | None:
        """A part; None when it hangs there no more."""
        folder, text = self._redis.mget(self._key("plan"), self._key(number, "asked"))
        schedule = read_schedule_bytes("plan.zip", _raw(folder)).schedule if folder else None
        if schedule is None or text is None:
            return None
        asked = json.loads(text)
        plan = YearPlan.of_schedule(schedule)
        return DayPart(number, plan, tuple(asked["blocks"]), asked["seconds"], asked["seed"])

    def take(self, number: int, owner: str) -> bool:
        """Be the one who is at a part; False when somebody is, or it was answered."""
        if self._redis.exists(self._key(number, "answer")):
            return False
        taken = self._redis.set(self._key(number, "taken"), owner, nx=True, ex=SILENT_AFTER_SECONDS)
        return bool(taken)

    def count_try(self, number: int) -> int:
        """Note that a helper begins; how often one has by now."""
        tries = self._key(number, "tries")
        self._redis.expire(tries, KEPT_SECONDS)
        return int(self._redis.incr(tries))

    def tries(self, number: int) -> int:
        return int(self._redis.get(self._key(number, "tries")) or 0)

    def renew(self, number: int, owner: str) -> bool:
        """Say that one is at it still; False when nobody wants that any more, or another is."""
        taken = self._key(number, "taken")
        if not self.is_wanted() or self._redis.get(taken) != owner.encode():
            return False
        return bool(self._redis.expire(taken, SILENT_AFTER_SECONDS))

    def is_taken(self, number: int) -> bool:
        return bool(self._redis.exists(self._key(number, "taken")))

    def give_back(self, number: int, owner: str) -> None:
        """Leave a part to others."""
        if self._redis.get(self._key(number, "taken")) == owner.encode():
            self._redis.delete(self._key(number, "taken"))

    def answer(self, answer: PartAnswer) -> None:
        """Hang up an answer; the first of several stands."""
        found = answer.assignments
        folder = b"" if found is None else schedule_zip(Schedule((), (), found))
        self._redis.set(self._key(answer.number, "answer"), folder, nx=True, ex=KEPT_SECONDS)

    def answered(self, number: int) -> PartAnswer | None:
        """The answer to a part; None while there is none."""
        folder = self._redis.get(self._key(number, "answer"))
        if folder is None:
            return None
        if not folder:
            return PartAnswer(number, None)
        reading = read_schedule_bytes("answer.zip", _raw(folder))
        if reading.schedule is None:
            _log.warning("part_answer_unreadable", issues=[str(issue) for issue in reading.issues])
            return PartAnswer(number, None)
        return PartAnswer(number, reading.schedule.assignments)

    def take_down(self, numbers: list[int]) -> None:
        """Nobody need look at any of it again."""
        words = ("asked", "taken", "tries", "answer")
        keys = [self._key(number, word) for number in numbers for word in words]
        self._redis.delete(self._key("wanted"), self._key("plan"), *keys)

    def _key(self, *path: object) -> str:
        return ":".join([self._prefix, *map(str, path)])


def _raw(value: bytes | str) -> bytes:
    """The client answers in bytes unless it is told otherwise."""
    return value.encode() if isinstance(value, str) else value
