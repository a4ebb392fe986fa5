"""Instants of local times, and work across the changes of the clocks (D1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.compliance.structure.clock import Clock
from src.interchange.model import Program
from src.interchange.schedule import AssignmentRow, Schedule
from tests.compliance.structure.world import (
    NF,
    NIGHT_FLOAT,
    TEMPLATES,
    assert_names,
    broken,
    messages,
    nights,
    shift,
    small_program,
    year,
)

CHICAGO = Clock(ZoneInfo("America/Chicago"))


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("zone", "on", "at", "expected"),
    [
        ("America/Chicago", date(2026, 7, 6), time(8), "2026-07-06T13:00"),
        ("America/Chicago", date(2027, 3, 14), time(1, 59), "2027-03-14T07:59"),
        # 02:00-03:00 is leapt over: the first valid instant after the leap is 03:00 daylight time.
        ("America/Chicago", date(2027, 3, 14), time(2), "2027-03-14T08:00"),
        ("America/Chicago", date(2027, 3, 14), time(2, 30), "2027-03-14T08:00"),
        ("America/Chicago", date(2027, 3, 14), time(3), "2027-03-14T08:00"),
        # 01:00-02:00 occurs twice: a start is the first occurrence, in daylight time.
        ("America/Chicago", date(2026, 11, 1), time(1, 30), "2026-11-01T06:30"),
        ("America/Chicago", date(2026, 11, 1), time(2), "2026-11-01T08:00"),
        # Half an hour's leap, and a whole date that a zone skipped.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30"),
        ("Pacific/Apia", date(2011, 12, 30), time(12), "2011-12-30T10:00"),
        # Midnight itself is leapt over: the date begins at 01:00.
        ("Africa/Cairo", date(2026, 4, 24), time(0), "2026-04-23T22:00"),
    ],
)
def test_a_local_time_is_one_instant(zone: str, on: date, at: time, expected: str) -> None:
    assert Clock(ZoneInfo(zone)).instant(on, at) == utc(expected)


@given(
    st.sampled_from(["America/Chicago", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_no_earlier_instant_shows_that_local_time_or_a_later_one(zone: str, on: date, at: time) -> None:
    clock = Clock(ZoneInfo(zone))
    instant = clock.instant(on, at)
    wall = datetime.combine(on, at)

    def shown(moment: int) -> datetime:
        return datetime.fromtimestamp(moment, ZoneInfo(zone)).replace(tzinfo=None)

    assert shown(instant) >= wall
    assert shown(instant - 60) < wall


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("2026-07-07T05:00", date(2026, 7, 6)),
        ("2026-07-07T05:01", date(2026, 7, 7)),
        ("2026-07-07T04:59", date(2026, 7, 6)),
    ],
)
def test_what_ends_at_exactly_midnight_ends_on_the_date_before(end: str, last: date) -> None:
    assert CHICAGO.last_date(utc(end)) == last


@pytest.mark.parametrize("instant", [-1e18, 1e18, -62135596800.0 - 86400, 253402300800.0 + 86400])
def test_instants_outside_the_calendar_have_its_first_or_last_date(instant: float) -> None:
    assert CHICAGO.date_of(instant) in (date.min, date.max)
    assert "outside the calendar" in CHICAGO.wall(instant)


SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)


def nights_around(change: date) -> tuple[Program, Schedule]:
    """Someone on nights every date of the week in whose last night the clocks change."""
    program = small_program(
        year_start_date=change - timedelta(days=6),
        blocks=(7,),
        people=small_program().people[:1],
        templates=(replace(TEMPLATES[3], may_be_off=False),),
    )
    rows = [
        shift("A", change - timedelta(days=back), "19:00", 12, NF.id, duty=NIGHT_FLOAT)
        for back in range(6, -1, -1)
    ]
    return program, Schedule(year=year(A=("NF",)), assignments=tuple(rows))


@pytest.mark.parametrize(("change", "ends"), [(SPRING, time(8)), (AUTUMN, time(6))])
def test_a_night_lasts_its_hours_when_the_clocks_change(change: date, ends: time) -> None:
    program, plan = nights_around(change)
    over_the_change = next(row for row in plan.assignments if row.date == change - timedelta(days=1))

    assert over_the_change.end_at.time() == ends
    assert broken(program, plan) == ()


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_a_night_that_ends_by_the_wall_clock_instead_is_named(change: date) -> None:
    program, plan = nights_around(change)

    def by_the_wall(row: AssignmentRow) -> AssignmentRow:
        wall = datetime.combine(row.date + timedelta(days=1), time(7), row.end_at.tzinfo)
        return replace(row, end_at=wall, row=9) if row.date == change - timedelta(days=1) else row

    wrong = replace(plan, assignments=tuple(map(by_the_wall, plan.assignments)))

    assert_names(messages(program, wrong), "3 assignments.csv:9 A")


def test_a_row_in_the_second_hour_of_a_fold_is_not_the_first() -> None:
    program = small_program(
        year_start_date=AUTUMN,
        blocks=(7,),
        people=small_program().people[:1],
        templates=(replace(TEMPLATES[3], start=time(1, 30), minutes=60, weekdays=(6,), may_be_off=False),),
    )
    first = nights("A", AUTUMN)[0]
    start = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Chicago"))
    end = (start.astimezone(UTC) + timedelta(hours=1)).astimezone(start.tzinfo)
    right = replace(first, start_at=start, end_at=end)
    late = replace(first, start_at=start.replace(fold=1), end_at=end.astimezone(UTC) + timedelta(hours=1))

    assert broken(program, Schedule(year=year(A=("NF",)), assignments=(right,))) == ()
    assert "start_at is 2026-11-01T01:30-06:00, not 2026-11-01T01:30-05:00" in "".join(
        messages(program, Schedule(year=year(A=("NF",)), assignments=(late,)))
    )
