"""The linear model and its parts: whatever is left free around a state never breaks a row."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from src.solver.daily.linear import FREE, ONE, ZERO, Expr, LinearModel, Scale, Tag, of
from src.solver.daily.subsolve import Effort, Found, Part, State
from src.solver.stop import Stop

EFFORT = Effort(10.0, 1, 1, deterministic=5.0)


def model_of(variables: int = 3) -> LinearModel:
    model = LinearModel()
    for number in range(variables):
        model.decision(0, number)
    return model


class TestRows:
    def test_a_row_that_always_holds_is_left_out(self) -> None:
        model = model_of(2)
        assert model.add([(of(0), 1), (of(1), 1)], 0, 2) is None
        assert not model.row_terms
        assert not model.broken

    def test_a_row_that_cannot_hold_is_named_by_its_tag(self) -> None:
        model = model_of(2)
        tag = Tag("staffing", "4", 7)
        assert model.add([(of(0), 1), (of(1), 1)], 3, FREE, tag) is None
        assert model.broken == [tag]

    def test_constants_count_on_the_left_of_a_row(self) -> None:
        model = model_of(2)
        row = model.add([(of(0).negated, 1), (of(1), 1), (ONE, 5)], 6, 6)
        assert row == 0
        assert (model.row_low[0], model.row_high[0]) == (0, 0)
        assert dict(model.row_terms[0]) == {0: -1, 1: 1}

    def test_an_open_side_stays_open_whatever_the_constant(self) -> None:
        model = model_of(2)
        model.add([(of(0), 1), (of(1), 1), (ONE, 5)], -FREE, 6)
        assert (model.row_low[0], model.row_high[0]) == (-FREE, 1)

    def test_terms_of_one_variable_are_summed_and_may_vanish(self) -> None:
        model = model_of(2)
        model.add([(of(0), 2), (of(0), -2), (of(1), 3)], 1, 2)
        assert [dict(terms) for terms in model.row_terms] == [{1: 3}]

    def test_an_empty_row_holds_only_around_nought(self) -> None:
        model = model_of(1)
        model.add([], 0, 0)
        assert not model.broken
        model.add([], 1, FREE, Tag("call"))
        assert model.broken == [Tag("call")]

    def test_a_fixed_variable_may_settle_a_row(self) -> None:
        model = model_of(2)
        model.fix(0, 1)
        assert model.add([(of(0), 1), (of(1), 1)], 1, FREE) is None
        model.add([(of(0), 1)], 0, 0, Tag("pin"))
        assert model.broken == [Tag("pin")]

    def test_a_clause_of_nothing_true_is_broken(self) -> None:
        model = model_of(1)
        model.add_clause([ZERO], Tag("empty"))
        assert model.broken == [Tag("empty")]

    def test_what_always_holds_cannot_be_forbidden(self) -> None:
        model = model_of(1)
        model.forbid_all([ONE], Tag("always"))
        assert model.broken == [Tag("always")]

    def test_to_forbid_one_that_holds_forbids_the_other(self) -> None:
        model = model_of(1)
        model.forbid_all([ONE, of(0)])
        state = State(model)
        state.take({0: 1})
        assert state.breaks([0])

    def test_the_opposite_of_an_opposite_is_itself(self) -> None:
        assert of(3).negated.negated == of(3)
        assert ONE.negated == ZERO

    def test_a_derived_variable_knows_the_decisions_behind_it(self) -> None:
        model = model_of(2)
        first = model.derived(0, 0, [of(0)])
        second = model.derived(0, 0, [of(first), of(1)])
        assert set(model.parents[second]) == {0, 1}
        assert model.dependents[0] == [first, second]


class Case(NamedTuple):
    """A model, where its variables stand, and which are freed; the rest of `open_` stays open."""

    model: LinearModel
    values: tuple[int, ...]
    free: tuple[int, ...]
    open_: tuple[int, ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(2, 5))
    model = LinearModel()
    model.tiers = [Scale()]
    for number in range(count):
        if draw(st.booleans()):
            model.decision(0, number)
        else:
            model.derived(0, number, [], low=draw(st.integers(-1, 0)), high=draw(st.integers(1, 2)))
    values = tuple(draw(st.integers(model.low[each], model.high[each])) for each in range(count))
    for _ in range(draw(st.integers(1, 4))):
        terms = [
            (Expr(draw(st.integers(-1, 1)), ((each, draw(st.integers(-2, 2))),)), 1) for each in range(count)
        ]
        sums = sum(expr.constant + expr.terms[0][1] * values[expr.terms[0][0]] for expr, _ in terms)
        low = draw(st.one_of(st.just(-FREE), st.integers(sums - 2, sums)))
        high = draw(st.one_of(st.just(FREE), st.integers(sums, sums + 2)))
        model.add(terms, low, high)
    for each in range(count):
        model.reward(0, of(each), draw(st.integers(-3, 3)))
    places = draw(st.permutations(range(count)))
    freed = draw(st.integers(1, count))
    left_open = draw(st.integers(0, count - freed))
    return Case(model, values, tuple(places[:freed]), tuple(places[freed : freed + left_open]))


def around(case: Case) -> State:
    state = State(case.model)
    state.take({v: value for v, value in enumerate(case.values) if v not in (*case.free, *case.open_)})
    return state


def values_of(case: Case, variables: tuple[int, ...]) -> list[dict[int, int]]:
    ranges = [range(case.model.low[each], case.model.high[each] + 1) for each in variables]
    return [dict(zip(variables, chosen, strict=True)) for chosen in product(*ranges)]


def allowed(part: Part, case: Case, chosen: dict[int, int]) -> bool:
    """Whether the part's own constraints allow the values."""
    for constraint in part.model.proto.constraints:
        linear = constraint.linear
        total = sum(f * chosen[case.free[v]] for v, f in zip(linear.vars, linear.coeffs, strict=True))
        if not linear.domain[0] <= total <= linear.domain[1]:
            return False
    return True


def could_hold(case: Case, chosen: dict[int, int]) -> bool:
    """Whether each row with a freed variable holds for some value of what is open, row by row."""
    model = case.model
    standing = {**dict(enumerate(case.values)), **chosen}
    opened = values_of(case, case.open_)
    return all(
        any(
            model.row_low[row] <= sum(f * {**standing, **later}[v] for v, f in terms) <= model.row_high[row]
            for later in opened
        )
        for row, terms in enumerate(model.row_terms)
        if any(v in case.free for v, _ in terms)
    )


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_part_allows_nothing_that_no_later_decision_could_save(case: Case) -> None:
    """What is open counts at the ends of its range; a hole in between is for later to find."""
    part = Part(around(case), case.free)
    for chosen in values_of(case, case.free):
        if could_hold(case, chosen):
            assert allowed(part, case, chosen), f"{chosen} is forbidden without need"
        elif not case.open_:
            assert not allowed(part, case, chosen), f"{chosen} breaks a row"


@settings(max_examples=50, deadline=None)
@given(cases(), st.data())
def test_the_reach_of_rows_follows_every_change(case: Case, data: st.DataObject) -> None:
    state = State(case.model)
    for _ in range(6):
        each = data.draw(st.integers(0, case.model.size - 1))
        if data.draw(st.booleans()):
            state.take({each: data.draw(st.integers(case.model.low[each], case.model.high[each]))})
        else:
            state.release([each])
    anew = State(case.model)
    for each in range(case.model.size):
        anew.set(each, state.low[each], state.high[each])
    assert (state.row_least, state.row_most) == (anew.row_least, anew.row_most)
    for row, terms in enumerate(case.model.row_terms):
        ends = [sorted((f * state.low[v], f * state.high[v])) for v, f in terms]
        assert state.row_least[row] == sum(least for least, _ in ends)
        assert state.row_most[row] == sum(most for _, most in ends)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_best_of_a_part_is_the_best_there_is(case: Case) -> None:
    state = around(case)
    state.take({each: case.values[each] for each in case.open_})
    closed = case._replace(open_=())
    weights = case.model.tiers[0].weights
    part = Part(state, case.free)
    part.maximise(weights)
    found = part.solve(EFFORT, Stop(10.0))
    best = max(
        sum(weights.get(v, 0) * value for v, value in chosen.items())
        for chosen in values_of(closed, case.free)
        if could_hold(closed, chosen)
    )
    assert found.found is Found.BEST
    assert found.objective == found.bound == best
    state.take(found.values)
    assert not state.breaks(case.free)


def test_a_part_without_a_solution_says_so() -> None:
    model = model_of(2)
    model.add([(of(0), 1), (of(1), 1)], 1, 1)
    model.add([(of(0), 1), (of(1), -1)], 0, 0)
    found = Part(State(model), [0, 1]).solve(EFFORT, Stop(10.0))
    assert found.found is Found.NONE_EXISTS
    assert not found.values


def test_a_part_is_not_searched_once_cancelled() -> None:
    stop = Stop(10.0)
    stop.cancel()
    found = Part(State(model_of(2)), [0, 1]).solve(EFFORT, stop)
    assert found.found is Found.NOTHING
    assert not found.values


def test_a_part_is_not_searched_past_the_limit_of_the_clock() -> None:
    found = Part(State(model_of(2)), [0, 1]).solve(Effort(10.0, 1, 1), Stop(0.0))
    assert found.found is Found.NOTHING


def test_what_is_kept_binds_the_next_search() -> None:
    model = model_of(2)
    part = Part(State(model), [0, 1])
    part.keep({0: 2, 1: 1}, 3)
    part.maximise({0: -1, 1: -1})
    assert part.solve(EFFORT, Stop(10.0)).values == {0: 1, 1: 1}


def test_a_copy_of_a_state_goes_its_own_way() -> None:
    model = model_of(2)
    model.add([(of(0), 1), (of(1), 1)], 1, 1)
    state = State(model)
    twin = state.copy()
    twin.take({0: 1, 1: 1})
    assert twin.breaks([0])
    assert state.is_open(0)
    assert not state.breaks([0, 1])
