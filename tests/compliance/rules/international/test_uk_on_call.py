"""England's rules on non-resident on-call."""

from __future__ import annotations

import pytest

from tests.compliance.rules.international.world import (
    CALL,
    CALLED_IN,
    FROM_HOME,
    HOME_CALL,
    findings,
    minutes,
    numbers,
    told,
    year,
)

pytestmark = pytest.mark.parametrize("pack", ["uk-2016", "uk-2019"])


@pytest.mark.parametrize(("length", "said"), [(1439, []), (1440, []), (1441, ["hard"]), (1530, ["hard"])])
def test_on_call_lasts_24_hours(pack: str, length: int, said: list[str]) -> None:
    assert told(minutes(year(), 0, "08:00", length, HOME_CALL), pack, "UK-OC24") == said


def test_a_tolerance_for_hand_over_may_be_set(pack: str) -> None:
    roster = minutes(year(), 0, "08:00", 1500, HOME_CALL)
    assert told(roster, pack, "UK-OC24", tolerance_minutes=60) == []
    assert told(minutes(roster, 3, "08:00", 1501, HOME_CALL), pack, "UK-OC24", tolerance_minutes=60) == [
        "hard"
    ]


def test_resident_on_call_is_no_on_call_period(pack: str) -> None:
    assert told(year().work(0, "08:00", 26, CALL), pack, "UK-OC24") == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((5, 6), []),
        ((1, 3), []),
        ((1, 2), ["hard"]),
        ((4, 5), ["hard"]),
        ((6, 7), ["hard"]),
        ((5, 6, 7), ["hard"]),
        ((1, 3, 5, 6), []),
    ],
)
def test_on_calls_are_not_consecutive_but_for_a_weekend(
    pack: str, days: tuple[int, ...], said: list[str]
) -> None:
    assert told(year().work(days, "17:00", 15, HOME_CALL), pack, "UK-OCC") == said


@pytest.mark.parametrize(
    ("days", "said"),
    [((0, 2), []), ((0, 2, 5), []), ((0, 2, 4, 6), ["hard"]), ((0, 2, 4, 7), []), ((6, 8, 10, 12), ["hard"])],
)
def test_three_on_calls_in_seven_days(pack: str, days: tuple[int, ...], said: list[str]) -> None:
    roster = year().work(days, "17:00", 15, HOME_CALL)
    found = findings(roster, pack, "UK-OC3")
    assert [one.severity for one in found] == said
    assert numbers(found) == [(4, 3)] * len(said)


@pytest.mark.parametrize(("length", "said"), [(599, []), (600, []), (601, ["hard"]), (630, ["hard"])])
def test_the_day_after_on_call_lasts_ten_hours(pack: str, length: int, said: list[str]) -> None:
    roster = minutes(year().work(0, "17:00", 15, HOME_CALL), 1, "08:30", length)
    assert told(roster, pack, "UK-OC10") == said


def test_the_day_before_and_the_day_after_next_are_free_of_that_limit(pack: str) -> None:
    roster = year().work(1, "17:00", 15, HOME_CALL).work((0, 3), "08:00", 12)
    assert told(roster, pack, "UK-OC10") == []


@pytest.mark.parametrize(("worked", "said"), [(900, []), (960, []), (961, ["soft"]), (1020, ["soft"])])
def test_sixteen_hours_of_work_in_24_leave_eight_of_rest(pack: str, worked: int, said: list[str]) -> None:
    """Work up to 22:00 and after 05:00, so that the night's rest is no matter."""
    roster = year().work(0, "08:00", 24, HOME_CALL)
    minutes(minutes(roster, 0, "08:00", 840, CALLED_IN), 1, "05:00", worked - 840, CALLED_IN)
    assert told(roster, pack, "UK-OCR") == said


@pytest.mark.parametrize(("wall", "said"), [("03:00", []), ("02:59", ["soft"])])
def test_five_hours_of_the_rest_lie_together_by_night(pack: str, wall: str, said: list[str]) -> None:
    """Rest from 22:00 until a call from home, and from there less than five hours."""
    roster = year().work(0, "08:00", 24, HOME_CALL)
    minutes(minutes(roster, 0, "21:00", 60, CALLED_IN), 1, wall, 1, FROM_HOME)
    assert told(minutes(roster, 1, "04:00", 60, CALLED_IN), pack, "UK-OCR") == said


def test_on_call_of_which_no_work_is_known_is_not_judged(pack: str) -> None:
    assert told(year().work(0, "08:00", 24, HOME_CALL), pack, "UK-OCR") == ["not judged"]


@pytest.mark.parametrize(("percent", "said"), [(66, []), (67, ["soft"])])
def test_expected_work_is_judged_where_it_is_stated(pack: str, percent: int, said: list[str]) -> None:
    roster = year().work(0, "08:00", 24, HOME_CALL)
    stated = {"expected_work_known": True, "expected_work_percent": percent}
    assert told(roster, pack, "UK-OCR", **stated) == said
