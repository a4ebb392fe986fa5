"""Entries by themselves: what they cannot be, what they share, and to which date their minutes go."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.compliance.hours.constants import SheetUnit
from src.compliance.hours.drift import drift_of
from src.compliance.hours.judgement import Log
from src.compliance.hours.periods import period_at
from src.compliance.hours.worked import (
    UnknownZoneError,
    Worked,
    minutes_by_start,
    overlaps,
    problems_with,
    zone_of,
)
from src.interchange.model import DutyType, Person, PersonKind, Program
from src.interchange.schedule import Schedule, YearRow

CHICAGO = ZoneInfo("America/Chicago")
NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


def worked(start: str, end: str, kind: DutyType = DutyType.CLINICAL, reason: str | None = None) -> Worked:
    return Worked(at(start), at(end), kind, reason)


def test_a_naive_time_names_no_instant() -> None:
    naive = Worked(dt.datetime(2026, 7, 6, 7), at("2026-07-06T17:00"), DutyType.CLINICAL)  # noqa: DTZ001 - the point
    assert [(one.field, one.code) for one in problems_with(naive, NOW)] == [("start_at", "naive")]


def test_every_fault_of_an_entry_is_told() -> None:
    both = worked("2026-11-28T07:00", "2026-12-02T17:00", DutyType.RESIDENT_ELECTED_EXTENSION, "  ")
    assert [one.code for one in problems_with(both, NOW)] == ["too_long", "in_the_future", "reason_missing"]


@pytest.mark.parametrize(("minutes", "codes"), [(10, []), (11, ["in_the_future"])])
def test_the_clock_of_a_caller_may_be_ten_minutes_ahead(minutes: int, codes: list[str]) -> None:
    end = NOW + dt.timedelta(minutes=minutes)
    one = Worked(end - dt.timedelta(hours=1), end, DutyType.CLINICAL)
    assert [problem.code for problem in problems_with(one, NOW)] == codes


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "x" * 300, "Europe"])
def test_an_unknown_zone_is_an_error_with_its_name(name: str) -> None:
    with pytest.raises(UnknownZoneError):
        zone_of(name)


def test_an_overlap_is_told_with_the_minutes_that_count_once() -> None:
    found = overlaps(
        [
            ("day", worked("2026-07-06T07:00", "2026-07-06T17:00")),
            ("talk", worked("2026-07-06T16:00", "2026-07-06T18:00", DutyType.EDUCATION)),
            ("pager", worked("2026-07-06T07:00", "2026-07-07T07:00", DutyType.HOME_CALL_AVAILABILITY)),
            ("night", worked("2026-07-06T18:00", "2026-07-07T06:00")),
        ]
    )
    assert [(one.first, one.second, one.minutes) for one in found] == [("day", "talk", 60)]


@pytest.mark.parametrize(("date", "minutes"), [("2026-03-07", 11 * 60), ("2026-10-31", 13 * 60)])
def test_a_night_over_a_clock_change_is_as_long_as_it_was(date: str, minutes: int) -> None:
    """19:00 to 07:00 is 11 h in spring and 13 h in autumn, and belongs to the evening."""
    day = dt.date.fromisoformat(date)
    night = worked(f"{date}T19:00", f"{day + dt.timedelta(days=1)}T07:00")
    assert minutes_by_start([night], CHICAGO) == {day: minutes}


def test_seconds_widen_to_the_minute_on_both_sides() -> None:
    one = Worked(at("2026-07-06T07:00:59"), at("2026-07-06T08:00:01"), DutyType.CLINICAL)
    assert minutes_by_start([one], CHICAGO) == {dt.date(2026, 7, 6): 61}


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.integers(1, 2000)).map(
            lambda pair: Worked(
                at("2026-07-01T00:00") + dt.timedelta(minutes=pair[0]),
                at("2026-07-01T00:00") + dt.timedelta(minutes=pair[0] + pair[1]),
                DutyType.CLINICAL,
            )
        ),
        max_size=12,
    )
)
def test_minutes_are_those_of_the_union_however_entries_overlap(entries: list[Worked]) -> None:
    """Counted minute by minute, each once."""
    zero = at("2026-07-01T00:00")
    union = {
        minute
        for one in entries
        for minute in range(
            (one.start_at - zero) // dt.timedelta(minutes=1), (one.end_at - zero) // dt.timedelta(minutes=1)
        )
    }
    assert sum(minutes_by_start(entries, CHICAGO).values()) == len(union)


PROGRAM = Program(
    id="p",
    name="P",
    time_zone="America/Chicago",
    year_start_date=dt.date(2026, 7, 1),
    blocks=(28, 29),
    people=(
        Person("R1", "One", PersonKind.RESIDENT, 1),
        Person("R2", "Two", PersonKind.RESIDENT, 2, end_date=dt.date(2026, 7, 2)),
    ),
)


@pytest.mark.parametrize(
    ("unit", "day", "first", "last"),
    [
        (SheetUnit.ACADEMIC_BLOCK, "2026-07-28", "2026-07-01", "2026-07-28"),
        (SheetUnit.ACADEMIC_BLOCK, "2026-08-26", "2026-07-29", "2026-08-26"),
        (SheetUnit.WEEK, "2026-07-01", "2026-07-01", "2026-07-05"),
        (SheetUnit.WEEK, "2026-07-28", "2026-07-27", "2026-07-28"),
        (SheetUnit.WEEK, "2026-07-29", "2026-07-29", "2026-08-02"),
    ],
)
def test_a_sheet_ends_where_its_block_does(unit: SheetUnit, day: str, first: str, last: str) -> None:
    """Blocks of 28 and 29 days; the week of 27 July is cut in two by the first block's end."""
    found = period_at(PROGRAM, unit, dt.date.fromisoformat(day))
    assert found == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize("day", [dt.date(2026, 6, 30), dt.date(2026, 8, 27)])
def test_outside_of_the_year_there_is_no_sheet(day: dt.date) -> None:
    assert period_at(PROGRAM, SheetUnit.WEEK, day) is None


def test_drift_counts_a_night_where_it_began_and_what_is_to_come_not_at_all() -> None:
    """R1's night of 1 July runs into 2 July, of which nothing is known; R2 left after two days."""
    night = worked("2026-07-01T19:00", "2026-07-02T07:00", DutyType.NIGHT_FLOAT)
    late = worked("2026-07-01T19:00", "2026-07-02T08:30", DutyType.NIGHT_FLOAT)
    day = worked("2026-07-02T07:00", "2026-07-02T17:00")
    dates = [dt.date(2026, 7, number) for number in range(1, 5)]
    lines = drift_of(
        PROGRAM,
        Schedule(year=(YearRow("R1", 1, "NF"),), vacations=(), assignments=()),
        dates,
        {"R1": [night, day], "R2": [day]},
        {"R1": Log(frozenset({dates[0]}), ((_id(1), late),))},
        dates[3],
    )
    shown = [
        (
            one.rotation,
            one.pgy,
            one.known_days,
            one.unknown_days,
            one.planned_minutes,
            one.worked_minutes,
            one.difference_minutes,
            one.unknown_planned_minutes,
        )
        for one in lines
    ]
    assert shown == [
        (None, 2, 0, 2, 0, 0, 0, 600),
        ("NF", 1, 1, 2, 720, 810, 90, 600),
    ]


def _id(number: int) -> UUID:
    return UUID(int=number)
