"""Dates told in ranges, and demand that stays open on many of them told once."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from src.interchange.schedule import UnmetKind, UnmetRow
from src.solver.repair.open_demand import asked_for
from src.solver.repair.when import MOST_RANGES_NAMED, grouped, on_dates
from tests.solver.hospital import MONDAY, hospital


def iso(number: int) -> str:
    return (MONDAY + dt.timedelta(number)).isoformat()


def test_dates_that_follow_one_another_are_a_range() -> None:
    assert on_dates([iso(2), iso(0), iso(1), iso(5)]) == f"{iso(0)} to {iso(2)}, {iso(5)}"


def test_blocks_are_told_by_number() -> None:
    assert on_dates(["9", "10", "3"]) == "3, 9 to 10"


def test_what_is_too_much_to_name_is_counted() -> None:
    dates = [iso(2 * number) for number in range(MOST_RANGES_NAMED + 3)]
    assert on_dates(dates).endswith(f"{dates[MOST_RANGES_NAMED - 1]} and 3 more")


@given(st.sets(st.integers(0, 60), min_size=1, max_size=12))
def test_no_date_is_left_out_or_told_that_was_not_said(numbers: set[int]) -> None:
    told = on_dates([iso(number) for number in numbers])
    words, _, more = told.partition(" and ")
    found = set()
    for part in words.split(", "):
        first, _, last = part.partition(" to ")
        low, high = (dt.date.fromisoformat(text) for text in (first, last or first))
        found |= {(low - MONDAY).days + offset for offset in range((high - low).days + 1)}
    assert found <= numbers
    assert len(numbers) - len(found) == (int(more.split()[0]) if more else 0)


def test_different_things_are_told_apart() -> None:
    assert grouped([("a", iso(0)), ("b", iso(1)), ("a", iso(1))]) == {
        "a": f"{iso(0)} to {iso(1)}",
        "b": iso(1),
    }


def test_demand_that_stays_open_on_many_dates_is_one_row_with_its_dates() -> None:
    program = hospital()
    row = next(each for each in program.staffing if each.min)
    weekdays = row.weekdays or range(7)
    open_on = [number for number in range(14) if (MONDAY + dt.timedelta(number)).weekday() in weekdays]
    unmet = [
        UnmetRow(UnmetKind.STAFFING, row.rotation, iso(number), row.session, row.pgys, row.min, 0)
        for number in open_on
    ]
    (told,) = asked_for(program, unmet)
    assert (told.file, told.row) == ("staffing.csv", row.row)
    assert told.message == (
        f"{row.rotation} needs {row.min} at work in {row.session} on {on_dates([iso(n) for n in open_on])}"
    )
