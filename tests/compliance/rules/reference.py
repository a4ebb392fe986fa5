"""The same rules once more, minute by minute: slow, obvious, sharing nothing with the engine but facts.

Every minute of the horizon knows its local date and whether hours, work, a free day's end or call fall on it.
Rules are loops over minutes and dates; nothing is searched, cut or summed ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from src.compliance.rules import Duty, Facts, PersonFacts
from src.interchange.model import DutyType

HOURS = {
    "clinical",
    "education",
    "admin",
    "in_house_call",
    "night_float",
    "transition",
    "home_call_onsite",
    "home_call_remote_care",
    "clinical_work_from_home",
    "moonlighting_internal",
    "moonlighting_external",
    "resident_elected_extension",
}
WORK = HOURS - {"home_call_remote_care", "clinical_work_from_home"}
BUSY = HOURS | {"home_call_availability"}
LATE = {"transition", "education"}


@dataclass(frozen=True, order=True)
class Verdict:
    """One finding: rule, severity, window in minutes, its number where whole, how far past the limit."""

    rule: str
    severity: str
    start: int
    end: int
    value: int = 0
    excess: int = field(default=0, compare=False)


@lru_cache(maxsize=64)
def dates_by_minute(zone: str, first: int, last: int) -> tuple[date, ...]:
    """The local date of every minute from first to before last."""
    tz = ZoneInfo(zone)
    return tuple(datetime.fromtimestamp(minute * 60, tz).date() for minute in range(first, last))


@lru_cache(maxsize=64)
def minutes_by_date(zone: str, first: int, last: int) -> dict[date, list[int]]:
    """The minutes of every local date from first to before last."""
    found: dict[date, list[int]] = {}
    for minute, day in enumerate(dates_by_minute(zone, first, last), start=first):
        found.setdefault(day, []).append(minute)
    return found


class Reference:
    """One person's year, minute by minute."""

    margin = timedelta(days=4)
    """How far before and after the year minutes are known at least."""

    def __init__(self, facts: Facts, person: PersonFacts) -> None:
        self.facts = facts
        self.person = person
        self.zone = facts.time_zone
        self.days = [
            facts.year_start_date + timedelta(days=n)
            for n in range((facts.year_end_date - facts.year_start_date).days + 1)
        ]
        first = self._midnight_utc(self.days[0] - self.margin)
        last = self._midnight_utc(self.days[-1] + self.margin)
        self.first = min([first, *(duty.start for duty in person.duties)])
        self.last = max([last, *(duty.end for duty in person.duties)])
        self.date_of = dates_by_minute(self.zone, self.first, self.last)
        self.hours = self._marked(HOURS)
        self.work = self._marked(WORK)
        self.busy = self._marked(BUSY)
        self.call = self._marked({"in_house_call"})
        self.care = self._marked(WORK - LATE)
        self.minutes_of = minutes_by_date(self.zone, self.first, self.last)

    def verdicts(self) -> list[Verdict]:
        """What all rules say, merged and filtered as findings are."""
        averaged = [list(self.us_80()), list(self.us_free7()), list(self.us_call3())]
        periods = [list(self.us_rest14()), list(self.us_cont24())]
        found = [verdict for rule in (*averaged, *periods) for verdict in self._merged(rule)]
        return sorted(verdict for verdict in found if self._reported(verdict))

    # Averaged rules

    def windows(self) -> Iterator[tuple[list[date], str, bool]]:
        """Dates of each judged window, the severity a violation has there, and whether it is a block."""
        small: set[date] = set()
        for window in self._windows_by_rotation():
            counted = [day for day in window if not self._is_excluded(day)]
            if not counted:
                continue
            if len(counted) < 7:
                small.update(counted)
            yield window, "info" if len(counted) < 7 else "hard", False
        for block in self.facts.blocks:
            window = [day for day in self.days if block.start_date <= day <= block.end_date]
            counted = [day for day in window if not self._is_excluded(day)]
            if small.intersection(window) and len(counted) >= 7:
                yield window, "hard", True

    def us_80(self) -> Iterator[Verdict]:
        for window, severity, _ in self.windows():
            counted = [day for day in window if not self._is_excluded(day)]
            worked = sum(self.hours[minute - self.first] for day in counted for minute in self._minutes(day))
            if 7 * worked > 80 * 60 * len(counted):
                yield Verdict("US-80", severity, *self._edges(window))

    def us_free7(self) -> Iterator[Verdict]:
        for window, severity, is_block in self.windows():
            counted = [day for day in window if not self._is_excluded(day)]
            free = self._free_days(window)
            least = len(counted) // 7
            advised = least if len(counted) % 7 == 0 else least + 1
            if len(window) in (29, 30, 31) and len(counted) == len(window):
                advised = 4
            if free < least:
                yield Verdict("US-FREE7", severity, *self._edges(window), free, least - free)
            elif free < advised and not is_block:
                milder = "info" if severity == "info" else "soft"
                yield Verdict("US-FREE7", milder, *self._edges(window), free, advised - free)

    def us_call3(self) -> Iterator[Verdict]:
        nights = {self._call_date(duty) for duty in self.person.duties if duty.type is DutyType.IN_HOUSE_CALL}
        for window, severity, _ in self.windows():
            counted = [day for day in window if not self._is_excluded(day)]
            calls = len(nights.intersection(window))
            if 3 * calls > len(counted):
                excess = calls - len(counted) // 3
                yield Verdict("US-CALL3", severity, *self._edges(window), calls, excess)

    # Rules on periods of work

    def us_rest14(self) -> Iterator[Verdict]:
        periods = self._periods()
        for (start, end), (following, _) in pairwise(periods):
            has_call = any(self.call[minute - self.first] for minute in range(start, end))
            if end - start >= 24 * 60 and has_call and following - end < 14 * 60:
                yield Verdict("US-REST14", "hard", end, following)

    def us_cont24(self) -> Iterator[Verdict]:
        for start, end in self._periods():
            late_care = any(self.care[minute - self.first] for minute in range(start + 24 * 60, end))
            if end - start > 28 * 60 or late_care:
                yield Verdict("US-CONT24", "hard", start, end)

    # What they stand on

    def _marked(self, types: set[str]) -> bytearray:
        marks = bytearray(self.last - self.first)
        for duty in self.person.duties:
            if duty.type.value in types:
                start, end = duty.start - self.first, duty.end - self.first
                marks[start:end] = b"\1" * (end - start)
        return marks

    def _periods(self) -> list[tuple[int, int]]:
        """Stretches of work with no more than 30 minutes off inside."""
        periods: list[tuple[int, int]] = []
        start: int | None = None
        end = 0
        for minute in range(self.first, self.last):
            if self.work[minute - self.first]:
                if start is None:
                    start = minute
                end = minute + 1
            elif start is not None and minute - end >= 30:
                periods.append((start, end))
                start = None
        return [*periods, (start, end)] if start is not None else periods

    def _windows_by_rotation(self) -> Iterator[list[date]]:
        rotation_of = {
            segment.first_date + timedelta(days=n): segment.rotation
            for segment in self.person.segments
            for n in range(segment.days)
        }
        run: list[date] = []
        for day in self.days:
            if run and rotation_of[day] != rotation_of[run[-1]]:
                yield from self._cut(run)
                run = []
            run.append(day)
        yield from self._cut(run)

    @staticmethod
    def _cut(run: list[date]) -> list[list[date]]:
        if len(run) <= 31:
            return [run]
        pieces = [run[at : at + 28] for at in range(0, len(run), 28)]
        if len(pieces[-1]) < 7:
            pieces[-2:] = [pieces[-2] + pieces[-1]]
        return pieces

    def _is_excluded(self, day: date) -> bool:
        return day in self.person.leave_dates and not any(
            self.hours[minute - self.first] for minute in self._minutes(day)
        )

    def _free_days(self, window: list[date]) -> int:
        free = run = 0
        for day in window:
            if self._is_excluded(day):
                free, run = free + run // (24 * 60), 0
                continue
            for minute in self._minutes(day):
                if self.busy[minute - self.first]:
                    free, run = free + run // (24 * 60), 0
                else:
                    run += 1
        return free + run // (24 * 60)

    def _call_date(self, duty: Duty) -> date:
        local = datetime.fromtimestamp(duty.start * 60, ZoneInfo(self.zone))
        return local.date() - timedelta(days=1) if local.hour < 6 else local.date()

    def _minutes(self, day: date) -> list[int]:
        return self.minutes_of.get(day, [])

    def _edges(self, window: list[date]) -> tuple[int, int]:
        return self._minutes(window[0])[0], self._minutes(window[-1])[-1] + 1

    @staticmethod
    def _midnight_utc(day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 60

    @staticmethod
    def _merged(verdicts: list[Verdict]) -> list[Verdict]:
        """Overlapping windows of one rule as one, told by the most severe, then the one farthest off."""
        order = ["hard", "soft", "info"]
        groups: list[list[Verdict]] = []
        for verdict in sorted(verdicts, key=lambda v: (v.start, v.end)):
            if groups and verdict.start < max(other.end for other in groups[-1]):
                groups[-1].append(verdict)
            else:
                groups.append([verdict])
        worst = [min(group, key=lambda v: (order.index(v.severity), -v.excess)) for group in groups]
        return [
            replace(one, start=group[0].start, end=max(v.end for v in group))
            for one, group in zip(worst, groups, strict=True)
        ]

    def _reported(self, verdict: Verdict) -> bool:
        return any(
            self.days[0]
            <= datetime.fromtimestamp(duty.start * 60, ZoneInfo(self.zone)).date()
            <= self.days[-1]
            for duty in self._entries(verdict)
        )

    def _entries(self, verdict: Verdict) -> list[Duty]:
        types = {"US-80": HOURS, "US-FREE7": BUSY, "US-CALL3": {"in_house_call"}}.get(verdict.rule, WORK)
        if verdict.rule == "US-CALL3":
            first, last = self._day(verdict.start), self._day(verdict.end - 1)
            return [
                d for d in self.person.duties if d.type.value in types and first <= self._call_date(d) <= last
            ]
        if verdict.rule == "US-REST14":
            periods = self._periods()
            before = next(period for period in periods if period[1] == verdict.start)
            return [
                d
                for d in self.person.duties
                if d.type.value in types and (before[0] <= d.start < before[1] or d.start == verdict.end)
            ]
        return [
            d
            for d in self.person.duties
            if d.type.value in types and d.start < verdict.end and d.end > verdict.start
        ]

    def _day(self, minute: int) -> date:
        return self.date_of[minute - self.first]
