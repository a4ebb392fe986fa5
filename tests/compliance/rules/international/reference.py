"""The rules of other countries once more, from their tables and minute by minute, to prove the engine wrong.

Numbers stand here as the tables have them. Each rule loops over minutes, dates or shifts; D9 is applied at
the end: windows that overlap are one, and what has no entry that starts in the year is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from src.compliance.rules import Duty
from tests.compliance.rules.international.by_minute import (
    BUSY,
    IN_HOUSE,
    IN_SHIFTS,
    ON_CALL,
    WORK,
    ByMinute,
    Verdict,
    over,
    runs_of,
    under,
)

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HOUR = 60
BC_TABLE = ((11, 14, 3), (15, 18, 4), (19, 22, 5), (23, 26, 6), (27, 29, 7), (30, 34, 8), (35, 38, 9))


class Reference(ByMinute):
    """What the compared rules say of one person."""

    def verdicts(self) -> list[Verdict]:
        """Of all compared rules, merged and filtered as findings are."""
        found = [verdict for rule in self.rules() for verdict in self._merged(list(rule))]
        first, last = self.begin(self.days[0]), self.begin(self.days[-1] + DAY)
        return sorted(v for v in found if any(first <= duty.start < last for duty in v.entries))

    def rules(self) -> Iterator[Iterator[Verdict]]:
        """Every compared rule."""
        yield self.weekly_average("UK-48", working_days=True)
        yield self.weekly_average("EU-48", working_days=False)
        yield self.uk_72()
        yield self.longer_than("UK-13", 13 * HOUR)
        yield self.longer_than("AU-NSW", 14 * HOUR)
        longs = [shift for shift in self.shifts if shift[1] - shift[0] > 10 * HOUR]
        lates = [shift for shift in longs if shift[1] > self.at(self.day(shift[0]), 23 * HOUR)]
        nights = [shift for shift in self.shifts if self.is_night(shift)]
        yield self.in_row("UK-LONG", longs, 4, 48 * HOUR)
        yield self.in_row("UK-LATE", lates, 4, 48 * HOUR)
        yield self.in_row("UK-NIGHT", nights, 4, None)
        yield self.uk_46(nights)
        yield self.days_in_row("NZ-12", 12)
        yield self.uk_we()
        yield self.apart("UK-11", 11 * HOUR)
        yield self.apart("NZ-8", 8 * HOUR)
        yield self.apart("AU-NSW-10", 10 * HOUR)
        yield self.uk_oc24()
        yield self.uk_occ()
        yield self.uk_oc3()
        yield self.uk_oc10()
        yield self.eu_11()
        yield self.eu_35()
        yield self.two_rests()
        yield self.in_dates("NZ-72", 7, 72 * HOUR)
        yield self.in_dates("NZ-144", 14, 144 * HOUR)
        yield self.nz_16()
        yield self.weekends_in_row("NZ-WE", 1, 24 * HOUR, 0)
        yield self.weekends_in_row("CA-SK-WE", 2, 17 * HOUR, 8 * HOUR)
        yield self.calls("CA-ON-IH", lambda days: (2 * days + 4) // 8)
        yield self.calls("CA-SK", lambda days: (2 * days + 4) // 8, self.saskatchewan_days)
        yield self.calls("CA-BC-IH", self.table)
        yield self.ca_on_we()
        yield self.ca_mar()
        yield self.ca_mar_out()
        yield self.ca_qc()

    # Hours

    def weekly_average(self, rule: str, *, working_days: bool) -> Iterator[Verdict]:
        """The years compared are shorter than the reference period, so they are one window."""
        start, end = self.begin(self.days[0]), self.begin(self.days[-1] + DAY)
        away = [day for day in self.days if self.is_away(day)]
        weeks = Fraction(len(self.days) - len(away), 7)
        if working_days:
            weeks = Fraction(len(self.days), 7) - Fraction(sum(day.weekday() < 5 for day in away), 5)
        if weeks <= 0:
            return
        average = Fraction(self.sum(self.work, start, end), 60) / weeks
        if average > 48:
            yield Verdict(rule, "hard", start, end, *over(average, Fraction(48)), self._in(WORK, start, end))

    def uk_72(self) -> Iterator[Verdict]:
        before = 0
        for minute in range(self.first, self.last):
            now = self.work[minute - self.first]
            if now and not before:
                end = minute + 168 * 60
                worked = self.sum(self.work, minute, end)
                if worked > 72 * 60:
                    shown = over(Fraction(worked, 60), Fraction(72))
                    yield Verdict("UK-72", "hard", minute, end, *shown, self._in(WORK, minute, end))
            before = now

    def heaviest(self) -> int:
        """The most work in any 168 hours, from every minute, not only from those at which work starts."""
        length = 168 * 60
        marks = self.work + bytearray(length)
        worked = most = sum(marks[:length])
        for minute in range(len(self.work)):
            worked += marks[minute + length] - marks[minute]
            most = max(most, worked)
        return most

    def in_dates(self, rule: str, days: int, limit: int) -> Iterator[Verdict]:
        first = self.days[0] - (days - 1) * DAY
        while first <= self.days[-1]:
            if first in self.of_date and first - DAY in self.of_date and first + days * DAY in self.of_date:
                yield from self._hours(rule, first, first + (days - 1) * DAY, limit)
            first += DAY

    def ca_mar(self) -> Iterator[Verdict]:
        for block in self.facts.blocks:
            first = block.start_date
            while first == block.start_date or first + 27 * DAY <= block.end_date:
                yield from self._hours("CA-MAR", first, min(first + 27 * DAY, block.end_date), 360 * HOUR)
                first += DAY

    def _hours(self, rule: str, first: date, last: date, limit: int) -> Iterator[Verdict]:
        start, end = self.begin(first), self.begin(last + DAY)
        worked = self.sum(self.work, start, end)
        if worked > limit:
            shown = over(Fraction(worked, 60), Fraction(limit, 60))
            yield Verdict(rule, "hard", start, end, *shown, self._in(WORK, start, end))

    # Lengths

    def longer_than(self, rule: str, limit: int) -> Iterator[Verdict]:
        for start, end in self.shifts:
            yield from self._long(rule, start, end, end - start, limit, IN_SHIFTS)

    def ca_qc(self) -> Iterator[Verdict]:
        calls = self.marked(IN_HOUSE)
        for start, end in self.shifts:
            if self.sum(calls, start, end):
                yield from self._long("CA-QC", start, end, end - start, 16 * HOUR, IN_SHIFTS)

    def nz_16(self) -> Iterator[Verdict]:
        for day in self.of_date:
            shifts = [shift for shift in self.shifts if self.day(shift[0]) == day]
            if shifts:
                length = sum(end - start for start, end in shifts)
                yield from self._long("NZ-16", shifts[0][0], shifts[-1][1], length, 16 * HOUR, IN_SHIFTS)

    def uk_oc24(self) -> Iterator[Verdict]:
        for duty in self.of_types(ON_CALL):
            yield from self._long("UK-OC24", duty.start, duty.end, duty.end - duty.start, 24 * HOUR, ON_CALL)

    def uk_oc10(self) -> Iterator[Verdict]:
        for day in {self.day(duty.start) for duty in self.of_types(ON_CALL)}:
            after = [shift for shift in self.shifts if self.day(shift[0]) == day + DAY]
            if after:
                length = sum(end - start for start, end in after)
                yield from self._long("UK-OC10", after[0][0], after[-1][1], length, 10 * HOUR, IN_SHIFTS)

    def ca_mar_out(self) -> Iterator[Verdict]:
        for start, end in self.shifts:
            calls = [duty.end for duty in self.of_types(IN_HOUSE) if start <= duty.start < end]
            if calls:
                out = min(max(calls) + 120, self.at(self.day(max(calls)), 9 * HOUR))
                yield from self._long("CA-MAR-OUT", start, end, end - start, out - start, IN_SHIFTS)

    def _long(
        self, rule: str, start: int, end: int, length: int, limit: int, types: set[str]
    ) -> Iterator[Verdict]:
        if length > limit:
            shown = over(Fraction(length, 60), Fraction(limit, 60))
            yield Verdict(rule, "hard", start, end, *shown, self._in(types, start, end))

    # Rest

    def apart(self, rule: str, least: int) -> Iterator[Verdict]:
        for (_, end), (start, _) in pairwise(self.shifts):
            yield from self._short(rule, end, start, start - end, least, IN_SHIFTS)

    def eu_11(self) -> Iterator[Verdict]:
        off = 10**6
        for minute in range(self.first, self.last - 1440):
            if not self.work[minute - self.first]:
                off += 1
                continue
            if off > 60:
                rest = self.longest_rest(self.work, minute, minute + 1440)
                yield from self._short("EU-11", minute, minute + 1440, rest, 11 * HOUR, WORK, is_gap=False)
            off = 0

    def eu_35(self) -> Iterator[Verdict]:
        monday = self.days[0] - self.days[0].weekday() * DAY
        while monday <= self.days[-1]:
            start, end = self.begin(monday), self.begin(monday + WEEK)
            rest = self.longest_rest(self.work, start, end)
            yield from self._short("EU-35", start, end, rest, 35 * HOUR, WORK, is_gap=False)
            monday += WEEK

    def two_rests(self) -> Iterator[Verdict]:
        monday = self.days[0] - self.days[0].weekday() * DAY
        while monday <= self.days[-1] and monday + 2 * WEEK in self.of_date:
            start, end = self.begin(monday), self.begin(monday + 2 * WEEK)
            rests = self.rests(self.busy, start, end, 24 * HOUR)
            if rests < 2:
                shown = under(Fraction(rests), Fraction(2))
                yield Verdict("CA-BC-FREE", "hard", start, end, *shown, self._in(BUSY, start, end))
            monday += 2 * WEEK

    def _short(
        self, rule: str, start: int, end: int, rest: int, least: int, types: set[str], *, is_gap: bool = True
    ) -> Iterator[Verdict]:
        if rest < least:
            shown = under(Fraction(rest, 60), Fraction(least, 60))
            beside = tuple(d for d in self.of_types(types) if d.end == start or d.start == end)
            entries = beside if is_gap else self._in(types, start, end)
            yield Verdict(rule, "hard", start, end, *shown, entries)

    # Runs

    def in_row(
        self, rule: str, shifts: list[tuple[int, int]], most: int, rest: int | None
    ) -> Iterator[Verdict]:
        for run in runs_of([self.day(start) for start, _ in shifts]):
            inside = [shift for shift in shifts if self.day(shift[0]) in run]
            start, end = inside[0][0], max(shift[1] for shift in inside)
            if len(run) > most:
                shown = over(Fraction(len(run)), Fraction(most))
                yield Verdict(rule, "hard", start, end, *shown, self._in(IN_SHIFTS, start, end))
            following = self.next_work(end)
            if rest is not None and len(run) == most and following is not None:
                yield from self._short(rule, end, following, following - end, rest, WORK)

    def uk_46(self, nights: list[tuple[int, int]]) -> Iterator[Verdict]:
        for index, shift in enumerate(self.shifts):
            if shift not in nights:
                continue
            following = self.shifts[index + 1] if index + 1 < len(self.shifts) else None
            if following in nights and following and self.day(following[0]) <= self.day(shift[0]) + DAY:
                continue
            start = self.next_work(shift[1], outside=nights)
            if start is not None:
                yield from self._short("UK-46", shift[1], start, start - shift[1], 46 * HOUR, WORK)

    def days_in_row(self, rule: str, most: int) -> Iterator[Verdict]:
        events = [*self.shifts, *((duty.start, duty.end) for duty in self.of_types(ON_CALL))]
        for run in runs_of([self.day(start) for start, _ in events]):
            inside = sorted(event for event in events if self.day(event[0]) in run)
            start, end = inside[0][0], max(event[1] for event in inside)
            if len(run) > most:
                shown = over(Fraction(len(run)), Fraction(most))
                yield Verdict(rule, "hard", start, end, *shown, self._in(WORK | ON_CALL, start, end))
            later = [begin for begin, _ in events if begin >= end]
            if len(run) == most and later:
                gap = min(later) - end
                yield from self._short(rule, end, min(later), gap, 48 * HOUR, WORK | ON_CALL)

    # Weekends

    def uk_we(self) -> Iterator[Verdict]:
        saturdays = [day for day in self.days if day.weekday() == 5 and day + DAY in self.days]
        worked, entries = 0, []
        for day in saturdays:
            start, end = self.at(day, 1), self.at(day + DAY, 23 * HOUR + 59)
            touching = [d for d in self.of_types(BUSY) if d.start < end and d.end > start]
            worked, entries = worked + bool(touching), [*entries, *touching]
        severity = "hard" if 2 * worked > len(saturdays) else "soft"
        limit = len(saturdays) // (2 if severity == "hard" else 3)
        if saturdays and 3 * worked > len(saturdays):
            start, end = self.begin(self.days[0]), self.begin(self.days[-1] + DAY)
            shown = over(Fraction(worked), Fraction(limit))
            yield Verdict("UK-WE", severity, start, end, *shown, tuple(entries))

    def weekends_in_row(self, rule: str, most: int, friday: int, monday: int) -> Iterator[Verdict]:
        row: list[date] = []
        weekends = [day for day in self.of_date if day.weekday() == 5]
        for day in [*weekends, None]:
            if day is not None and self._is_busy_weekend(day, friday, monday):
                row.append(day)
                continue
            if len(row) > most:
                start, end = self.begin(row[0]), self.begin(row[-1] + 2 * DAY)
                shown = over(Fraction(len(row)), Fraction(most))
                yield Verdict(rule, "hard", start, end, *shown, self._in(BUSY, start, end))
            row = []

    def _is_busy_weekend(self, saturday: date, friday: int, monday: int) -> bool:
        around = [saturday - 2 * DAY, saturday + 3 * DAY]
        if not all(day in self.of_date for day in around):
            return False
        start = self.begin(saturday) if friday == 1440 else self.at(saturday - DAY, friday)
        return self.sum(self.busy, start, self.at(saturday + 2 * DAY, monday)) > 0

    def ca_on_we(self) -> Iterator[Verdict]:
        for block in self.facts.blocks:
            saturdays = [
                day
                for day in self.days
                if block.start_date <= day <= block.end_date
                and day.weekday() == 5
                and not self.is_away(day)
                and not (day + DAY in self.of_date and self.is_away(day + DAY))
            ]
            free = sum(not self._is_busy_weekend(day, 20 * HOUR, 0) for day in saturdays)
            least = min(2, len(saturdays) // 2)
            if free < least:
                start, end = self.begin(block.start_date), self.begin(block.end_date + DAY)
                shown = under(Fraction(free), Fraction(least))
                yield Verdict("CA-ON-WE", "hard", start, end, *shown, self._in(BUSY, start, end))

    # Calls

    def uk_occ(self) -> Iterator[Verdict]:
        by_date: dict[date, list[Duty]] = {}
        for duty in self.of_types(ON_CALL):
            by_date.setdefault(self.day(duty.start), []).append(duty)
        for one, other in pairwise(by_date):
            if other == one + DAY and one.weekday() != 5:
                both = (*by_date[one], *by_date[other])
                start, end = by_date[one][0].start, by_date[other][-1].end
                yield Verdict("UK-OCC", "hard", start, end, *under(Fraction(1), Fraction(2)), both)

    def uk_oc3(self) -> Iterator[Verdict]:
        first = self.days[0] - 6 * DAY
        while first <= self.days[-1]:
            calls = [d for d in self.of_types(ON_CALL) if first <= self.day(d.start) < first + WEEK]
            if len(calls) > 3:
                shown = over(Fraction(len(calls)), Fraction(3))
                start, end = self.begin(first), self.begin(first + WEEK)
                yield Verdict("UK-OC3", "hard", start, end, *shown, tuple(calls))
            first += DAY

    def calls(
        self,
        rule: str,
        limit_of: Callable[[int], int | None],
        days_of: Callable[[list[date]], int] | None = None,
    ) -> Iterator[Verdict]:
        """The years compared have one window to a rotation: of 11 counted days or more, and at most 31."""
        taken = {self.call_date(duty) for duty in self.of_types(IN_HOUSE)}
        for block in self.facts.blocks:
            dates = [day for day in self.days if block.start_date <= day <= block.end_date]
            counted = [day for day in dates if not self.is_away(day)]
            limit = limit_of(len(counted) if days_of is None else days_of(dates))
            number = len(taken.intersection(dates))
            if limit is not None and number > limit:
                start, end = self.begin(dates[0]), self.begin(dates[-1] + DAY)
                duties = tuple(d for d in self.of_types(IN_HOUSE) if self.call_date(d) in dates)
                yield Verdict(rule, "hard", start, end, *over(Fraction(number), Fraction(limit)), duties)

    @staticmethod
    def table(days: int) -> int | None:
        """British Columbia's table of one in four."""
        return next((calls for low, high, calls in BC_TABLE if low <= days <= high), None)

    def saskatchewan_days(self, dates: list[date]) -> int:
        """Days less leave, and less the weekends beside leave of at least five working days."""
        gone = {day for day in self.days if self.is_away(day)}
        workdays = [day for day in self.days if day.weekday() < 5]
        leave: list[date] = []
        for day in [*workdays, None]:
            if day in gone and day is not None:
                leave.append(day)
                continue
            if len(leave) >= 5:
                for weekend in (d for d in self.of_date if d.weekday() >= 5):
                    friday = weekend - (weekend.weekday() - 4) * DAY
                    if friday in leave or friday + 3 * DAY in leave:
                        start, end = self.begin(weekend), self.of_date[weekend][-1] + 1
                        if not self.sum(self.work, start, end):
                            gone.add(weekend)
            leave = []
        return sum(day not in gone for day in dates)

    # Findings

    def _in(self, types: set[str], start: int, end: int) -> tuple[Duty, ...]:
        return tuple(duty for duty in self.of_types(types) if duty.start < end and duty.end > start)

    @staticmethod
    def _merged(verdicts: list[Verdict]) -> list[Verdict]:
        """Overlapping windows of one rule as one, told by the one farthest beyond the limit."""
        groups: list[list[Verdict]] = []
        for verdict in sorted(verdicts, key=lambda v: (v.start, v.end)):
            if groups and verdict.start < max(other.end for other in groups[-1]):
                groups[-1].append(verdict)
            else:
                groups.append([verdict])
        return [
            replace(
                max(group, key=lambda v: v.excess),
                start=group[0].start,
                end=max(v.end for v in group),
                entries=tuple(duty for v in group for duty in v.entries),
            )
            for group in groups
        ]
