"""What is freed around a schedule, and how a first schedule leans towards fair shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from src.interchange.model import Tier
from src.solver.daily import neighbourhoods
from src.solver.daily.assemble import DailyModel, assemble
from src.solver.daily.balance import leaning_weights
from src.solver.daily.budget import Budget
from src.solver.daily.construct import Constructor
from src.solver.daily.linear import LinearModel, Scale, of
from src.solver.daily.neighbourhoods import LARGEST_SIZE, SMALLEST_SIZE, Kind, Neighbourhoods, costs_of
from src.solver.daily.subsolve import State
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.daily.test_layer import PLAN
from tests.solver.hospital import hospital
from tests.solver.world import silent


@pytest.fixture(scope="module")
def daily() -> DailyModel:
    return assemble(Problem(hospital()), PLAN, (), ())


@pytest.fixture(scope="module")
def state(daily: DailyModel) -> State:
    state = State(daily.model)
    assert not Constructor(daily, state, Budget(Stop(60.0), 1, 1, 0.5, 60.0), silent, {}).build()
    return state


def decisions(daily: DailyModel) -> set[int]:
    model = daily.model
    return {
        each for each in range(model.size) if model.is_decision[each] and model.low[each] < model.high[each]
    }


def test_every_kind_frees_decisions_alone_and_each_once(daily: DailyModel, state: State) -> None:
    around = Neighbourhoods(daily, state, 1, 1)
    for kind in around.kinds:
        for _ in range(20):
            chosen = kind.choose(8)
            assert chosen
            assert len(chosen) == len(set(chosen))
            assert set(chosen) <= decisions(daily)


def test_the_first_neighbourhoods_cover_the_whole_year(daily: DailyModel, state: State) -> None:
    around = Neighbourhoods(daily, state, 1, 1)
    first = around.next()
    assert first.kind is around.walk
    assert set(first.decisions) == decisions(daily)


@pytest.mark.parametrize("begins_at", [0.0, 0.5, 0.75])
def test_a_walk_begins_where_it_is_told_to_and_comes_to_every_date_once(
    daily: DailyModel, state: State, begins_at: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbourhoods, "WALKING_SIZES", (1,))
    monkeypatch.setattr(neighbourhoods, "EASY", 0.0)
    around = Neighbourhoods(daily, state, 1, 1, begins_at)
    walked: list[list[int]] = []
    while around.walk is (chosen := around.next()).kind:
        walked.append([daily.model.day[each] for each in chosen.decisions])
        around.release(chosen)
    days = sorted({daily.model.day[each] for each in decisions(daily)})
    assert walked[0][0] == days[0] + int(begins_at * (days[-1] + 1 - days[0]))
    assert sorted(day for days in walked for day in set(days)) == days


def test_what_is_held_is_not_freed_again_until_it_is_released(daily: DailyModel, state: State) -> None:
    around = Neighbourhoods(daily, state, 1, 3)
    held = [around.next() for _ in range(3)]
    for _ in range(30):
        found = [set(chosen.decisions) for chosen in held]
        assert sum(map(len, found)) == len(set().union(*found))
        around.release(held.pop(0))
        held.append(around.next())


def test_walks_side_by_side_cover_the_whole_year_too(daily: DailyModel, state: State) -> None:
    around = Neighbourhoods(daily, state, 1, 3)
    freed: set[int] = set()
    while freed != decisions(daily):
        chosen = around.next()
        assert chosen.kind is around.walk
        freed |= set(chosen.decisions)
        around.release(chosen)


def test_what_could_not_be_taken_is_chosen_once_more_and_no_third_time(
    daily: DailyModel, state: State
) -> None:
    around = Neighbourhoods(daily, state, 1, 1)
    first = around.next()
    around.release(first)
    around.again(first)
    second = around.next()
    assert second.is_again
    assert second.decisions == first.decisions
    around.release(second)
    around.again(second)
    assert not around.next().is_again


def _drawn(around: Neighbourhoods) -> Sequence[int]:
    chosen = around.next()
    around.release(chosen)
    return chosen.decisions


def test_equal_seeds_choose_alike_and_others_do_not(daily: DailyModel, state: State) -> None:
    one, other, third = (Neighbourhoods(daily, state, seed, 1) for seed in (1, 1, 2))
    seen = [_drawn(one) for _ in range(12)]
    assert seen == [_drawn(other) for _ in range(12)]
    assert seen != [_drawn(third) for _ in range(12)]


def test_a_kind_that_pays_off_is_chosen_more_and_sizes_stay_within_bounds() -> None:
    lucky, unlucky = Kind("lucky", lambda _: []), Kind("unlucky", lambda _: [])
    for _ in range(200):
        lucky.learn(gained=True, cost=0.1, ended=True)
        unlucky.learn(gained=False, cost=0.1, ended=False)
    assert lucky.appeal > 10 * unlucky.appeal > 0
    assert lucky.size == LARGEST_SIZE
    assert unlucky.size == SMALLEST_SIZE


def test_the_year_is_walked_through_twice_and_never_a_third_time(daily: DailyModel, state: State) -> None:
    around = Neighbourhoods(daily, state, 1, 2)
    freed: list[int] = []
    while (chosen := around.next()).kind is around.walk:
        freed += chosen.decisions
        around.release(chosen)
    assert sorted(freed) == sorted(2 * list(decisions(daily)))


def _sizes_of_walks(daily: DailyModel, state: State, cost: float) -> list[int]:
    """The largest step of each walk, where each search takes so many deterministic seconds."""
    around = Neighbourhoods(daily, state, 1, 1)
    sizes, left = [0], len(decisions(daily))
    while (chosen := around.next()).kind is around.walk:
        if not left:
            sizes, left = [*sizes, 0], len(decisions(daily))
        sizes[-1] = max(sizes[-1], len(chosen.decisions))
        left -= len(chosen.decisions)
        around.walk.learn(gained=False, cost=cost, ended=True)
        around.release(chosen)
    return sizes


def test_walks_go_on_by_larger_steps_while_searches_end_soon(
    daily: DailyModel, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbourhoods, "WALKING_SIZES", (5, 8))
    easy, hard = _sizes_of_walks(daily, state, 0.0), _sizes_of_walks(daily, state, 2.0)
    assert len(easy) > 2
    assert easy == sorted(easy)
    assert hard == easy[:2]


@pytest.mark.parametrize(("cost", "grown"), [(0.0, 1200.0), (0.1, 920.0), (2.0, 800.0)])
def test_the_sooner_a_search_ends_the_more_is_freed_next(cost: float, grown: float) -> None:
    kind = Kind("any", lambda _: [])
    kind.learn(gained=True, cost=cost, ended=True)
    assert kind.size == pytest.approx(grown)


def test_less_is_freed_after_a_search_that_did_not_end() -> None:
    kind = Kind("any", lambda _: [])
    kind.learn(gained=True, cost=0.0, ended=False)
    assert kind.size == pytest.approx(560.0)


def _kind(around: Neighbourhoods, name: str) -> Kind:
    return next(kind for kind in around.kinds if kind.name == name)


def test_whoever_has_most_and_least_is_freed_all_year(daily: DailyModel, state: State) -> None:
    around = Neighbourhoods(daily, state, 1, 1)
    low = state.low
    chosen = set(_kind(around, "an uneven share").choose(1))
    ends = {
        person
        for spread in daily.spreads
        for person, total in spread.totals.items()
        if low[total] in (low[spread.most], low[spread.least])
    }
    years = {
        person: {each for each in decisions(daily) if daily.model.person[each] == person} for person in ends
    }
    assert sum(year <= chosen for year in years.values()) >= 2


def test_what_was_tried_in_vain_is_not_tried_for_ever() -> None:
    """Two costs that nothing can mend take turns."""
    model = LinearModel()
    here, there = model.decision(0, 3), model.decision(1, 9)
    costs = [model.derived(0, 3, [of(here)]), model.derived(1, 9, [of(there)])]
    model.tiers = [Scale(dict.fromkeys(costs, -1))]
    daily = replace(assemble(Problem(hospital()), PLAN, (), ()), model=model, spreads=(), requests={})
    state = State(model)
    state.take({here: 1, there: 1, **dict.fromkeys(costs, 1)})
    kind = _kind(Neighbourhoods(daily, state, 1, 1), "what costs")
    assert Counter(each for _ in range(6) for each in kind.choose(0)) == {here: 3, there: 3}


def test_where_uneven_shares_are_wanted_any_will_do() -> None:
    program = hospital()
    wanted = replace(program, objective=(Tier((("fair_call_points", Decimal(-5)),)),))
    daily = assemble(Problem(wanted), PLAN, (), ())
    assert _kind(Neighbourhoods(daily, State(daily.model), 1, 1), "an uneven share").choose(8)


def test_what_costs_is_looked_at_on_its_dates() -> None:
    program = replace(hospital(), calls=(replace(hospital().calls[0], min=2, max=2),))
    daily = assemble(Problem(program, allow_unmet=True), PLAN, (), ())
    state, model = State(daily.model), daily.model
    state.take(dict(enumerate(model.low)))
    costs = costs_of(model, daily.sums)
    assert costs
    for one in costs[0]:
        for other in costs[0]:
            state.set(other, model.low[other], model.low[other])
        state.set(one, model.high[one], model.high[one])
        around = Neighbourhoods(daily, state, 1, 1)
        chosen = {model.day[each] for each in _kind(around, "what costs").choose(200)}
        assert chosen & {model.day[parent] for parent in model.parents[one]}


def test_a_denied_request_is_looked_at_on_the_dates_around_it() -> None:
    """Of the hospital's requests one is denied here: others are not looked at."""
    daily = assemble(Problem(hospital()), PLAN, (), ())
    state, model = State(daily.model), daily.model
    wishes = {expr.terms[0][0]: expr for expr in daily.requests.values() if expr.terms}
    granted = {each: int(expr.terms[0][1] > 0) for each, expr in wishes.items()}
    assert len(wishes) > 1
    for denied in wishes:
        state.take(granted | {denied: 1 - granted[denied]})
        kind = _kind(Neighbourhoods(daily, state, 1, 1), "what is denied")
        for _ in range(3):
            assert {model.day[each] for each in kind.choose(1)} & {
                model.day[each] for each in model.parents.get(denied, (denied,))
            }


def test_where_nothing_is_denied_any_dates_will_do() -> None:
    daily = assemble(Problem(hospital()), PLAN, (), ())
    state = State(daily.model)
    for expr in daily.requests.values():
        state.take({variable: int(factor > 0) for variable, factor in expr.terms})
    assert _kind(Neighbourhoods(daily, state, 1, 1), "what is denied").choose(8)


def test_where_nothing_is_asked_of_days_there_is_no_such_kind() -> None:
    daily = assemble(Problem(hospital(requests=())), PLAN, (), ())
    kinds = Neighbourhoods(daily, State(daily.model), 1, 1).kinds
    assert "what is denied" not in {kind.name for kind in kinds}


def test_sums_over_the_year_and_what_no_decision_changes_are_no_costs() -> None:
    model = LinearModel()
    decided = model.decision(0, 3)
    costly = model.derived(0, 3, [of(decided)])
    settled, total = model.derived(0, 3, ()), model.derived(0, -1, [of(decided)])
    welcome = model.derived(0, 3, [of(decided)])
    model.tiers = [Scale(), Scale({costly: -2, settled: -2, total: -5, welcome: 1})]
    assert costs_of(model, {total}) == [[costly]]


def test_where_nothing_costs_there_is_no_such_kind() -> None:
    daily = assemble(Problem(hospital(objective=())), PLAN, (), ())
    assert costs_of(daily.model, daily.sums) == []
    kinds = Neighbourhoods(daily, State(daily.model), 1, 1).kinds
    assert {"what costs", "an uneven share"}.isdisjoint(kind.name for kind in kinds)


def test_one_more_costs_whoever_has_more_and_earns_whoever_has_less(daily: DailyModel) -> None:
    """A has taken two calls, B, also PGY-1, none."""
    state = State(daily.model)
    steps = [1] * len(daily.model.tiers)
    assert leaning_weights(daily, state, steps) == {}
    options = {
        draft.id: [option.taken.terms[0][0] for found in draft.calls.values() for option in found]
        for draft in daily.drafts
    }
    for taken in options["A"][:2]:
        state.set(taken, 1, 1)
    weights = leaning_weights(daily, state, steps)
    assert all(weights[each] < 0 for each in options["A"])
    assert all(weights[each] > 0 for each in options["B"])
    assert not any(each in weights for person in ("C", "D") for each in options[person])
