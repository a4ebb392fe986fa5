"""Foresight: plans that promise as much are told apart by what they leave to days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from ortools.sat.python import cp_model

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    DutyType,
    HistoryCount,
    HistoryCountKind,
    HistoryInterval,
    Program,
    Session,
    Setting,
    Staffing,
)
from src.interchange.schedule import Scope, SolveStatus
from src.solver.plan import YearPlan
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts
from src.solver.year.foresight import can_foresee, foreseen_terms
from src.solver.year.holidays import holiday_spreads
from src.solver.year.layer import YearLayer
from src.solver.year.model import Frozen, YearModel
from src.solver.year.outcome import YearOutcome
from src.solver.year.plans import hint_plan
from src.solver.year.rules import add_rules
from src.solver.year.search import Effort, Ended, search
from tests.solver.small import (
    MONDAY,
    covers,
    may_do,
    nobody,
    program,
    resident,
    rotation,
    weekday_session,
    year_tier,
)

HOLIDAYS = (MONDAY + timedelta(days=9), MONDAY + timedelta(days=30))
"""A Wednesday of each block."""
EFFORT = Effort(10.0, workers=1)


def wards(**changes: object) -> Program:
    """Two residents for two blocks: one of them on the ward, which works on holidays, the other at a desk."""
    made = program(
        [resident("A"), resident("B")],
        [rotation("WARD"), rotation("DESK", Setting.ELECTIVE)],
        coverage=(covers("WARD", 1, 1),),
        templates=(weekday_session("WARD"), weekday_session("DESK", holidays=False)),
        holidays=HOLIDAYS,
        objective=(year_tier(fair_holidays=3),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def least_spread(made: Program, on_ward: str = "", frozen: Frozen | None = None) -> float:
    """The least spread of holidays, of any plan or of that with these on the ward, block by block."""
    year = YearModel(YearFacts(made), frozen=frozen)
    add_rules(year)
    for block, name in enumerate(on_ward, start=1):
        year.model.add(year.on[name, block, "WARD"] == 1)
    year.model.minimize(sum(float(unit) * spread for unit, spread in holiday_spreads(year)))
    solver = cp_model.CpSolver()
    assert solver.solve(year.model) == cp_model.OPTIMAL
    return solver.objective_value


def made_plan(made: Program, **options: object) -> YearOutcome:
    layer = YearLayer(Problem(made, workers=1, scope=Scope.BOTH))
    return layer.plan(EFFORT, Stop(30.0), nobody, **options)  # type: ignore[arg-type]


def test_who_is_on_the_ward_works_its_holidays() -> None:
    assert (least_spread(wards(), "AA"), least_spread(wards(), "AB")) == (2, 0)


def test_earlier_years_count() -> None:
    earlier = (HistoryCount("A", HistoryCountKind.HOLIDAYS, Decimal(2)),)
    assert least_spread(wards(history_counts=earlier), "BB") == 0
    assert least_spread(wards(history_counts=earlier), "AB") == 2


def test_what_was_counted_of_other_things_does_not() -> None:
    assert (
        least_spread(wards(history_counts=(HistoryCount("A", HistoryCountKind.NIGHTS, Decimal(2)),)), "AB")
        == 0
    )


def test_nobody_works_on_a_holiday_away() -> None:
    away = Absence("A", "sick", HOLIDAYS[0], HOLIDAYS[0], AbsenceStatus.APPROVED)
    assert least_spread(wards(absences=(away,)), "AB") == 1


def test_an_absence_that_was_refused_changes_nothing() -> None:
    away = Absence("A", "sick", HOLIDAYS[0], HOLIDAYS[0], AbsenceStatus.REJECTED)
    assert least_spread(wards(absences=(away,)), "AB") == 0


def test_days_may_still_give_a_holiday_off() -> None:
    optional = (weekday_session("WARD", may_be_off=True), weekday_session("DESK", holidays=False))
    assert least_spread(wards(templates=optional), "AA") == 0


def test_other_pgys_are_not_compared() -> None:
    assert least_spread(wards(people=(resident("A"), resident("B", pgy=2))), "AA") == 0


def test_who_comes_late_is_not_compared() -> None:
    late = resident("B", start_date=MONDAY + timedelta(days=1))
    assert least_spread(wards(people=(resident("A"), late)), "AA") == 0


def test_blocks_that_are_kept_are_not_judged() -> None:
    kept = Frozen({("A", 1): "WARD", ("B", 1): "DESK", ("A", 2): "WARD", ("B", 2): "DESK"})
    assert least_spread(wards(), frozen=kept) == 0


def test_a_plan_shares_holidays_though_no_rule_asks_it() -> None:
    found = made_plan(wards())
    assert found.plan is not None
    assert found.plan.rotation["A", 1] != found.plan.rotation["A", 2]
    assert not found.is_hurried


def test_rules_come_before_an_even_share() -> None:
    """Only one of them may do the ward."""
    ward, desk = may_do("WARD", "DESK")
    found = made_plan(
        wards(requirements=(replace(ward, pgys=(1,)), desk), people=(resident("A"), resident("B", 2)))
    )
    assert found.plan is not None
    assert found.plan.rotation["A", 1] == found.plan.rotation["A", 2] == "WARD"


def test_foresight_that_nobody_waits_for_is_told() -> None:
    over = Stop(60.0)
    over.cancel()
    tiers = (year_tier(fair_heavy_blocks=1), year_tier(fair_holidays=3))
    found = made_plan(wards(objective=tiers), patience=over)
    assert found.plan is not None
    assert found.is_hurried


def test_a_mended_plan_is_not_looked_at_ahead() -> None:
    start = YearOutcome(made_plan(wards()).status, lopsided())
    found = made_plan(wards(), start=start, first_only=True)
    assert found.plan == lopsided()


def lopsided() -> YearPlan:
    return YearPlan({("A", 1): "WARD", ("B", 1): "DESK", ("A", 2): "WARD", ("B", 2): "DESK"})


@pytest.mark.parametrize(
    ("weights", "is_foreseen"),
    [
        ({"fair_holidays": 3}, True),
        ({"advisories": 2}, True),
        ({"fair_holidays": -3}, False),
        ({"advisories": 0}, False),
        ({"fair_weekends": 3}, False),
    ],
)
def test_only_costs_that_plans_decide_are_foreseen(weights: dict[str, int], *, is_foreseen: bool) -> None:
    tier = year_tier(**weights)
    assert can_foresee(tier) is is_foreseen
    assert bool(list(foreseen_terms(YearModel(YearFacts(wards())), tier, Limits()))) is (
        is_foreseen and "fair_holidays" in weights
    )


def month(days: int = 30) -> Program:
    """Three residents and a month: the ward's weekends need one of those on it, each of whom rests."""
    return program(
        [resident("A"), resident("B"), resident("C")],
        [rotation("WARD", vacation_weeks_max=1), rotation("DESK", Setting.ELECTIVE)],
        blocks=(days,),
        templates=(weekday_session("WARD"), weekday_session("WARD", weekdays=(5, 6), may_be_off=True)),
        staffing=(Staffing("WARD", (5, 6), Session.AM, (), 1, row=2),),
        objective=(year_tier(advisories=2),),
    )


def short_of(made: Program, on_ward: str, *, away: str = "", monday: date = MONDAY) -> int:
    """How many free days the plan lacks of those advised."""
    year = YearModel(YearFacts(made))
    terms = list(foreseen_terms(year, made.objective[0], Limits()))
    rotations = {(name, 1): "WARD" if name in on_ward else "DESK" for name in "ABC"}
    hint_plan(year, plan := YearPlan(rotations, frozenset((name, monday, None) for name in away)))
    for (person, block, name), literal in year.on.items():
        year.model.add(literal == int(plan.rotation[person, block] == name))
    for (person, week), literal in year.away.items():
        year.model.add(literal == int((person, week) in plan.vacation_weeks))
    year.model.minimize(sum(short for _, short in terms))
    solver = cp_model.CpSolver()
    assert solver.solve(year.model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def test_two_residents_of_a_whole_month_rest_as_advised() -> None:
    assert short_of(month(), "AB") == 0


def test_a_month_cut_by_vacation_leaves_too_few_weekends() -> None:
    assert short_of(month(), "AB", away="AB") == 4


def test_a_third_resident_makes_up_for_it() -> None:
    assert short_of(month(), "ABC", away="AB") == 0


def test_who_is_away_from_a_desk_is_not_missed() -> None:
    assert short_of(month(), "AB", away="C") == 0


def test_a_block_of_four_weeks_has_nothing_to_advise() -> None:
    assert short_of(month(28), "AB") == 0


def test_months_that_all_are_away_are_still_plans() -> None:
    """Foresight prefers plans; it rules out none, for what is proved later rests on the same rows."""
    made = replace(month(), rotations=(rotation("WARD", vacation_weeks_max=4),), requirements=may_do("WARD"))
    mondays = (Staffing("WARD", (0,), Session.AM, (), 1, row=2),)
    optional = (weekday_session("WARD", weekdays=(), may_be_off=True),)
    year = YearModel(YearFacts(replace(made, staffing=mondays, templates=optional)))
    assert list(foreseen_terms(year, made.objective[0], Limits()))
    for (_, monday), literal in year.away.items():
        year.model.add(literal == int(monday < MONDAY + timedelta(weeks=4)))
    assert cp_model.CpSolver().solve(year.model) == cp_model.OPTIMAL


def test_a_search_ends_when_nothing_better_comes() -> None:
    """A sum whose best takes far longer to prove than the patience that is left after the first gain."""
    model = cp_model.CpModel()
    items = [model.new_bool_var(f"{place}") for place in range(60)]
    for shift in range(40):
        weighed = [(17 * place * (shift + 3) % 97 + 5) * item for place, item in enumerate(items)]
        model.add(sum(weighed) <= 901 + shift)
    model.maximize(sum((place * 31 % 89 + 7) * item for place, item in enumerate(items)))
    stop = Stop(60.0)
    answer = search(model, Effort(60.0, workers=1), stop, patience=0.05)
    assert answer.ended is Ended.FOUND
    assert stop.seconds < 30


def test_a_run_of_nights_from_before_the_year_is_not_gone_on_with() -> None:
    """Somebody has to be on nights at first; that it is not A costs nothing, and is seen only so."""
    zone = program().zone
    eve = [datetime.combine(MONDAY - timedelta(days=back), time(19), zone) for back in range(1, 7)]
    made = program(
        [resident("A"), resident("B"), resident("C")],
        [rotation("NF", Setting.NIGHT_FLOAT), rotation("DESK", Setting.ELECTIVE)],
        blocks=(28,),
        templates=(weekday_session("NF", Session.NIGHT), weekday_session("DESK")),
        coverage=(covers("NF", 1, 1),),
        history=tuple(
            HistoryInterval("A", each, each + timedelta(hours=12), DutyType.NIGHT_FLOAT) for each in eve
        ),
        objective=(year_tier(advisories=2),),
    )
    start = YearOutcome(SolveStatus.FEASIBLE, YearPlan({("A", 1): "NF", ("B", 1): "DESK", ("C", 1): "DESK"}))
    plan = made_plan(made, start=start).plan
    assert plan is not None
    assert plan.rotation["A", 1] == "DESK"
