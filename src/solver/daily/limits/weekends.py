"""Weekends: how often they are worked, how many stay free, how many in a row do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from src.solver.daily.limits.book import MINUTES_A_DAY, Poster
from src.solver.daily.linear import Expr
from src.solver.daily.presence import Item


def weekend_frequency(post: Poster) -> None:
    """At most one weekend in `one_in` of those that are known is worked, in whole numbers."""
    for first, last in post.book.horizons:
        saturdays = [day for day in post.book.saturdays if first <= day and day + 1 <= last]
        touched = _touched(post, _items(post), saturdays)
        _limit(post, touched.values(), len(saturdays) // post.row.number("one_in", 1), first, last)


def free_weekends(post: Poster) -> None:
    """`least` weekends of each academic block free, half of them where there are fewer than four.

    A weekend belongs to the block of its Saturday; one that leave touches is not looked at.
    """
    leave = post.book.leave
    for first, last in post.book.blocks:
        saturdays = [
            day
            for day in post.book.saturdays
            if first <= day <= last and day not in leave and day + 1 not in leave
        ]
        least = min(post.row.number("least"), len(saturdays) // 2)
        touched = _touched(post, post.book.busy, saturdays)
        _limit(post, touched.values(), len(saturdays) - least, first, last)


def worked_weekends(post: Poster) -> None:
    """At most `most` weekends of each academic block are worked, by their Saturday."""
    for first, last in post.book.blocks:
        saturdays = [day for day in post.book.saturdays if first <= day <= last]
        touched = _touched(post, _items(post), saturdays)
        _limit(post, touched.values(), post.row.number("most"), first, last)


def weekends_in_row(post: Poster) -> None:
    """At most `most` weekends in a row are worked, or on home call where `home_call_only`."""
    saturdays, most = post.book.saturdays, post.row.number("most")
    touched = _touched(post, _items(post), saturdays)
    for place in range(len(saturdays) - most):
        run = saturdays[place : place + most + 1]
        if all(day in touched for day in run):
            reach = range(run[0] - 1, run[-1] + 3)
            if not post.book.solved.isdisjoint(reach):
                _limit(post, [touched[day] for day in run], most, run[0], run[-1] + 1)


def _limit(post: Poster, touched: Iterable[Expr], most: int, first: int, last: int) -> None:
    parts = [(each, 1) for each in touched]
    if len(parts) > most:
        post.limit(parts, most, first, last)


def _items(post: Poster) -> Sequence[Item]:
    """What makes a weekend worked."""
    if post.row.choice("home_call_only"):
        return post.book.on_calls
    return post.book.busy if post.row.choice("on_call_counts") else post.book.hours


def _touched(post: Poster, items: Sequence[Item], saturdays: Sequence[int]) -> dict[int, Expr]:
    """By Saturday, where there may be duty on its weekend: whether there is."""
    by_day: dict[int, list[Item]] = {}
    calendar = post.book.calendar
    for item in items:
        for day in range(calendar.day_of(item.start), calendar.end_day(item.end) + 1):
            by_day.setdefault(day, []).append(item)
    found: dict[int, Expr] = {}
    for saturday in saturdays:
        start, end = _edges(post, saturday)
        inside = dict.fromkeys(
            item
            for day in range(saturday - 1, saturday + 3)
            for item in by_day.get(day, ())
            if item.start < end and start < item.end
        )
        touched = post.book.any_of(saturday, [item.worked for item in inside])
        if touched is not None:
            found[saturday] = touched
    return found


def _edges(post: Poster, saturday: int) -> tuple[int, int]:
    """When a weekend begins and ends, by the row's clock."""
    row, at = post.row, post.book.at
    if row.has("friday_from_minute"):
        begin, finish = row.number("friday_from_minute"), row.number("monday_until_minute")
        start = at(saturday - 1, begin) if begin < MINUTES_A_DAY else at(saturday, 0)
        return start, at(saturday + 2, finish)
    return (
        at(saturday, row.number("saturday_from_minute")),
        at(saturday + 1, row.number("sunday_until_minute")),
    )
