"""A run that nears its limit of memory is stopped, and keeps the best it has found.

The limit is the process's, in megabytes. What is held already when a run begins counts: it is the process
that would be killed. A part of the limit is kept back for what comes after the search: reading the solution,
scoring, judging and writing it.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from src.solver.stop import Stop

SECONDS_BETWEEN_LOOKS = 0.1
KEPT_BACK = 0.1


@contextmanager
def guard(stop: Stop, limit_mb: int) -> Iterator[None]:
    """Watch the stop's meter while the block runs; at nine tenths of the limit the stop is cancelled."""
    meter = stop.memory
    if meter is None:
        yield
        return
    most = limit_mb * (1 - KEPT_BACK)
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            if meter() >= most:
                stop.run_out_of_memory()
                return

    if meter() >= most:
        stop.run_out_of_memory()
    watcher = threading.Thread(target=watch, name="memory guard", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nobody look for garbage while the block makes objects by the hundred thousand that all stay.

    Looking through them again and again takes a fifth of the time a year's model is assembled in; looking
    three times after, as they grow old, another fifth. So they are old at once.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        with frozen():
            pass  # all of it is old now: what was frozen goes to the oldest generation, unseen
        if was_on:
            gc.enable()


class _Frozen:
    """How many blocks are under way for which what is there already is not looked through for garbage."""

    def __init__(self) -> None:
        self._many = 0
        self._lock = threading.Lock()

    def begin(self) -> None:
        with self._lock:
            self._many += 1
            gc.freeze()

    def end(self) -> None:
        with self._lock:
            self._many -= 1
            if not self._many:
                gc.unfreeze()


_FROZEN = _Frozen()


@contextmanager
def frozen() -> Iterator[None]:
    """Let nobody look for garbage among what is there already while the block runs.

    A search makes and drops small things without end; each look through the models they are made from, all of
    which stay, holds every thread up for half a second.
    """
    _FROZEN.begin()
    try:
        yield
    finally:
        _FROZEN.end()


def notice_of(limit_mb: int, *, found: bool) -> str:
    """What a run that was stopped for its memory says."""
    kept = "the best schedule found until then was kept" if found else "no schedule had been found"
    return f"The run was ended near its memory limit of {limit_mb} MB; {kept}."
