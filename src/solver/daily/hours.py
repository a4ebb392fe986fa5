"""Hours and calls per window: US-80 and US-CALL3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import time
from itertools import combinations

from src.interchange.model import DutyType
from src.solver.daily.calendar import Calendar
from src.solver.daily.duties import HOURS_COUNTED
from src.solver.daily.linear import FREE, ONE, Expr, Tag, of
from src.solver.daily.presence import Item, PersonDraft
from src.solver.daily.windows import Window
from src.solver.problem import Limits


def limit_hours(draft: PersonDraft, windows: Sequence[Window], limits: Limits) -> None:
    """US-80: 7 * minutes <= 80 * 60 * counted days, intervals cut at the window's edges."""
    calendar = draft.year.shared.calendar
    counted = [item for item in draft.items if item.duty_type in HOURS_COUNTED]
    for window in windows:
        start, end = calendar.midnight(window.first), calendar.midnight(window.last + 1)
        minutes: defaultdict[Expr, int] = defaultdict(int)
        for item in draft.between(counted, start, end):
            minutes[item.worked] += min(item.end, end) - max(item.start, start)
        most = limits.weekly_minutes * window.counted // 7
        tag = Tag("US-80", draft.id, window.first, window.last)
        draft.model.add(minutes.items(), -FREE, most, tag)


def limit_calls(draft: PersonDraft, windows: Sequence[Window], limits: Limits) -> None:
    """US-CALL3: dates of in-house calls in the window, at most every third counted day."""
    dates = _call_dates(draft, limits)
    for window in windows:
        calls = [
            (taken, 1)
            for day, parts in dates.items()
            if window.first <= day <= window.last
            for taken in parts
        ]
        tag = Tag("US-CALL3", draft.id, window.first, window.last)
        draft.model.add(calls, -FREE, window.counted // limits.call_every_days, tag)


def _call_dates(draft: PersonDraft, limits: Limits) -> dict[int, list[Expr]]:
    """By call date, truth values whose sum says whether an in-house call is taken on it.

    A call that starts before the cut (06:00) belongs to the night of the date before, and two calls of one
    night are one.
    """
    calls: defaultdict[int, list[Item]] = defaultdict(list)
    for item in draft.items:
        if item.duty_type is DutyType.IN_HOUSE_CALL:
            calls[_call_date(draft.year.shared.calendar, item.start, limits)].append(item)
    return {day: _any_of(draft, day, items) for day, items in sorted(calls.items())}


def _call_date(calendar: Calendar, start: int, limits: Limits) -> int:
    day = calendar.day_of(start)
    hours, minutes = divmod(limits.call_date_cut_minutes, 60)
    return day if start >= calendar.instant(day, time(hours, minutes)) else day - 1


def _any_of(draft: PersonDraft, day: int, items: Sequence[Item]) -> list[Expr]:
    """One truth value, or those of calls of which nobody takes two."""
    taken = list(dict.fromkeys(item.worked for item in items))
    if ONE in taken:
        return [ONE]
    if all(one.start < other.end and other.start < one.end for one, other in combinations(items, 2)):
        return taken
    some = of(draft.model.derived(draft.index, day, taken))
    for each in taken:
        draft.model.add([(some, 1), (each, -1)], 0, FREE)
    draft.model.add([(some, 1), *((each, -1) for each in taken)], -FREE, 0)
    return [some]
