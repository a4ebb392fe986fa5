"""Work of a run that nobody waits for yet."""

from __future__ import annotations

import threading

import pytest

from src.solver.beside import Beside
from src.solver.stop import Stop


def waits_for(stop: Stop) -> bool:
    """Work that goes on until its stop is cancelled; whether it was."""
    ended = threading.Event()
    stop.on_cancel(ended.set)
    return ended.wait(20)


def test_what_is_done_is_there_to_be_had() -> None:
    beside = Beside(Stop(60.0), "test")
    assert beside.submit(lambda: 7).result() == 7
    beside.close()


@pytest.mark.parametrize("whole", [False, True], ids=["closed", "the run is cancelled"])
def test_what_nobody_waits_for_ends(*, whole: bool) -> None:
    stop = Stop(60.0)
    beside = Beside(stop, "test")
    working = beside.submit(lambda: waits_for(beside.stop))
    if whole:
        stop.cancel()
    beside.close()
    assert working.result()
    assert stop.cancelled is whole


def test_what_fails_is_told_to_whoever_asks() -> None:
    beside = Beside(Stop(60.0), "test")
    failing = beside.submit(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failing.result()
    beside.close()


def test_nothing_begins_after_the_end() -> None:
    beside = Beside(Stop(60.0), "test")
    beside.close()
    with pytest.raises(RuntimeError):
        beside.submit(lambda: 7)
