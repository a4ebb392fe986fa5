"""More rules once more, minute by minute: other windows, exceptions, rest, nights, the ED, New York."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from src.compliance.rules import Care, Duty
from src.interchange.model import DutyType
from tests.compliance.rules.reference import BUSY, HOURS, WORK, Verdict
from tests.compliance.rules.reference_ground import Found, Modes, PackGround

MOONLIGHTING = {"moonlighting_internal", "moonlighting_external"}
ORDER = ["hard", "soft", "info"]


class PackReference(PackGround):
    """One person's year, minute by minute, seen through one pack after another."""

    def judged(self, rules: Iterable[str], modes: Modes) -> list[Verdict]:
        """What the named rules find, read in those modes, merged and filtered as findings are."""
        self.modes = modes
        self._excluded.clear()
        return sorted(
            Verdict(one.rule, one.severity, one.start, one.end, one.value)
            for rule in rules
            for one in self._as_findings(list(getattr(self, rule)()))
        )

    # Averaged rules

    def weekly(self) -> Iterator[Found]:
        """US-80 and US-88."""
        for window, severity, _ in self.chosen_windows():
            counted = self._counted(window)
            limits = [self._weekly_limit(day) for day in counted]
            rule = "US-88" if any(limit is not None for limit in limits) else "US-80"
            total = sum(4800 if limit is None else limit for limit in limits)
            yield from self._average(rule, window, severity, self.hours, HOURS, Fraction(total, len(counted)))

    def ny_80(self) -> Iterator[Found]:
        for window, severity, _ in self.chosen_windows():
            yield from self._average("NY-80", window, severity, self.hours, HOURS, Fraction(4800))

    def em_60(self) -> Iterator[Found]:
        duties = self._in_ed()
        marks = self._marks_of(duties)
        for window, severity, _ in self.rotation_windows():
            if self._care_of_rotation(window[0]) is Care.EMERGENCY:
                yield from self._average("EM-60", window, severity, marks, duties, Fraction(3600))

    def em_72(self) -> Iterator[Found]:
        for window, severity, _ in self.rotation_windows():
            if self._care_of_rotation(window[0]) is Care.EMERGENCY:
                yield from self._average("EM-72", window, severity, self.hours, HOURS, Fraction(4320))

    def free_days(self) -> Iterator[Found]:
        """US-FREE7, and EM-FREE by its name."""
        for window, severity, stands_in in self.chosen_windows():
            counted = len(self._counted(window))
            free = self._free_in(window)
            least = counted // 7
            advised = least + (1 if counted % 7 else 0)
            if stands_in or (len(window) in (29, 30, 31) and counted == len(window)):
                advised = least
            start, end = self._edges(window)
            entries = self._touching(BUSY, start, end)
            if free < least:
                yield Found("US-FREE7", severity, start, end, entries, free, Fraction(least - free))
            elif free < advised:
                milder = "info" if severity == "info" else "soft"
                yield Found("US-FREE7", milder, start, end, entries, free, Fraction(advised - free))

    def calls(self) -> Iterator[Found]:
        dates = self._call_dates()
        for window, severity, _ in self.chosen_windows():
            inside = [day for day in dates if day in set(window)]
            counted = len(self._counted(window))
            if 3 * len(inside) > counted:
                entries = tuple(duty for day in inside for duty in dates[day])
                excess = Fraction(len(inside) - counted // 3)
                yield Found("US-CALL3", severity, *self._edges(window), entries, len(inside), excess)

    def elected(self) -> Iterator[Found]:
        for window, severity, stands_in in self.chosen_windows():
            start, end = self._edges(window)
            inside = tuple(
                duty
                for duty in self.person.duties
                if duty.type is DutyType.RESIDENT_ELECTED_EXTENSION and start <= duty.start < end
            )
            if len(inside) > 2 and not stands_in:
                milder = "info" if severity == "info" else "soft"
                yield Found("US-ELECT", milder, start, end, inside, len(inside), Fraction(len(inside)))

    def postcall(self) -> Iterator[Found]:
        """Free days that begin the minute a long call ends."""
        ends = {end: start for start, end in self._long_calls()}
        for window, severity, stands_in in self.chosen_windows() if ends else ():
            begun = [first for first in self._free_runs(window) if first in ends]
            if len(begun) > 1 and not stands_in and not self.modes.free_by_calendar:
                entries = tuple(duty for end in begun for duty in self._starting(WORK, ends[end], end))
                milder = "info" if severity == "info" else "soft"
                found = (len(begun), Fraction(len(begun)))
                yield Found("FREE7-POSTCALL", milder, *self._edges(window), entries, *found)

    # Rules on periods, gaps and runs

    def rest_14(self) -> Iterator[Found]:
        long = set(self._long_calls())
        for before, after in pairwise(self._periods()):
            if before in long and after[0] - before[1] < 14 * 60:
                entries = (*self._starting(WORK, *before), *self._starting(WORK, after[0], after[0] + 1))
                yield Found("US-REST14", "hard", before[1], after[0], entries)

    def continuous(self) -> Iterator[Found]:
        """US-CONT24 and NY-24."""
        for start, end in self._periods():
            entries = self._starting(WORK, start, end)
            if self._is_too_long(entries):
                others = [d for d in entries if d.type is not DutyType.RESIDENT_ELECTED_EXTENSION]
                severity = "hard" if self._is_too_long(others) else "soft"
                yield Found("US-CONT24", severity, start, end, entries)

    def rest_8(self) -> Iterator[Found]:
        rest = WORK - {"home_call_onsite"}
        for before, after in pairwise(self._periods_of(self.rest)):
            if after[0] - before[1] < 8 * 60:
                last = tuple(d for d in self._starting(rest, *before) if d.end == before[1])
                entries = (*last, *self._starting(rest, after[0], after[0] + 1))
                yield Found("US-REST8", "soft", before[1], after[0], entries)

    def moonlighting(self) -> Iterator[Found]:
        for duty in self.person.duties:
            if duty.type.value in MOONLIGHTING and self.person.pgy == 1:
                excess = Fraction(-(-100 * (duty.end - duty.start) // 60), 100)
                yield Found("US-MOON", "hard", duty.start, duty.end, (duty,), 0, excess)

    def nights(self) -> Iterator[Found]:
        nights = self._nights()
        for run in self._runs(sorted(nights)):
            if len(run) > 6:
                entries = tuple(duty for day in run for duty in nights[day])
                end = max(duty.end for duty in entries)
                yield Found("NF-6", "soft", entries[0].start, end, entries, len(run), Fraction(len(run) - 6))

    def free_among_nights(self) -> Iterator[Found]:
        nights = sorted(self._nights())
        if not nights:
            return
        begins = [self._free_period_begins(day) for day in self._dates_around(nights)]
        days = self._dates_around(nights)
        for at in range(len(days) - 6):
            window = days[at : at + 7]
            if set(window).intersection(nights) and not any(begins[at : at + 7]):
                start, end = self._edges(window)
                yield Found("NF-7", "soft", start, end, self._touching(BUSY, start, end))

    def no_average(self) -> Iterator[Found]:
        dates = self._call_dates()
        for before, after in pairwise(sorted(dates)):
            if (after - before).days < 3:
                entries = (*dates[before], *dates[after])
                end, days = max(duty.end for duty in entries), (after - before).days
                yield Found("IM-NOAVG", "hard", entries[0].start, end, entries, days, Fraction(3 - days))

    def ed_shifts(self) -> Iterator[Found]:
        duties = self._in_ed()
        for start, end in self._periods_of(self._marks_of(duties)):
            if end - start > 12 * 60:
                entries = tuple(duty for duty in duties if start <= duty.start < end)
                yield Found("EM-12", "hard", start, end, entries)

    def ed_rest(self) -> Iterator[Found]:
        duties = self._in_ed()
        for before, after in pairwise(self._periods_of(self._marks_of(duties))):
            ends = [end for start, end in self._periods_of(self.work) if start < before[1] <= end]
            left = min([*ends, after[0]])
            if after[0] - left < before[1] - before[0]:
                entries = tuple(d for d in duties if before[0] <= d.start < before[1] or d.start == after[0])
                yield Found("EM-EQ", "hard", left, after[0], entries)

    def free_weeks(self) -> Iterator[Found]:
        for at, day in enumerate(self.days):
            week = self.days[at : at + 7]
            if day.weekday() == 6 and len(week) == 7 and not self._runs_free(week):
                start, end = self._edges(week)
                yield Found("NY-FREE", "hard", start, end, self._touching(BUSY, start, end))

    def night_float_days(self) -> Iterator[Found]:
        """IM-NF: at most 31 days in a row and 62 in the year."""
        days = [day for day in self.days if self._care_of_rotation(day) is Care.NIGHT_FLOAT]
        spans = [(run, 31) for run in self._runs(days)] + ([(days, 62)] if days else [])
        for run, most in spans:
            if len(run) > most:
                start, end = self._edges([run[0], run[-1]])
                entries = self._touching(BUSY, start, end)
                yield Found("IM-NF", "hard", start, end, entries, len(run), Fraction(len(run) - most))

    def _as_findings(self, found: list[Found]) -> Iterator[Found]:
        """Overlapping windows of a rule as one, if one of the entries starts in the year."""
        for rule in sorted({one.rule for one in found}):
            groups: list[list[Found]] = []
            for one in sorted((o for o in found if o.rule == rule), key=lambda o: (o.start, o.end)):
                if groups and one.start < max(other.end for other in groups[-1]):
                    groups[-1].append(one)
                else:
                    groups.append([one])
            for group in groups:
                if any(self._starts_in_year(duty) for one in group for duty in one.entries):
                    worst = min(group, key=lambda o: (ORDER.index(o.severity), -o.excess))
                    end = max(one.end for one in group)
                    yield Found(rule, worst.severity, group[0].start, end, (), worst.value)

    def _starts_in_year(self, duty: Duty) -> bool:
        local = datetime.fromtimestamp(duty.start * 60, ZoneInfo(self.zone)).date()
        return self.days[0] <= local <= self.days[-1]
