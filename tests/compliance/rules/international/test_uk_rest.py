"""England's terms of 2016 and 2019: weekends, rest between shifts, breaks, and the change of clocks."""

from __future__ import annotations

from datetime import date

import pytest

from tests.compliance.rules.international.world import (
    LONDON,
    Roster,
    findings,
    minutes,
    numbers,
    told,
    year,
)

BOTH = ("uk-2016", "uk-2019")


@pytest.mark.parametrize("pack", BOTH)
class TestWeekends:
    """UK-WE: one weekend in two at most, one in three as the aim."""

    def six_weeks(self, worked: int) -> Roster:
        return year(42).work([5 + 7 * week for week in range(worked)], "09:00", 8)

    @pytest.mark.parametrize(("worked", "said"), [(1, []), (2, []), (3, ["soft"]), (4, ["hard"])])
    def test_two_of_six_pass_three_are_advised_against_four_fail(
        self, pack: str, worked: int, said: list[str]
    ) -> None:
        assert told(self.six_weeks(worked), pack, "UK-WE") == said

    @pytest.mark.parametrize(("length", "said"), [(240, []), (241, []), (242, ["soft"])])
    def test_a_friday_night_past_midnight_makes_a_weekend_worked(
        self, pack: str, length: int, said: list[str]
    ) -> None:
        """From 20:00, 240 minutes end at midnight; the weekend begins at 00:01."""
        assert told(minutes(self.six_weeks(2), 5 * 7 - 3, "20:00", length), pack, "UK-WE") == said

    @pytest.mark.parametrize(("wall", "said"), [("23:58", ["soft"]), ("23:59", [])])
    def test_the_weekend_ends_on_sunday_2359(self, pack: str, wall: str, said: list[str]) -> None:
        assert told(self.six_weeks(2).work(6 + 7 * 4, wall, 8), pack, "UK-WE") == said

    def test_a_partial_rota_is_counted_in_whole_weekends(self, pack: str) -> None:
        """Of 17 days from a Wednesday two weekends are whole: one worked is one in two, not one in 2.4."""
        roster = year(17, first=date(2026, 7, 8)).work(3, "09:00", 8)
        assert told(roster, pack, "UK-WE") == ["soft"]
        assert told(roster.work(10, "09:00", 8), pack, "UK-WE") == ["hard"]


@pytest.mark.parametrize("pack", BOTH)
@pytest.mark.parametrize(
    ("wall", "said"), [("06:59", ["hard"]), ("07:00", []), ("07:01", []), ("06:30", ["hard"])]
)
def test_eleven_hours_lie_between_shifts(pack: str, wall: str, said: list[str]) -> None:
    """The first ends at 20:00."""
    assert told(year().work(0, "08:00", 12).work(1, wall, 8), pack, "UK-11") == said


class TestBreaks:
    """UK-BRK: entitlements to breaks, which most schedules do not show."""

    def shift(self, wall: str, *parts: int) -> Roster:
        """Work of so many minutes each, with 30 minutes off between."""
        roster = year()
        hour, minute = map(int, wall.split(":"))
        at = 60 * hour + minute
        for part in parts:
            minutes(roster, at // 1440, f"{at % 1440 // 60:02}:{at % 60:02}", part)
            at += part + 30
        return roster

    @pytest.mark.parametrize(
        ("parts", "said"), [((255, 255), []), ((255, 256), ["info"]), ((270, 270), ["info"])]
    )
    def test_nine_hours_need_one_and_more_need_two(self, parts: tuple[int, ...], said: list[str]) -> None:
        assert told(self.shift("08:00", *parts), "uk-2019", "UK-BRK") == said

    @pytest.mark.parametrize(("length", "said"), [(300, []), (301, ["info"])])
    def test_five_hours_need_none(self, length: int, said: list[str]) -> None:
        roster = minutes(year(), 0, "08:00", length)
        assert told(roster, "uk-2019", "UK-BRK", breaks_are_recorded=True) == said

    @pytest.mark.parametrize(
        ("parts", "said"), [((219, 220, 220), []), ((220, 220, 220), ["info"]), ((150, 160, 160, 160), [])]
    )
    def test_a_night_of_twelve_hours_needs_three(self, parts: tuple[int, ...], said: list[str]) -> None:
        assert told(self.shift("20:00", *parts), "uk-2019", "UK-BRK") == said

    def test_a_shift_without_any_is_not_judged_but_said_once(self) -> None:
        roster = year().work(range(20), "08:00", 10)
        [finding] = findings(roster, "uk-2019", "UK-BRK")
        assert finding.unit == "not judged"
        assert "20 intervals" in finding.message


def test_a_shift_across_the_change_of_clocks_is_measured_in_elapsed_time() -> None:
    """19:00 to 08:00 is twelve hours of night in spring, and fourteen in autumn."""
    spring = year(14, zone=LONDON, first=date(2027, 3, 22)).work(5, "19:00", 12)
    assert spring.minute(6, "08:00") == spring.duties[-1].end
    assert told(spring, "uk-2019", "UK-13") == []
    autumn = year(14, zone=LONDON, first=date(2026, 10, 19)).work(5, "19:00", 14)
    assert autumn.minute(6, "08:00") == autumn.duties[-1].end
    assert numbers(findings(autumn, "uk-2019", "UK-13")) == [(14, 13)]


@pytest.mark.parametrize(
    ("first", "end", "wall", "said"),
    [
        (date(2027, 3, 22), "20:00", "07:59", ["hard"]),
        (date(2027, 3, 22), "20:00", "08:00", []),
        (date(2026, 10, 19), "21:00", "06:59", ["hard"]),
        (date(2026, 10, 19), "21:00", "07:00", []),
    ],
)
def test_rest_across_the_change_of_clocks_is_measured_in_elapsed_time(
    first: date, end: str, wall: str, said: list[str]
) -> None:
    """In spring the clocks show an hour more than passed between Saturday and Sunday, in autumn one less."""
    roster = year(14, zone=LONDON, first=first).work(5, f"{int(end[:2]) - 8:02}:00", 8)
    assert told(roster.work(6, wall, 4), "uk-2019", "UK-11") == said


@pytest.mark.parametrize(
    ("first", "length", "said"),
    [
        (date(2027, 3, 22), 240, ["hard"]),
        (date(2027, 3, 22), 239, []),
        (date(2026, 10, 19), 240, ["hard"]),
        (date(2026, 10, 19), 239, []),
    ],
)
def test_three_hours_of_night_are_elapsed_hours(first: date, length: int, said: list[str]) -> None:
    """Work from 22:00: the night begins at 23:00 on the clocks, and three hours later it is one."""
    roster = year(14, zone=LONDON, first=first)
    for day in range(3, 8):
        minutes(roster, day, "22:00", length)
    assert told(roster, "uk-2019", "UK-NIGHT") == said
