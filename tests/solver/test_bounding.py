"""Bounds that are sought at once, or begun at once and proved beside what follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from src.interchange.model import Coverage
from src.interchange.schedule import SolveStatus
from src.solver.bounding import Bounding
from src.solver.problem import Problem, Progress
from src.solver.shares import Shares
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from src.solver.year.outcome import YearBounds, YearOutcome
from src.solver.year.search import Effort
from tests.solver.hospital import hospital


class Unproved(YearLayer):
    """A problem that is too hard for the searches that come first: they leave plans, and no bound."""

    def bound(self, effort: Effort, *words: Any, **names: Any) -> YearBounds:
        found = super().bound(effort, *words, **names)
        if effort.searches:
            return found
        return replace(found, tiers=(None,) * len(found.tiers), is_first_proved=False)


class TooHardForOne(YearLayer):
    """A problem that the first look and the thread beside leave unproved; the third search proves it."""

    searches = 0

    def bound(self, *words: Any, **names: Any) -> YearBounds:
        found = super().bound(*words, **names)
        self.searches += 1
        if self.searches > 2:
            return found
        return replace(found, tiers=(None,) * len(found.tiers), is_first_proved=False)


class Planless(Unproved):
    """The same where the first look does not even meet a plan."""

    looks = 0

    def bound(self, *words: Any, **names: Any) -> YearBounds:
        found = super().bound(*words, **names)
        self.looks += 1
        return found if self.looks > 1 else replace(found, plan=None, hoped=())


class SoonMet(YearLayer):
    """A problem of which a plan is met soon and the bound is proved late: when it is let go on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.may_end = Event()

    def bound(self, effort: Effort, stop: Stop, *words: Any, **names: Any) -> YearBounds:
        met = names.pop("met", None)
        found = super().bound(effort, stop, *words, **names)
        if met is not None:
            met(replace(found, tiers=(None,) * len(found.tiers), is_first_proved=False))
            stop.on_cancel(self.may_end.set)
            assert self.may_end.wait(20)
        return found


class SoonMetAndHard(SoonMet):
    """The same where all threads together do not prove it either, but the one that goes on does."""

    def bound(self, effort: Effort, stop: Stop, *words: Any, **names: Any) -> YearBounds:
        found = super().bound(effort, stop, *words, **names)
        if effort.searches:
            return found
        return replace(found, tiers=(None,) * len(found.tiers), is_first_proved=False)


def is_proved(made: Bounding) -> bool:
    return made.known.is_first_proved


def let_go_on(made: Bounding) -> None:
    assert isinstance(made._layer, SoonMet)
    made._layer.may_end.set()


@contextmanager
def bounding(
    layer: type[YearLayer] = YearLayer, told: list[Progress] | None = None, **options: Any
) -> Iterator[Bounding]:
    given = {"workers": 2, **options}
    problem = Problem(given.pop("program", hospital()), **given)
    stop = given.get("stop") or Stop(60.0)
    told = [] if told is None else told
    made = Bounding(problem, layer(problem), Shares(problem, stop), stop, told.append)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def known() -> YearBounds:
    with bounding() as at_once:
        at_once.seek(Effort(20.0, 2))
        return at_once.known


def test_what_a_glance_proves_needs_no_patience(known: YearBounds) -> None:
    with bounding() as made:
        made.seek_first()
        first = made.known
        made.await_proof()
        assert made.known is first
        assert first.is_first_proved
        assert first.hoped[0] == known.hoped[0]


def test_what_it_does_not_prove_is_proved_beside(known: YearBounds) -> None:
    with bounding(Unproved) as made:
        made.seek_first()
        seen = made.known
        assert seen.plan is not None
        assert not seen.is_first_proved
        assert set(seen.tiers) == {None}
        made.await_proof()
        place = next(place for place, bound in enumerate(made.known.tiers) if bound is not None)
        assert made.known.tiers[place] == known.tiers[place]


def test_what_the_thread_has_not_proved_either_is_sought_by_all(known: YearBounds) -> None:
    with bounding(TooHardForOne) as made:
        made.seek_first()
        made.await_proof()
        assert made.known.is_first_proved
        place = next(place for place, bound in enumerate(made.known.tiers) if bound is not None)
        assert made.known.tiers[place] == known.tiers[place]


def test_whoever_proves_beside_tells_nobody_meanwhile() -> None:
    told: list[Progress] = []
    with bounding(Unproved, told) as made:
        made.seek_first()
        before = len(told)
        proof = made._proof
        assert before
        assert proof is not None
        proof.result()
        assert len(told) == before


def test_without_a_plan_to_go_on_with_everybody_stays() -> None:
    with bounding(Planless) as made:
        made.seek_first()
        assert made._proof is None
        assert made.known.plan is not None


@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 1, "deterministic_limit": 1.0}])
def test_who_is_alone_does_one_thing_after_the_other(options: dict[str, Any]) -> None:
    with bounding(Unproved, **options) as made:
        made.seek_first()
        assert made._proof is None


def test_a_program_without_a_plan_is_told_at_once() -> None:
    crowded = hospital(coverage=(Coverage("WARD", (), (), 9, None, row=2),))
    with bounding(program=crowded) as made:
        made.seek_first()
        assert made.known.is_infeasible
        made.await_proof()
        assert made.known.is_infeasible


def test_closing_ends_a_proof_that_nobody_waits_for() -> None:
    with bounding(Unproved) as made:
        made.seek_first()
        proof = made._proof
        made.close()
        assert proof is not None
        assert proof.cancelled() or proof.exception(timeout=20) is None
        assert not made._stop.cancelled


def test_a_later_tier_that_is_proved_says_nothing_of_the_first() -> None:
    with bounding() as made:
        made.seek(Effort(20.0, 2), [3])
        assert not made.known.is_first_proved


def test_a_worse_plan_is_not_taken_over(known: YearBounds) -> None:
    with bounding() as made:
        made.learn(known)
        worse = replace(known, plan=None, hoped=tuple(each - 1 for each in known.hoped))
        made.learn(replace(worse, tiers=tuple(None if each is None else each - 1 for each in known.tiers)))
        assert made.known.plan is known.plan
        assert made.known.tiers == tuple(None if each is None else each - 1 for each in known.tiers)


def test_a_plan_worth_beginning_with_is_not_kept_waiting_for_the_proof(known: YearBounds) -> None:
    with bounding(SoonMet, workers=4) as made:
        made.seek_first()
        assert made.known.plan is not None
        assert not is_proved(made)
        made.look()
        assert not is_proved(made)
        let_go_on(made)
        made.await_proof()
        assert is_proved(made)
        assert made.known.hoped[0] == known.hoped[0]


def look_after_it_ended(made: Bounding) -> None:
    """Seek the first plan, and look once the search that went on beside it is over."""
    made.seek_first()
    let_go_on(made)
    going_on = made.when_proved()
    assert going_on is not None
    going_on.result(timeout=20)
    made.look()


def test_a_look_takes_over_what_was_proved_meanwhile() -> None:
    with bounding(SoonMet, workers=4) as made:
        look_after_it_ended(made)
        assert is_proved(made)
        assert made.when_proved() is None


def test_what_all_did_not_prove_beside_the_days_one_goes_on_with() -> None:
    with bounding(SoonMetAndHard, workers=4) as made:
        look_after_it_ended(made)
        assert not is_proved(made)
        made.await_proof()
        assert is_proved(made)


def test_closing_ends_a_search_that_went_on_beside_the_days() -> None:
    with bounding(SoonMet, workers=4) as made:
        made.seek_first()
        going_on = made.when_proved()
        made.close()
        assert going_on is not None
        assert going_on.exception(timeout=20) is None


def test_few_threads_prove_first() -> None:
    with bounding(SoonMet, workers=2) as made:
        made.seek_first()
        assert is_proved(made)
        assert made.when_proved() is None


def test_going_on_may_cost_more_where_a_plan_grants_less_than_is_possible(known: YearBounds) -> None:
    with bounding() as made:
        made.learn(known)
        assert known.hoped[0] == known.tiers[0]
        at_bound = YearOutcome(SolveStatus.FEASIBLE, known.plan, known.hoped)
        below = replace(at_bound, hoped=(known.hoped[0] - 1, *known.hoped[1:]))
        assert made.effort_from(below).seconds > made.effort_from(at_bound).seconds > 0


def test_where_nothing_is_proved_more_may_be_possible(known: YearBounds) -> None:
    year = YearOutcome(SolveStatus.FEASIBLE, known.plan, known.hoped)
    with bounding() as made:
        unproved = made.effort_from(year)
        made.learn(known)
        assert unproved.seconds > made.effort_from(year).seconds
