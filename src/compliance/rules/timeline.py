"""One person's duty as merged stretches of time: hours worked, periods of work, free time (D5, D6)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from src.compliance.rules.choices import ContinuousLength
from src.compliance.rules.duty_types import AFTER_THE_24TH_HOUR
from src.compliance.rules.model import Duty
from src.interchange.model import DutyType

FAR_PAST = -(2**60)
FAR_FUTURE = 2**60
"""Stand for "before all that is known" and "after all that is known": free of duty."""


class MergedTime:
    """The union of some duties: stretches that neither touch nor overlap, in order.

    Nothing is counted twice where entries overlap (D2).
    """

    __slots__ = ("_before", "ends", "starts")

    def __init__(self, duties: Sequence[Duty]) -> None:
        starts: list[int] = []
        ends: list[int] = []
        before: list[int] = []
        total = 0
        current_start = current_end = FAR_PAST
        for duty in duties:
            start, end = duty.start, duty.end
            if start > current_end:
                if current_end != FAR_PAST:
                    starts.append(current_start)
                    ends.append(current_end)
                    before.append(total)
                    total += current_end - current_start
                current_start, current_end = start, end
            elif end > current_end:
                current_end = end
        if current_end != FAR_PAST:
            starts.append(current_start)
            ends.append(current_end)
            before.append(total)
        self.starts, self.ends, self._before = starts, ends, before

    def minutes_between(self, start: int, end: int) -> int:
        """Minutes of the union inside [start, end)."""
        return self._minutes_until(end) - self._minutes_until(start)

    def touches(self, start: int, end: int) -> bool:
        """Whether any of the union lies inside [start, end)."""
        index = bisect_right(self.ends, start)
        return index < len(self.starts) and self.starts[index] < end

    def gaps(self, at_least: int) -> list[tuple[int, int]]:
        """The stretches between, before and after the union of at least so many minutes, in order."""
        begins = [FAR_PAST, *self.ends]
        finishes = [*self.starts, FAR_FUTURE]
        return [pair for pair in zip(begins, finishes, strict=True) if pair[1] - pair[0] >= at_least]

    def _minutes_until(self, instant: int) -> int:
        index = bisect_left(self.starts, instant) - 1
        if index < 0:
            return 0
        return self._before[index] + min(instant, self.ends[index]) - self.starts[index]


class WorkPeriod(NamedTuple):
    """Continuous work (D6): from the first start to the last end, gaps up to the merge gap included.

    `care_end` is the latest end of what may not be done after hour 24, as early as can be when there is none.
    `off` are the minutes of the gaps inside that do not count to its length, `off_before_care_end` those of
    them before `care_end`.
    """

    start: int
    end: int
    care_end: int
    has_in_house_call: bool
    has_elected_extension: bool
    off: int = 0
    off_before_care_end: int = 0

    @property
    def length(self) -> int:
        """How long the work was."""
        return self.end - self.start - self.off

    @property
    def care_length(self) -> int:
        """How long it was until the last of what may not be done after hour 24 ended; below zero: none."""
        return self.care_end - self.start - self.off_before_care_end


def work_periods(
    duties: Sequence[Duty], merge_gap: int, length: ContinuousLength = ContinuousLength.SPAN
) -> list[WorkPeriod]:
    """The periods of work in duties ordered by start; entries at most `merge_gap` minutes apart are one."""
    periods: list[WorkPeriod] = []
    start = end = care_end = FAR_PAST
    call = elected = False
    counts_gaps = length is ContinuousLength.SPAN
    off = off_before_care_end = 0
    for duty in duties:
        duty_start, duty_end, duty_type = duty.start, duty.end, duty.type
        if duty_start - end > merge_gap:
            if end != FAR_PAST:
                periods.append(WorkPeriod(start, end, care_end, call, elected, off, off_before_care_end))
            start, end, care_end = duty_start, duty_end, FAR_PAST
            call = elected = False
            off = off_before_care_end = 0
        elif duty_end > end:
            if duty_start > end and not counts_gaps:
                off += duty_start - end
            end = duty_end
        if duty_type not in AFTER_THE_24TH_HOUR and duty_end > care_end:
            care_end, off_before_care_end = duty_end, off
        if duty_type is DutyType.IN_HOUSE_CALL:
            call = True
        elif duty_type is DutyType.RESIDENT_ELECTED_EXTENSION:
            elected = True
    if end != FAR_PAST:
        periods.append(WorkPeriod(start, end, care_end, call, elected, off, off_before_care_end))
    return periods
