"""Empty, tiny, broken-off and strange years: no error, nothing invented, nothing passed in silence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from src.compliance.packs import load_pack
from src.compliance.rules import Basis, RulePack, judge, measure
from src.compliance.rules.calendar import local_calendar
from src.compliance.rules.columns import columns_of
from src.compliance.rules.screen import judge_columns
from tests.compliance.rules.building import NIGHT, long_rotation
from tests.compliance.rules.international.world import (
    CALL,
    CALLED_IN,
    HOME_CALL,
    LONDON,
    Roster,
    findings,
    told,
    year,
)

PACKS = (
    "uk-2016",
    "uk-2019",
    "eu-wtd",
    "ca-on-paro",
    "ca-bc",
    "ca-sk",
    "ca-mar",
    "ca-qc",
    "nz-rmo",
    "au-nsw",
)


@pytest.fixture(params=PACKS)
def pack(request: pytest.FixtureRequest) -> RulePack:
    """Each of the packs in turn."""
    return load_pack(request.param)


def heavy(roster: Roster) -> Roster:
    """A resident who breaks nearly everything."""
    roster.work(range(-3, 40), "06:00", 13).work(range(0, 40, 3), "20:00", 9, CALL)
    return roster.work(range(1, 40, 2), "19:00", 26, HOME_CALL).work(range(0, 40, 4), "03:00", 1, CALLED_IN)


def test_nobody_at_work_breaks_no_rule(pack: RulePack) -> None:
    assert judge(year(28, 28).facts(), [pack]) == ()


def test_a_year_on_leave_divides_by_nothing(pack: RulePack) -> None:
    assert judge(year(28, 28).off(range(56)).facts(), [pack]) == ()


@pytest.mark.parametrize("days", [1, 2, 6, 8])
def test_a_year_of_few_days_can_be_judged(pack: RulePack, days: int) -> None:
    roster = year(days).work(range(days), "08:00", 25)
    assert {one.pack for one in judge(roster.facts(), [pack])} <= {pack.id}
    assert all(one.value >= 0 for one in measure(roster.facts(), [pack]))


def test_a_duty_of_a_hundred_hours_is_judged_as_one(pack: RulePack) -> None:
    judge(year(28).work(3, "08:00", 100).work(5, "08:00", 100, HOME_CALL).facts(), [pack])


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Pacific/Apia", date(2011, 12, 12)),
        ("Africa/Cairo", date(2026, 4, 13)),
        ("America/Havana", date(2026, 10, 19)),
        ("Australia/Lord_Howe", date(2027, 3, 22)),
    ],
)
def test_dates_that_were_skipped_and_midnights_that_are_not(pack: RulePack, zone: str, first: date) -> None:
    facts = heavy(year(28, zone=zone, first=first)).facts()
    for finding in judge(facts, [pack]):
        assert finding.window_start_at < finding.window_end_at


def test_every_finding_names_clause_entries_and_numbers(pack: RulePack) -> None:
    facts = heavy(year(28, 28, zone=LONDON)).facts()
    found = judge(facts, [pack])
    assert found
    for finding in found:
        assert finding.entries
        assert finding.message.startswith("R001")
        assert finding.clause in finding.message
        if finding.unit != "not judged":
            assert finding.value != finding.limit
            assert finding.remedy.endswith(".")
        assert not re.search(
            r",,|  |\b1 (more )?\w+s\b(?! (in a row|free))|None", f"{finding.message} {finding.remedy}"
        )


def test_what_fails_has_a_measure_beyond_its_limit_and_what_is_kept_none(pack: RulePack) -> None:
    facts = heavy(year(28, 28)).facts()
    for one in measure(facts, [pack]):
        assert (one.margin < 0) == (one.severity is not None and one.unit != "not judged"), one


def test_columns_say_the_same_as_persons(pack: RulePack) -> None:
    facts = heavy(year(28, 28)).facts()
    assert judge_columns(columns_of(facts), [pack]) == judge(facts, [pack])


def test_judging_twice_finds_the_same(pack: RulePack) -> None:
    facts = heavy(year(28, 28)).facts()
    assert judge(facts, [pack]) == judge(facts, [pack])


def test_only_what_touches_the_checked_blocks_is_reported() -> None:
    roster = replace(year(28, 28, 28).work(range(5), "20:00", 12, NIGHT), checked=(2,))
    assert told(roster, "uk-2019", "UK-NIGHT") == []
    assert told(roster.work(range(28, 33), "20:00", 12, NIGHT), "uk-2019", "UK-NIGHT") == ["hard"]


def test_dates_that_nobody_planned_do_not_water_down_an_average() -> None:
    """Four weeks of 60 hours are known of a year of twelve: 60, not 20."""
    roster = replace(long_rotation(84), blocks=(28, 28, 28), rotations=("A", "B", "C"), checked=(1,))
    [finding] = findings(roster.work(range(20), "08:00", 12), "uk-2019", "UK-48")
    assert finding.value == 60


def test_what_is_not_known_widens_no_finding() -> None:
    """A week of too many hours is told with its own window; on-call of later weeks is not judged apart."""
    roster = year(28).work(range(7), "08:00", 12).work((14, 21), "09:00", 24, HOME_CALL)
    first, second = sorted(findings(roster, "uk-2019", "UK-72"), key=lambda one: one.window_start_at)
    assert (first.severity, (first.window_end_at - first.window_start_at).days) == ("hard", 7)
    assert second.unit == "not judged"


def test_a_log_without_work_on_call_says_that_there_was_none() -> None:
    """In a log, a weekend on call without entries was of low intensity; of a plan nobody knows."""
    roster = year(28).work([day for day in range(10) if day not in (5, 6)], "08:00", 8)
    facts = roster.work((5, 6), "08:00", 24, HOME_CALL).facts()
    uk = load_pack("uk-2019")
    rules = tuple(rule for rule in uk.rules if rule.id == "UK-7")
    only = replace(uk, rules=rules)
    assert [one.unit for one in judge(facts, [only])] == ["not judged"]
    assert judge(replace(facts, basis=Basis.LOG), [only]) == ()


def test_the_clock_of_a_date_outside_the_calendar_is_an_error() -> None:
    calendar = local_calendar(LONDON, date(2026, 7, 1), date(2026, 7, 31))
    last = calendar.last_day
    assert calendar.at(last + 1, 0) == calendar.midnights[-1]
    with pytest.raises(LookupError, match="does not hold 2026-06-30"):
        calendar.at(calendar.first_day - 1, 60)
    with pytest.raises(LookupError, match="does not hold 2026-08-02"):
        calendar.at(last + 2, 60)


def test_a_time_the_clocks_leap_over_is_the_instant_after_the_leap() -> None:
    calendar = local_calendar(LONDON, date(2027, 3, 27), date(2027, 3, 29))
    sunday = date(2027, 3, 28).toordinal()
    assert calendar.at(sunday, 90) == calendar.at(sunday, 120) == calendar.start_of(sunday) + 60
