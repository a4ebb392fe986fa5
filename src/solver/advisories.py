"""How many soft findings a finished schedule has, counted from its rows (duty-hour-rules.md).

Counted are the advisories of the common program requirements: NF-6, NF-7, US-REST8, US-FREE7 and
FREE7-POSTCALL. Overlapping failing windows of one person under one rule are one finding, and only findings
that rest on an entry that starts in the year count (D9). Instants are minutes since 1970, days count from the
year's first date.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from src.interchange.model import DutyType, Person, Program
from src.interchange.schedule import AssignmentRow
from src.solver.daily.calendar import minutes_of
from src.solver.daily.duties import BREAKS_FREE_DAY, CONTINUOUS_WORK, HOURS_COUNTED
from src.solver.daily.facts import Fixed, PersonYear, ProgramFacts
from src.solver.daily.windows import rotation_windows
from src.solver.plan import YearPlan
from src.solver.problem import Limits

FAR = 2**60
NIGHT_FLOAT_WINDOW_DAYS = 7
DAYS_PER_FREE_DAY = 7


@dataclass(frozen=True, slots=True)
class Stint:
    """One interval of duty; `in_year` when it starts on a date that is judged."""

    start: int
    end: int
    duty_type: DutyType
    in_year: bool


@dataclass(frozen=True, slots=True)
class WorkPeriod:
    """Continuous work (D6)."""

    start: int
    end: int
    has_call: bool


def count_advisories(
    program: Program,
    plan: YearPlan,
    rows: Iterable[AssignmentRow],
    limits: Limits,
    blocks: Sequence[int] = (),
) -> int:
    """Soft findings of all residents; with `blocks`, those that rest on an entry that starts in one."""
    shared = ProgramFacts(program)
    judged = frozenset(blocks) or frozenset(shared.calendar.days_of_block)
    days = frozenset(day for block in judged for day in shared.calendar.days_of_block[block])
    stints = _stints(program, shared, rows, days)
    return sum(
        _PersonAdvisories(shared, person, plan, stints[person.id], limits).count()
        for person in program.residents
    )


def _stints(
    program: Program, shared: ProgramFacts, rows: Iterable[AssignmentRow], judged: frozenset[int]
) -> defaultdict[str, list[Stint]]:
    found: defaultdict[str, list[Stint]] = defaultdict(list)
    for interval in program.history:
        start, end = minutes_of(interval.start_at), minutes_of(interval.end_at)
        found[interval.person].append(Stint(start, end, interval.duty_type, in_year=False))
    for row in rows:
        in_year = shared.calendar.day_of_date(row.date) in judged
        start, end = minutes_of(row.start_at), minutes_of(row.end_at)
        found[row.person].append(Stint(start, end, row.duty_type, in_year))
    for own in found.values():
        own.sort(key=lambda stint: (stint.start, stint.end))
    return found


class _PersonAdvisories:
    def __init__(
        self,
        shared: ProgramFacts,
        person: Person,
        plan: YearPlan,
        stints: Sequence[Stint],
        limits: Limits,
    ) -> None:
        self._calendar = shared.calendar
        self._limits = limits
        self._stints = stints
        self._year = PersonYear(shared, person, plan, frozenset(), Fixed())

    def count(self) -> int:
        counts = {
            "nights_in_row": self._long_night_runs,
            "free_among_nights": self._night_weeks,
            "rest_between": self._short_rests,
            "free_days": self._free_days,
            "postcall_free_days": self._free_days_after_calls,
        }
        return sum(count() for kind, count in counts.items() if kind in self._limits.advises)

    def _of(self, types: frozenset[DutyType]) -> list[Stint]:
        return [stint for stint in self._stints if stint.duty_type in types]

    @cached_property
    def _nights(self) -> dict[int, bool]:
        """Start date of each night float -> whether it starts in the year."""
        found: dict[int, bool] = {}
        for stint in self._of(frozenset({DutyType.NIGHT_FLOAT})):
            day = self._calendar.day_of(stint.start)
            found[day] = found.get(day, False) or stint.in_year
        return found

    @cached_property
    def _periods(self) -> list[WorkPeriod]:
        found: list[WorkPeriod] = []
        for stint in self._of(CONTINUOUS_WORK):
            is_call = stint.duty_type is DutyType.IN_HOUSE_CALL
            if found and stint.start - found[-1].end <= self._limits.merge_gap_minutes:
                last = found[-1]
                found[-1] = WorkPeriod(last.start, max(last.end, stint.end), last.has_call or is_call)
            else:
                found.append(WorkPeriod(stint.start, stint.end, is_call))
        return found

    @cached_property
    def _free_gaps(self) -> list[tuple[int, int]]:
        """Stretches of at least one free period without anything that breaks a free day."""
        gaps: list[tuple[int, int]] = []
        free_from = -FAR
        for stint in self._of(BREAKS_FREE_DAY):
            if stint.start - free_from >= self._limits.free_period_minutes:
                gaps.append((free_from, stint.start))
            free_from = max(free_from, stint.end)
        return [*gaps, (free_from, FAR)]

    def _long_night_runs(self) -> int:
        """NF-6: runs of more nights on consecutive dates than allowed."""
        found, run = 0, 0
        in_year = False
        for day in sorted(self._nights):
            follows = day - 1 in self._nights
            run = run + 1 if follows else 1
            in_year = self._nights[day] or (follows and in_year)
            is_last = day + 1 not in self._nights
            found += is_last and in_year and run > self._limits.max_nights_in_row
        return found

    def _night_weeks(self) -> int:
        """NF-7: stretches of 7 dates with a night and no free period begun, overlapping ones as one."""
        length = NIGHT_FLOAT_WINDOW_DAYS
        firsts = {day - back for day in self._nights for back in range(length)}
        failing = sorted(first for first in firsts if not self._free_period_begins(first, first + length))
        found = 0
        stretch: tuple[int, int] | None = None
        for first in failing:
            if stretch is not None and first < stretch[1]:
                stretch = (stretch[0], first + length)
                continue
            found += stretch is not None and self._is_judged(*stretch)
            stretch = (first, first + length)
        return found + (stretch is not None and self._is_judged(*stretch))

    def _free_period_begins(self, first: int, after: int) -> bool:
        start, end = self._calendar.midnight(first), self._calendar.midnight(after)
        return any(
            max(start, gap_start) < end
            and max(start, gap_start) <= gap_end - self._limits.free_period_minutes
            for gap_start, gap_end in self._free_gaps
        )

    def _is_judged(self, first: int, after: int) -> bool:
        start, end = self._calendar.midnight(first), self._calendar.midnight(after)
        return any(
            stint.in_year and stint.start < end and stint.end > start
            for stint in self._stints
            if stint.duty_type in BREAKS_FREE_DAY
        )

    def _short_rests(self) -> int:
        """US-REST8: gaps between periods of work shorter than the rest."""
        work = self._of(CONTINUOUS_WORK)
        found = 0
        for before, after in zip(self._periods, self._periods[1:], strict=False):
            if after.start - before.end < self._limits.min_rest_minutes:
                found += any(
                    stint.in_year and (stint.end == before.end or stint.start == after.start)
                    for stint in work
                )
        return found

    def _free_days(self) -> int:
        """US-FREE7: windows with as many free days as they must have, and fewer than are advised."""
        found = 0
        for first, last, counted in self._judged_windows():
            pieces = self._free_pieces(first, last)
            free = sum((end - start) // self._limits.free_period_minutes for start, end in pieces)
            least = counted // DAYS_PER_FREE_DAY
            days = last - first + 1
            whole_month = (
                counted == days and self._limits.window_days < days <= self._limits.longest_single_window_days
            )
            advised = least if whole_month else -(-counted // DAYS_PER_FREE_DAY)
            found += least <= free < advised and self._is_judged(first, last + 1)
        return found

    def _free_days_after_calls(self) -> int:
        """FREE7-POSTCALL: windows with more free days than may be that begin as a long call ends."""
        calls_end = {
            period.end
            for period in self._periods
            if period.has_call and period.end - period.start >= self._limits.rest_after_call_trigger_minutes
        }
        found = 0
        for first, last, _ in self._judged_windows():
            after_call = [start for start, _ in self._free_pieces(first, last) if start in calls_end]
            found += len(after_call) > self._limits.max_postcall_free and self._calls_judged(after_call)
        return found

    def _judged_windows(self) -> Iterator[tuple[int, int, int]]:
        """First and last day, and the counted days, of each window that has enough of these."""
        for first, last in rotation_windows(self._year, self._limits):
            counted = sum(day not in self._excluded for day in range(first, last + 1))
            if counted >= self._limits.min_window_days:
                yield first, last, counted

    def _calls_judged(self, ends: Sequence[int]) -> bool:
        starts = [(period.start, period.end) for period in self._periods if period.end in ends]
        return any(
            stint.in_year and start <= stint.start < end
            for stint in self._of(CONTINUOUS_WORK)
            for start, end in starts
        )

    @cached_property
    def _excluded(self) -> frozenset[int]:
        """Leave dates of the year on which no counted hours are worked (D4)."""
        worked: set[int] = set()
        for stint in self._of(HOURS_COUNTED):
            first, last = self._calendar.day_of(stint.start), self._calendar.end_day(stint.end)
            worked.update(range(first, last + 1))
        return frozenset(day for day in self._year.leave - worked if self._calendar.in_year(day))

    def _free_pieces(self, first: int, last: int) -> list[tuple[int, int]]:
        """Free stretches of at least one period, clipped at the window's edges and at excluded dates."""
        found: list[tuple[int, int]] = []
        gaps, least = self._free_gaps, self._limits.free_period_minutes
        ends = [gap_end for _, gap_end in gaps]
        for start, end in self._counted_stretches(first, last):
            for gap_start, gap_end in gaps[bisect_right(ends, start) :]:
                if gap_start >= end:
                    break
                piece = (max(start, gap_start), min(end, gap_end))
                if piece[1] - piece[0] >= least:
                    found.append(piece)
        return found

    def _counted_stretches(self, first: int, last: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        start: int | None = None
        for day in range(first, last + 2):
            counted = day <= last and day not in self._excluded
            if counted and start is None:
                start = day
            elif not counted and start is not None:
                found.append((self._calendar.midnight(start), self._calendar.midnight(day)))
                start = None
        return found
