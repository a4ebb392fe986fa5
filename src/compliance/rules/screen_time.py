"""Everyone's time on one line: what `timeline` and `windows` compute for a person, for all people at once.

Each person has a lane of the line: the minute `t` of the person at position `p` lies at `t + p * LANE`. Lanes
are so wide that what ends one person's year is farther from what begins the next than any rest, gap or window
is long. So a union, a sum or a search over the line is one over each person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from src.compliance.rules.columns import CODE_OF, FactColumns, Integers
from src.compliance.rules.duty_types import AFTER_THE_24TH_HOUR, duty_counts
from src.compliance.rules.model import RuleParameters
from src.compliance.rules.screen_windows import (
    LANE,
    Dates,
    Windows,
    block_windows,
    rotation_windows,
    start_of,
)
from src.interchange.model import DutyType

type Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Union:
    """Stretches that neither touch nor overlap, in order: `timeline.MergedTime` of all people."""

    starts: Integers
    ends: Integers
    before: Integers
    """Minutes of all stretches before each."""

    def minutes_until(self, instants: Integers) -> Integers:
        """Minutes of the union before each instant."""
        if not len(self.starts):
            return np.zeros(len(instants), dtype=np.int64)
        index = np.searchsorted(self.starts, instants, side="left") - 1
        inside = np.minimum(instants, self.ends[index]) - self.starts[index]
        return np.where(index < 0, 0, self.before[index] + inside)

    def touches(self, starts: Integers, ends: Integers) -> Flags:
        """Whether any of the union lies inside each [start, end)."""
        index = np.searchsorted(self.ends, starts, side="right")
        known = index < len(self.starts)
        found = np.zeros(len(starts), dtype=bool)
        found[known] = self.starts[index[known]] < ends[known]
        return found


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods of continuous work of all people, in order: columns of `timeline.WorkPeriod`."""

    person: Integers
    start: Integers
    end: Integers
    care_end: Integers
    has_in_house_call: Flags

    def followed_within(self, minutes: int) -> Flags:
        """Which periods the same person's next begins less than so many minutes after."""
        soon = np.zeros(len(self.start), dtype=bool)
        soon[:-1] = self.start[1:] - self.end[:-1] < minutes
        return soon


@dataclass(frozen=True, slots=True)
class FreePieces:
    """Where free pieces of windows begin, in order, and how many free days each holds."""

    start: Integers
    days: Integers

    def total(self, windows: Windows, of_pieces: Integers) -> Integers:
        """The sum of a number of each piece over each window."""
        until = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(of_pieces)))
        first, after = np.searchsorted(self.start, windows.start), np.searchsorted(self.start, windows.end)
        return until[after] - until[first]


class Line:
    """All people of some columns on one line, seen through one pack's parameters; made when asked for."""

    def __init__(self, columns: FactColumns, parameters: RuleParameters) -> None:
        self.columns = columns
        self.parameters = parameters
        self.counts = duty_counts(parameters)
        self.people = len(columns)

    @cached_property
    def person(self) -> Integers:
        """The position of each duty's person."""
        return np.repeat(np.arange(self.people, dtype=np.int64), np.diff(self.columns.offsets))

    @cached_property
    def start(self) -> Integers:
        return self.columns.start + self.person * LANE

    @cached_property
    def end(self) -> Integers:
        return self.columns.end + self.person * LANE

    def is_any(self, types: Iterable[DutyType]) -> Flags:
        """Which duties are of one of the types."""
        return _is_code_of(frozenset(types))[self.columns.type]

    @cached_property
    def hours(self) -> Union:
        return self._union(self.counts.hours)

    @cached_property
    def busy(self) -> Union:
        return self._union(self.counts.busy)

    @cached_property
    def periods(self) -> Periods:
        return self._periods(self.counts.work)

    @cached_property
    def rest_periods(self) -> Periods:
        if not self.is_any(self.counts.work - self.counts.rest).any():
            return self.periods
        return self._periods(self.counts.rest)

    @cached_property
    def long_call_ends(self) -> Integers:
        """The ends of periods long enough that hold in-house call."""
        periods = self.periods
        long = periods.end - periods.start >= self.parameters.rest_after_call_trigger_minutes
        return periods.end[long & periods.has_in_house_call]

    @cached_property
    def free_gaps(self) -> tuple[Integers, Integers]:
        """Starts and ends of the stretches between, before and after busy ones that hold a free period."""
        edges = np.arange(self.people, dtype=np.int64) * LANE
        far = LANE // 2 - 1
        starts = np.sort(np.concatenate((edges - far, self.busy.ends)), kind="stable")
        ends = np.sort(np.concatenate((self.busy.starts, edges + far)), kind="stable")
        wide = ends - starts >= self.parameters.free_period_minutes
        return starts[wide], ends[wide]

    @cached_property
    def dates(self) -> Dates:
        person, day = self.columns.leave
        start, end = start_of(self.columns, person, day), start_of(self.columns, person, day + 1)
        return Dates(self.columns, (person * LANE + day)[~self.hours.touches(start, end)])

    @cached_property
    def windows(self) -> tuple[Windows, Windows]:
        """Those by rotation that hold a counted day; those of blocks that may stand for small ones."""
        by_rotation = rotation_windows(self.dates, self.parameters)
        return by_rotation, block_windows(self.dates, self.parameters, by_rotation)

    @cached_property
    def free_pieces(self) -> tuple[FreePieces, FreePieces]:
        """The free pieces of either kind of windows."""
        by_rotation, blocks = self.windows
        return self._free_pieces(by_rotation), self._free_pieces(blocks)

    def _free_pieces(self, windows: Windows) -> FreePieces:
        """Free time cut at the windows' edges and at excluded dates (D5)."""
        gap_starts, gap_ends = self.free_gaps
        person, day = np.divmod(self.dates.excluded, LANE)
        # Marks are what ends a free piece: all between two long gaps, excluded dates, edges of no length.
        starts = np.concatenate(
            (gap_ends[:-1], start_of(self.columns, person, day), windows.start, windows.end)
        )
        ends = np.concatenate(
            (gap_starts[1:], start_of(self.columns, person, day + 1), windows.start, windows.end)
        )
        order = np.argsort(starts, kind="stable")
        starts, reach = starts[order], np.maximum.accumulate(ends[order])
        days = np.maximum(starts[1:] - reach[:-1], 0) // self.parameters.free_period_minutes
        return FreePieces(reach[:-1][days > 0], days[days > 0])

    def days_of(self, duty_type: DutyType, cut_minutes: int = 0) -> Integers:
        """The dates on which duties of a type begin, once each, on the line; dates begin at the cut."""
        calendar = self.columns.frame.calendar
        is_wanted = self.columns.type == CODE_OF[duty_type]
        cuts = self.columns.cuts(cut_minutes)
        index = np.searchsorted(cuts, self.columns.start[is_wanted], side="right") - 1
        days = index + calendar.first_day + self.person[is_wanted] * LANE
        return np.unique(days[(index >= 0) & (index < len(cuts) - 1)])

    def _union(self, types: Iterable[DutyType]) -> Union:
        wanted = self.is_any(types)
        start, end = self.start[wanted], self.end[wanted]
        if not len(start):
            return Union(start, end, start)
        firsts, reach = _runs(start, end, 0)
        starts, ends = start[firsts], reach[_lasts(firsts, len(start))]
        lengths = ends - starts
        return Union(starts, ends, np.cumsum(lengths) - lengths)

    def _periods(self, types: Iterable[DutyType]) -> Periods:
        wanted = self.is_any(types)
        start, end, person = self.start[wanted], self.end[wanted], self.person[wanted]
        if not len(start):
            return Periods(person, start, end, end, np.zeros(0, dtype=bool))
        firsts, reach = _runs(start, end, self.parameters.merge_gap_minutes)
        care = np.where(self.is_any(AFTER_THE_24TH_HOUR)[wanted], np.iinfo(np.int64).min // 2, end)
        call = self.is_any({DutyType.IN_HOUSE_CALL})[wanted]
        return Periods(
            person=person[firsts],
            start=start[firsts],
            end=reach[_lasts(firsts, len(start))],
            care_end=np.maximum.reduceat(care, firsts),
            has_in_house_call=np.logical_or.reduceat(call, firsts),
        )


@lru_cache(maxsize=64)
def _is_code_of(types: frozenset[DutyType]) -> Flags:
    """For each code of a duty's type, whether it stands for one of the types."""
    wanted = np.zeros(len(CODE_OF), dtype=bool)
    wanted[[CODE_OF[duty_type] for duty_type in types]] = True
    wanted.flags.writeable = False
    return wanted


def _runs(start: Integers, end: Integers, gap: int) -> tuple[Integers, Integers]:
    """Where runs of intervals at most `gap` minutes apart begin, and how far all up to each reach."""
    reach = np.maximum.accumulate(end)
    is_first = np.ones(len(start), dtype=bool)
    is_first[1:] = start[1:] - reach[:-1] > gap
    return np.flatnonzero(is_first), reach


def _lasts(firsts: Integers, count: int) -> Integers:
    return np.append(firsts[1:], count) - 1
