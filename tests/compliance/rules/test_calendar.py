"""Local midnights in zones that make them hard to find."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from src.compliance.rules.calendar import local_calendar


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) // 60


def length(zone: str, day: date) -> int:
    calendar = local_calendar(zone, day - timedelta(days=2), day + timedelta(days=2))
    return calendar.start_of(day.toordinal() + 1) - calendar.start_of(day.toordinal())


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("UTC", date(2026, 3, 8), 1440),
        ("America/Chicago", date(2027, 3, 14), 1380),
        ("America/Chicago", date(2026, 11, 1), 1500),
        ("America/Chicago", date(2026, 11, 2), 1440),
        ("Europe/London", date(2027, 3, 28), 1380),
        ("Australia/Lord_Howe", date(2026, 10, 4), 1410),
        ("Australia/Lord_Howe", date(2027, 4, 4), 1470),
        ("America/Havana", date(2026, 11, 1), 1500),  # 01:00 becomes 00:00: midnight comes twice
        ("Africa/Cairo", date(2026, 4, 24), 1380),  # 00:00 becomes 01:00: midnight does not come
        ("America/Santiago", date(2026, 9, 6), 1380),
        ("America/Phoenix", date(2027, 3, 14), 1440),
    ],
)
def test_a_local_date_is_as_long_as_its_zone_makes_it(zone: str, day: date, minutes: int) -> None:
    assert length(zone, day) == minutes


def test_a_midnight_that_does_not_come_is_the_first_instant_after_the_leap() -> None:
    calendar = local_calendar("Africa/Cairo", date(2026, 4, 20), date(2026, 4, 30))
    assert calendar.start_of(date(2026, 4, 24).toordinal()) == utc("2026-04-23T22:00")


def test_a_midnight_that_comes_twice_is_its_first_occurrence() -> None:
    calendar = local_calendar("America/Havana", date(2026, 10, 30), date(2026, 11, 3))
    assert calendar.start_of(date(2026, 11, 1).toordinal()) == utc("2026-11-01T04:00")


def test_a_date_that_a_zone_skipped_has_no_length() -> None:
    """Samoa went from 29 to 31 December 2011."""
    assert length("Pacific/Apia", date(2011, 12, 30)) == 0
    assert length("Pacific/Apia", date(2011, 12, 31)) == 1440


@pytest.mark.parametrize(
    "zone", ["America/Chicago", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata", "UTC"]
)
def test_every_hour_of_a_year_lies_on_the_date_its_clocks_show(zone: str) -> None:
    first = date(2026, 7, 1)
    calendar = local_calendar(zone, first, date(2027, 6, 30))
    for minute in range(calendar.midnights[0], calendar.midnights[-1], 61):
        shown = datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).date()
        assert calendar.day_of(minute) == shown.toordinal()


def test_instants_outside_have_no_date() -> None:
    calendar = local_calendar("UTC", date(2026, 7, 1), date(2026, 7, 2))
    assert calendar.day_of(utc("2026-06-30T23:59")) is None
    assert calendar.day_of(utc("2026-07-03T00:00")) is None
    assert calendar.day_of(utc("2026-07-02T23:59")) == date(2026, 7, 2).toordinal()


def test_a_date_outside_is_an_error_that_names_it() -> None:
    calendar = local_calendar("UTC", date(2026, 7, 1), date(2026, 7, 2))
    with pytest.raises(LookupError, match=r"UTC does not hold 2026-07-04"):
        calendar.start_of(date(2026, 7, 4).toordinal())


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        local_calendar("Mars/Olympus", date(2026, 7, 1), date(2026, 7, 2))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-07-02T10:59", date(2026, 7, 1)),  # 05:59 in Chicago
        ("2026-07-02T11:00", date(2026, 7, 2)),  # 06:00
        ("2027-03-14T10:59", date(2027, 3, 13)),  # 05:59, an hour after the clocks went forward
        ("2027-03-14T11:00", date(2027, 3, 14)),
        ("2026-11-01T11:59", date(2026, 10, 31)),  # 05:59 in winter time
        ("2026-11-01T12:00", date(2026, 11, 1)),
    ],
)
def test_dates_may_begin_at_six_on_the_clock(instant: str, day: date) -> None:
    calendar = local_calendar("America/Chicago", date(2026, 7, 1), date(2027, 6, 30))
    assert calendar.day_by_cut(utc(instant), 360) == day.toordinal()


def test_dates_by_a_later_cut_end_with_the_calendar_too() -> None:
    calendar = local_calendar("UTC", date(2026, 7, 1), date(2026, 7, 2))
    assert calendar.day_by_cut(utc("2026-07-01T05:00"), 360) is None
    assert calendar.day_by_cut(utc("2026-07-03T05:00"), 360) == date(2026, 7, 2).toordinal()
    assert calendar.day_by_cut(utc("2026-07-03T06:00"), 360) is None


def test_a_cut_that_the_clocks_leap_over_is_the_first_instant_after_the_leap() -> None:
    """02:30 does not come on 14 March 2027; 03:00 is the first time after it."""
    calendar = local_calendar("America/Chicago", date(2027, 3, 1), date(2027, 3, 31))
    assert calendar.day_by_cut(utc("2027-03-14T07:59"), 150) == date(2027, 3, 13).toordinal()
    assert calendar.day_by_cut(utc("2027-03-14T08:00"), 150) == date(2027, 3, 14).toordinal()
