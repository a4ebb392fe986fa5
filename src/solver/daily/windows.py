"""The stretches over which duty-hour rules average: by rotation (duty-hour-rules.md, D3 and D4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from src.solver.daily.calendar import Calendar
from src.solver.daily.duties import HOURS_COUNTED
from src.solver.daily.facts import PersonYear
from src.solver.problem import Limits


@dataclass(frozen=True, slots=True)
class Window:
    """Days first … last (inclusive); `counted` are the days not excluded by leave."""

    first: int
    last: int
    counted: int

    @property
    def days(self) -> int:
        return self.last - self.first + 1

    @property
    def is_whole_month(self) -> bool:
        """29 to 31 days without leave: four free days do, without an advisory."""
        return self.counted == self.days and 29 <= self.days <= 31


def excluded_days(year: PersonYear) -> frozenset[int]:
    """Leave dates on which no hours are worked (D4). History that runs into leave cancels the exclusion."""
    calendar = year.shared.calendar
    worked: set[int] = set()
    for duty in year.fixed.duties:
        if duty.duty_type in HOURS_COUNTED:
            worked.update(range(duty.day, calendar.end_day(duty.end) + 1))
    return year.leave - worked


def windows_of(year: PersonYear, limits: Limits, excluded: frozenset[int]) -> tuple[Window, ...]:
    """Every window of one resident that is judged hard, each once.

    A window with fewer counted days than `min_window_days` gives way to the academic blocks that hold those;
    where such a block has too few as well, nothing is judged.
    """
    found: dict[tuple[int, int], Window] = {}
    for first, last in rotation_windows(year, limits):
        counted = _counted(first, last, excluded)
        if counted >= limits.min_window_days:
            found[first, last] = Window(first, last, counted)
        elif counted > 0:
            found.update(_enclosing_blocks(year, limits, excluded, first, last))
    return tuple(sorted(found.values(), key=lambda window: (window.first, window.last)))


def _enclosing_blocks(
    year: PersonYear, limits: Limits, excluded: frozenset[int], first: int, last: int
) -> dict[tuple[int, int], Window]:
    calendar = year.shared.calendar
    found: dict[tuple[int, int], Window] = {}
    for number in sorted({calendar.block_of[day] for day in range(first, last + 1) if day not in excluded}):
        days = calendar.days_of_block[number]
        counted = _counted(days[0], days[-1], excluded)
        if counted >= limits.min_window_days:
            found[days[0], days[-1]] = Window(days[0], days[-1], counted)
    return found


def _counted(first: int, last: int, excluded: frozenset[int]) -> int:
    return sum(day not in excluded for day in range(first, last + 1))


def rotation_windows(year: PersonYear, limits: Limits) -> Iterator[tuple[int, int]]:
    """First and last day of every window by rotation, small ones included."""
    first = 0
    days = len(year.rotation)
    while first < days:
        last = first
        while last + 1 < days and year.rotation[last + 1] == year.rotation[first]:
            last += 1
        if year.rotation[first] is not None:
            yield from split_run(first, last, limits)
        first = last + 1


def split_run(first: int, last: int, limits: Limits) -> Iterator[tuple[int, int]]:
    """One window up to 31 days; else windows of 28, the remainder its own or joined to the last."""
    length = last - first + 1
    if length <= limits.longest_single_window_days:
        yield first, last
        return
    size = limits.window_days
    whole, rest = divmod(length, size)
    for number in range(whole):
        start = first + number * size
        is_last = number == whole - 1
        joins = is_last and 0 < rest < limits.min_window_days
        yield start, last if joins else start + size - 1
    if rest >= limits.min_window_days:
        yield first + whole * size, last


def is_window(calendar: Calendar, block: int, limits: Limits) -> bool:
    """Whether averages are taken over this block alone, however long a resident stays on a rotation."""
    days = calendar.days_of_block
    own = (days[block][0], days[block][-1])
    return all(
        own in split_run(days[first][0], days[last][-1], limits)
        for first in days
        for last in days
        if first <= block <= last
    )
