"""Numbers, dates and windows in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from src.compliance.rules.wording import day_range, day_ranges, hours, moment, plain


def days(*texts: str) -> list[int]:
    return [date.fromisoformat(text).toordinal() for text in texts]


@pytest.mark.parametrize(
    ("minutes", "divisor", "up", "down"),
    [
        (4800, 1, "80", "80"),
        (4801, 1, "80.02", "80.01"),
        (4830, 1, "80.5", "80.5"),
        (1, 1, "0.02", "0.01"),
        (0, 1, "0", "0"),
        (33601, 7, "80.01", "80"),
        (100 * 60, 1, "100", "100"),
    ],
)
def test_hours_are_rounded_to_the_side_asked_for(minutes: int, divisor: int, up: str, down: str) -> None:
    assert str(hours(minutes, rounded_up=True, divisor=divisor)) == up
    assert str(hours(minutes, rounded_up=False, divisor=divisor)) == down


@pytest.mark.parametrize(
    ("number", "text"), [("80.00", "80"), ("8E+1", "80"), ("0.50", "0.5"), ("-1.10", "-1.1")]
)
def test_plain_numbers_have_no_exponent_and_no_trailing_zeros(number: str, text: str) -> None:
    assert str(plain(Decimal(number))) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-10-06", "2026-10-06", "6 Oct"),
        ("2026-10-06", "2026-10-19", "6–19 Oct"),
        ("2026-09-28", "2026-10-11", "28 Sep–11 Oct"),
        ("2026-12-30", "2027-01-02", "30 Dec–2 Jan"),
        ("2026-10-06", "2027-10-06", "6 Oct–6 Oct"),
    ],
)
def test_date_ranges(first: str, last: str, text: str) -> None:
    assert day_range(*days(first, last)) == text


def test_dates_are_gathered_into_ranges() -> None:
    gathered = day_ranges(days("2026-10-20", "2026-10-13", "2026-10-15", "2026-10-14"))
    assert gathered == "13–15 Oct, 20 Oct"
    assert day_ranges([]) == ""


def test_a_moment_is_told_on_the_zones_clocks() -> None:
    assert moment(29717580, "America/Chicago") == "3 Jul 00:00"
    assert moment(29717580, "UTC") == "3 Jul 05:00"
