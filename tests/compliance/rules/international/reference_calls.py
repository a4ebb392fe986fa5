"""The rules on weekends and calls of other countries once more, from their tables and minute by minute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from src.compliance.rules import Duty
from tests.compliance.rules.international.by_minute import (
    BUSY,
    IN_HOUSE,
    ON_CALL,
    ByMinute,
    Verdict,
    over,
    runs_of,
    under,
)

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HOUR = 60
BC_TABLE = (
    (11, 14, 3, 4),
    (15, 18, 4, 6),
    (19, 22, 5, 7),
    (23, 26, 6, 8),
    (27, 29, 7, 9),
    (30, 34, 8, 11),
    (35, 38, 9, 12),
)


class WeekendsAndCalls(ByMinute):
    """What the compared rules on weekends and calls say of one person."""

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
                yield Verdict(rule, "hard", start, end, *shown, self.within(BUSY, start, end))
            row = []

    def _is_busy_weekend(self, saturday: date, friday: int, monday: int) -> bool:
        around = [saturday - 2 * DAY, saturday + 3 * DAY]
        if not all(day in self.of_date for day in around):
            return False
        start = self.begin(saturday) if friday == 1440 else self.at(saturday - DAY, friday)
        return self.sum(self.busy, start, self.at(saturday + 2 * DAY, monday)) > 0

    def free_weekends(self, rule: str, friday: int) -> Iterator[Verdict]:
        for block in self.facts.blocks:
            saturdays = [
                day
                for day in self.days
                if block.start_date <= day <= block.end_date
                and day.weekday() == 5
                and not self.is_away(day)
                and not (day + DAY in self.of_date and self.is_away(day + DAY))
            ]
            free = sum(not self._is_busy_weekend(day, friday, 0) for day in saturdays)
            least = min(2, len(saturdays) // 2)
            if free < least:
                start, end = self.begin(block.start_date), self.begin(block.end_date + DAY)
                shown = under(Fraction(free), Fraction(least))
                yield Verdict(rule, "hard", start, end, *shown, self.within(BUSY, start, end))

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
        types: set[str],
        days_of: Callable[[list[date]], int] | None = None,
    ) -> Iterator[Verdict]:
        """The years compared have one window to a rotation: of 11 counted days or more, and at most 31."""
        taken = {self.call_date(duty) for duty in self.of_types(types)}
        for block in self.facts.blocks:
            dates = [day for day in self.days if block.start_date <= day <= block.end_date]
            counted = [day for day in dates if not self.is_away(day)]
            limit = limit_of(len(counted) if days_of is None else days_of(dates))
            number = len(taken.intersection(dates))
            if limit is not None and number > limit:
                start, end = self.begin(dates[0]), self.begin(dates[-1] + DAY)
                duties = tuple(d for d in self.of_types(types) if self.call_date(d) in dates)
                yield Verdict(rule, "hard", start, end, *over(Fraction(number), Fraction(limit)), duties)

    def british_columbia(self, rule: str, column: int, types: set[str]) -> Iterator[Verdict]:
        """One in four is the third column of the table, one in three the fourth."""

        def limit(days: int) -> int | None:
            return next((row[column] for row in BC_TABLE if row[0] <= days <= row[1]), None)

        yield from self.calls(rule, limit, types)

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

    def worked_weekends(self, rule: str) -> Iterator[Verdict]:
        for block in self.facts.blocks:
            saturdays = [
                day for day in self.days if block.start_date <= day <= block.end_date and day.weekday() == 5
            ]
            worked = sum(self._is_busy_weekend(day, 24 * HOUR, 0) for day in saturdays)
            if worked > 2:
                start, end = self.begin(block.start_date), self.begin(block.end_date + DAY)
                shown = over(Fraction(worked), Fraction(2))
                yield Verdict(rule, "hard", start, end, *shown, self.within(BUSY, start, end))

    def calls_apart(self, rule: str) -> Iterator[Verdict]:
        by_date: dict[date, list[Duty]] = {}
        for duty in self.of_types(IN_HOUSE):
            by_date.setdefault(self.call_date(duty), []).append(duty)
        for one, other in pairwise(sorted(by_date)):
            if other == one + DAY:
                both = (*by_date[one], *by_date[other])
                start, end = by_date[one][0].start, by_date[other][-1].end
                yield Verdict(rule, "hard", start, end, *under(Fraction(1), Fraction(2)), both)

    def calls_in_row(self, rule: str) -> Iterator[Verdict]:
        calls = self.of_types(IN_HOUSE | ON_CALL)
        for run in runs_of([self.call_date(duty) for duty in calls]):
            if len(run) > 2:
                inside = tuple(duty for duty in calls if self.call_date(duty) in run)
                start, end = self.begin(run[0]), self.begin(run[-1] + DAY)
                shown = over(Fraction(len(run)), Fraction(2))
                yield Verdict(rule, "hard", start, end, *shown, inside)

    def calls_in_block(self, rule: str, most: int, types: set[str]) -> Iterator[Verdict]:
        """In any 28 days of a block, or in the whole of a shorter one."""
        for block in self.facts.blocks:
            first = block.start_date
            while first == block.start_date or first + 27 * DAY <= block.end_date:
                last = min(first + 27 * DAY, block.end_date)
                inside = [duty for duty in self.of_types(types) if first <= self.call_date(duty) <= last]
                number = len({self.call_date(duty) for duty in inside})
                if number > most:
                    start, end = self.begin(first), self.begin(last + DAY)
                    shown = over(Fraction(number), Fraction(most))
                    yield Verdict(rule, "hard", start, end, *shown, tuple(inside))
                first += DAY

    def blended(self) -> Iterator[Verdict]:
        for block in self.facts.blocks:
            dates = [day for day in self.days if block.start_date <= day <= block.end_date]
            home = {self.call_date(duty) for duty in self.of_types(ON_CALL)}.intersection(dates)
            inside = {self.call_date(duty) for duty in self.of_types(IN_HOUSE)}.intersection(dates)
            limit = Fraction(30 * sum(not self.is_away(day) for day in dates), 28)
            points = 3 * len(home) + 4 * len(inside)
            if home and inside and points > limit:
                start, end = self.begin(dates[0]), self.begin(dates[-1] + DAY)
                both = tuple(d for d in self.of_types(ON_CALL | IN_HOUSE) if self.call_date(d) in dates)
                yield Verdict("CA-ON-BL", "hard", start, end, *over(Fraction(points), limit), both)
