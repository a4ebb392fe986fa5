"""Where parts of a run hang for others to take: in Redis, for as long as the run that asks keeps them there.

Of one round of a run Redis holds what is asked, who is at which part, how often it was taken, and the
answers; where others improve beside the run, how its schedule stands and what they would change. Whoever
takes a part must say again and again that it is at it; so does the run that asks. Nothing here is the truth
of anything: all of it may vanish at any moment, and that costs the run nothing but time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog
from redis import Redis

from src.interchange.schedule import Schedule
from src.interchange.schedule_files import read_schedule_bytes, schedule_zip
from src.planning.runs.part_words import (
    UnreadableError,
    packed_bounds,
    packed_changes,
    packed_decisions,
    packed_outcome,
    read_bounds,
    read_changes,
    read_decisions,
    read_outcome,
)
from src.solver.expand import Decisions
from src.solver.parts.company import Changes, Task
from src.solver.parts.part import DayPart, PartAnswer
from src.solver.parts.planner import PlanTask
from src.solver.plan import YearPlan
from src.solver.year.outcome import YearBounds, YearOutcome

SILENT_AFTER_SECONDS = 4
"""Whoever was not heard of for so long has died."""
KEPT_SECONDS = 3600
MOST_TRIES = 2
"""A part that was taken so often and not answered may be what kills: only the run itself tries it then."""
MOST_CHANGES_KEPT = 50
"""Changes that nobody has asked for; older ones are worth little."""
FORM = 2
"""Of what hangs here. A worker of another version of the program leaves what it cannot read."""

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
        self._put_plan(parts[0].plan)
        for part in parts:
            self._put_asked(part.number, {"blocks": part.blocks, "seconds": part.seconds, "seed": part.seed})

    def put_tasks(self, tasks: Sequence[Task]) -> None:
        """Hang up a place for each who may search beside the run, under one year plan."""
        self._put_plan(tasks[0].plan)
        for task in tasks:
            self._put_asked(task.number, {"seconds": task.seconds, "seed": task.seed})

    def put_planning(self, task: PlanTask, version: str) -> None:
        """Hang up a place for one who makes the year plans, with the same version of the program."""
        self._put_asked(task.number, {"version": version, "seconds": task.seconds, "seed": task.seed})

    def read_planning(self, number: int, version: str) -> PlanTask | None:
        """None where something else hangs there or nothing, or what another version of the program put."""
        text = self._redis.get(self._key(number, "asked"))
        asked = {} if text is None else json.loads(text)
        if asked.get("form") != FORM or asked.get("version") != version:
            return None
        return PlanTask(number, asked["seconds"], asked["seed"])

    def is_put(self, number: int) -> bool:
        """Whether what is asked still hangs there."""
        return bool(self._redis.exists(self._key(number, "asked")))

    def tell_bounds(self, bounds: YearBounds) -> None:
        self._redis.set(self._key("proof"), packed_bounds(bounds), nx=True, ex=KEPT_SECONDS)

    def tell_plan(self, made: YearOutcome) -> None:
        self._redis.set(self._key("made"), packed_outcome(made), nx=True, ex=KEPT_SECONDS)

    def bounds_told(self) -> YearBounds | None:
        """None while there are none. Raises UnreadableError."""
        raw = self._redis.get(self._key("proof"))
        return None if raw is None else read_bounds(_raw(raw))

    def plan_told(self) -> YearOutcome | None:
        """None while there is none. Raises UnreadableError."""
        raw = self._redis.get(self._key("made"))
        return None if raw is None else read_outcome(_raw(raw))

    def hangs(self, number: int) -> bool:
        """Whether what was put is still there."""
        return bool(self._redis.exists(self._key("plan")) and self._redis.exists(self._key(number, "asked")))

    def read(self, number: int) -> DayPart | Task | None:
        """A part or a task; None when it hangs there no more, or is of another version of the program."""
        folder, text = self._redis.mget(self._key("plan"), self._key(number, "asked"))
        schedule = read_schedule_bytes("plan.zip", _raw(folder)).schedule if folder else None
        if schedule is None or text is None:
            return None
        asked = json.loads(text)
        if asked.get("form") != FORM:
            return None
        plan = YearPlan.of_schedule(schedule)
        if "blocks" in asked:
            return DayPart(number, plan, tuple(asked["blocks"]), asked["seconds"], asked["seed"])
        return Task(number, plan, asked["seconds"], asked["seed"])

    def show(self, decisions: Decisions, edition: int) -> None:
        """Hang up how the run's schedule stands now. Editions count upwards."""
        with self._redis.pipeline() as together:
            together.set(self._key("shown"), packed_decisions(decisions), ex=KEPT_SECONDS)
            together.set(self._key("edition"), edition, ex=KEPT_SECONDS)
            together.execute()

    def edition(self) -> int:
        """Of what is shown; 0 while nothing is."""
        return int(self._redis.get(self._key("edition")) or 0)

    def shown(self) -> Decisions | None:
        """How the run's schedule stands; None while nothing is shown. Raises UnreadableError."""
        raw = self._redis.get(self._key("shown"))
        return None if raw is None else read_decisions(_raw(raw))

    def tell(self, changes: Changes) -> None:
        """Propose changes to what is shown."""
        key = self._key("found")
        with self._redis.pipeline() as together:
            together.rpush(key, packed_changes(changes))
            together.ltrim(key, -MOST_CHANGES_KEPT, -1)
            together.expire(key, KEPT_SECONDS)
            together.execute()

    def told(self) -> list[Changes]:
        """The changes proposed since this was asked last; those that cannot be read are left out."""
        key = self._key("found")
        with self._redis.pipeline() as together:
            together.lrange(key, 0, -1)
            together.delete(key)
            found, _ = together.execute()
        changes: list[Changes] = []
        for raw in found:
            try:
                changes.append(read_changes(_raw(raw)))
            except UnreadableError:
                _log.warning("changes_unreadable", exc_info=True)
        return changes

    def take(self, number: int, owner: str) -> bool:
        """Be the one who is at a part; False when somebody is, or it was answered."""
        if self._redis.exists(self._key(number, "answer")):
            return False
        taken = self._redis.set(self._key(number, "taken"), owner, nx=True, ex=SILENT_AFTER_SECONDS)
        return bool(taken)

    def close(self, number: int, owner: str) -> None:
        """Be at a part for as long as it hangs there: whoever is at it leaves, and nobody takes it again."""
        self._redis.set(self._key(number, "taken"), owner, ex=KEPT_SECONDS)

    def count_try(self, number: int) -> int:
        """Note that a helper begins; how often one has by now."""
        return self._count(number, "tries")

    def tries(self, number: int) -> int:
        return int(self._redis.get(self._key(number, "tries")) or 0)

    def deaths(self, number: int) -> int:
        """How many began and neither answered nor left it to others, whoever is at it now included."""
        return self.tries(number) - int(self._redis.get(self._key(number, "left")) or 0)

    def renew(self, number: int, owner: str) -> bool:
        """Say that one is at it still; False when nobody wants that any more, or another is."""
        taken = self._key(number, "taken")
        if not self.is_wanted() or self._redis.get(taken) != owner.encode():
            return False
        return bool(self._redis.expire(taken, SILENT_AFTER_SECONDS))

    def is_taken(self, number: int) -> bool:
        return bool(self._redis.exists(self._key(number, "taken")))

    def give_back(self, number: int, owner: str) -> None:
        """Be at a part no more."""
        if self._redis.get(self._key(number, "taken")) == owner.encode():
            self._redis.delete(self._key(number, "taken"))

    def leave(self, number: int, owner: str) -> None:
        """Leave a part to others of one's own will: such a try does not count."""
        if self.is_wanted():
            self._count(number, "left")
        self.give_back(number, owner)

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

    def take_down(self, numbers: Sequence[int]) -> None:
        """Nobody need look at any of it again."""
        of_all = ("wanted", "plan", "shown", "edition", "found", "proof", "made")
        of_each = ("asked", "taken", "tries", "left", "answer")
        keys = [self._key(number, word) for number in numbers for word in of_each]
        self._redis.delete(*(self._key(word) for word in of_all), *keys)

    def _count(self, number: int, what: str) -> int:
        counted = int(self._redis.incr(self._key(number, what)))
        self._redis.expire(self._key(number, what), KEPT_SECONDS)
        return counted

    def _put_plan(self, plan: YearPlan) -> None:
        folder = schedule_zip(Schedule(plan.year_rows(), plan.vacation_rows()))
        self._redis.set(self._key("plan"), folder, ex=KEPT_SECONDS)

    def _put_asked(self, number: int, asked: Mapping[str, object]) -> None:
        said = json.dumps({"form": FORM, **asked})
        self._redis.set(self._key(number, "asked"), said, ex=KEPT_SECONDS)

    def _key(self, *path: object) -> str:
        return ":".join([self._prefix, *map(str, path)])


def _raw(value: bytes | str) -> bytes:
    """The client answers in bytes unless it is told otherwise."""
    return value.encode() if isinstance(value, str) else value
