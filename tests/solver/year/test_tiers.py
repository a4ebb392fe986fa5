"""The ends of a tier: what a search need not look beyond, and no bound may lie below."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from src.solver.year.objective import TierModel

WEIGHTS = st.integers(-20, 20).map(lambda quarters: Fraction(quarters, 4))
DOMAINS = st.tuples(st.integers(-3, 3), st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(terms=st.lists(st.tuples(WEIGHTS, DOMAINS), max_size=4), constant=st.integers(-2, 2))
def test_the_most_is_each_term_at_its_best(
    terms: list[tuple[Fraction, tuple[int, int]]], constant: int
) -> None:
    model = cp_model.CpModel()
    tier = TierModel(
        [(weight, model.new_int_var(*domain, f"v{place}")) for place, (weight, domain) in enumerate(terms)],
        Fraction(constant),
    )

    best = sum((max(weight * end for end in domain) for weight, domain in terms), Fraction(constant))
    worst = sum((min(weight * end for end in domain) for weight, domain in terms), Fraction(0))

    assert Fraction(tier.most) == best
    assert tier.ends[0] == worst * tier.scale
    assert tier.value_at(tier.most) == tier.ends[1]


def test_a_tier_of_its_constant_alone_is_at_its_most() -> None:
    assert TierModel(constant=Fraction(7)).most == Decimal(7)
