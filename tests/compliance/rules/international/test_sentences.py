"""Findings read as a person would tell them, and doing what they say clears them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from src.interchange.model import DutyType
from tests.compliance.rules.building import CALL, HOME_CALL, TRANSITION, Roster
from tests.compliance.rules.international.world import called, findings, year

SHIFTS = [7 * week + day for week in range(17) for day in range(4)]


def only(roster: Roster, pack: str, rule: str) -> tuple[str, str]:
    """What was found, without the person, and what would clear it."""
    [finding] = findings(roster, pack, rule)
    return finding.message.removeprefix("R001 "), finding.remedy


@pytest.mark.parametrize(
    ("roster", "pack", "rule", "message", "remedy"),
    [
        (
            year(56).work(SHIFTS[:32], "08:00", 12).work(4, "08:00", 2),
            "uk-2019",
            "UK-48",
            "worked 48.25 h a week in the days 6 Jul–30 Aug, 0.25 h over the 48 h of TCS Sch. 3 para. 7",
            "Take 2 h off in the days 6 Jul–30 Aug.",
        ),
        (
            year().work(range(6), "08:00", 12).work(6, "08:00", 1),
            "uk-2019",
            "UK-72",
            "worked 73 h in the 168 h from 6 Jul 08:00, 1 h over the 72 h of TCS Sch. 3 para. 8",
            "Take 1 h off in the 168 h from 6 Jul 08:00.",
        ),
        (
            year().work(0, "08:00", 13.25),
            "uk-2019",
            "UK-13",
            "was on duty for 13.25 h from 6 Jul 08:00, 0.25 h over the 13 h of TCS Sch. 3 para. 9",
            "End the shift by 6 Jul 21:00.",
        ),
        (
            year().work(range(5), "20:00", 12),
            "uk-2019",
            "UK-NIGHT",
            "had 5 night shifts in a row, 6–10 Jul, 1 more than the 4 of TCS Sch. 3 para. 12",
            "Keep 10 Jul free of night shifts.",
        ),
        (
            year().work(range(10), "20:00", 12),
            "uk-2019",
            "UK-NIGHT",
            "had 10 night shifts in a row, 6–15 Jul, 6 more than the 4 of TCS Sch. 3 para. 12",
            "Keep 10 Jul, 15 Jul free of night shifts.",
        ),
        (
            year().work(range(8), "22:00", 8),
            "uk-2019",
            "UK-7",
            "was on duty 8 days in a row, 6–13 Jul, 1 more than the 7 of TCS Sch. 3 para. 14",
            "Start no duty on 13 Jul.",
        ),
        (
            year().work(0, "08:00", 12).work(1, "06:30", 8),
            "uk-2019",
            "UK-11",
            "had 10.5 h off from 6 Jul 20:00 between shifts, 0.5 h short of the 11 h of TCS Sch. 3 para. 19",
            "Start no earlier than 7 Jul 07:00.",
        ),
        (
            year().work((1, 2), "08:00", 24, HOME_CALL),
            "uk-2019",
            "UK-OCC",
            "had the next call 1 day after the one of 7 Jul 08:00, 1 fewer than the 2 of TCS Sch. 3 para. 27",
            "Put the next call no earlier than 9 Jul.",
        ),
        (
            year(42).work((5, 12, 19, 26), "08:00", 8),
            "uk-2019",
            "UK-WE",
            "worked 4 of 6 weekends in the days 6 Jul–16 Aug, 1 more than the 3 of TCS Sch. 3 para. 16, 18",
            "Free 1 more weekend.",
        ),
        (
            year(119).work(SHIFTS, "08:00", 12).work(SHIFTS[::4], "20:00", 1),
            "eu-wtd",
            "EU-48",
            (
                "worked 49 h a week in the days 6 Jul–1 Nov, 1 h over the 48 h of"
                " Directive 2003/88/EC art. 6(b), 16(b)"
            ),
            "Take 17 h off in the days 6 Jul–1 Nov.",
        ),
        (
            year().work(0, "08:00", 13.5).work(1, "08:00", 8),
            "eu-wtd",
            "EU-11",
            (
                "had at most 10.5 h of rest in a row in the 24 h from 6 Jul 08:00, 0.5 h short of the 11 h of"
                " Directive 2003/88/EC art. 3"
            ),
            "Give 11 h of rest in a row before 7 Jul 08:00.",
        ),
        (
            called(year(26), 7),
            "ca-bc",
            "CA-BC-IH",
            (
                "had 7 calls in the days 6–31 Jul, 1 more than the 6 of"
                " Resident Doctors of BC, MoU, in-house call"
            ),
            "Give 1 call to somebody else.",
        ),
        (
            year().work((4, 12, 19), "17:00", 30, CALL),
            "ca-on-paro",
            "CA-ON-WE",
            "had 1 free weekend in the days 6 Jul–2 Aug, 1 fewer than the 2 of PARO agreement, weekends",
            "Free 1 more weekend.",
        ),
        (
            year().work(0, "06:00", 24, CALL).work(1, "06:00", 3, TRANSITION),
            "ca-on-paro",
            "CA-ON-24",
            (
                "was on duty for 27 h from the start of the work day, 6 Jul 06:00, 1 h over the 26 h of"
                " PARO agreement, 24 + 2 hours"
            ),
            "Leave by 7 Jul 08:00.",
        ),
        (
            year().work(range(20), "08:00", 12).work(20, "08:00", 4),
            "nz-rmo",
            "NZ-60",
            "worked 61 h a week in the days 6 Jul–2 Aug, 1 h over the 60 h of RMO agreement, aim",
            "Take 4 h off in the days 6 Jul–2 Aug.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 10 else "",
)
def test_a_finding_is_told_in_a_sentence(
    roster: Roster, pack: str, rule: str, message: str, remedy: str
) -> None:
    assert only(roster, pack, rule) == (message, remedy)


def test_averaged_hours_are_told_week_by_week() -> None:
    roster = year().work(range(20), "08:00", 12).work(20, "08:00", 4)
    [finding] = findings(roster, "nz-rmo", "NZ-60")
    assert finding.weekly_hours == (84, 84, 76, 0)


def test_taking_the_hours_off_clears_an_average() -> None:
    """The average is 0.01 h over; what is to go are the minutes of all 17 weeks."""
    roster = year(119).work(SHIFTS, "08:00", 12).work(5, "08:00", 7 / 60)
    [finding] = findings(roster, "eu-wtd", "EU-48")
    assert finding.remedy == "Take 0.12 h off in the days 6 Jul–1 Nov."
    shorter = replace(roster, duties=[duty for duty in roster.duties if duty.end - duty.start > 7])
    assert findings(shorter, "eu-wtd", "EU-48") == []


def test_taking_the_hours_off_clears_an_average_with_prospective_cover() -> None:
    roster = year(56).work(SHIFTS[:32], "08:00", 12)
    settings = {"prospective_cover": True, "leave_days_a_year": 32, "leave_day_minutes": 8 * 60}
    [finding] = findings(roster, "uk-2019", "UK-48", **settings)
    hours = Decimal(finding.remedy.split()[1])
    first, *others = roster.duties
    for minutes, clears in ((int(hours * 60), True), (int(hours * 60) - 2, False)):
        shorter = replace(roster, duties=[replace(first, end=first.end - minutes), *others])
        assert (findings(shorter, "uk-2019", "UK-48", **settings) == []) is clears


def test_work_during_on_call_that_is_taken_off_clears_the_rest() -> None:
    roster = year().work(0, "08:00", 24, HOME_CALL).work(0, "08:00", 17, DutyType.HOME_CALL_ONSITE)
    assert only(roster, "uk-2019", "UK-OCR")[1] == "Take 1 h off that on-call."


def test_a_long_row_of_weekends_is_cleared_by_more_than_one() -> None:
    """Seven weekends in a row, at most two: the third and the sixth."""
    roster = year(28, 28).work([7 * week + 5 for week in range(7)], "08:00", 8)
    message, remedy = only(roster, "ca-sk", "CA-SK-WE")
    assert message.startswith("had duty on 7 weekends in a row, 11 Jul–23 Aug, 5 more than the 2 of")
    assert remedy == "Free the weekend of 25 Jul, 15 Aug."
