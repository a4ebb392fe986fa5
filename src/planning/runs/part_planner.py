"""Another who makes the year plans of a run beside it: one place on the board, and what it tells in turn.

Where nobody comes, or whoever came falls silent or is of another version, the run does it itself.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import structlog

import src
from src.planning.runs.part_beat import Round
from src.planning.runs.part_board import MOST_TRIES, SILENT_AFTER_SECONDS, PartBoard
from src.planning.runs.part_words import UnreadableError
from src.solver.parts.planner import NO_PLAN, NOTHING_PROVED, PlanTask, settle
from src.solver.year.outcome import YearBounds, YearOutcome

SECONDS_TO_BE_TAKEN = SILENT_AFTER_SECONDS + 1.0
"""So long a place may hang there with nobody at it, at first or since its taker fell silent."""
NOBODY = "nobody any more"

_log = structlog.get_logger(__name__)


@lru_cache
def version_of_proofs() -> str:
    """Names what proves: what another version proves is not trusted.

    That is not the solver's code alone. How a program is read, and which limits its packs set, decides of
    what a bound is proved, and OR-Tools proves it.
    """
    known = hashlib.sha256(version("ortools").encode())
    for file in files_that_prove():
        known.update(hashlib.sha256(file.read_bytes()).digest())
    return known.hexdigest()


def files_that_prove() -> list[Path]:
    """All code and all rule packs, in the same order everywhere."""
    folders = sorted(Path(path) for path in src.__path__)
    return [file for folder in folders for end in ("*.py", "*.toml") for file in sorted(folder.rglob(end))]


class PartPlanner(Round):
    """The place of one who makes the plans."""

    def __init__(self, board: PartBoard, task: PlanTask, send: Callable[[int], None]) -> None:
        super().__init__(board, [task.number], send)
        self._task = task
        self.proof: Future[YearBounds] = Future()
        self.made: Future[YearOutcome] = Future()
        self._begun = self._last_there = time.monotonic()
        self._sent_at_try = 0
        self._seconds: dict[str, int] = {}

    @property
    def is_busy(self) -> bool:
        """Whether somebody may be at it still."""
        return not self.made.done()

    def put(self) -> None:
        self.board.put_planning(self._task, version_of_proofs())

    def look(self) -> None:
        if not self.is_busy:
            return
        try:
            self._take_over()
        except UnreadableError:
            _log.warning("plans_unreadable", exc_info=True)
            self._close()
        if self.is_busy and self._is_lost():
            self._close()

    def withdraw(self) -> None:
        super().withdraw()
        self._give_up()

    def sum_up(self) -> dict[str, int]:
        return dict(self._seconds)

    def _take_over(self) -> None:
        bounds = None if self.proof.done() else self.board.bounds_told()
        if bounds is not None:
            self._note("proved_ms")
            settle(self.proof, bounds)
        made = self.board.plan_told()
        if made is not None:
            self._note("made_ms")
            settle(self.proof, NOTHING_PROVED)
            settle(self.made, made)

    def _is_lost(self) -> bool:
        """Whether nobody has been at it for long; who fell silent may be followed by others."""
        number = self._task.number
        if self.board.is_taken(number):
            self._note("taken_ms")
            self._last_there = time.monotonic()
            return False
        tries = self.board.tries(number)
        if tries > self._sent_at_try and self.board.deaths(number) < MOST_TRIES and self.board.is_put(number):
            self._sent_at_try = tries
            self.send(number)
        return not self.board.is_put(number) or time.monotonic() > self._last_there + SECONDS_TO_BE_TAKEN

    def _close(self) -> None:
        """Whoever comes later has nothing to do."""
        self.board.close(self._task.number, NOBODY)
        self._give_up()

    def _give_up(self) -> None:
        """Nobody is there, or nobody need be: whoever waits does so no longer."""
        settle(self.proof, NOTHING_PROVED)
        settle(self.made, NO_PLAN)

    def _note(self, what: str) -> None:
        self._seconds.setdefault(what, round(1000 * (time.monotonic() - self._begun)))
