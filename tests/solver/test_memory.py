"""A run near its memory limit ends with the best it has found, and says so."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from src.interchange.schedule import SolveStatus
from src.planning.generation.solve_program import SolveOptions, result_file
from src.planning.memory import resident_megabytes
from src.solver.memory import frozen, guard, uncollected
from src.solver.problem import Progress
from src.solver.stop import Stop
from tests.solver.hospital import assert_legal, hospital, run

ENDLESS: dict[str, object] = {"deterministic_limit": None, "workers": 1, "memory_limit_mb": 100}


class Meter:
    """A meter that reads little until it is told to read much."""

    def __init__(self) -> None:
        self.megabytes = 10.0

    def __call__(self) -> float:
        return self.megabytes


def test_a_limit_that_is_spent_already_ends_the_run_with_nothing() -> None:
    """With the process's own memory and a limit far below it."""
    stop = Stop(60.0, memory=resident_megabytes)
    result = run(hospital(), stop, **{**ENDLESS, "memory_limit_mb": 1})
    assert result.status is SolveStatus.UNKNOWN
    assert result.schedule is None
    assert result.notice is not None
    assert "1 MB" in result.notice
    assert "no schedule had been found" in result.notice
    assert result.seconds < 20


def test_memory_that_grows_after_the_first_schedule_leaves_that_schedule() -> None:
    meter = Meter()

    def grow(step: Progress) -> None:
        if step.phase.startswith("days and calls: first"):
            meter.megabytes = 90.0

    result = run(hospital(), Stop(60.0, memory=meter), grow, **ENDLESS)
    assert result.status is SolveStatus.FEASIBLE
    assert_legal(hospital(), result)
    assert result.notice is not None
    assert "best schedule found" in result.notice
    assert not result.cancelled, "nobody cancelled it"


def test_the_notice_stands_in_the_result_file() -> None:
    stop = Stop(60.0, memory=resident_megabytes)
    result = run(hospital(), stop, **{**ENDLESS, "memory_limit_mb": 1})
    assert result_file(hospital(), SolveOptions(), result).extra == {"notice": result.notice}


def test_a_run_within_its_limit_says_nothing_of_memory() -> None:
    result = run(hospital(), Stop(60.0, memory=Meter()), memory_limit_mb=100)
    assert result.notice is None
    assert result_file(hospital(), SolveOptions(), result).extra == {}


def test_just_below_nine_tenths_of_the_limit_nothing_happens() -> None:
    meter = Meter()
    meter.megabytes = 89.9
    stop = Stop(60.0, memory=meter)
    with guard(stop, 100):
        assert not stop.cancelled
    meter.megabytes = 90.0
    with guard(stop, 100):
        assert stop.out_of_memory


def test_growth_is_seen_while_a_search_runs() -> None:
    """The search itself looks at no meter: the guard's own thread stops it."""
    meter, stopped = Meter(), threading.Event()
    stop = Stop(60.0, memory=meter)
    with guard(stop, 100):
        stop.on_cancel(stopped.set)
        meter.megabytes = 500.0
        assert stopped.wait(10.0)
    assert stop.out_of_memory


def test_the_guard_ends_with_the_run() -> None:
    before = threading.active_count()
    with guard(Stop(60.0, memory=Meter()), 100):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_a_cancel_is_no_want_of_memory() -> None:
    stop = Stop(60.0, memory=Meter())
    stop.cancel()
    stop.run_out_of_memory()
    assert stop.cancelled
    assert not stop.out_of_memory


def test_a_stop_without_a_meter_watches_nothing() -> None:
    result = run(hospital(), Stop(60.0), memory_limit_mb=1)
    assert result.notice is None
    assert result.schedule is not None


def test_the_process_holds_some_megabytes() -> None:
    assert 10 < resident_megabytes() < 100_000


def test_garbage_is_collected_again_whatever_happens_meanwhile() -> None:
    @uncollected()
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert gc.isenabled()


def test_nothing_is_collected_meanwhile() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_who_collects_nothing_anyway_is_left_alone() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_frozen_is_given_back_when_the_last_block_ends() -> None:
    """Blocks of several threads overlap; only the end of the last lets garbage be looked for everywhere."""
    frozen_before = gc.get_freeze_count()
    with frozen():
        with pytest.raises(ZeroDivisionError), frozen():
            raise ZeroDivisionError
        assert gc.get_freeze_count() > frozen_before
    assert gc.get_freeze_count() == 0


def test_garbage_in_circles_made_before_is_collected_after() -> None:
    class Circle:
        me: Circle

    circle = Circle()
    circle.me = circle
    gone = weakref.ref(circle)
    with frozen():
        del circle
        gc.collect()
        assert gone() is not None
    gc.collect()
    assert gone() is None
