"""What intervals that do not begin on the hour reach into, and what history says of the first date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from src.interchange.model import Call, DutyType, HistoryInterval, Session, Template
from src.solver.year.facts import YearFacts
from tests.compliance.structure.world import HOME, IN_HOUSE, JEOPARDY, call
from tests.solver.year.tiny import MONDAY, tiny

DAY = timedelta(days=1)


def facts(**changes: object) -> YearFacts:
    return YearFacts(tiny(**changes))


@pytest.mark.parametrize(
    ("start", "minutes", "handover", "duty", "nights"),
    [
        (time(18, 30), 330, 0, IN_HOUSE, 0),  # ends at midnight: on the date before
        (time(18, 30), 331, 0, IN_HOUSE, 1),
        (time(18, 30), 300, 31, HOME, 1),  # a handover is of the call
        (time(18, 30), 330 + 1440, 0, IN_HOUSE, 1),
        (time(18, 30), 330 + 1441, 0, IN_HOUSE, 2),
        (time(18, 30), 900, 0, JEOPARDY, 0),  # counts on its start date only
    ],
)
def test_a_call_takes_the_dates_that_any_minute_of_it_lies_on(
    start: time, minutes: int, handover: int, duty: DutyType, nights: int
) -> None:
    one: Call = call(start=start, minutes=minutes, handover_minutes=handover, duty_type=duty)
    days = facts(calls=(one,)).call_dates(one, MONDAY)
    assert days == tuple(MONDAY + number * DAY for number in range(nights + 1))


@pytest.mark.parametrize(
    ("on", "start", "minutes", "nights"),
    [
        (date(2026, 11, 1), time(0), 1500, 0),  # clocks go back: a date of 25 hours
        (date(2026, 11, 1), time(0), 1501, 1),
        (date(2026, 11, 8), time(0), 1500, 1),
        (date(2027, 3, 14), time(0), 1380, 0),  # and forward: one of 23
        (date(2027, 3, 14), time(0), 1381, 1),
    ],
)
def test_a_call_takes_the_dates_of_its_minutes_and_not_of_the_clock(
    on: date, start: time, minutes: int, nights: int
) -> None:
    one: Call = call(start=start, minutes=minutes - 60, handover_minutes=60)
    made = facts(calls=(one,), year_start_date=on - 6 * DAY)
    assert made.call_dates(one, on) == tuple(on + number * DAY for number in range(nights + 1))


@pytest.mark.parametrize(("minutes", "reaches"), [(390, False), (391, True)])
def test_a_session_from_half_past_five_reaches_the_next_date_a_minute_after_midnight(
    minutes: int, reaches: bool
) -> None:
    night = Template("NF", (), Session.NIGHT, time(17, 30), minutes, DutyType.NIGHT_FLOAT)
    assert facts(templates=(night,)).must_work_into("NF", MONDAY + DAY) is reaches


@pytest.mark.parametrize(
    ("ends", "duty", "post_call", "post_night"),
    [
        (time(0), DutyType.IN_HOUSE_CALL, False, False),  # at midnight: on the date before
        (time(0, 1), DutyType.IN_HOUSE_CALL, True, False),
        (time(9), DutyType.TRANSITION, True, False),
        (time(7), DutyType.NIGHT_FLOAT, False, True),
        (time(7), DutyType.HOME_CALL_AVAILABILITY, False, False),
    ],
)
def test_what_ends_on_the_first_date_makes_it_post_call_or_post_night(
    ends: time, duty: DutyType, post_call: bool, post_night: bool
) -> None:
    zone = tiny().zone
    start, end = datetime.combine(MONDAY - DAY, time(18), zone), datetime.combine(MONDAY, ends, zone)
    one = facts(history=(HistoryInterval("A", start, end, duty),))
    assert ("A" in one.post_call_at_start, "A" in one.post_night_at_start) == (post_call, post_night)
