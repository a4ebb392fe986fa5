"""Rest: between shifts, in each 24 hours, in each week or two."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from src.solver.daily.freedays import free_periods, pieces_of
from src.solver.daily.limits.book import MINUTES_A_DAY, Poster
from src.solver.daily.limits.windows import Stretch, Windows
from src.solver.daily.linear import ONE, ZERO, Expr, of
from src.solver.daily.presence import Item

H24 = 1
"""What `free_basis` says where a free day is so many hours, and no local date."""


def rest_between_shifts(post: Poster) -> None:
    """The gap between each shift and the next at least `minutes`."""
    _rest_between(post, post.row.number("minutes"))


def rest_between(post: Poster) -> None:
    """The same with the pack's own number."""
    _rest_between(post, post.row.number("min_rest_minutes"))


def _rest_between(post: Poster, rest: int) -> None:
    items = [item for item in post.book.rest if post.speaks_of(item.day)]
    starts = [item.start for item in items]
    gap = post.row.number("merge_gap_minutes")
    all_items, all_starts = post.book.rest, [item.start for item in post.book.rest]
    for item in items:
        first, last = bisect_right(starts, item.end + gap), bisect_left(starts, item.end + rest)
        for later in items[first:last]:
            if not post.is_in_question((item, later)) or item.worked == later.worked.negated:
                continue
            near = all_items[bisect_left(all_starts, item.start) : bisect_left(all_starts, later.start)]
            between = [
                each.worked
                for each in near
                if each is not item and each.end > item.end and each.end <= later.start
            ]
            post.forbid((item.worked, later.worked), item.day, later.day, between)


def rest_in_each_day(post: Poster) -> None:
    """In the 24 hours from where work begins a rest of `minutes` in a row."""
    rest, gap = post.row.number("minutes"), post.row.number("merge_gap_minutes")
    items = post.book.hours
    starts = [item.start for item in items]
    by_end = sorted(items, key=lambda item: item.end)
    ends = [item.end for item in by_end]
    known: dict[int, Expr] = {}
    for item in items:
        before = by_end[bisect_left(ends, item.start - gap) : bisect_right(ends, item.start)]
        earlier = [other.worked for other in before if other.start < item.start]
        until = item.start + MINUTES_A_DAY
        inside = items[bisect_left(starts, item.start) : bisect_left(starts, until)]
        if ONE in earlier or item.worked in earlier or not post.is_in_question(inside):
            continue
        instants = sorted({each.end for each in inside if each.end + rest <= until})
        for instant in instants:
            if instant not in known:
                known[instant] = _free(post, items, starts, instant, rest)
        rests = [known[instant] for instant in instants]
        if ONE not in rests:
            some = [each for each in rests if each != ZERO]
            post.forbid([item.worked], item.day, item.day + 1, some, (item.start, until))


def _free(post: Poster, items: Sequence[Item], starts: Sequence[int], start: int, length: int) -> Expr:
    """A truth value that can hold only where nothing is worked for so long from an instant on."""
    first = bisect_left(starts, start - 7 * MINUTES_A_DAY)
    last = bisect_left(starts, start + length)
    within = list(dict.fromkeys(item.worked for item in items[first:last] if item.end > start))
    if ONE in within:
        return ZERO
    if not within:
        return ONE
    draft = post.book.draft
    free = of(draft.model.derived(draft.index, post.book.calendar.day_of(start), within))
    for worked in within:
        draft.model.forbid_all((free, worked))
    return free


def rests_in_period(post: Poster) -> None:
    """`rests` of `rest_minutes` in each `days` from a `first_weekday`, free of on-call where asked for."""
    row, book = post.row, post.book
    items = book.busy if row.choice("free_of_on_call") else book.hours
    length = row.number("days")
    for first, last in book.horizons:
        begin = first - (book.calendar.weekday(first) - row.number("first_weekday")) % 7
        for day in range(begin, last + 1, length):
            _demand_rests(post, items, day, length, row.number("rest_minutes"), row.number("rests"))


def free_each_week(post: Poster) -> None:
    """A free period in each week that lies wholly in the year, from the weekday `week_start` on."""
    book, length = post.book, post.row.number("free_period_minutes")
    begin = (post.row.number("week_start") - book.calendar.weekday(0)) % 7
    for day in range(begin, book.calendar.days - 6, 7):
        _demand_rests(post, book.busy, day, 7, length, 1)


def _demand_rests(post: Poster, items: Sequence[Item], day: int, days: int, rest: int, wanted: int) -> None:
    calendar = post.book.calendar
    start, end = calendar.midnight(day), calendar.midnight(day + days)
    if not post.is_in_question(item for item in items if item.start < end and start < item.end):
        return
    settled, rests = free_periods(post.book.draft, items, (start, end), rest, thorough=True)
    post.demand([(each, 1) for each in rests], wanted - settled, day, day + days - 1)


def free_days(post: Poster) -> None:
    """One free day in `free_period_every_days` counted days of each window: so many hours, or local dates."""
    row, book = post.row, post.book
    windows = Windows(post)
    for window in windows.judged():
        if window.is_small or book.solved.isdisjoint(range(window.first, window.last + 1)):
            continue
        least = window.counted // row.number("free_period_every_days", 7)
        counted = [day for day in range(window.first, window.last + 1) if day not in windows.excluded()]
        if row.number("free_basis", H24) == H24:
            settled, free = _free_periods(post, window, windows.excluded())
        else:
            settled, free = _free_dates(post, counted)
        post.demand(free, least - settled, window.first, window.last)


def _free_periods(
    post: Poster, window: Stretch, excluded: frozenset[int]
) -> tuple[int, list[tuple[Expr, int]]]:
    book, length = post.book, post.row.number("free_period_minutes")
    edge = post.row.number("window_edge_minutes")
    start, end = book.at(window.first, edge), book.at(window.last + 1, edge)
    settled, free = 0, list[Expr]()
    for piece in pieces_of(book.draft, window.first, window.last + bool(edge), excluded):
        inside = max(piece[0], start), min(piece[1], end)
        if inside[0] < inside[1]:
            sure, more = free_periods(book.draft, book.busy, inside, length, thorough=True)
            settled += sure
            free += more
    return settled, [(each, 1) for each in free]


def _free_dates(post: Poster, days: Sequence[int]) -> tuple[int, list[tuple[Expr, int]]]:
    calendar, settled, worked = post.book.calendar, len(days), list[Expr]()
    for day in days:
        start, end = calendar.midnight(day), calendar.midnight(day + 1)
        items = [item.worked for item in post.book.busy if item.start < end and start < item.end]
        busy = post.book.any_of(day, items)
        if busy is not None:
            worked.append(busy)
    return settled, [(each, -1) for each in worked]
