"""Which variables belong to which academic blocks, and how far averaging windows tie blocks together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from src.solver.daily.assemble import DailyModel

DAYS_BEYOND = 3
"""At least so many days before and after a block: rest, post-call and nights reach over its ends."""


class Reach:
    """First and last day of blocks and variables. Days are counted from the first day of the year."""

    def __init__(self, daily: DailyModel) -> None:
        self._model = daily.model
        self._span = _spans(daily)
        self._days_of_block = _days_by_block(daily)
        every = [(window.first, window.last) for draft in daily.drafts for window in draft.windows]
        self._windows = Counter(every)
        self.blocks = sorted(self._days_of_block)

    def first(self, block: int) -> int:
        return self._days_of_block[block][0]

    def last(self, block: int) -> int:
        return self._days_of_block[block][-1]

    def is_within(self, variable: int, first: int, last: int) -> bool:
        """Whether the variable depends on nothing before or after these days."""
        begins, ends = self._span[variable]
        return first <= begins and ends <= last

    def is_across(self, variable: int, first: int, last: int) -> bool:
        """Whether the variable depends on days before `first` and after it, and on none after `last`."""
        begins, ends = self._span[variable]
        return begins < first <= ends <= last

    def within(self, first: int, last: int) -> list[int]:
        """The variables that depend on nothing before or after these days."""
        return [
            variable for variable, (begins, ends) in enumerate(self._span) if first <= begins and ends <= last
        ]

    def inside(self, blocks: Sequence[int]) -> list[int]:
        """The variables that depend on nothing outside the blocks, those fixed from the start apart."""
        low, high = self._model.low, self._model.high
        found = self.within(self.first(blocks[0]), self.last(blocks[-1]))
        return [variable for variable in found if low[variable] < high[variable]]

    def touched_by(self, blocks: Sequence[int]) -> list[int]:
        """The variables that depend on any day from the first to the last of the blocks, but for sums."""
        first, last = self.first(blocks[0]), self.last(blocks[-1])
        low, high = self._model.low, self._model.high
        end = self.end_of_year
        return [
            variable
            for variable, (begins, ends) in enumerate(self._span)
            if begins <= last and first <= ends <= end and low[variable] < high[variable]
        ]

    def ties(self, block: int) -> int:
        """How many windows reach into the block from those before it."""
        day = self.first(block)
        return sum(count for (first, last), count in self._windows.items() if first < day <= last)

    @property
    def end_of_year(self) -> int:
        return self.last(self.blocks[-1])

    def ahead_of(self, last: int) -> int:
        """The end of what the days up to `last` and those after it are averaged over together."""
        running = [end for first, end in self._windows if first <= last < end]
        return min(max([last + DAYS_BEYOND, *running]), self.end_of_year)

    def behind(self, first: int) -> int:
        """The beginning of what the days from `first` on and those before it are averaged over together."""
        running = [start for start, end in self._windows if start < first <= end]
        return min([first - DAYS_BEYOND, *running])


def _spans(daily: DailyModel) -> list[tuple[int, int]]:
    """First and last day each variable depends on; sums over the year are settled after its end."""
    model = daily.model
    never = max(daily.days, default=0) + 1
    sums = daily.sums
    found: list[tuple[int, int]] = []
    for variable in range(model.size):
        if model.is_decision[variable]:
            found.append((model.day[variable], model.day[variable]))
        elif variable in sums:
            found.append((never, never))
        else:
            days = [model.day[parent] for parent in model.parents[variable]] or [0]
            found.append((min(days), max(days)))
    return found


def _days_by_block(daily: DailyModel) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for day in daily.days:
        found.setdefault(daily.shared.calendar.block_of[day], []).append(day)
    return found
