"""What goes wrong or comes late at the end of a run costs a bound, never the schedule that was found."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from decimal import Decimal

import pytest

from src.planning.generation.solve_program import SolveOptions, result_file
from src.solver.ceilings.ceilings import Ceilings
from src.solver.closing import NO_TIME, Gains, Told
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from tests.solver.hospital import assert_legal, hospital
from tests.solver.world import silent

KNOWN = (Decimal(5), None)


def ceilings() -> Ceilings:
    return YearLayer(Problem(hospital())).ceilings


def cancelled() -> Stop:
    stop = Stop(60.0)
    stop.cancel()
    return stop


def solved() -> Result:
    return solve(Problem(hospital(), workers=1, deterministic_limit=0.3), Stop(60.0), silent)


def test_an_error_in_working_out_bounds_leaves_schedule_and_known_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: Ceilings) -> int:
        raise ArithmeticError("HiGHS could not run")

    whole = solved()
    monkeypatch.setattr(Ceilings, "_whole_weekends", property(broken))
    result = solved()
    assert_legal(hospital(), result)
    assert result.notice is not None
    assert "not worked out: ArithmeticError (HiGHS could not run)" in result.notice
    assert [type(trouble) for trouble in result.troubles] == [ArithmeticError]
    for tier, other in zip(result.tiers, whole.tiers, strict=True):
        assert tier.objective == other.objective
        assert tier.bound is None or other.bound is None or tier.bound >= other.bound
    file = result_file(hospital(), SolveOptions(), result)
    assert file.extra["notice"] == result.notice


def test_an_error_in_the_search_for_a_better_schedule_leaves_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("src.solver.bounding.Bounding.seek_the_rest", broken)
    result = solved()
    assert_legal(hospital(), result)
    assert result.notice == "The search for a better schedule broke off: MemoryError."
    assert [type(trouble) for trouble in result.troubles] == [MemoryError]


def test_an_error_before_anything_was_found_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(YearLayer, "plan", broken)
    with pytest.raises(ArithmeticError):
        solved()


class TestBounds:
    def test_what_is_worked_out_by_the_stop_is_taken_off(self) -> None:
        mine, told = ceilings(), Told()
        gains: Future[Gains] = Future()
        gains.set_result(mine.gains)
        assert told.lowered_in_time(mine, KNOWN, gains, cancelled()) == mine.lowered(KNOWN)
        assert not told.sentences

    def test_what_comes_too_late_is_told_and_not_waited_for(self) -> None:
        told, never = Told(), Future[Gains]()
        assert told.lowered_in_time(ceilings(), KNOWN, never, cancelled()) == KNOWN
        assert (told.sentences, told.troubles) == ([NO_TIME], [])

    def test_as_long_as_there_is_time_it_is_waited_for(self) -> None:
        mine, told = ceilings(), Told()
        gains: Future[Gains] = Future()
        threading.Timer(0.1, lambda: gains.set_result(mine.gains)).start()
        assert told.lowered_in_time(mine, KNOWN, gains, Stop(60.0)) == mine.lowered(KNOWN)
        assert not told.sentences

    def test_an_error_without_words_is_named_by_its_kind(self) -> None:
        told = Told()
        gains: Future[Gains] = Future()
        gains.set_exception(ZeroDivisionError())
        told.lowered_in_time(ceilings(), KNOWN, gains, cancelled())
        assert told.sentences == [
            "Some bounds were not worked out: ZeroDivisionError. Those given hold, but are wide."
        ]
