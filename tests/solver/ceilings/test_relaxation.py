"""Bounds of small linear programs."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from src.solver.ceilings.relaxation import Relaxation

ROWS = st.lists(
    st.tuples(st.lists(st.integers(-2, 2), min_size=3, max_size=3), st.integers(-2, 3), st.integers(0, 4)),
    max_size=4,
)
GAINS = st.lists(st.integers(-3, 3), min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(ROWS, GAINS)
def test_no_whole_point_gains_more(rows: list[tuple[list[int], int, int]], gains: list[int]) -> None:
    made = Relaxation()
    columns = [made.column(2) for _ in range(3)]
    for factors, least, more in rows:
        made.row(zip(columns, map(float, factors), strict=True), least, least + more)
    points = [
        point
        for point in product(range(3), repeat=3)
        if all(
            least <= sum(f * x for f, x in zip(factors, point, strict=True)) <= least + more
            for factors, least, more in rows
        )
    ]
    most = made.most_whole(zip(columns, map(float, gains), strict=True))
    for point in points:
        assert most is not None
        assert sum(g * x for g, x in zip(gains, point, strict=True)) <= most


def test_an_optimum_that_is_whole_is_found() -> None:
    made = Relaxation()
    one, other = made.column(5), made.column(5)
    made.row([(one, 1.0), (other, 1.0)], most=7)
    assert made.most_whole([(one, 2.0), (other, 1.0)]) == 12


def test_a_second_question_forgets_the_first() -> None:
    made = Relaxation()
    one, other = made.column(5), made.column(5)
    made.row([(one, 1.0), (other, 1.0)], most=7)
    assert made.most_whole([(one, 1.0)]) == 5
    assert made.most_whole([(other, 1.0)]) == 5
    assert made.most_whole([(one, -1.0)]) == 0


def test_rows_that_collide_allow_nothing() -> None:
    made = Relaxation()
    one = made.column(1)
    made.row([(one, 1.0)], least=2)
    assert made.most_whole([(one, 1.0)]) is None
