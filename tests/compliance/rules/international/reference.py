"""The rules of other countries once more, from their tables and minute by minute, to prove the engine wrong.

Numbers stand here as the tables have them. Each rule loops over minutes, dates or shifts; D9 is applied at
the end: windows that overlap are one, and what has no entry that starts in the year is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from tests.compliance.rules.international.by_minute import (
    BUSY,
    IN_HOUSE,
    IN_SHIFTS,
    ON_CALL,
    WORK,
    Verdict,
    over,
    runs_of,
    under,
)
from tests.compliance.rules.international.reference_calls import WeekendsAndCalls

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HOUR = 60


class Reference(WeekendsAndCalls):
    """What the compared rules say of one person, those on weekends and calls included."""

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
        yield self.weekends_in_row("CA-MAR-WE2", 2, 24 * HOUR, 0)
        yield self.worked_weekends("CA-MAR-WE")
        yield self.calls("CA-ON-IH", lambda days: (2 * days + 4) // 8, IN_HOUSE)
        yield self.calls("CA-ON-HC", lambda days: (days + 2) // 3, ON_CALL)
        yield self.calls("CA-SK", lambda days: (2 * days + 4) // 8, IN_HOUSE, self.saskatchewan_days)
        yield self.calls("CA-SK-HC", lambda days: (2 * days + 3) // 6, ON_CALL, self.saskatchewan_days)
        yield self.british_columbia("CA-BC-IH", 2, IN_HOUSE)
        yield self.british_columbia("CA-BC-HC", 3, ON_CALL)
        yield self.free_weekends("CA-ON-WE", 20 * HOUR)
        yield self.free_weekends("CA-QC-WE", 24 * HOUR)
        yield self.calls_apart("CA-ON-CC")
        yield self.calls_in_row("CA-BC-ROW")
        yield self.calls_in_block("CA-QC-CALLS", 6, IN_HOUSE)
        yield self.calls_in_block("CA-QC-NIGHTS", 20, IN_HOUSE | ON_CALL | {"night_float"})
        yield self.blended()
        yield self.work_day("CA-ON-24")
        yield self.work_day("CA-SK-24")
        yield self.apart("CA-BC-REST", 8 * HOUR)
        yield self.ca_bc_out()
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
            yield Verdict(
                rule, "hard", start, end, *over(average, Fraction(48)), self.within(WORK, start, end)
            )

    def uk_72(self) -> Iterator[Verdict]:
        before = 0
        for minute in range(self.first, self.last):
            now = self.work[minute - self.first]
            if now and not before:
                end = minute + 168 * 60
                worked = self.sum(self.work, minute, end)
                if worked > 72 * 60:
                    shown = over(Fraction(worked, 60), Fraction(72))
                    yield Verdict("UK-72", "hard", minute, end, *shown, self.within(WORK, minute, end))
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
            yield Verdict(rule, "hard", start, end, *shown, self.within(WORK, start, end))

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

    def ca_bc_out(self) -> Iterator[Verdict]:
        for start, end in self.shifts:
            calls = [duty.end for duty in self.of_types(IN_HOUSE) if start <= duty.start < end]
            if calls:
                out = max(max(calls) + 120, self.at(self.day(max(calls)), 10 * HOUR))
                yield from self._long("CA-BC-OUT", start, end, end - start, out - start, IN_SHIFTS)

    def work_day(self, rule: str) -> Iterator[Verdict]:
        """26 hours from the first shift that starts on the date of the call that ends a stay."""
        for start, end in self.shifts:
            calls = [duty for duty in self.of_types(IN_HOUSE) if start <= duty.start < end]
            if calls:
                latest = max(calls, key=lambda duty: duty.end)
                same_date = [s for s, _ in self.shifts if self.day(s) == self.day(latest.start)]
                begin = min([start, *same_date])
                yield from self._long(rule, begin, end, end - begin, 26 * HOUR, IN_SHIFTS)

    def _long(
        self, rule: str, start: int, end: int, length: int, limit: int, types: set[str]
    ) -> Iterator[Verdict]:
        if length > limit:
            shown = over(Fraction(length, 60), Fraction(limit, 60))
            yield Verdict(rule, "hard", start, end, *shown, self.within(types, start, end))

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
                yield Verdict("CA-BC-FREE", "hard", start, end, *shown, self.within(BUSY, start, end))
            monday += 2 * WEEK

    def _short(
        self, rule: str, start: int, end: int, rest: int, least: int, types: set[str], *, is_gap: bool = True
    ) -> Iterator[Verdict]:
        if rest < least:
            shown = under(Fraction(rest, 60), Fraction(least, 60))
            beside = tuple(d for d in self.of_types(types) if d.end == start or d.start == end)
            entries = beside if is_gap else self.within(types, start, end)
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
                yield Verdict(rule, "hard", start, end, *shown, self.within(IN_SHIFTS, start, end))
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
                yield Verdict(rule, "hard", start, end, *shown, self.within(WORK | ON_CALL, start, end))
            later = [begin for begin, _ in events if begin >= end]
            if len(run) == most and later:
                gap = min(later) - end
                yield from self._short(rule, end, min(later), gap, 48 * HOUR, WORK | ON_CALL)

    # Findings

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
