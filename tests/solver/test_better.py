"""The plan that is made while the days of the first are built."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from src.solver.better import BetterPlan
from src.solver.plan import Cut, OnRotation, YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from src.solver.year.outcome import YearBounds, YearOutcome
from src.solver.year.search import Effort
from tests.solver.hospital import hospital
from tests.solver.world import silent

EFFORT = Effort(20.0)
SECONDS_TO_MAKE_ONE = 30.0
NOBODY_IS_ANYWHERE = Cut(((1, OnRotation("A", 1, frozenset())),), 1, "A is nowhere")


@contextmanager
def better(
    stop: Stop | None = None, kind: type[YearLayer] = YearLayer, **options: Any
) -> Iterator[tuple[BetterPlan, YearLayer]]:
    problem = Problem(hospital(), **{"workers": 4, **options})
    layer = kind(problem)
    made = BetterPlan(problem, layer, stop or Stop(60.0))
    try:
        yield made, layer
    finally:
        made.close()


def when_made(made: BetterPlan) -> YearOutcome | None:
    """What it has when nobody was in a hurry."""
    assert made._made is not None
    made._made.result(SECONDS_TO_MAKE_ONE)
    return made.result()


def test_it_is_as_good_as_plans_can_be_and_breaks_no_date() -> None:
    with better() as (made, layer):
        known = layer.bound(EFFORT, Stop(60.0), silent)
        made.begin(EFFORT, known, (), known.tiers)
        found = when_made(made)
        assert found is not None
        assert found.plan is not None
        assert not found.short
        assert found.hoped[0] == known.tiers[0]


def test_what_it_posts_is_posted_for_others_when_it_is_taken_over() -> None:
    with better() as (made, layer):
        asked = dict.fromkeys(layer.demands[:2])
        known = layer.bound(EFFORT, Stop(60.0), silent)
        made.begin(EFFORT, known, (), known.tiers)
        made._apart.posted |= asked
        assert layer.posted == {}
        when_made(made)
        assert layer.posted.keys() >= asked.keys()
        assert layer.apart().posted is not layer.posted


class Long(YearLayer):
    """A problem of which a plan is met soon, and the best is looked for until nobody has time any more."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.has_met_one = Event()

    def plan(self, effort: Effort, stop: Stop, *words: Any, **names: Any) -> YearOutcome:
        found = super().plan(effort, stop, *words, **names)
        stopped = Event()
        stop.on_cancel(stopped.set)
        self.has_met_one.set()
        assert stopped.wait(SECONDS_TO_MAKE_ONE)
        return replace(found, is_hurried=False)


def test_what_there_is_when_it_is_wanted_is_handed_over_as_unfinished() -> None:
    with better(kind=Long) as (made, layer):
        known = layer.bound(EFFORT, Stop(60.0), silent)
        made.begin(EFFORT, known, (), known.tiers)
        assert isinstance(layer, Long)
        assert layer.has_met_one.wait(SECONDS_TO_MAKE_ONE)
        found = made.result()
        assert found is not None
        assert found.plan is not None
        assert not found.is_done


def test_no_other_is_looked_for_when_the_first_is_wanted() -> None:
    asked: list[YearPlan] = []

    def foreseen(plan: YearPlan) -> list[Cut]:
        asked.append(plan)
        return []

    with better(kind=Long) as (made, layer):
        made.begin(EFFORT, layer.bound(EFFORT, Stop(60.0), silent), (), (), None, foreseen)
        assert isinstance(layer, Long)
        assert layer.has_met_one.wait(SECONDS_TO_MAKE_ONE)
        assert made.result() is not None
        assert not asked


def test_one_is_enough() -> None:
    with better() as (made, layer):
        made.begin(EFFORT, YearBounds(()), (), ())
        first = when_made(made)
        made.begin(EFFORT, YearBounds(()), (NOBODY_IS_ANYWHERE,), ())
        assert made.result() is first
        assert layer.problem.workers == 4


@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 2}, {"deterministic_limit": 1.0}])
def test_who_has_no_threads_to_spare_begins_none(options: dict[str, Any]) -> None:
    with better(**options) as (made, _):
        made.begin(EFFORT, YearBounds(()), (), ())
        assert made.result() is None


def test_where_no_plan_keeps_what_is_asked_there_is_none() -> None:
    with better() as (made, _):
        made.begin(EFFORT, YearBounds(()), (NOBODY_IS_ANYWHERE,), ())
        assert when_made(made) is None


def test_who_never_began_has_none() -> None:
    with better() as (made, _):
        assert made.result() is None


def test_it_ends_with_the_run() -> None:
    stop = Stop(60.0)
    stop.cancel()
    with better(stop) as (made, _):
        made.begin(EFFORT, YearBounds(()), (), ())
        assert made.result() is None


def test_a_plan_that_nobody_waits_for_ends_soon_after_closing_which_does_not_wait_for_it() -> None:
    stop = Stop(60.0)
    with better(stop) as (made, _):
        made.begin(EFFORT, YearBounds(()), (), ())
        made.close()
        assert made._made is not None
        assert made._made.cancelled() or made._made.result(timeout=20) is not None
    assert not stop.cancelled


def test_it_waits_for_the_proof_that_is_under_way() -> None:
    with better() as (made, layer):
        known = layer.bound(EFFORT, Stop(60.0), silent)
        proof: Future[YearBounds] = Future()
        made.begin(EFFORT, YearBounds(()), (), (), proof)
        assert made._made is not None
        assert not made._made.done()
        proof.set_result(replace(known, is_first_proved=True))
        found = when_made(made)
        assert found is not None
        assert found.hoped[0] == known.tiers[0]


def test_without_the_proof_there_is_nothing_to_begin_with() -> None:
    with better() as (made, _):
        proof: Future[YearBounds] = Future()
        proof.set_result(YearBounds(()))
        made.begin(EFFORT, YearBounds(()), (), (), proof)
        assert when_made(made) is None


def test_a_proof_that_never_ends_is_not_waited_for_after_closing() -> None:
    with better() as (made, _):
        made.begin(EFFORT, YearBounds(()), (), (), Future())
        made.close()
        assert made._made is not None
        assert made._made.cancelled() or made._made.result(timeout=20).plan is None


def test_what_is_foreseen_of_its_days_is_asked_of_it() -> None:
    seen: list[YearPlan] = []

    def foreseen(plan: YearPlan) -> list[Cut]:
        seen.append(plan)
        return [Cut.not_together([OnRotation("A", 1, frozenset({plan.rotation["A", 1]}))], "not there")]

    with better() as (made, layer):
        known = layer.bound(EFFORT, Stop(60.0), silent)
        made.begin(EFFORT, known, (), known.tiers, None, foreseen)
        found = when_made(made)
        assert found is not None
        assert found.plan is not None
        assert found.plan.rotation["A", 1] != seen[0].rotation["A", 1]


def test_a_plan_is_kept_where_none_keeps_what_is_foreseen() -> None:
    with better() as (made, layer):
        known = layer.bound(EFFORT, Stop(60.0), silent)
        made.begin(EFFORT, known, (), known.tiers, None, lambda _: [NOBODY_IS_ANYWHERE])
        assert when_made(made) is not None
