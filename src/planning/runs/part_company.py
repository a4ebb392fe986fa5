"""Others who improve the schedule of a run beside it: a place on the board for each, news both ways.

A thread does all that may wait. The run itself only looks into what that thread has brought, so that a slow
Redis, or none, never holds up its search.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from src.planning.runs.part_board import MOST_TRIES, PartBoard
from src.solver.expand import Decisions
from src.solver.parts.company import Changes, Task

BEAT_SECONDS = 0.25
SEND_AGAIN_SECONDS = 10.0
"""How often workers are told of a place that nobody has taken: one that was busy may be free by now."""

_log = structlog.get_logger(__name__)


class PartCompany:
    """Places beside one run, kept on the board by a thread until they are withdrawn."""

    def __init__(self, board: PartBoard, tasks: Sequence[Task], send: Callable[[int], None]) -> None:
        self.tasks = tuple(tasks)
        self._board = board
        self._send = send
        self._sent_at = dict.fromkeys((task.number for task in tasks), 0.0)
        self._lock = threading.Lock()
        self._latest: Decisions | None = None
        self._edition = 0
        self._edition_hung = 0
        self._found: list[Changes] = []
        self._ended = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="company", daemon=True)

    def begin(self) -> None:
        """Put the places up and tell the workers. Raises what Redis or the broker raises."""
        self._board.keep()
        self._board.put_tasks(self.tasks)
        for task in self.tasks:
            self._tell_of(task.number)
        self._beating.start()

    def show(self, decisions: Decisions) -> None:
        with self._lock:
            self._latest = decisions
            self._edition += 1

    def found(self) -> list[Changes]:
        with self._lock:
            found, self._found = self._found, []
        return found

    def withdraw(self) -> None:
        if self._ended.is_set():
            return
        self._ended.set()
        if self._beating.is_alive():
            self._beating.join()
        try:
            self._board.take_down([task.number for task in self.tasks])
        except Exception:  # noqa: BLE001  # of Redis's client: what hangs there expires
            _log.warning("company_left_to_expire", exc_info=True)

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                self._board.keep()
                self._put_up_again_if_lost()
                self._exchange()
                for task in self.tasks:
                    self._send_again_if_free(task.number)
            except Exception:  # noqa: BLE001  # of Redis or the broker's client; the next beat tries again
                _log.warning("company_beat_missed", exc_info=True)

    def _exchange(self) -> None:
        found = self._board.told()
        with self._lock:
            self._found += found
            latest, edition = self._latest, self._edition
        if latest is not None and edition > self._edition_hung:
            self._board.show(latest, edition)
            self._edition_hung = edition

    def _put_up_again_if_lost(self) -> None:
        """Redis may have begun anew, with nothing in it."""
        if not all(self._board.hangs(task.number) for task in self.tasks):
            self._board.put_tasks(self.tasks)
            self._edition_hung = 0

    def _send_again_if_free(self, number: int) -> None:
        if time.monotonic() < self._sent_at[number] + SEND_AGAIN_SECONDS or self._board.is_taken(number):
            return
        if self._board.deaths(number) < MOST_TRIES and self._board.answered(number) is None:
            self._tell_of(number)

    def _tell_of(self, number: int) -> None:
        self._sent_at[number] = time.monotonic()
        self._send(number)
