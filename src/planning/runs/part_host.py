"""The run that a worker searches beside, as the board shows it: news both ways, carried by the beat."""

from __future__ import annotations

import threading

import structlog

from src.planning.runs.part_board import PartBoard
from src.planning.runs.part_words import UnreadableError
from src.solver.expand import Decisions
from src.solver.parts.company import Changes

_log = structlog.get_logger(__name__)


class PartHost:
    """What the run shows and is told. Only `exchange` talks to Redis."""

    def __init__(self, board: PartBoard) -> None:
        self._board = board
        self._lock = threading.Lock()
        self._seen = 0
        self._shown: Decisions | None = None
        self._told: list[Changes] = []

    def shown(self) -> Decisions | None:
        with self._lock:
            shown, self._shown = self._shown, None
        return shown

    def tell(self, changes: Changes) -> None:
        with self._lock:
            self._told.append(changes)

    def exchange(self) -> None:
        """Carry what there is, both ways. Raises what Redis raises."""
        with self._lock:
            told, self._told = self._told, []
        for changes in told:
            self._board.tell(changes)
        edition = self._board.edition()
        if edition <= self._seen:
            return
        try:
            shown = self._board.shown()
        except UnreadableError:
            _log.warning("shown_unreadable", exc_info=True)
            shown = None
        self._seen = edition
        if shown is not None:
            with self._lock:
                self._shown = shown
