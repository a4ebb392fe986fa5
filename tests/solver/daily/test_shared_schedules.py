"""The schedules of another maker as decisions of our model: legal in it, and scored by it as expected."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from src.compliance.check import check
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.schedule import Schedule
from src.interchange.schedule_files import load_schedule
from src.solver.daily.assemble import DailyModel, assemble
from src.solver.daily.budget import Budget
from src.solver.daily.construct import Constructor
from src.solver.daily.improve import Improver
from src.solver.daily.linear import Expr
from src.solver.daily.readout import Readout
from src.solver.daily.subsolve import State
from src.solver.expand import Decisions, decisions_of, expand
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.world import silent

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
TIER_OF_WISHES, TIER_OF_FAIRNESS, TIER_OF_WEEKENDS = 1, 2, 3

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not there"),
]


def read(name: str) -> tuple[Program, Schedule, dict[str, Any]]:
    folder = SHARED / "schedules" / name
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return load_program(SHARED / "programs" / name), load_schedule(folder), expected["score_terms"]


def settle(daily: DailyModel, state: State, decisions: Decisions) -> None:
    """Let the model's decisions stand as the schedule's do; what follows is left open."""
    date = daily.shared.calendar.date

    def put(decision: Expr, taken: bool) -> None:
        state.set(decision.terms[0][0], int(taken), int(taken))

    for draft in daily.drafts:
        for day, off in draft.off.items():
            put(off, (draft.id, date(day)) in decisions.days_off)
        for day, options in draft.calls.items():
            for option in options:
                put(option.taken, (draft.id, date(day), option.duty.call.id) in decisions.calls)


@pytest.mark.parametrize("name", ["tiny", "fm-24", "gs-35"])
def test_decisions_read_from_a_schedule_give_back_its_very_rows(name: str) -> None:
    program, schedule, _ = read(name)
    plan = YearPlan.of_schedule(schedule)
    rows = expand(program, plan, decisions_of(program, plan, schedule.assignments))
    assert set(rows) == set(schedule.assignments)


@pytest.mark.parametrize("name", ["tiny", "fm-24"])
def test_the_model_holds_the_schedule_for_legal_and_scores_it_as_expected(name: str) -> None:
    """Days and calls fixed as they are, all else follows: no row breaks, and every daily term is met."""
    program, schedule, expected = read(name)
    plan = YearPlan.of_schedule(schedule)
    daily = assemble(Problem(program), plan, (), ())
    state = State(daily.model)
    settle(daily, state, decisions_of(program, plan, schedule.assignments))
    decided = [each for each in range(daily.model.size) if daily.model.is_decision[each]]
    assert not daily.model.broken
    assert not state.breaks(decided)
    hint = {each: state.low[each] for each in decided}
    constructor = Constructor(daily, state, Budget(Stop(60.0), 1, 2, None, 60.0), silent, hint)
    assert not constructor.build()
    weights = [dict(tier.weights) for tier in program.objective]
    scores = [daily.objective.score(tier, value) for tier, value in enumerate(state.scores())]
    wishes = sum(
        weights[TIER_OF_WISHES][term] * Decimal(str(expected[term]))
        for term in ("day_off_request", "no_call_request")
    )
    unfair = sum(
        weights[TIER_OF_FAIRNESS][term] * Decimal(str(expected[term]))
        for term in ("fair_call_points", "fair_weekends", "fair_holidays", "advisories")
    )
    assert scores[TIER_OF_WISHES] == wishes
    assert scores[TIER_OF_FAIRNESS] == -unfair
    weekends = expected["whole_weekends"] - expected["isolated_nights"]
    assert scores[TIER_OF_WEEKENDS] == Decimal(str(weekends))


def test_improvement_never_makes_a_tier_worse_and_stays_legal() -> None:
    program, schedule, _ = read("tiny")
    plan = YearPlan.of_schedule(schedule)
    daily = assemble(Problem(program), plan, (), ())
    state = State(daily.model)
    budget = Budget(Stop(60.0), 1, 1, 1.0, float("inf"))
    assert not Constructor(daily, state, budget, silent, {}).build()
    seen = [state.scores()]
    Improver(daily, state, budget, 1, seen.append).run()
    assert seen == sorted(seen)
    assert len(set(seen)) > 1
    rows = Readout(daily, state).rows()
    report = check(program, Schedule(plan.year_rows(), plan.vacation_rows(), rows))
    assert report.ok
