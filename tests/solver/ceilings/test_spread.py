"""The least spread of totals, against every way to share out."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from src.solver.ceilings.spread import Pool, Share, can_all_be_even

HALF = Fraction(1, 2)
SHARES = st.builds(
    Share,
    st.sampled_from([Fraction(0), HALF, Fraction(1), Fraction(3), Fraction(7, 2)]),
    st.integers(0, 3).map(Fraction),
)


def pool(*before: int, step: Fraction = Fraction(1), least: int = 0, most: int = 100) -> Pool:
    """Residents with so much from before, to each of whom up to twenty more can come."""
    shares = tuple(Share(Fraction(each), Fraction(20)) for each in before)
    return Pool(shares, step, Fraction(least), Fraction(most))


def spreads(one: Pool) -> dict[Fraction, set[Fraction]]:
    """Sum of counts -> the spreads that are possible with it."""
    ways = [[one.step * steps for steps in range(int(share.most / one.step) + 1)] for share in one.shares]
    found: dict[Fraction, set[Fraction]] = {}
    for counts in product(*ways):
        totals = [share.before + count for share, count in zip(one.shares, counts, strict=True)]
        found.setdefault(sum(counts, Fraction(0)), set()).add(max(totals) - min(totals))
    return {total: each for total, each in found.items() if one.least <= total <= one.most}


@settings(max_examples=90, deadline=None)
@given(
    st.lists(SHARES, min_size=2, max_size=4),
    st.sampled_from([HALF, Fraction(1), Fraction(2)]),
    st.integers(0, 6),
    st.integers(0, 6),
)
def test_no_way_to_share_out_is_more_even_nor_more_uneven(
    shares: list[Share], step: Fraction, least: int, more: int
) -> None:
    made = Pool(tuple(shares), step, Fraction(least), Fraction(least + more))
    possible = set().union(*spreads(made).values())
    assume(possible)
    assert made.least_spread() == min(possible)
    assert made.most_spread() >= max(possible)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=3), min_size=1, max_size=2),
    st.integers(0, 12),
    st.integers(0, 1),
)
def test_pools_that_share_are_even_together_only_where_what_they_share_divides(
    before: list[list[int]], least: int, more: int
) -> None:
    pools = [
        Pool(
            tuple(Share(Fraction(each), Fraction(6)) for each in one), Fraction(1), Fraction(0), Fraction(99)
        )
        for one in before
    ]
    even = [[total for total, found in spreads(one).items() if Fraction(0) in found] for one in pools]
    sums = {sum(chosen, Fraction(0)) for chosen in product(*even)}
    assume(any(least <= each <= least + more for each in sums))
    assert can_all_be_even(pools, Fraction(least), Fraction(least + more))


def test_what_does_not_divide_cannot_be_even() -> None:
    assert pool(0, 0, 0, least=9, most=9).least_spread() == 0
    assert pool(0, 0, 0, least=10, most=10).least_spread() == 1
    assert pool(0, 0, 0, least=10, most=12).least_spread() == 0
    assert pool(0, 0, step=Fraction(2), least=2, most=2).least_spread() == 2


def test_earlier_years_that_a_year_cannot_even_out_remain() -> None:
    assert pool(30, 0).least_spread() == 10
    assert pool(30, 0, least=5, most=5).least_spread() == 25


def test_one_alone_is_even() -> None:
    assert pool(7).least_spread() == pool(7).most_spread() == 0


@pytest.mark.parametrize("made", [pool(1, 2, step=Fraction(0)), pool(1, 2, least=5, most=4)])
def test_a_pool_that_can_hold_nothing_claims_nothing_but_single_totals(made: Pool) -> None:
    assert made.least_spread() == 0


def test_pools_without_steps_are_not_spoken_of() -> None:
    assert can_all_be_even([pool(1, 2, step=Fraction(0))], Fraction(1), Fraction(1))


def test_two_pools_that_cannot_both_be_even() -> None:
    """Six and four residents: even levels come to even sums only."""
    pools = [pool(*[0] * 6), pool(*[0] * 4)]
    assert can_all_be_even(pools, Fraction(10), Fraction(10))
    assert not can_all_be_even(pools, Fraction(11), Fraction(11))
    assert can_all_be_even(pools, Fraction(11), Fraction(12))


def test_too_many_levels_are_not_tried_one_by_one() -> None:
    """Nothing is claimed but what single totals tell."""
    shares = tuple(Share(Fraction(before), Fraction(4000)) for before in (0, 0, 0))
    assert Pool(shares, Fraction(1), Fraction(1), Fraction(1)).least_spread() == 1
    assert Pool(shares, Fraction(1), Fraction(10_000), Fraction(10_000)).least_spread() == 0
