"""Calls: how many in a window, how close together, how heavy.

A call belongs to the local date of its start, or to the date before where it starts before the cut; two
calls of one night are one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from src.interchange.model import DutyType
from src.solver.daily.limits.book import SATURDAY, Poster
from src.solver.daily.limits.windows import Stretch, Windows, date_windows
from src.solver.daily.linear import Expr
from src.solver.daily.presence import Item
from src.solver.limit_rows import LimitRow

KINDS = {
    "in_house": DutyType.IN_HOUSE_CALL,
    "home_call": DutyType.HOME_CALL_AVAILABILITY,
    "night_float": DutyType.NIGHT_FLOAT,
}
WORKING_WEEK = 5
SUNDAY = 6
_ROW = re.compile(r"days_(\d+)_to_(\d+)")

Taken = Mapping[int, Expr]
"""By call date: whether there is a call."""


def _items(post: Poster, *types: DutyType) -> dict[int, list[Item]]:
    """Calls of the types by call date."""
    calendar, cut = post.book.calendar, post.row.number("call_date_cut_minutes")
    by_start = post.row.choice("by_start_date")
    found: defaultdict[int, list[Item]] = defaultdict(list)
    for item in post.book.draft.items:
        if item.duty_type in types:
            day = calendar.day_of(item.start)
            is_early = not by_start and item.start < post.book.at(day, cut)
            found[day - is_early].append(item)
    return dict(sorted(found.items()))


def _types(post: Poster) -> tuple[DutyType, ...]:
    return tuple(kind for name, kind in KINDS.items() if post.row.choice(name))


def _taken(post: Poster, *types: DutyType) -> dict[int, Expr]:
    found: dict[int, Expr] = {}
    for day, items in _items(post, *types).items():
        taken = post.book.any_of(day, [item.worked for item in items])
        if taken is not None:
            found[day] = taken
    return found


def _within(taken: Taken, first: int, last: int) -> list[tuple[Expr, int]]:
    return [(expr, 1) for day, expr in taken.items() if first <= day <= last]


def _touches(post: Poster, first: int, last: int) -> bool:
    return not post.book.solved.isdisjoint(range(first, last + 1))


def calls_by_share(post: Poster) -> None:
    """One call in `every` counted days: half a call is rounded up, any part of one where `round_up`."""
    every, is_up = post.row.number("every"), post.row.choice("round_up")

    def most(numbers: Sequence[int]) -> int:
        days = sum(numbers)
        return -(-days // every) if is_up else (2 * days + every) // (2 * every)

    _limit_windows(post, most)


def calls_by_table(post: Poster) -> None:
    """Calls by the table row of the counted days: `days_23_to_26` and so on; other numbers are not judged."""
    table = _table(post.row)

    def most(numbers: Sequence[int]) -> int | None:
        rows = [table[days] for days in numbers if days in table]
        return sum(rows) if len(rows) == len(numbers) else None

    _limit_windows(post, most)


def _table(row: LimitRow) -> dict[int, int]:
    return {
        days: number
        for name, number in row.numbers
        if (found := _ROW.fullmatch(name))
        for days in range(int(found[1]), int(found[2]) + 1)
    }


def _limit_windows(post: Poster, most_of: Callable[[Sequence[int]], int | None]) -> None:
    taken = _taken(post, *_types(post))
    windows = Windows(post)
    counted = _without_weekends_of_leave(post) if post.row.choice("leave_takes_weekends") else None
    for together in _averaged_together(post.row, windows.judged()):
        if together[0].is_small:
            continue
        first, last = together[0].first, together[-1].last
        most = most_of([one.counted if counted is None else counted(one) for one in together])
        if not _touches(post, first, last):
            continue
        if most is not None:
            post.limit(_within(taken, first, last), most, first, last)
        if most is not None and len(together) > 1 and post.row.number("most_in_window"):
            for one in together:
                parts = _within(taken, one.first, one.last)
                post.limit(parts, post.row.number("most_in_window"), one.first, one.last)


def _averaged_together(row: LimitRow, windows: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """Windows by themselves, or up to `average_windows` of one stretch of a rotation together."""
    most = row.number("average_windows", 1)
    together: list[Stretch] = []
    for window in windows:
        goes_on = (
            together
            and len(together) < most
            and window.rotation == together[-1].rotation
            and window.first == together[-1].last + 1
            and not (window.is_small or together[-1].is_small or window.is_block)
        )
        if together and not goes_on:
            yield together
            together = []
        together.append(window)
    if together:
        yield together


def _without_weekends_of_leave(post: Poster) -> Callable[[Stretch], int]:
    """Days that are no leave, and no weekend beside five working days of it.

    A weekend there that is worked would count; it is left out all the same, which allows no call more.
    """
    calendar, leave = post.book.calendar, post.book.leave
    gone = set(leave)
    run: list[int] = []
    for day in [*(day for day in sorted(leave) if calendar.weekday(day) < SATURDAY), None]:
        if run and (day is None or day != run[-1] + (1 if calendar.weekday(run[-1]) < SATURDAY - 1 else 3)):
            if len(run) >= WORKING_WEEK:
                before = 2 if calendar.weekday(run[0]) == 0 else 0
                after = 2 if calendar.weekday(run[-1]) == SATURDAY - 1 else 0
                gone.update(range(run[0] - before, run[-1] + after + 1))
            run = []
        if day is not None:
            run.append(day)
    return lambda window: sum(day not in gone for day in range(window.first, window.last + 1))


def calls_weighted(post: Poster) -> None:
    """Home calls and in-house calls of a window together by weight, where it holds both kinds."""
    row, book = post.row, post.book
    home, inside = _taken(post, DutyType.HOME_CALL_AVAILABILITY), _taken(post, DutyType.IN_HOUSE_CALL)
    for window in Windows(post).judged():
        first, last = window.first, window.last
        at_home, in_house = _within(home, first, last), _within(inside, first, last)
        both = [book.any_of(first, [expr for expr, _ in some]) for some in (at_home, in_house)]
        if window.is_small or not _touches(post, first, last) or both[0] is None or both[1] is None:
            continue
        parts = [(expr, row.number("home_call_weight")) for expr, _ in at_home]
        parts += [(expr, row.number("in_house_weight")) for expr, _ in in_house]
        most = row.number("most") * window.counted // row.number("days")
        room = max(0, sum(weight for _, weight in parts) - most)
        parts += [(each, room) for each in both if each is not None]
        post.limit(parts, most + 2 * room, first, last)


def calls_apart(post: Poster) -> None:
    """Each call `least_days` after the last; a Saturday and its Sunday may pair where `weekend_may_pair`."""
    taken, row = _taken(post, *_types(post)), post.row
    for day, expr in taken.items():
        for later in range(day + 1, day + row.number("least_days")):
            is_pair = later == day + 1 and post.book.calendar.weekday(day) == SATURDAY
            if later not in taken or (is_pair and row.choice("weekend_may_pair")):
                continue
            if _touches(post, day, later):
                between = [taken[each] for each in range(day + 1, later) if each in taken]
                post.forbid((expr, taken[later]), day, later, between)


def call_spacing(post: Poster) -> None:
    """In-house calls at least `least_days` apart, whatever windows they are in."""
    taken, least = _taken(post, DutyType.IN_HOUSE_CALL), post.row.number("least_days")
    for day in taken:
        near = _within(taken, day, day + least - 1)
        if len(near) > 1 and _touches(post, day, day + least - 1):
            post.limit(near, 1, day, day + least - 1)


def calls_in_row(post: Poster) -> None:
    """Calls on at most `most` consecutive nights."""
    taken, most = _taken(post, *_types(post)), post.row.number("most")
    for day in taken:
        near = _within(taken, day, day + most)
        if len(near) > most and _touches(post, day, day + most):
            post.limit(near, most, day, day + most)


def calls_in_dates(post: Poster) -> None:
    """At most `most` calls in each stretch of `days`; with `by_period` every one counts, else every date."""
    row = post.row
    items = _items(post, *_types(post))
    taken = _taken(post, *_types(post))
    for first, last in date_windows(post):
        if not _touches(post, first, last):
            continue
        parts = _within(taken, first, last)
        if row.choice("by_period"):
            parts = [(item.worked, 1) for day, some in items.items() if first <= day <= last for item in some]
        if len(parts) > row.number("most"):
            post.limit(parts, row.number("most"), first, last)


def call_frequency(post: Poster) -> None:
    """In-house calls at most every `call_every_days`-th night on average of the row's windows."""
    taken = _taken(post, DutyType.IN_HOUSE_CALL)
    for window in Windows(post).judged():
        if not window.is_small and _touches(post, window.first, window.last):
            most = window.counted // post.row.number("call_every_days", 1)
            post.limit(_within(taken, window.first, window.last), most, window.first, window.last)
