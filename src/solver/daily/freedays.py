"""Free days: US-FREE7, hard and as an advisory (duty-hour-rules.md, D5).

A free period is 24 hours without duty inside a window and outside its excluded dates. Any gap holds as many
as fit from its start, so only instants at which a gap can start are candidates, and whole days after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from src.solver.daily.duties import BREAKS_FREE_DAY
from src.solver.daily.linear import FREE, ONE, Expr, Tag, of
from src.solver.daily.objective import Objective
from src.solver.daily.presence import Item, PersonDraft
from src.solver.daily.windows import Window
from src.solver.problem import Limits

_LONGEST_CHAIN = 4
"""How many whole days after the start of a gap are tried; a longer chain counts less than it might."""


def require_free_days(
    draft: PersonDraft,
    windows: Sequence[Window],
    excluded: frozenset[int],
    limits: Limits,
    objective: Objective,
) -> None:
    """At least floor(counted / 7) free periods in every window; fewer than the ceiling is an advisory."""
    breaking = [item for item in draft.items if item.duty_type in BREAKS_FREE_DAY]
    for window in windows:
        least = window.counted // 7
        advised = least if window.is_whole_month else -(-window.counted // 7)
        settled = 0
        periods: list[Expr] = []
        for piece in pieces_of(draft, window.first, window.last, excluded):
            sure, more = free_periods(draft, breaking, piece, limits.free_period_minutes)
            settled += sure
            periods += more
        tag = Tag("US-FREE7", draft.id, window.first, window.last)
        draft.model.add([(period, 1) for period in periods], least - settled, FREE, tag)
        if advised > least and settled < advised and "advisories" in objective:
            _advise(draft, window, periods, (advised - settled, advised - least), objective)


def _advise(
    draft: PersonDraft,
    window: Window,
    periods: Sequence[Expr],
    wanted: tuple[int, int],
    objective: Objective,
) -> None:
    """`wanted` periods are advised, so many of which may be missing at the price of one advisory."""
    if not periods:
        objective.count("advisories", ONE)
        return
    advised, missing = wanted
    short = of(draft.model.derived(draft.index, window.first, periods))
    draft.model.add([*((period, 1) for period in periods), (short, missing)], advised, FREE)
    objective.count("advisories", short)


def free_periods(
    draft: PersonDraft,
    items: Sequence[Item],
    piece: tuple[int, int],
    length: int,
    *,
    thorough: bool = False,
) -> tuple[int, list[Expr]]:
    """The free periods between two instants: how many are sure, and truth values of those there may be.

    `items` are what breaks them, in order of start; `length` is in minutes. No two periods overlap. A
    thorough search counts stretches that nothing can break however long they are.
    """
    settled = 0
    periods: list[Expr] = []
    for start, end, inside in _gaps(draft, items, *piece):
        if inside:
            periods += _free_periods(draft, start, end, inside, length, thorough=thorough)
        else:
            settled += (end - start) // length
    return settled, periods


def pieces_of(
    draft: PersonDraft, window_first: int, window_last: int, excluded: frozenset[int]
) -> Iterator[tuple[int, int]]:
    """The stretches from the first to the last day between excluded dates, as instants."""
    calendar = draft.year.shared.calendar
    first: int | None = None
    for day in range(window_first, window_last + 2):
        inside = day <= window_last and day not in excluded
        if inside and first is None:
            first = day
        elif not inside and first is not None:
            yield calendar.midnight(first), calendar.midnight(day)
            first = None


def _gaps(
    draft: PersonDraft, items: Sequence[Item], start: int, end: int
) -> Iterator[tuple[int, int, list[Item]]]:
    """The stretches between what is always worked, each with what may be worked in it."""
    open_from = start
    inside: list[Item] = []
    for item in draft.between(items, start, end):
        if item.end <= open_from:
            continue
        if item.worked == ONE:
            if item.start > open_from:
                yield open_from, item.start, [each for each in inside if each.start < item.start]
            open_from = item.end
            inside = [each for each in inside if each.end > open_from]
        else:
            inside.append(item)
    if open_from < end:
        yield open_from, end, inside


def _instants(
    draft: PersonDraft, start: int, end: int, items: Sequence[Item], day: int, *, thorough: bool
) -> list[int]:
    """Where free periods of a gap are looked for: as it begins, and whole days after."""
    found: set[int] = set()
    for first in {start} | {item.end for item in items if start < item.end}:
        left = _LONGEST_CHAIN if first > start else 2 * _LONGEST_CHAIN
        instant = first
        while left > 0 and instant + day <= end:
            found.add(instant)
            if not thorough or draft.between(items, instant, instant + day):
                left -= 1
            instant += day
    return sorted(found)


def _free_periods(
    draft: PersonDraft, start: int, end: int, items: Sequence[Item], day: int, *, thorough: bool
) -> list[Expr]:
    """Truth values of the free periods of `day` minutes that may be counted between two instants."""
    starts = _instants(draft, start, end, items, day, thorough=thorough)
    calendar = draft.year.shared.calendar
    found: list[tuple[int, Expr]] = []
    for instant in starts:
        around = draft.between(items, instant - day, instant + 2 * day)
        within = [item for item in around if item.start < instant + day and instant < item.end]
        causes = [item.worked for item in around] or [item.worked for item in items]
        free = of(draft.model.derived(draft.index, calendar.day_of(instant), causes))
        for worked in {item.worked for item in within}:
            draft.model.forbid_all((free, worked))
        found.append((instant, free))
    for place, (instant, _) in enumerate(found):
        overlapping = [free for other, free in found[: place + 1] if other > instant - day]
        if len(overlapping) > 1:
            draft.model.add([(free, 1) for free in overlapping], -FREE, 1)
    return [free for _, free in found]
