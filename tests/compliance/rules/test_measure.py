"""The number and margin of everything judged, kept or not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from src.compliance.rules import Measure, judge, measure
from tests.compliance.rules.building import CALL, NIGHT, Roster, long_rotation, pack, pack_with


def measures(roster: Roster, rule: str) -> list[Measure]:
    return [one for one in measure(roster.facts(), [pack()]) if one.rule == rule]


def test_a_window_that_is_kept_has_its_number_and_margin() -> None:
    [one] = measures(long_rotation(28).work(range(20), "06:00", 15.8), "US-80")
    assert (one.value, one.limit, one.margin, one.unit) == (79, 80, 1, "hours a week")
    assert one.severity is None
    assert (one.pack, one.version, one.person) == ("acgme-cpr-2023", "2023.3", "R001")


def test_a_window_that_fails_has_a_margin_below_zero() -> None:
    [one] = measures(long_rotation(28).work(range(20), "06:00", 16.2), "US-80")
    assert (one.value, one.margin, one.severity) == (81, -1, "hard")


def test_every_window_is_told_even_without_work() -> None:
    roster = Roster(blocks=(28, 28, 14), rotations=("A", None, "B"))
    assert [one.value for one in measures(roster, "US-80")] == [0, 0, 0]
    assert [one.window_start_at.date() for one in measures(roster, "US-80")] == [
        date(2026, 7, 1),
        date(2026, 7, 29),
        date(2026, 8, 26),
    ]


def test_a_number_just_inside_is_not_rounded_past_its_limit() -> None:
    """One minute less than 320 h over 28 days."""
    [one] = measures(long_rotation(28).work(range(19), "06:00", 16).work(19, "06:00", 16 - 1 / 60), "US-80")
    assert (one.value, one.margin) == (80, 0)
    assert one.severity is None


def test_of_gaps_the_tightest_of_each_block_is_told() -> None:
    roster = Roster(blocks=(28, 28), rotations=("A", "B")).work((0, 1, 29, 31), "08:00", 8)
    roster.work(2, "05:30", 2)
    assert [(one.value, one.margin) for one in measures(roster, "US-REST8")] == [
        (Decimal("13.5"), Decimal("5.5")),
        (40, 32),
    ]


def test_free_days_and_calls_have_measures() -> None:
    roster = long_rotation(28).work(range(24), "08:00", 8).work((1, 5), "19:00", 12, CALL)
    [free] = measures(roster, "US-FREE7")
    [calls] = measures(roster, "US-CALL3")
    assert (free.value, free.limit, free.margin) == (4, 4, 0)
    assert (calls.value, calls.limit, calls.margin) == (2, 9, 7)


def test_continuous_duty_tells_the_nearer_of_its_limits() -> None:
    roster = long_rotation(28).work(0, "07:00", 23, CALL)
    assert [(one.value, one.limit) for one in measures(roster, "US-CONT24")] == [(23, 24)]


@pytest.mark.parametrize("nights", [5, 6])
def test_nights_have_measures(nights: int) -> None:
    roster = long_rotation(28).work(range(nights), "19:00", 12, NIGHT)
    [one] = measures(roster, "NF-6")
    assert (one.value, one.margin) == (nights, 6 - nights)
    assert measures(roster, "NF-7")[0].value >= 1


def test_a_window_outside_what_is_checked_is_not_told() -> None:
    roster = Roster(blocks=(28, 28), rotations=("A", "B"), checked=(2,))
    assert [one.window_start_at.date() for one in measures(roster, "US-80")] == [date(2026, 7, 29)]


def test_a_rule_without_anything_to_judge_has_no_measure() -> None:
    assert measures(long_rotation(28), "US-REST8") == []
    assert measure(long_rotation(28).facts(), []) == ()


def test_findings_and_measures_tell_the_same_failures() -> None:
    roster = Roster(blocks=(28, 28), rotations=("A", "B")).work(range(56), "06:00", 17)
    facts, packs = roster.facts(), [pack_with(weekly_minutes=3600)]
    failing = [(one.rule, one.value) for one in measure(facts, packs) if one.severity is not None]
    for finding in judge(facts, packs):
        assert (finding.rule, finding.value) in failing
    assert {rule for rule, _ in failing} == {finding.rule for finding in judge(facts, packs)}
