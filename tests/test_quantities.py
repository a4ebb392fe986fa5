"""Numbers of things read as a person would say them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from src.quantities import count


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 weeks"), (1, "1 week"), (2, "2 weeks"), (-1, "-1 weeks"), (101, "101 weeks")]
)
def test_one_thing_is_no_things(number: int, text: str) -> None:
    assert count(number, "week") == text


@pytest.mark.parametrize(("number", "text"), [(1, "1 person"), (3, "3 people")])
def test_a_plural_of_its_own(number: int, text: str) -> None:
    assert count(number, "person", "people") == text


def test_parts_of_a_thing_are_several() -> None:
    assert count(Decimal("0.5"), "hour") == "0.5 hours"
    assert count(Decimal(1), "hour") == "1 hour"
