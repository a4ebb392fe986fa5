"""Reference windows: the dates over which hours are averaged outside the United States."""

from __future__ import annotations

from collections.abc import Iterator

from src.compliance.rules.international.book import Book, place_of
from src.compliance.rules.model import Rule

_SHORTEST_REMAINDER = 7


def reference_windows(book: Book, rule: Rule) -> Iterator[tuple[int, int]]:
    """First and last date of each window of `reference_days` within the horizon.

    With `by_block` these are the academic blocks. With `rolling` a window begins on every date. Else windows
    follow one another from the first date; a remainder of at least a week is judged as part of the last
    `reference_days` dates, a shorter one joins the last window. A horizon that is no longer than the
    reference is one window. A rule on one kind of place is judged in the windows by rotation there instead,
    those with few counted days left out.
    """
    place = place_of(rule)
    if place is not None:
        for window in book.view.rotation_windows:
            if book.view.care_of_rotation(window.rotation) is place and not window.is_small:
                yield window.first_day, window.last_day
        return
    if "by_block" in rule.parameters and rule.choice("by_block"):
        yield from book.blocks
        return
    first, last = book.horizon
    length = rule.number("reference_days")
    if last + 1 - first <= length:
        yield first, last
    elif rule.choice("rolling"):
        for start in range(first, last + 2 - length):
            yield start, start + length - 1
    else:
        yield from _one_after_another(first, last, length)


def _one_after_another(first: int, last: int, length: int) -> Iterator[tuple[int, int]]:
    whole, rest = divmod(last + 1 - first, length)
    joined = rest if rest < _SHORTEST_REMAINDER else 0
    for index in range(whole):
        start = first + index * length
        yield start, start + length - 1 + (joined if index == whole - 1 else 0)
    if rest > joined:
        yield last + 1 - length, last
