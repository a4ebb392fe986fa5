"""What `reference_packs` stands on: windows in every mode, free stretches, periods, minute by minute.

Like `reference`, which it builds on: loops over minutes and dates, nothing from the engine but facts. What a
rule finds carries the entries it rests on, so that "reported" is a plain look at where they start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from src.compliance.rules import Care, Duty, Facts, PersonFacts
from src.interchange.model import DutyType
from tests.compliance.rules.reference import LATE, WORK, Reference

DAY = 24 * 60
SCHEDULED = {"clinical", "in_house_call", "night_float"}


@dataclass(frozen=True)
class Modes:
    """How windows, free days and periods are to be read; the defaults are those of the requirements."""

    windows: str = "by_rotation"
    free_by_calendar: bool = False
    without_gaps: bool = False
    leave_left_out: bool = True
    transition: int = 240


@dataclass(frozen=True)
class Found:
    """A verdict with the entries it rests on."""

    rule: str
    severity: str
    start: int
    end: int
    entries: tuple[Duty, ...] = field(compare=False)
    value: int = 0
    excess: Fraction = field(default=Fraction(0), compare=False)


type Window = tuple[list[date], str, bool]
"""The dates, the severity of a violation, and whether it stands in for a small one."""


class PackGround(Reference):
    """One person's year, minute by minute, seen in one way of reading the rules after another."""

    margin = timedelta(days=14)

    def __init__(self, facts: Facts, person: PersonFacts) -> None:
        super().__init__(facts, person)
        self.modes = Modes()
        self.rotation_of = {
            segment.first_date + timedelta(days=n): segment.rotation
            for segment in person.segments
            for n in range(segment.days)
        }
        self.rest = self._marked(WORK - {"home_call_onsite"})
        self._excluded: dict[date, bool] = {}
        self._periods_by_marks: dict[bytes, list[tuple[int, int]]] = {}

    # Windows

    def _is_excluded(self, day: date) -> bool:
        if day not in self._excluded:
            self._excluded[day] = self.modes.leave_left_out and super()._is_excluded(day)
        return self._excluded[day]

    def _counted(self, window: Sequence[date]) -> list[date]:
        return [day for day in window if not self._is_excluded(day)]

    def chosen_windows(self) -> Iterator[Window]:
        """The windows of the mode, with the blocks that stand in for small ones."""
        if self.modes.windows == "rolling28":
            length = min(28, len(self.days))
            for first in range(len(self.days) - length + 1):
                window = self.days[first : first + length]
                if self._counted(window):
                    yield window, "info", False
            return
        if self.modes.windows == "fixed_blocks":
            for window in self._block_dates():
                counted = len(self._counted(window))
                if counted:
                    yield window, "info" if counted < 7 else "hard", False
            return
        yield from self._with_stand_ins(self._cut_year())

    def rotation_windows(self) -> Iterator[Window]:
        """The windows by rotation, without stand-ins."""
        for window in self._windows_by_rotation():
            counted = len(self._counted(window))
            if counted:
                yield window, "info" if counted < 7 else "hard", False

    def _cut_year(self) -> Iterator[list[date]]:
        if self.modes.windows == "calendar_month":
            for month in sorted({(day.year, day.month) for day in self.days}):
                yield [day for day in self.days if (day.year, day.month) == month]
        elif self.modes.windows == "tail28":
            for run in self._runs_of_rotations():
                if len(run) <= 31:
                    yield run
                    continue
                for start in range(0, len(run) - 27, 28):
                    yield run[start : start + 28]
                if len(run) % 28:
                    yield run[-28:]
        else:
            yield from self._windows_by_rotation()

    def _runs_of_rotations(self) -> list[list[date]]:
        runs: list[list[date]] = []
        for day in self.days:
            if runs and self.rotation_of[day] == self.rotation_of[runs[-1][-1]]:
                runs[-1].append(day)
            else:
                runs.append([day])
        return runs

    def _block_dates(self) -> Iterator[list[date]]:
        for block in self.facts.blocks:
            yield [day for day in self.days if block.start_date <= day <= block.end_date]

    def _with_stand_ins(self, windows: Iterable[list[date]]) -> Iterator[Window]:
        small: set[date] = set()
        for window in windows:
            counted = self._counted(window)
            if not counted:
                continue
            if len(counted) < 7:
                small.update(counted)
            yield window, "info" if len(counted) < 7 else "hard", False
        for window in self._block_dates():
            if small.intersection(window) and len(self._counted(window)) >= 7:
                yield window, "hard", True

    # Free stretches, periods and dates

    def _average(
        self,
        rule: str,
        window: list[date],
        severity: str,
        marks: bytearray,
        of: set[str] | list[Duty],
        limit: Fraction,
    ) -> Iterator[Found]:
        counted = len(self._counted(window))
        start, end = self._edges(window)
        worked = sum(marks[start - self.first : end - self.first])
        if Fraction(7 * worked, counted) > limit:
            if isinstance(of, set):
                entries = self._touching(of, start, end)
            else:
                entries = tuple(duty for duty in of if duty.start < end and duty.end > start)
            yield Found(rule, severity, start, end, entries, 0, Fraction(7 * worked, counted) - limit)

    def _weekly_limit(self, day: date) -> int | None:
        """Minutes a week that an approval allows on a date; None = no approval."""
        approved = [
            min(approval.weekly_minutes or 0, 88 * 60)
            for approval in self.facts.approvals
            if approval.rotation == self.rotation_of[day] and approval.start_date <= day <= approval.end_date
        ]
        return max(80 * 60, *approved) if approved else None

    def _free_in(self, window: list[date]) -> int:
        if not self.modes.free_by_calendar:
            return self._free_days(window)
        return sum(
            not any(self.busy[minute - self.first] for minute in self._minutes(day))
            for day in self._counted(window)
        )

    def _free_runs(self, window: list[date]) -> list[int]:
        """The first minutes of the free stretches of 24 h or more, cut at excluded dates."""
        found: list[int] = []
        run: list[int] = []
        for day in window:
            for minute in self._minutes(day):
                if self._is_excluded(day) or self.busy[minute - self.first]:
                    found += run[:1] if len(run) >= DAY else []
                    run = []
                else:
                    run.append(minute)
        return found + (run[:1] if len(run) >= DAY else [])

    def _runs_free(self, week: list[date]) -> bool:
        run = longest = 0
        for day in week:
            for minute in self._minutes(day):
                run = 0 if self.busy[minute - self.first] else run + 1
                longest = max(longest, run)
        return longest >= DAY

    def _free_period_begins(self, day: date) -> bool:
        """Whether a minute of the date is followed by 24 free hours; nothing is known to be free outside."""
        minutes = self._minutes(day)
        run = 0
        for minute in range(minutes[-1] + DAY - 1, minutes[0] - 1, -1):
            inside = self.first <= minute < self.last
            run = 0 if inside and self.busy[minute - self.first] else run + 1
            if run >= DAY and minute <= minutes[-1]:
                return True
        return False

    def _dates_around(self, nights: Sequence[date]) -> list[date]:
        """The dates that windows of seven with one of the nights may hold, as far as minutes are known."""
        first, last = nights[0] - timedelta(days=6), nights[-1] + timedelta(days=6)
        return [day for day in self.minutes_of if first <= day <= last]

    def _periods_of(self, marks: bytearray) -> list[tuple[int, int]]:
        """The periods of some marked minutes, found once."""
        known = self._periods_by_marks.get(bytes(marks))
        if known is not None:
            return known
        kept, self.work = self.work, marks
        try:
            return self._periods_by_marks.setdefault(bytes(marks), super()._periods())
        finally:
            self.work = kept

    def _periods(self) -> list[tuple[int, int]]:
        return self._periods_of(self.work)

    def _length(self, start: int, end: int) -> int:
        if not self.modes.without_gaps:
            return end - start
        return sum(self.work[start - self.first : end - self.first])

    def _is_too_long(self, entries: Sequence[Duty]) -> bool:
        if not entries:
            return False
        start, end = min(d.start for d in entries), max(d.end for d in entries)
        care = max((d.end for d in entries if d.type.value not in LATE), default=start)
        marks = self._marks_of(entries) if self.modes.without_gaps else bytearray(b"\1") * len(self.work)
        whole, late = (sum(marks[start - self.first : to - self.first]) for to in (end, care))
        return whole > DAY + self.modes.transition or late > DAY

    def _long_calls(self) -> list[tuple[int, int]]:
        return [
            (start, end)
            for start, end in self._periods()
            if self._length(start, end) >= DAY and any(self.call[m - self.first] for m in range(start, end))
        ]

    def _nights(self) -> dict[date, list[Duty]]:
        found: dict[date, list[Duty]] = {}
        for duty in self.person.duties:
            if duty.type is DutyType.NIGHT_FLOAT:
                found.setdefault(self._day(duty.start), []).append(duty)
        return found

    def _call_dates(self) -> dict[date, list[Duty]]:
        found: dict[date, list[Duty]] = {}
        for duty in self.person.duties:
            if duty.type is DutyType.IN_HOUSE_CALL:
                found.setdefault(self._call_date(duty), []).append(duty)
        return found

    def _in_ed(self) -> list[Duty]:
        return [
            duty
            for duty in self.person.duties
            if duty.type.value in SCHEDULED
            and "clinic" not in duty.label.split("/")
            and self._care_of_rotation(self._day(duty.start)) is Care.EMERGENCY
        ]

    def _care_of_rotation(self, day: date) -> Care:
        rotation = self.rotation_of.get(day)
        return self.facts.care_of_item.get(rotation or "", Care.OTHER)

    def _marks_of(self, duties: Iterable[Duty]) -> bytearray:
        marks = bytearray(self.last - self.first)
        for duty in duties:
            start, end = duty.start - self.first, duty.end - self.first
            marks[start:end] = b"\1" * (end - start)
        return marks

    def _touching(self, types: set[str], start: int, end: int) -> tuple[Duty, ...]:
        return tuple(
            d for d in self.person.duties if d.type.value in types and d.start < end and d.end > start
        )

    def _starting(self, types: set[str], start: int, end: int) -> tuple[Duty, ...]:
        return tuple(d for d in self.person.duties if d.type.value in types and start <= d.start < end)

    @staticmethod
    def _runs(days: Sequence[date]) -> list[list[date]]:
        runs: list[list[date]] = []
        for day in days:
            if runs and (day - runs[-1][-1]).days == 1:
                runs[-1].append(day)
            else:
                runs.append([day])
        return runs
