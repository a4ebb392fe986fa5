"""FREE7-POSTCALL: the free day is not regularly the day after call."""

from __future__ import annotations

import pytest

from tests.compliance.rules.building import (
    CALL,
    HOME_CALL,
    NIGHT,
    TRANSITION,
    Roster,
    long_rotation,
    pack_with,
)


def calls_before_free_days(*days: int, roster: Roster | None = None, hours: float = 24) -> Roster:
    """Call from 07:00 on each of the days, off from its end until 07:00 two days later, else at work."""
    found = (roster or long_rotation(28)).work(days, "07:00", hours, CALL)
    taken = {d + offset for d in days for offset in (0, 1)}
    return found.work([d for d in range(28) if d not in taken], "07:00", 10)


@pytest.mark.parametrize(("days", "severities"), [((3,), []), ((3, 10), ["soft"]), ((3, 10, 17), ["soft"])])
def test_one_post_call_free_day_is_tolerated_and_two_are_an_advisory(
    days: tuple[int, ...], severities: list[str]
) -> None:
    assert calls_before_free_days(*days).severities("FREE7-POSTCALL") == severities


def test_24_hours_make_the_post_call_day_free_and_a_minute_less_does_not() -> None:
    """Out at 08:00 and back at 07:59 is no free day, so no advisory either."""
    exact = calls_before_free_days(3, 10)
    assert exact.found("FREE7-POSTCALL")[0].value == 2
    exact.duties = [duty for duty in exact.duties if duty.label != "12/07:00/clinical"]
    assert exact.work(12, "06:59", 10).found("FREE7-POSTCALL") == []


def test_the_hand_over_belongs_to_the_call() -> None:
    roster = long_rotation(28).work((3, 10), "07:00", 24, CALL).work((4, 11), "07:00", 2, TRANSITION)
    assert roster.severities("FREE7-POSTCALL") == ["soft"]
    assert len(roster.found("FREE7-POSTCALL")[0].entries) == 4


def test_a_call_period_of_less_than_24_hours_is_none() -> None:
    assert calls_before_free_days(3, 10, hours=24 - 1 / 60).found("FREE7-POSTCALL") == []


def test_a_day_and_a_night_of_call_are_a_period_of_24_hours() -> None:
    roster = long_rotation(28).work((3, 10), "07:00", 11).work((3, 10), "18:00", 13, CALL)
    assert roster.severities("FREE7-POSTCALL") == ["soft"]


def test_night_float_of_24_hours_is_no_call() -> None:
    assert long_rotation(28).work((3, 10), "07:00", 24, NIGHT).found("FREE7-POSTCALL") == []


def test_a_free_day_that_begins_later_is_no_post_call_day() -> None:
    """Home call until 10:00 lies between the call's end and the free time."""
    roster = long_rotation(28).work((3, 10), "07:00", 24, CALL).work((4, 11), "07:00", 3, HOME_CALL)
    assert roster.found("FREE7-POSTCALL") == []


def test_leave_after_call_is_no_free_day() -> None:
    """The date the call ends is counted; the free time left on it is less than a day, then leave begins."""
    roster = long_rotation(28).work((3, 10), "07:00", 24, CALL).off((5, 12))
    assert roster.found("FREE7-POSTCALL") == []


def test_post_call_days_are_counted_window_by_window() -> None:
    roster = Roster(blocks=(14, 14), rotations=("A", "B"))
    assert calls_before_free_days(3, 17, roster=roster).found("FREE7-POSTCALL") == []


def test_in_a_small_window_it_is_information() -> None:
    roster = long_rotation(28).work((0, 3), "07:00", 24, CALL).off(range(6, 28))
    assert roster.severities("FREE7-POSTCALL") == ["info"]


def test_the_number_tolerated_is_the_packs() -> None:
    assert calls_before_free_days(3, 10).severities("FREE7-POSTCALL", pack_with(max_postcall_free=2)) == []


def test_the_finding_counts_and_names_the_calls() -> None:
    [finding] = calls_before_free_days(3, 10).found("FREE7-POSTCALL")
    assert finding.entries == ("3/07:00/in_house_call", "10/07:00/in_house_call")
    assert finding.message == (
        "R001 had 2 of 2 free days on WARD 1–28 Jul right after a call of 24 h or more;"
        " FAQ on CPR 6.21.b (VI.F.2.c) tolerates 1"
    )


def test_a_block_in_place_of_a_small_window_adds_no_advisory() -> None:
    """One post-call free day in the small window and one in the next window are two only in the block."""
    roster = Roster(blocks=(31, 31), rotations=("WARD", "WARD")).off(range(6, 28))
    assert roster.work((0, 28), "07:00", 24, CALL).found("FREE7-POSTCALL") == []
