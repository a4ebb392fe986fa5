"""The dates over which limits count: windows by rotation and their like, references, stretches of dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from src.solver.daily.limits.book import Book, Poster

BY_ROTATION, TAIL28, FIXED_BLOCKS, CALENDAR_MONTH, ROLLING28 = 1, 2, 3, 4, 5
"""What `window_mode` says (the judge's choices, by number)."""
SHORTEST_REMAINDER = 7


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days first … last, of which `counted` are not excluded; `rotation` where one makes the window.

    `is_small`: too few counted days to be judged hard. `is_block`: an academic block.
    """

    first: int
    last: int
    counted: int
    rotation: str | None = None
    is_small: bool = False
    is_block: bool = False


class Windows:
    """One resident's averaging windows by a row's numbers (duty-hour-rules.md, D3 and D4)."""

    def __init__(self, post: Poster) -> None:
        self._book: Book = post.book
        self._row = post.row
        self._excluded = post.book.leave if post.row.number("leave_is_left_out", 1) else frozenset[int]()
        self._least = post.row.number("min_window_days", 7)

    def judged(self) -> list[Stretch]:
        """The windows of the row's mode in order, then academic blocks in place of small ones."""
        mode = self._row.number("window_mode", BY_ROTATION)
        if mode == FIXED_BLOCKS:
            blocks = self._book.calendar.days_of_block.values()
            return self._counted((None, days[0], days[-1]) for days in blocks)
        if mode == ROLLING28:
            return []
        windows = self._counted(self._months()) if mode == CALENDAR_MONTH else self.by_rotation()
        return [*windows, *self._in_place_of([window for window in windows if window.is_small])]

    def by_rotation(self) -> list[Stretch]:
        """The windows by rotation, whatever the mode."""
        return self._counted(self._by_rotation())

    def excluded(self) -> frozenset[int]:
        return self._excluded

    def _counted(self, stretches: Iterator[tuple[str | None, int, int]]) -> list[Stretch]:
        found = [self._stretch(first, last, rotation=rotation) for rotation, first, last in stretches]
        return [stretch for stretch in found if stretch.counted]

    def _stretch(
        self, first: int, last: int, *, rotation: str | None = None, is_block: bool = False
    ) -> Stretch:
        counted = sum(day not in self._excluded for day in range(first, last + 1))
        return Stretch(first, last, counted, rotation, counted < self._least, is_block)

    def _in_place_of(self, small: Sequence[Stretch]) -> Iterator[Stretch]:
        counted = {
            day for one in small for day in range(one.first, one.last + 1) if day not in self._excluded
        }
        for days in self._book.calendar.days_of_block.values():
            if counted.isdisjoint(days):
                continue
            block = self._stretch(days[0], days[-1], is_block=True)
            if not block.is_small:
                yield block

    def _months(self) -> Iterator[tuple[None, int, int]]:
        calendar = self._book.calendar
        first = 0
        while first < calendar.days:
            on = calendar.date(first)
            after = date(on.year + on.month // 12, on.month % 12 + 1, 1)
            last = min(calendar.day_of_date(after - timedelta(days=1)), calendar.days - 1)
            yield None, first, last
            first = last + 1

    def _by_rotation(self) -> Iterator[tuple[str | None, int, int]]:
        rotation = self._book.year.rotation
        first = 0
        while first < len(rotation):
            last = first
            while last + 1 < len(rotation) and rotation[last + 1] == rotation[first]:
                last += 1
            if rotation[first] is not None:
                for start, end in self._cut(first, last):
                    yield rotation[first], start, end
            first = last + 1

    def _cut(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        row, length = self._row, last - first + 1
        size = row.number("window_days", 28)
        if length <= row.number("longest_single_window_days", 31):
            yield first, last
            return
        whole, rest = divmod(length, size)
        tail = row.number("window_mode", BY_ROTATION) == TAIL28
        joined = rest if rest < self._least and not tail else 0
        for index in range(whole):
            start = first + index * size
            yield start, start + size - 1 + (joined if index == whole - 1 else 0)
        if tail and rest:
            yield last + 1 - size, last
        elif rest > joined:
            yield first + whole * size, last


def reference_windows(post: Poster) -> Iterator[tuple[int, int]]:
    """First and last day of each reference window: of `reference_days` one after another, or `rolling`.

    A remainder of a week or more is judged within the last `reference_days`, a shorter one joins the last
    window. `by_block` they are the academic blocks; a row on some rotations is judged in the windows there.
    """
    row, book = post.row, post.book
    if row.rotations is not None:
        for window in Windows(post).by_rotation():
            if window.rotation in row.rotations and not window.is_small:
                yield window.first, window.last
        return
    if row.choice("by_block"):
        yield from book.blocks
        return
    length = row.number("reference_days")
    for first, last in book.horizons:
        if last + 1 - first <= length:
            yield first, last
        elif row.choice("rolling"):
            for start in range(first, last + 2 - length):
                yield start, start + length - 1
        else:
            yield from _one_after_another(first, last, length)


def _one_after_another(first: int, last: int, length: int) -> Iterator[tuple[int, int]]:
    whole, rest = divmod(last + 1 - first, length)
    joined = rest if rest < SHORTEST_REMAINDER else 0
    for index in range(whole):
        start = first + index * length
        yield start, start + length - 1 + (joined if index == whole - 1 else 0)
    if rest > joined:
        yield last + 1 - length, last


def date_windows(post: Poster) -> Iterator[tuple[int, int]]:
    """First and last day of each stretch of `days`: any, `weeks_only` from a weekday, or `within_blocks`."""
    row, book = post.row, post.book
    length = row.number("days")
    if row.choice("within_blocks"):
        for first, last in book.blocks:
            for start in range(first, max(first, last + 1 - length) + 1):
                yield start, min(start + length - 1, last)
        return
    first = min(first for first, _ in book.horizons)
    last = max(last for _, last in book.horizons)
    earliest = max(first + 1 - length, -book.calendar.BEFORE)
    latest = min(last, book.calendar.days + book.calendar.AFTER - 1 - length)
    for start in range(earliest, latest + 1):
        if not row.choice("weeks_only") or book.calendar.weekday(start) == row.number("first_weekday"):
            yield start, start + length - 1
