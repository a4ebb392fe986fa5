"""Others who improve the schedule of a run beside it: a place on the board for each, news both ways.

The run itself only looks into what the beat has brought.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from src.planning.runs.part_beat import Round
from src.planning.runs.part_board import MOST_TRIES, PartBoard
from src.solver.expand import Decisions
from src.solver.parts.company import Changes, Task

SEND_AGAIN_SECONDS = 10.0
"""How often workers are told of a place that nobody has taken: one that was busy may be free by now."""


class PartCompany(Round):
    """Places beside one run."""

    def __init__(self, board: PartBoard, tasks: Sequence[Task], send: Callable[[int], None]) -> None:
        super().__init__(board, [task.number for task in tasks], send)
        self.tasks = tuple(tasks)
        self._sent_at = dict.fromkeys(self.numbers, time.monotonic())
        self._lock = threading.Lock()
        self._latest: Decisions | None = None
        self._edition = 0
        self._edition_hung = 0
        self._found: list[Changes] = []
        self._judged = self._bettered = 0

    def put(self) -> None:
        self.board.put_tasks(self.tasks)

    def look(self) -> None:
        self._put_up_again_if_lost()
        self._exchange()
        for number in self.numbers:
            self._send_again_if_free(number)

    def show(self, decisions: Decisions) -> None:
        with self._lock:
            self._latest = decisions
            self._edition += 1

    def found(self) -> list[Changes]:
        with self._lock:
            found, self._found = self._found, []
        return found

    def judged(self, *, bettered: bool) -> None:
        self._judged += 1
        self._bettered += bettered

    def sum_up(self) -> dict[str, int]:
        return {"judged": self._judged, "bettered": self._bettered, "shown": self._edition_hung}

    def _exchange(self) -> None:
        found = self.board.told()
        with self._lock:
            self._found += found
            latest, edition = self._latest, self._edition
        if latest is not None and edition > self._edition_hung:
            self.board.show(latest, edition)
            self._edition_hung = edition

    def _put_up_again_if_lost(self) -> None:
        """Redis may have begun anew, with nothing in it."""
        if not all(self.board.hangs(number) for number in self.numbers):
            self.put()
            self._edition_hung = 0

    def _send_again_if_free(self, number: int) -> None:
        if time.monotonic() < self._sent_at[number] + SEND_AGAIN_SECONDS or self.board.is_taken(number):
            return
        if self.board.deaths(number) < MOST_TRIES and self.board.answered(number) is None:
            self._sent_at[number] = time.monotonic()
            self.send(number)
