"""Rosters against exhaustive search: status, price and bound."""

from __future__ import annotations

from itertools import count, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.solver.roster.colgen import ColumnGeneration
from src.solver.roster.cpsat import CpSat
from src.solver.roster.legal import is_legal
from src.solver.roster.pricing import Pricer
from src.solver.roster.problem import Cover, Kind, Person, Problem, Row, Wish, mondays_weekends, price_of
from src.solver.roster.ready import prepare
from src.solver.roster.result import Status
from src.solver.roster.strategy import Options, Strategy, choose
from src.solver.stop import Stop
from tests.solver.roster.crew import crew

ALONE = Options(workers=1, iterations=60)


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """What is compiled is compiled before the clocks of the tests run."""
    prepare()


@st.composite
def problems(draw: st.DrawFn, people: int = 2) -> Problem:
    """Small rosters of one or two kinds, often with tight limits and sometimes without any roster."""
    days = draw(st.integers(5, 7))
    number = draw(st.integers(1, 2))
    kinds = tuple(
        Kind(f"k{n}", draw(st.sampled_from([480, 600])), frozenset(draw(st.sets(st.integers(0, number - 1)))))
        for n in range(number)
    )
    return Problem(
        days,
        kinds,
        tuple(draw(_people(n, days, number)) for n in range(draw(st.integers(1, people)))),
        tuple(draw(st.lists(_wishes(days, number), max_size=6))),
        tuple(draw(st.lists(_cover(days, number), max_size=8, unique_by=lambda one: (one.day, one.kind)))),
        mondays_weekends(days),
    )


def _people(number: int, days: int, kinds: int) -> st.SearchStrategy[Person]:
    return st.builds(
        lambda most, low, extra, run_min, run_more, off_min, weekends, off: Person(
            f"p{number}", tuple(most), low, low + extra, run_min, run_min + run_more, off_min, weekends, off
        ),
        st.lists(st.integers(0, days), min_size=kinds, max_size=kinds),
        st.integers(0, 2000),
        st.integers(0, 2000),
        st.integers(1, 2),
        st.integers(0, 2),
        st.integers(1, 3),
        st.integers(0, 1),
        st.frozensets(st.integers(0, days - 1), max_size=2),
    )


def _wishes(days: int, kinds: int) -> st.SearchStrategy[Wish]:
    kind = st.integers(0, kinds - 1)
    return st.builds(Wish, st.just(0), st.integers(0, days - 1), kind, st.booleans(), st.integers(0, 5))


def _cover(days: int, kinds: int) -> st.SearchStrategy[Cover]:
    price = st.integers(0, 20)
    return st.builds(
        Cover, st.integers(0, days - 1), st.integers(0, kinds - 1), st.integers(0, 2), price, price
    )


def legal_rows(problem: Problem, person: int) -> list[Row]:
    """Every legal row of a person, by trying them all."""
    marks = range(len(problem.kinds) + 1)
    rows = product(marks, repeat=problem.days)
    return [row for row in rows if is_legal(problem, problem.people[person], row)]


def least_price(problem: Problem) -> int | None:
    """The price of the best roster by trying every one; None when there is none."""
    rows = [legal_rows(problem, person) for person in range(len(problem.people))]
    if len(rows) == 1:
        return min((price_of(problem, (row,)) for row in rows[0]), default=None)
    if not all(rows):
        return None
    costs = np.array(problem.costs())
    days = np.arange(problem.days)
    wishes = [np.array([costs[n][days, list(row)].sum() for row in some]) for n, some in enumerate(rows)]
    total = wishes[0][:, None] + wishes[1][None, :]
    tables = [np.array(some) for some in rows]
    for cover in problem.cover:
        there = [table[:, cover.day] == cover.kind + 1 for table in tables]
        count = there[0][:, None].astype(int) + there[1][None, :].astype(int)
        total = (
            total
            + cover.under * np.maximum(0, cover.need - count)
            + cover.over * np.maximum(0, count - cover.need)
        )
    return int(total.min())


@pytest.mark.parametrize("strategy", [ColumnGeneration(), CpSat()], ids=["columns", "cp-sat"])
@settings(max_examples=25)
@given(problem=problems())
def test_status_price_and_bound_agree_with_exhaustive_search(strategy: Strategy, problem: Problem) -> None:
    """What is called optimal is, what is called infeasible has no roster; no bound is above the best."""
    best = least_price(problem)
    answer = strategy.solve(problem, Stop(20), ALONE)
    if best is None:
        assert answer.status is Status.INFEASIBLE
        assert answer.stuck == tuple(
            one.name for number, one in enumerate(problem.people) if not legal_rows(problem, number)
        )
        return
    assert answer.rows is not None
    assert answer.price == price_of(problem, answer.rows)
    assert all(
        is_legal(problem, person, row) for person, row in zip(problem.people, answer.rows, strict=True)
    )
    assert answer.bound is not None
    assert answer.bound <= best <= answer.price
    if answer.status is Status.OPTIMAL:
        assert answer.price == best
    if isinstance(strategy, CpSat):
        assert answer.status is Status.OPTIMAL


@settings(max_examples=60)
@given(problem=problems(people=1), seed=st.integers(0, 1000))
def test_the_cheapest_row_is_that_of_trying_them_all(problem: Problem, seed: int) -> None:
    """Prices of any sign: the least value is never above the cheapest legal row, and rows found are legal."""
    prices = np.random.default_rng(seed).integers(-9, 9, (problem.days, len(problem.kinds) + 1)).astype(float)
    rows = legal_rows(problem, 0)
    priced = Pricer(problem, 0).price(prices, 3)
    days = np.arange(problem.days)
    cheapest = min((prices[days, list(row)].sum() for row in rows), default=np.inf)
    assert priced.least <= cheapest
    for value, row in priced.rows:
        assert row in rows
        assert value == pytest.approx(prices[days, list(row)].sum())
    if rows:
        assert priced.rows[0][0] == pytest.approx(cheapest)
    else:
        assert not priced.rows


def plain_person(name: str, *, days_off: frozenset[int] = frozenset(), minutes_min: int = 0) -> Person:
    return Person(name, (14, 14), minutes_min, 4800, 2, 5, 2, 1, days_off)


def two_weeks(*people: Person) -> Problem:
    kinds = (Kind("early", 480), Kind("late", 480, frozenset({0})))
    cover = [Cover(day, kind, 2, 10, 1) for day in range(14) for kind in range(2)]
    return Problem(14, kinds, people, (), tuple(cover), mondays_weekends(14))


CREW = two_weeks(*(plain_person(f"p{n}") for n in range(12)))


@pytest.mark.parametrize("most_cells", [1, 3, 45])
def test_tight_maxima_are_kept_however_few_may_be_counted(
    most_cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four kinds, each wanted every day and allowed once: rows are legal, and nothing is below the bound."""
    monkeypatch.setattr("src.solver.roster.pricing.EXACT_USES", most_cells)
    kinds = tuple(Kind(f"k{n}", 480) for n in range(4))
    problem = Problem(5, kinds, (Person("p", (1, 1, 1, 1), 0, 4800, 1, 5, 1, 1),))
    prices = np.zeros((5, 5))
    prices[:, 1:] = -np.array([9.0, 7.0, 5.0, 3.0])
    priced = Pricer(problem, 0).price(prices, 3)
    assert priced.rows
    assert all(is_legal(problem, problem.people[0], row) for _, row in priced.rows)
    assert priced.least <= -24.0
    if most_cells >= 16:
        assert (priced.least, priced.rows[0][0]) == (-24.0, -24.0)


def test_no_clock_decides_what_a_search_by_iterations_does() -> None:
    """The same roster by a clock that stands and by one that leaps ahead at every look."""

    def searched(leap: float) -> tuple[Row, ...] | None:
        looks = count()
        stop = Stop(100.0, clock=lambda: min(90.0, leap * next(looks)))
        return ColumnGeneration().solve(crew(10, 14, 3), stop, Options(workers=1, iterations=4)).rows

    assert searched(0.0) == searched(2.0)


def test_same_seed_one_worker_and_an_iteration_limit_give_the_same_roster() -> None:
    """Nothing but the seed decides."""
    options = Options(seed=7, workers=1, iterations=40)
    first = ColumnGeneration().solve(CREW, Stop(60), options)
    again = ColumnGeneration().solve(CREW, Stop(60), options)
    assert first.rows == again.rows
    assert first.bound == again.bound


def test_a_cancelled_search_leaves_a_legal_roster_or_none() -> None:
    """A cancel before the start is no roster and no claim."""
    stop = Stop(60)
    stop.cancel()
    answer = ColumnGeneration().solve(CREW, stop, ALONE)
    assert answer.status is Status.UNKNOWN
    assert answer.rows is None
    assert answer.bound is None


def test_memory_beyond_its_limit_ends_with_the_best_found() -> None:
    """The first roster is kept, and the reason said."""
    answer = ColumnGeneration().solve(CREW, Stop(60), Options(workers=1, memory_mb=1))
    assert answer.reason == "memory"
    assert answer.rows is not None
    assert answer.status is Status.FEASIBLE


@pytest.mark.parametrize("strategy", [ColumnGeneration(), CpSat()], ids=["columns", "cp-sat"])
def test_someone_who_cannot_reach_the_minutes_is_named(strategy: Strategy) -> None:
    """Eleven free days leave no room for 2000 minutes."""
    ill = plain_person("ill", days_off=frozenset(range(11)), minutes_min=2000)
    answer = strategy.solve(two_weeks(plain_person("well"), ill), Stop(20), ALONE)
    assert answer.status is Status.INFEASIBLE
    assert answer.stuck == ("ill",)


def test_a_start_is_taken_and_an_illegal_one_is_not() -> None:
    """A roster with too long runs gives way to a legal one; a good one is kept or bettered."""
    bad = tuple((1,) * 14 for _ in CREW.people)
    answer = ColumnGeneration().solve(CREW, Stop(60), Options(workers=1, iterations=5, start=bad))
    assert answer.rows is not None
    assert not set(answer.rows) & set(bad)
    warm = ColumnGeneration().solve(CREW, Stop(60), Options(workers=1, iterations=5, start=answer.rows))
    assert warm.price is not None
    assert answer.price is not None
    assert warm.price <= answer.price


def test_the_shape_decides_the_strategy() -> None:
    """Small rosters are proved at once, larger ones priced row by row."""
    assert isinstance(choose(two_weeks(plain_person("one"))), CpSat)
    assert isinstance(choose(CREW), ColumnGeneration)
