"""NF-6: six nights in a row, each counted on the date it starts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from src.interchange.schedule import Severity
from tests.compliance.rules.building import CALL, NIGHT, Roster, long_rotation, pack, pack_with


def nights(*days: int, roster: Roster | None = None) -> Roster:
    return (roster or long_rotation(28)).work(days, "19:00", 12, NIGHT)


@pytest.mark.parametrize(("count", "severities"), [(5, []), (6, []), (7, ["soft"]), (8, ["soft"])])
def test_six_nights_pass_and_seven_are_an_advisory(count: int, severities: list[str]) -> None:
    assert nights(*range(count)).severities("NF-6") == severities


def test_sunday_to_friday_with_saturday_off_passes_week_after_week() -> None:
    sunday = 4  # 5 July 2026
    assert nights(*[sunday + 7 * week + day for week in range(3) for day in range(6)]).found("NF-6") == []


def test_a_night_is_not_counted_on_both_its_dates() -> None:
    """Four nights touch five dates and are four; six touch seven and pass."""
    assert nights(*range(6)).found("NF-6") == []


def test_a_night_off_ends_the_run() -> None:
    assert nights(0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12).found("NF-6") == []


def test_split_entries_of_one_night_are_one_night() -> None:
    roster = long_rotation(28).work(range(6), "19:00", 2, NIGHT).work(range(6), "21:30", 2, NIGHT)
    assert roster.found("NF-6") == []


def test_call_nights_are_no_night_float() -> None:
    assert long_rotation(28).work(range(14), "19:00", 8, CALL).found("NF-6") == []


def test_a_run_goes_on_across_blocks_and_rotations() -> None:
    roster = Roster(blocks=(14, 14), rotations=("NF", "NF2"))
    assert nights(*range(10, 17), roster=roster).severities("NF-6") == ["soft"]


def test_a_run_that_began_before_the_year_is_reported_with_its_history() -> None:
    [finding] = nights(*range(-6, 1)).found("NF-6")
    assert finding.value == 7
    assert finding.window_start_at.date() == date(2026, 6, 25)


def test_a_run_wholly_before_the_year_is_not_reported() -> None:
    assert nights(*range(-7, 0)).found("NF-6") == []


def test_two_runs_are_two_findings() -> None:
    assert nights(*range(7), *range(8, 15)).severities("NF-6") == ["soft", "soft"]


def test_a_pack_may_make_it_hard_or_change_the_number() -> None:
    rules = tuple(replace(r, severity=Severity.HARD) if r.id == "NF-6" else r for r in pack().rules)
    assert nights(*range(7)).severities("NF-6", replace(pack(), rules=rules)) == ["hard"]
    assert nights(*range(7)).severities("NF-6", pack_with(max_nights_in_row=7)) == []


def test_a_run_across_a_change_of_clocks_is_counted_by_dates() -> None:
    roster = long_rotation(14, zone="America/Chicago", first=date(2027, 3, 10))
    assert nights(*range(6), roster=roster).found("NF-6") == []
    assert nights(6, roster=roster).severities("NF-6") == ["soft"]


def test_the_finding_says_how_many_and_when() -> None:
    [finding] = nights(*range(7)).found("NF-6")
    assert finding.message == (
        "R001 had 7 nights of night float in a row, 1–7 Jul, 1 more than the 6 of 2011 CPR VI.G.6"
    )
    assert len(finding.entries) == 7
