"""What every run promises: bounds that hold, rules that only cost, a cancel at any moment, bounded work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.interchange.model import (
    CallPin,
    Coverage,
    Program,
    Requirement,
    RotationPin,
    Session,
    Staffing,
    Succession,
)
from src.interchange.schedule import Scope, SolveStatus
from src.solver.answer import no_such_plan, not_again
from src.solver.asked import Asked
from src.solver.daily.explain import BlockFailure
from src.solver.daily.layer import DailyOutcome
from src.solver.engine import _Run
from src.solver.plan import Cut, OnRotation, YearPlan
from src.solver.problem import Problem, Progress
from src.solver.result import Result
from src.solver.stop import Stop
from tests.solver.hospital import MONDAY, assert_legal, hospital, run
from tests.solver.world import assert_keeps_to, silent

THOROUGH = 1.0
"""Deterministic seconds within which the hospital is proved."""

RULES: tuple[dict[str, object], ...] = (
    {"rotation_pins": (RotationPin("B", 1, "DESK", row=2),)},
    {"rotation_pins": (RotationPin("A", 2, "WARD", row=2),)},
    {"call_pins": (CallPin("D", MONDAY + timedelta(5), "CALL", row=2),)},
    {"successions": (Succession("WARD", "WARD", (), row=2),)},
    {"coverage": (Coverage("WARD", (), (), 2, 2, row=2), Coverage("WARD", (1,), (), 1, 1, row=3))},
    {"staffing": (Staffing("WARD", (), Session.AM, (), 1, 1, row=2),)},
    {
        "requirements": (
            Requirement((), None, "WARD", 0, 1, row=2),
            Requirement((), None, "DESK", 0, None, row=3),
        )
    },
)


@pytest.fixture(scope="module")
def free() -> Result:
    """The hospital without further rules, proved: looser bounds would say less."""
    found = run(hospital(), deterministic_limit=THOROUGH)
    assert found.status is SolveStatus.OPTIMAL
    return found


@pytest.mark.parametrize("rule", RULES, ids="-".join)
def test_adding_a_rule_never_improves(free: Result, rule: dict[str, object]) -> None:
    """Nothing found under one more rule exceeds what was proved for all schedules without it."""
    stricter = run(hospital(**rule), deterministic_limit=0.1)
    assert_keeps_to((tier.objective for tier in stricter.tiers), free.tiers)
    assert_keeps_to((tier.objective for tier in stricter.tiers), stricter.tiers)
    assert_legal(hospital(**rule), stricter)


def test_a_rule_that_nobody_can_keep_leaves_no_schedule() -> None:
    """A and B have a vacation week due that nobody may be away in."""
    result = run(hospital(max_on_vacation=0), deterministic_limit=0.1)
    assert result.status is SolveStatus.INFEASIBLE
    assert result.schedule is None
    assert ("program.toml", None) in {(each.file, each.row) for each in result.conflicts}


def test_whatever_another_seed_finds_keeps_to_the_bounds_of_the_first(free: Result) -> None:
    for seed in (2, 3):
        other = run(hospital(), seed=seed)
        assert_keeps_to((tier.objective for tier in other.tiers), free.tiers)


def test_bounds_of_days_under_a_given_plan_hold_for_every_seed() -> None:
    whole = run(hospital())
    days = [
        run(hospital(), scope=Scope.DAILY, year_plan=whole.schedule, seed=seed, deterministic_limit=limit)
        for seed, limit in ((1, THOROUGH), (2, 0.1), (3, 0.2))
    ]
    for one in days:
        for other in days:
            assert_keeps_to((tier.objective for tier in one.tiers), other.tiers)


def test_days_under_a_given_plan_are_proved_the_best_of_that_plan() -> None:
    """Another plan might be better: what is proved holds for this one, as the run was asked."""
    whole = run(hospital())
    alone = run(hospital(), scope=Scope.DAILY, year_plan=whole.schedule, deterministic_limit=THOROUGH)
    assert alone.status is SolveStatus.OPTIMAL
    assert all(tier.bound == tier.objective for tier in alone.tiers)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 40))
def test_a_cancel_at_any_moment_leaves_a_legal_schedule_or_none(steps: int) -> None:
    stop, seen = Stop(60.0), [0]

    def cancel_after(_: Progress) -> None:
        seen[0] += 1
        if seen[0] > steps:
            stop.cancel()

    result = run(hospital(), stop, cancel_after)
    if result.schedule is None:
        assert result.status is SolveStatus.UNKNOWN
    else:
        assert_legal(hospital(), result)
        assert all(tier.bound is None or tier.objective <= tier.bound for tier in result.tiers)


def harder() -> Program:
    """A hospital whose first plans have no roster: the layers go to and fro."""
    return hospital(
        staffing=(Staffing("WARD", (), Session.AM, (), 1, 2, row=2),), vacation_weeks={1: 1, 2: 1}
    )


@pytest.mark.parametrize("limit", [0.05, 0.4])
def test_a_deterministic_limit_bounds_the_whole_run(limit: float) -> None:
    """Repairs and explanations included; a search may end a little late, as it looks now and then only."""
    engine = _Run(Problem(harder(), workers=1, deterministic_limit=limit), Stop(60.0), silent)
    engine.solve()
    assert engine._shares.used <= limit * 1.2 + 0.1


def test_days_that_fail_late_are_learnt_from_only_where_another_plan_would_be_made() -> None:
    """With a schedule in hand the seconds that learning takes are worth more to its own days."""
    limit = 5.0
    engine = _Run(Problem(hospital(), workers=1, deterministic_limit=limit), Stop(60.0), silent)
    engine.solve()
    assert engine._best is not None
    nobody_at_work = YearPlan({(name, block): "DESK" for name in "ABCD" for block in (1, 2)})
    learnt: list[int] = []
    for used in (limit * 0.9, 0.0):
        engine._shares.used, before = used, len(engine._asked.cuts)
        assert not engine._days(1.0, plan=nobody_at_work)
        learnt.append(len(engine._asked.cuts) - before)
    assert learnt[0] == 0 < learnt[1]


def test_with_one_worker_and_a_deterministic_limit_the_clock_does_not_matter() -> None:
    one = run(harder(), Stop(60.0))
    other = run(harder(), Stop(1000.0))
    assert one.schedule == other.schedule
    assert one.tiers == other.tiers


def test_a_plan_is_no_schedule(free: Result) -> None:
    """What days are solved under is kept to the row."""
    assert free.schedule is not None
    plan = YearPlan.of_schedule(free.schedule)
    again = run(hospital(), scope=Scope.DAILY, year_plan=replace(free.schedule, assignments=()))
    assert again.schedule is not None
    assert YearPlan.of_schedule(again.schedule) == plan


def test_a_guess_that_no_plan_keeps_is_not_learned_again() -> None:
    """A roster fails on a most of staffing, the cut asks for the impossible: the plan is passed over."""
    asked = Asked(Problem(hospital()), Stop(30.0))
    plan = YearPlan({(person, 1): "WARD" for person in "ABCD"})
    guess = Cut.not_together([OnRotation("A", 1, frozenset({"WARD", "DESK"}))], "a guess")
    failed = DailyOutcome(None, failures=(BlockFailure(1, "no roster", (guess,)),))
    asked.learn(failed, plan)
    assert guess in asked.cuts
    asked.forget_guesses()
    asked.learn(failed, plan)
    assert guess not in asked.cuts
    assert any(not cut.is_kept_by(plan) for cut in asked.cuts)


def test_a_schedule_is_kept_and_it_is_told_when_sharing_out_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise OSError("what is compiled cannot be read")

    monkeypatch.setattr("src.solver.engine.get_ready_to_share", broken)
    result = run(hospital())
    assert_legal(hospital(), result)
    assert result.notice is not None
    assert "what is compiled cannot be read" in result.notice
    monkeypatch.undo()
    assert run(hospital()).notice is None


def test_only_the_very_plan_whose_days_are_none_is_proved_away() -> None:
    plan = YearPlan({("A", 1): "WARD", ("A", 2): "DESK"})
    other = YearPlan({("A", 1): "WARD", ("A", 2): "WARD"})
    proved = no_such_plan(plan, ["no roster"])
    assert proved.proved
    assert not proved.is_kept_by(plan)
    assert proved.is_kept_by(other)
    guess = not_again(plan, 1)
    assert not guess.proved, "what one block was tried with proves nothing of other plans"
    assert not guess.is_kept_by(other)
