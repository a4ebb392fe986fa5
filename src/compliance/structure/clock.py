"""Local dates and times of a program's zone as instants, and back (duty-hour-rules.md, D1).

An instant is a number of seconds since the Unix epoch, UTC. Own computations give whole seconds; an instant
read from a file may carry a fraction, so that no difference is rounded away.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NOON_HOUR = 12
EVENING_HOUR = 17


class Clock:
    """The clocks of one zone. Remembers what it has computed; people share most instants of a schedule."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._instants: dict[tuple[date, time], int] = {}
        self._dates: dict[float, date] = {}
        self._hours: dict[float, int] = {}

    def instant(self, day: date, at: time) -> int:
        """The instant of a local date and time.

        One that occurs twice is its first occurrence; one that the clocks leap over is the first valid
        instant after the leap.
        """
        key = (day, at)
        found = self._instants.get(key)
        if found is None:
            found = self._instants[key] = self._first_valid(datetime.combine(day, at))
        return found

    def midnight(self, day: date) -> int:
        """The first instant of a local date."""
        return self.instant(day, time(0))

    def date_of(self, instant: float) -> date:
        """The local date of an instant; far outside the calendar, its first or last date."""
        found = self._dates.get(instant)
        if found is None:
            found = self._dates[instant] = self._local_date(instant)
        return found

    def last_date(self, end: float) -> date:
        """The local date on which something ends: at exactly 00:00 it is the date before."""
        return self.date_of(end - 1)

    def hour_of(self, instant: float) -> int:
        """The local hour (0 … 23) of an instant of the program's own calendar."""
        found = self._hours.get(instant)
        if found is None:
            found = self._hours[instant] = datetime.fromtimestamp(instant, self._zone).hour
        return found

    def wall(self, instant: float) -> str:
        """An instant as a person reads it: local date, time and offset."""
        try:
            return datetime.fromtimestamp(instant, self._zone).isoformat(timespec="minutes")
        except (OverflowError, ValueError, OSError):
            return f"an instant outside the calendar ({instant:.0f} s)"

    def _local_date(self, instant: float) -> date:
        try:
            return datetime.fromtimestamp(instant, self._zone).date()
        except (OverflowError, ValueError, OSError):
            return date.min if instant < 0 else date.max

    def _first_valid(self, wall: datetime) -> int:
        before_change = int(wall.replace(tzinfo=self._zone, fold=0).timestamp())
        if self._shows(before_change) == wall:
            return before_change
        # In a gap the two readings of the wall time lie on both sides of the leap: halve until it is found.
        early, late = int(wall.replace(tzinfo=self._zone, fold=1).timestamp()), before_change
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (early, middle) if self._shows(middle) > wall else (middle, late)
        return late

    def _shows(self, instant: int) -> datetime:
        return datetime.fromtimestamp(instant, self._zone).replace(tzinfo=None, fold=0)


def seconds_of(moment: datetime) -> float:
    """The instant of an aware datetime, exactly, for every date the calendar has."""
    return moment.timestamp()


def each_week_date(monday: date) -> tuple[date, ...]:
    """The seven dates, Monday to Sunday, of a week."""
    return tuple(monday + timedelta(days=offset) for offset in range(7))
