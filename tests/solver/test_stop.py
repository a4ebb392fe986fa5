"""A stop ends a run at its limit of an injected clock, or when somebody cancels, from any thread."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from src.solver.stop import Stop


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_seconds_count_from_when_the_stop_was_made(clock: Clock) -> None:
    stop = Stop(10, clock)
    assert stop.seconds == 0.0
    clock.now += 3.5
    assert stop.seconds == 3.5


def test_what_remains_is_the_limit_less_the_seconds_gone(clock: Clock) -> None:
    stop = Stop(10, clock)
    clock.now += 4
    assert stop.remaining == 6.0
    assert not stop.reached


def test_a_stop_is_reached_exactly_at_its_limit(clock: Clock) -> None:
    stop = Stop(10, clock)
    clock.now += 9.999
    assert not stop.reached
    clock.now = 1010.0
    assert stop.reached
    assert stop.remaining == 0.0


def test_nothing_remains_below_zero_long_after_the_limit(clock: Clock) -> None:
    stop = Stop(10, clock)
    clock.now += 500
    assert stop.remaining == 0.0


def test_a_limit_that_is_spent_is_no_cancel(clock: Clock) -> None:
    stop = Stop(1, clock)
    clock.now += 2
    assert stop.reached
    assert not stop.cancelled


@pytest.mark.parametrize("limit", [0.0, -1.0])
def test_a_limit_of_nothing_is_reached_at_once(clock: Clock, limit: float) -> None:
    stop = Stop(limit, clock)
    assert stop.reached
    assert stop.remaining == 0.0


def test_a_cancel_takes_all_that_remained(clock: Clock) -> None:
    stop = Stop(10, clock)
    stop.cancel()
    assert stop.cancelled
    assert stop.reached
    assert stop.remaining == 0.0


def test_a_cancel_does_not_stop_the_clock(clock: Clock) -> None:
    stop = Stop(10, clock)
    stop.cancel()
    clock.now += 2
    assert stop.seconds == 2.0


def test_a_cancel_calls_everyone_who_registered(clock: Clock) -> None:
    stop, told = Stop(10, clock), []
    stop.on_cancel(lambda: told.append("first"))
    stop.on_cancel(lambda: told.append("second"))
    stop.cancel()
    assert told == ["first", "second"]


def test_who_registers_after_the_cancel_is_called_at_once(clock: Clock) -> None:
    stop, told = Stop(10, clock), []
    stop.cancel()
    stop.on_cancel(lambda: told.append("late"))
    assert told == ["late"]


def test_the_limit_alone_calls_nobody(clock: Clock) -> None:
    stop, told = Stop(1, clock), []
    stop.on_cancel(lambda: told.append("called"))
    clock.now += 5
    assert stop.reached
    assert told == []


def test_who_was_taken_back_is_not_called(clock: Clock) -> None:
    stop, told = Stop(10, clock), []
    forget = stop.on_cancel(lambda: told.append("forgotten"))
    stop.on_cancel(lambda: told.append("kept"))
    forget()
    stop.cancel()
    assert told == ["kept"]


def test_taking_back_twice_or_after_the_cancel_does_no_harm(clock: Clock) -> None:
    stop, told = Stop(10, clock), []
    forget = stop.on_cancel(lambda: told.append("called"))
    stop.cancel()
    forget()
    forget()
    assert told == ["called"]


def test_the_same_callback_registered_twice_is_taken_back_one_at_a_time(clock: Clock) -> None:
    stop, told = Stop(10, clock), []

    def call() -> None:
        told.append("called")

    forget = stop.on_cancel(call)
    stop.on_cancel(call)
    forget()
    stop.cancel()
    assert told == ["called"]


def test_cancelling_again_leaves_it_cancelled(clock: Clock) -> None:
    stop = Stop(10, clock)
    for _ in range(3):
        stop.cancel()
        assert stop.cancelled
        assert stop.remaining == 0.0


def test_a_callback_may_cancel_or_take_itself_back_without_locking_up(clock: Clock) -> None:
    stop, told = Stop(10, clock), []

    def call() -> None:
        told.append("called")
        forget()
        stop.cancel()

    forget = stop.on_cancel(call)
    stop.cancel()
    assert told == ["called"]


def test_a_callback_runs_in_the_thread_that_cancels(clock: Clock) -> None:
    stop, told = Stop(10, clock), []
    stop.on_cancel(lambda: told.append(threading.current_thread().name))
    thread = threading.Thread(target=stop.cancel, name="canceller")
    thread.start()
    thread.join(5)
    assert told == ["canceller"]
    assert stop.cancelled


def test_no_cancel_is_lost_between_those_who_register_side_by_side() -> None:
    """Whoever registers while another thread cancels is called: by the cancel, or on registering."""
    for _ in range(50):
        stop = Stop(10)
        called = [threading.Event() for _ in range(8)]
        start = threading.Barrier(len(called) + 1)

        def register(event: threading.Event, stop: Stop = stop, start: threading.Barrier = start) -> None:
            start.wait(5)
            stop.on_cancel(event.set)

        threads = [threading.Thread(target=register, args=(event,)) for event in called]
        for thread in threads:
            thread.start()
        start.wait(5)
        stop.cancel()
        for thread in threads:
            thread.join(5)
        assert all(event.is_set() for event in called)


class TestABranch:
    def test_it_has_the_clock_and_the_limit_of_its_stop(self, clock: Clock) -> None:
        stop = Stop(10, clock)
        clock.now += 4
        branch = stop.branch()
        assert (branch.seconds, branch.remaining) == (4.0, 6.0)
        clock.now += 6
        assert branch.reached

    def test_it_ends_with_its_stop(self, clock: Clock) -> None:
        stop = Stop(10, clock)
        branch = stop.branch()
        heard: list[int] = []
        branch.on_cancel(lambda: heard.append(1))
        stop.cancel()
        assert branch.cancelled
        assert heard == [1]

    def test_of_a_stop_that_was_cancelled_it_is_cancelled(self, clock: Clock) -> None:
        stop = Stop(10, clock)
        stop.cancel()
        assert stop.branch().reached

    def test_cancelled_alone_it_leaves_its_stop_going(self, clock: Clock) -> None:
        stop = Stop(10, clock)
        stop.branch().cancel()
        assert not stop.cancelled
        assert stop.remaining == 10.0


class TestWaiting:
    """For what another thread does: until it is done, or the stop is reached."""

    def test_it_ends_with_the_work(self) -> None:
        work: Future[int] = Future()
        threading.Timer(0.05, lambda: work.set_result(7)).start()
        assert Stop(60.0).wait(work)
        assert work.result() == 7

    def test_it_ends_with_a_cancel(self) -> None:
        stop, work = Stop(60.0), Future[int]()
        threading.Timer(0.05, stop.cancel).start()
        assert not stop.wait(work)

    def test_it_ends_with_the_limit(self) -> None:
        assert not Stop(0.05).wait(Future[int]())

    def test_what_failed_is_done(self) -> None:
        work: Future[int] = Future()
        work.set_exception(ZeroDivisionError())
        assert Stop(60.0).wait(work)

    def test_after_the_stop_it_waits_as_long_as_it_is_told(self) -> None:
        stop, work = Stop(60.0), Future[int]()
        stop.cancel()
        assert not stop.wait(work)
        threading.Timer(0.05, lambda: work.set_result(7)).start()
        assert stop.wait(work, grace=20.0)

    def test_nothing_stays_registered(self) -> None:
        stop, work = Stop(0.01), Future[int]()
        stop.wait(work)
        assert stop._callbacks == {}
