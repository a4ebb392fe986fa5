"""What rows ask of free variables, against the sums worked out one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from src.solver.daily.linear import FREE, LinearModel, of
from src.solver.daily.residual import Residual, residuals
from src.solver.daily.subsolve import State


@st.composite
def around(draw: st.DrawFn) -> tuple[State, list[int]]:
    """A model of small numbers, where its variables stand, and some of them to be freed."""
    model = LinearModel()
    for _ in range(draw(st.integers(1, 6))):
        low = draw(st.integers(-2, 2))
        model.derived(0, 0, (), low, low + draw(st.integers(0, 3)))
    every = range(model.size)
    for _ in range(draw(st.integers(0, 6))):
        factors = draw(st.lists(st.integers(-3, 3), min_size=model.size, max_size=model.size))
        low = draw(st.one_of(st.just(-FREE), st.integers(-8, 8)))
        high = draw(st.one_of(st.just(FREE), st.integers(max(low, -8), 9)))
        model.add(((of(each), factor) for each, factor in zip(every, factors, strict=True)), low, high)
    state = State(model)
    for each in every:
        stands = draw(st.integers(model.low[each], model.high[each]))
        state.set(each, stands, draw(st.sampled_from((stands, model.high[each]))))
    return state, sorted(draw(st.sets(st.sampled_from(every), max_size=model.size)))


def one_by_one(state: State, free: list[int]) -> list[Residual]:
    model = state.model
    found = []
    for row in dict.fromkeys(row for each in free for row, _ in model.columns[each]):
        least = most = can_least = can_most = 0
        terms = [(each, factor) for each, factor in sorted(model.row_terms[row]) if each in free]
        for each, factor in model.row_terms[row]:
            ends = [factor * state.low[each], factor * state.high[each]]
            reach = [factor * model.low[each], factor * model.high[each]]
            least += 0 if each in free else min(ends)
            most += 0 if each in free else max(ends)
            can_least += min(reach) if each in free else 0
            can_most += max(reach) if each in free else 0
        low, high = model.row_low[row] - most, model.row_high[row] - least
        if low > can_least or high < can_most:
            found.append(
                Residual(
                    row,
                    [free.index(each) for each, _ in terms],
                    [factor for _, factor in terms],
                    low if low > can_least else None,
                    high if high < can_most else None,
                )
            )
    return found


@given(around())
def test_rows_ask_what_their_sums_leave(case: tuple[State, list[int]]) -> None:
    assert list(residuals(*case)) == one_by_one(*case)


def test_nothing_is_asked_of_nothing() -> None:
    assert list(residuals(State(LinearModel()), [])) == []


def test_rows_added_later_are_seen_too() -> None:
    model = LinearModel()
    one = model.derived(0, 0, (), 0, 5)
    model.add([(of(one), 1)], 0, 3)
    assert [each.high for each in residuals(State(model), [one])] == [3]
    model.add([(of(one), 1)], 0, 2)
    assert [each.high for each in residuals(State(model), [one])] == [3, 2]


def test_what_changes_afterwards_does_not_matter() -> None:
    model = LinearModel()
    one, other = model.derived(0, 0, (), 0, 5), model.derived(0, 0, (), 0, 5)
    model.add([(of(one), 1), (of(other), 1)], 0, 5)
    state = State(model)
    state.set(other, 2, 2)
    found = residuals(state, [one])
    state.set(other, 4, 4)
    assert [each.high for each in found] == [3]
    assert [each.high for each in residuals(state, [one])] == [1]
