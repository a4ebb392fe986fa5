"""The program's calendar in whole numbers: local dates as days of the year, instants as minutes.

A day is the number of local dates since the first of the year (0; days before the year are negative). An
instant is a whole number of minutes since 1970-01-01T00:00Z, so that lengths are elapsed time
(duty-hour-rules.md, D1) whatever the clocks do.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from src.interchange.model import Program

_BEFORE = 70
"""Dates before the year that can be named: history of two months."""
_AFTER = 40
"""Dates after the year that can be named: what begins on the last date and runs on."""


class Calendar:
    """Dates, instants, holidays and academic blocks of one program's year.

    Midnights are known from BEFORE dates before the year to AFTER dates after it.
    """

    BEFORE, AFTER = _BEFORE, _AFTER

    def __init__(self, program: Program) -> None:
        self._zone: ZoneInfo = program.zone
        self._first = program.year_start_date
        self.days: int = sum(program.blocks)
        self._instants: dict[tuple[int, time], int] = {}
        self._midnights = _midnights(self._zone, self._first, self.days)
        holidays = {self.day_of_date(day) for day in program.holidays}
        self.holidays: frozenset[int] = frozenset(day for day in holidays if 0 <= day < self.days)
        self._first_weekday = self._first.weekday()
        self.block_of: list[int] = [block.number for block in program.academic_blocks for _ in block.dates]
        self.days_of_block: dict[int, range] = {}
        for block in program.academic_blocks:
            start = self.day_of_date(block.start_date)
            self.days_of_block[block.number] = range(start, self.day_of_date(block.end_date) + 1)

    def date(self, day: int) -> dt.date:
        return self._first + timedelta(days=day)

    def day_of_date(self, local_date: dt.date) -> int:
        return (local_date - self._first).days

    def weekday(self, day: int) -> int:
        """Monday = 0."""
        return (self._first_weekday + day) % 7

    def in_year(self, day: int) -> bool:
        return 0 <= day < self.days

    def midnight(self, day: int) -> int:
        """The instant at which the local date begins."""
        return self._midnights[day + _BEFORE]

    def instant(self, day: int, clock: time) -> int:
        """The instant of a local time: the first of two, or the first valid one after a gap (D1)."""
        found = self._instants.get((day, clock))
        if found is None:
            local = datetime.combine(self.date(day), clock.replace(fold=0, tzinfo=None))
            found = self._instants[day, clock] = _instant(self._zone, local)
        return found

    def at(self, instant: int) -> datetime:
        """The instant as an aware datetime of the program's zone."""
        return _at(self._zone, instant)

    def day_of(self, instant: int) -> int:
        """The day whose local date holds the instant."""
        return bisect_right(self._midnights, instant) - 1 - _BEFORE

    def lengths_of(self, days: Iterable[int]) -> tuple[int, ...]:
        """Minutes of each local day: clocks that change make another matter of what lies on it."""
        return tuple(self.midnight(day + 1) - self.midnight(day) for day in days)

    def end_day(self, end: int) -> int:
        """The day on which an interval that ends then ends: exactly 00:00 belongs to the date before."""
        return self.day_of(end - 1)


@lru_cache(maxsize=16)
def _midnights(zone: ZoneInfo, first: dt.date, days: int) -> tuple[int, ...]:
    """The instants of a year's midnights: programs cut out of one another share them."""
    dates = (first + timedelta(days=day) for day in range(-_BEFORE, days + _AFTER))
    return tuple(_instant(zone, datetime.combine(date, time())) for date in dates)


def _instant(zone: ZoneInfo, local: datetime) -> int:
    found = minutes_of(local.replace(tzinfo=zone))
    return found if _at(zone, found).replace(tzinfo=None) == local else _end_of_gap(zone, local)


def _end_of_gap(zone: ZoneInfo, local: datetime) -> int:
    """The first instant whose local time is not before `local`, which the clocks skip."""
    low = minutes_of(local.replace(tzinfo=UTC)) - 26 * 60
    high = low + 52 * 60
    while low < high:
        middle = (low + high) // 2
        if _at(zone, middle).replace(tzinfo=None) >= local:
            high = middle
        else:
            low = middle + 1
    return low


def _at(zone: ZoneInfo, instant: int) -> datetime:
    return datetime.fromtimestamp(instant * 60, tz=zone)


def minutes_of(instant: datetime) -> int:
    """Whole minutes since 1970 of an aware instant."""
    return int(instant.timestamp()) // 60
