"""The fewest rows that collide where no row of numbers says so: found by leaving rows out and trying again.

Small programs are proved to have no schedule plan by plan, and nothing names a row then. Every set of rows is
a program of its own, so that a claim rests on a proof: those named have no schedule, and each program without
one of them was seen to have one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from types import MappingProxyType

from src.interchange.schedule import Conflict
from src.quantities import count
from src.solver.left_out import rows_of, with_limit, without
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.clash import RULE, begun
from src.solver.year.clash_rows import Key
from src.solver.year.explain import Explanation
from src.solver.year.model import Side
from src.solver.year.ways_out import price_of, sentence_of

SECONDS, SECONDS_FOR_WAYS = 14.0, 6.0
LEAST_SECONDS, LEAST_SECONDS_FOR_WAYS = 2.5, 1.5
"""Also where the run's own time is over: small programs mostly need no more."""
SECONDS_A_TRY = 3.0
SECONDS_AT_MOST, SECONDS_IN_ALL = 30.0, 60.0
"""Where a deterministic limit ends a try: for one, and for all that end after the run's own time."""
MOST_STEPS = 6
"""So many steps of one limit are tried."""


class Answer(Enum):
    """Whether a problem has a schedule, as far as a short run tells."""

    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


SOME = Answer.SOME
Oracle = Callable[[Problem, Stop], Answer]


class Deletion:
    """Tries a problem's rows, of which some are suspected, until its time is over."""

    def __init__(self, problem: Problem, oracle: Oracle, stop: Stop) -> None:
        self._problem = problem
        self._oracle = oracle
        self._stop = stop
        self._words = rows_of(problem)
        self._until = stop.seconds + min(SECONDS, max(LEAST_SECONDS, stop.remaining))
        self._at_most = stop.seconds + max(stop.remaining, SECONDS_IN_ALL)
        self._is_minimal = True

    def thinned(self, found: Explanation) -> Explanation | None:
        """What of the rows that were found is needed; None where they do not collide by themselves."""
        named = {(row.file, row.row or 0) for row in found.conflicts}
        keys = [key for key in self._words if (key.file, key.row) in named and self._is_told(key, found)]
        if not keys or not self._collide(keys):
            return None
        kept = {(key.file, key.row) for key in self._fewest_of(keys)}
        gone = {place for place in named - kept if place[0] != "program.toml"}
        rows = tuple(row for row in found.conflicts if (row.file, row.row or 0) not in gone)
        if not rows:
            return None
        ways = tuple(way for way in found.way_out if not any(_names(way, *place) for place in gone))
        return Explanation(rows, ways or found.way_out, self._is_minimal)

    def _is_told(self, key: Key, found: Explanation) -> bool:
        """Whether a rule is one of those that were found; other keys are told by their rows."""
        if not key.about.startswith(RULE):
            return True
        return any(self._words[key] in conflict.message for conflict in found.conflicts)

    def _fewest_of(self, keys: Sequence[Key]) -> list[Key]:
        kept = list(keys)
        for key in keys:
            rest = [other for other in kept if other != key]
            if self._collide(rest, is_last=True):
                kept = rest
        return kept

    def explanation(self, suspects: Collection[Key] = ()) -> Explanation | None:
        """The rows that collide, and ways out of that; None where the first try does not end in time.

        Everything there is collides: that was proved.
        """
        every = tuple(self._words)
        likely = tuple(key for key in every if key in set(suspects))
        start = likely if suspects and self._collide(likely) else every
        core = self._fewest(start)
        if core == every and not self._is_minimal:
            return None
        conflicts = tuple(
            Conflict(key.file, key.row or None, f"{begun(self._words[key])}.") for key in sorted(core)
        )
        more = min(SECONDS_FOR_WAYS, max(LEAST_SECONDS_FOR_WAYS, self._stop.remaining))
        self._until = max(self._until, self._stop.seconds) + more
        weeks = list(self._weeks_in_the_way())
        ways = (*self._ways(core), *(way for _, way in weeks))
        told = (*conflicts, *(conflict for conflict, _ in weeks))
        if not told:  # who may do what leaves no schedule, whatever the rows ask
            return None
        return Explanation(told, tuple(dict.fromkeys(ways)), self._is_minimal)

    def _weeks_in_the_way(self) -> Iterator[tuple[Conflict, str]]:
        """Vacation weeks without which there is a schedule, and one week fewer where that is enough."""
        program = self._problem.program
        for pgy, due in program.vacation_weeks.items():
            for by in range(1, due + 1):
                fewer = MappingProxyType({**program.vacation_weeks, pgy: due - by})
                if self._try(replace(self._problem, program=replace(program, vacation_weeks=fewer))) is SOME:
                    words = f"PGY-{pgy} must get exactly {count(due, 'vacation week')}."
                    key = Key("program.toml", 0, f"vacation_weeks {pgy}")
                    way = sentence_of(program, {(key, Side.LEAST): by})
                    yield Conflict("program.toml", None, words), way
                    break

    def _fewest(self, keys: Sequence[Key]) -> tuple[Key, ...]:
        """Leave out ever smaller parts as long as the rest still collides; at last, each row alone."""
        kept = list(keys)
        size = max(1, len(kept) // 2)
        while size >= 1:
            place = 0
            while place < len(kept):
                rest = kept[:place] + kept[place + size :]
                is_last = size == 1
                if self._collide(rest, is_last=is_last):
                    kept = rest
                else:
                    place += size
            size //= 2
        return tuple(kept)

    def _collide(self, keys: Collection[Key], *, is_last: bool = False) -> bool:
        """Whether it was proved that these rows alone leave no schedule."""
        chosen = set(keys)
        answer = self._try(without(self._problem, [key for key in self._words if key not in chosen]))
        if is_last and answer is Answer.UNKNOWN:
            self._is_minimal = False
        return answer is Answer.NONE

    def _try(self, problem: Problem) -> Answer:
        left = min(SECONDS_AT_MOST, self._at_most - self._stop.seconds)
        if problem.deterministic_limit is None:
            left = min(SECONDS_A_TRY, self._until - self._stop.seconds)
        if self._stop.cancelled or left <= 0.0:
            return Answer.UNKNOWN
        inner = Stop(left, lambda: self._stop.seconds)
        forget = self._stop.on_cancel(inner.cancel)
        limit = problem.deterministic_limit
        limit = None if limit is None else min(SECONDS_A_TRY, limit)
        try:
            return self._oracle(replace(problem, deterministic_limit=limit, kept=None), inner)
        finally:
            forget()

    def _ways(self, core: Sequence[Key]) -> Iterator[str]:
        """For each row alone: the fewest steps of one of its limits that leave the program a schedule."""
        for key in sorted(core, key=lambda key: (price_of(key), key)):
            if key.about.startswith(RULE) and self._try(without(self._problem, [key])) is SOME:
                yield sentence_of(self._problem.program, {(key, Side.LEAST): 1})
            for side in Side:
                for by in range(1, MOST_STEPS + 1):
                    wider = with_limit(self._problem, key, side, by)
                    smaller = with_limit(self._problem, key, side, by - 1) if by > 1 else None
                    if wider is None or (smaller is not None and smaller.program == wider.program):
                        break
                    if self._try(wider) is SOME:
                        yield sentence_of(self._problem.program, {(key, side): by})
                        break


def _names(way: str, file: str, row: int) -> bool:
    """Whether a way out speaks of that row, and not of one whose number begins alike."""
    return re.search(rf"{re.escape(file)} row {row}(?!\d)", way) is not None
