"""A person's year minute by minute: slow and obvious, sharing nothing with the engine but the facts.

Every minute knows its local date and time, and what falls on it. Nothing is sorted, merged or summed ahead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from zoneinfo import ZoneInfo

from src.compliance.rules import Duty, Facts, PersonFacts

FROM_HOME = {"home_call_onsite", "home_call_remote_care"}
IN_SHIFTS = {
    "clinical",
    "education",
    "admin",
    "in_house_call",
    "night_float",
    "transition",
    "moonlighting_internal",
    "moonlighting_external",
    "resident_elected_extension",
}
WORK = IN_SHIFTS | FROM_HOME | {"clinical_work_from_home"}
ON_CALL = {"home_call_availability"}
IN_HOUSE = {"in_house_call"}
BUSY = WORK | ON_CALL
MEAL = 60
"""Time off of at most an hour ends no shift."""


@dataclass(frozen=True, order=True)
class Verdict:
    """One finding: rule, severity, window in minutes, and its number away from the limit, in hundredths."""

    rule: str
    severity: str
    start: int
    end: int
    hundredths: int
    excess: Fraction = field(default=Fraction(0), compare=False, repr=False)
    entries: tuple[Duty, ...] = field(default=(), compare=False, repr=False)


@lru_cache(maxsize=32)
def clocks(zone: str, first: int, last: int) -> tuple[tuple[date, int], ...]:
    """Local date and minute of the day, of every minute from first to before last."""
    found = []
    tz = ZoneInfo(zone)
    for minute in range(first, last):
        local = datetime.fromtimestamp(minute * 60, tz)
        found.append((local.date(), 60 * local.hour + local.minute))
    return tuple(found)


@lru_cache(maxsize=32)
def minutes_by_date(zone: str, first: int, last: int) -> dict[date, list[int]]:
    """The minutes of every local date."""
    found: dict[date, list[int]] = {}
    for minute, (day, _) in enumerate(clocks(zone, first, last), start=first):
        found.setdefault(day, []).append(minute)
    return found


class ByMinute:
    """The minutes of one person, from some days before the year to some days after it."""

    MARGIN = timedelta(days=16)

    def __init__(self, facts: Facts, person: PersonFacts) -> None:
        self.facts, self.person = facts, person
        self.days = [
            facts.year_start_date + timedelta(days=n)
            for n in range((facts.year_end_date - facts.year_start_date).days + 1)
        ]
        self.first = self._utc(self.days[0] - self.MARGIN)
        self.last = self._utc(self.days[-1] + self.MARGIN)
        self.clock = clocks(facts.time_zone, self.first, self.last)
        self.of_date = minutes_by_date(facts.time_zone, self.first, self.last)
        self.work = self.marked(WORK)
        self.in_shifts = self.marked(IN_SHIFTS)
        self.busy = self.marked(BUSY)
        self.shifts = self._shifts()

    def marked(self, types: set[str]) -> bytearray:
        """One byte a minute: 1 where a duty of those types falls on it."""
        marks = bytearray(self.last - self.first)
        for duty in self.person.duties:
            if duty.type.value in types:
                for minute in range(duty.start, duty.end):
                    marks[minute - self.first] = 1
        return marks

    def sum(self, marks: bytearray, start: int, end: int) -> int:
        """How many minutes of [start, end) are marked."""
        return marks[max(start - self.first, 0) : max(end - self.first, 0)].count(1)

    def _shifts(self) -> list[tuple[int, int]]:
        shifts: list[tuple[int, int]] = []
        start: int | None = None
        end = 0
        for minute in range(self.first, self.last):
            if self.in_shifts[minute - self.first]:
                if start is None:
                    start = minute
                end = minute + 1
            elif start is not None and minute - end >= MEAL:
                shifts.append((start, end))
                start = None
        return [*shifts, (start, end)] if start is not None else shifts

    def day(self, minute: int) -> date:
        """The local date of a minute."""
        return self.clock[minute - self.first][0]

    def at(self, day: date, minute_of_day: int) -> int:
        """The first minute of a date at which the clocks show at least that time."""
        for minute in self.of_date[day]:
            if self.clock[minute - self.first][1] >= minute_of_day:
                return minute
        return self.of_date[day + timedelta(days=1)][0]

    def begin(self, day: date) -> int:
        """The first minute of a date."""
        return self.of_date[day][0]

    def is_night(self, shift: tuple[int, int]) -> bool:
        """Whether at least three hours are worked in one 23:00 to 06:00."""
        day = self.day(shift[0]) - timedelta(days=1)
        while day <= self.day(shift[1] - 1):
            start = max(self.at(day, 23 * 60), shift[0])
            end = min(self.at(day + timedelta(days=1), 6 * 60), shift[1])
            if self.sum(self.in_shifts, start, max(start, end)) >= 180:
                return True
            day += timedelta(days=1)
        return False

    def longest_rest(self, marks: bytearray, start: int, end: int) -> int:
        """The most minutes in a row in [start, end) that are not marked."""
        longest = run = 0
        for minute in range(start, end):
            run = 0 if marks[minute - self.first] else run + 1
            longest = max(longest, run)
        return longest

    def rests(self, marks: bytearray, start: int, end: int, least: int) -> int:
        """How many rests of so many minutes lie in [start, end)."""
        found = run = 0
        for minute in range(start, end):
            run = 0 if marks[minute - self.first] else run + 1
            if run == least:
                found, run = found + 1, 0
        return found

    def next_work(self, end: int, outside: list[tuple[int, int]] | None = None) -> int | None:
        """When the first entry of work starts at `end` or later, one in the shifts `outside` aside."""
        starts = [
            duty.start
            for duty in self.person.duties
            if duty.type.value in WORK
            and duty.start >= end
            and not any(begin <= duty.start < finish for begin, finish in outside or [])
        ]
        return min(starts) if starts else None

    def of_types(self, types: set[str]) -> list[Duty]:
        """The duties of some types, in order."""
        return [duty for duty in self.person.duties if duty.type.value in types]

    def within(self, types: set[str], start: int, end: int) -> tuple[Duty, ...]:
        """Those that have time inside [start, end)."""
        return tuple(duty for duty in self.of_types(types) if duty.start < end and duty.end > start)

    def call_date(self, duty: Duty) -> date:
        """The local date of a call's start, or the one before for a start before 06:00."""
        day, minute_of_day = self.clock[duty.start - self.first]
        return day - timedelta(days=1) if minute_of_day < 360 else day

    def is_away(self, day: date) -> bool:
        """Leave without any work."""
        minutes = self.of_date[day]
        return (
            day in self.person.leave_dates
            and self.days[0] <= day <= self.days[-1]
            and not self.sum(self.work, minutes[0], minutes[-1] + 1)
        )

    @staticmethod
    def _utc(day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 60


def over(value: Fraction, limit: Fraction) -> tuple[int, Fraction]:
    """Hundredths rounded up, and by how much the number is beyond the limit as it is shown."""
    shown = ceil(value * 100)
    return shown, Fraction(shown, 100) - limit


def under(value: Fraction, limit: Fraction) -> tuple[int, Fraction]:
    """Hundredths rounded down, and by how much the number falls short of the limit as it is shown."""
    shown = floor(value * 100)
    return shown, limit - Fraction(shown, 100)


def runs_of(days: list[date]) -> list[list[date]]:
    """Dates as runs without one missing."""
    runs: list[list[date]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][-1] + timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
