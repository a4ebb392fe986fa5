"""Local dates as instants: when each date of a zone begins, computed once and looked up afterwards (D1)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class LocalCalendar:
    """The local midnights of a zone from one date to another, in minutes since the epoch, UTC.

    `midnights[i]` is the first instant of the date with ordinal `first_day + i`; one more closes the last
    date. A date is 23, 24 or 25 h long, or as long as the zone makes it.
    """

    time_zone: str
    first_day: int
    midnights: tuple[int, ...] = field(repr=False)

    @property
    def last_day(self) -> int:
        """The ordinal of the last date held."""
        return self.first_day + len(self.midnights) - 2

    def start_of(self, day: int) -> int:
        """The first minute of a local date. Raises LookupError for a date this calendar does not hold."""
        index = day - self.first_day
        if not 0 <= index < len(self.midnights):
            raise LookupError(f"the calendar of {self.time_zone} does not hold {date.fromordinal(day)}")
        return self.midnights[index]

    def at(self, day: int, minute_of_day: int) -> int:
        """The first minute at which the clocks of a local date show at least that time of day.

        `day` may be the date after the last. Raises LookupError for a date this calendar does not hold.
        """
        index = day - self.first_day
        if not 0 <= index < len(self.midnights):
            raise LookupError(f"the calendar of {self.time_zone} does not hold {date.fromordinal(day)}")
        return _instants_at(self.time_zone, self.first_day, self.last_day, minute_of_day)[index]

    def day_of(self, minute: int) -> int | None:
        """The ordinal of the local date an instant lies on, or None outside this calendar."""
        index = bisect_right(self.midnights, minute) - 1
        return self.first_day + index if 0 <= index < len(self.midnights) - 1 else None

    def day_by_cut(self, minute: int, cut_minutes: int) -> int | None:
        """The local date of an instant when dates begin at a later local time than midnight.

        With a cut of 360 (06:00) an instant before 06:00 local belongs to the date before; None outside.
        """
        cuts = self.cuts(cut_minutes)
        index = bisect_right(cuts, minute) - 1
        return self.first_day + index if 0 <= index < len(cuts) - 1 else None

    def cuts(self, cut_minutes: int) -> tuple[int, ...]:
        """The first instant of every date held, and the end of the last, when dates begin at that time."""
        return _instants_at(self.time_zone, self.first_day, self.last_day, cut_minutes)


def local_calendar(time_zone: str, first: date, last: date) -> LocalCalendar:
    """The calendar of a zone that holds every date from first to last, both included."""
    return _calendar(time_zone, first.toordinal(), last.toordinal())


@lru_cache(maxsize=64)
def _calendar(time_zone: str, first_day: int, last_day: int) -> LocalCalendar:
    return LocalCalendar(time_zone, first_day, _instants_at(time_zone, first_day, last_day, 0))


@lru_cache(maxsize=128)
def _instants_at(time_zone: str, first_day: int, last_day: int, minute_of_day: int) -> tuple[int, ...]:
    zone = ZoneInfo(time_zone)
    wall = time(minute_of_day // 60, minute_of_day % 60)
    return tuple(
        _first_instant(zone, datetime.combine(date.fromordinal(day), wall))
        for day in range(first_day, last_day + 2)
    )


def _first_instant(zone: ZoneInfo, wall: datetime) -> int:
    """The first minute at which a zone's clocks show at least that local time.

    An ambiguous time is its first occurrence; one that the clocks leap over is the first instant after the
    leap, which may be a whole date later where a zone skipped one.
    """
    minute = _minute(wall.replace(tzinfo=zone, fold=0))
    if _wall(zone, minute) == wall:
        return minute
    before, after = _minute(wall.replace(tzinfo=zone, fold=1)) - 1, minute
    while after - before > 1:
        middle = (before + after) // 2
        if _wall(zone, middle) >= wall:
            after = middle
        else:
            before = middle
    return after


def _minute(instant: datetime) -> int:
    return int(instant.timestamp()) // 60


def _wall(zone: ZoneInfo, minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, zone).replace(tzinfo=None, fold=0)
