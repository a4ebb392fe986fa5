"""What a step of a run may cost, by what is left."""

from __future__ import annotations

import pytest

from src.interchange.schedule import Scope
from src.solver.daily.budget import Budget
from src.solver.problem import Problem
from src.solver.shares import LEFT_FOR_ANOTHER, PATIENCE, PATIENCE_WITH_ANOTHER, Shares
from src.solver.stop import Stop
from tests.solver.hospital import hospital


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_reasons_take_less_where_there_is_a_schedule_already() -> None:
    shares = Shares(Problem(hospital()), Stop(60.0))
    assert shares.patience(has_schedule=True) == PATIENCE_WITH_ANOTHER < PATIENCE
    assert shares.patience(has_schedule=False) == PATIENCE


def test_reasons_take_all_there_is_where_the_plan_is_given() -> None:
    shares = Shares(Problem(hospital(), scope=Scope.DAILY), Stop(60.0))
    assert shares.patience(has_schedule=True) == 1.0


@pytest.mark.parametrize(("seconds", "suffices"), [(0.0, True), (69.0, True), (71.0, False), (200.0, False)])
def test_late_in_a_run_no_other_plan_is_tried(seconds: float, *, suffices: bool) -> None:
    clock = Clock()
    shares = Shares(Problem(hospital()), Stop(100.0, clock))
    clock.now = seconds
    assert LEFT_FOR_ANOTHER == 0.3
    assert shares.suffice_for_another is suffices


def test_where_results_repeat_what_was_used_counts_and_not_the_clock() -> None:
    clock = Clock()
    shares = Shares(Problem(hospital(), deterministic_limit=10.0), Stop(100.0, clock))
    clock.now = 99.0
    assert shares.suffice_for_another
    shares.used = 8.0
    assert not shares.suffice_for_another


class TestPartsOfABudget:
    def test_a_part_ends_after_its_share_and_leaves_the_rest_alone(self) -> None:
        clock = Clock()
        whole = Budget(Stop(100.0, clock), 1, 4, None, float("inf"))
        part = whole.part(0.25, 4.0)
        clock.now = 24.0
        assert part.has_left()
        clock.now = 26.0
        assert not part.has_left()
        assert whole.has_left()

    def test_it_is_given_some_seconds_but_none_that_the_whole_has_not(self) -> None:
        clock = Clock()
        whole = Budget(Stop(100.0, clock), 1, 4, None, 10.0)
        assert whole.part(0.0, 4.0).left == 4.0
        assert whole.part(0.0, 40.0).left == 10.0

    def test_no_search_of_a_part_is_given_more_than_is_left(self) -> None:
        whole = Budget(Stop(100.0, Clock()), 1, 4, None, float("inf"))
        assert whole.part(0.0, 4.0).effort(20.0).seconds == 4.0
        assert whole.effort(20.0).seconds == 20.0

    def test_where_results_repeat_there_are_no_parts(self) -> None:
        whole = Budget(Stop(100.0, Clock()), 1, 4, 5.0, float("inf"))
        assert whole.part(0.1, 1.0) is whole
        assert whole.effort(20.0).seconds == 20.0
