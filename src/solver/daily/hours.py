"""Hours and calls per window: US-80 and US-CALL3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from src.interchange.model import DutyType
from src.solver.daily.duties import HOURS_COUNTED
from src.solver.daily.linear import FREE, Expr, Tag
from src.solver.daily.presence import PersonDraft
from src.solver.daily.windows import Window
from src.solver.problem import Limits


def limit_hours(draft: PersonDraft, windows: Sequence[Window], limits: Limits) -> None:
    """US-80: 7 * minutes <= 80 * 60 * counted days, intervals cut at the window's edges."""
    calendar = draft.year.shared.calendar
    for window in windows:
        start, end = calendar.midnight(window.first), calendar.midnight(window.last + 1)
        minutes: defaultdict[Expr, int] = defaultdict(int)
        for item in draft.items:
            inside = min(item.end, end) - max(item.start, start)
            if inside > 0 and item.duty_type in HOURS_COUNTED:
                minutes[item.worked] += inside
        most = limits.weekly_minutes * window.counted // 7
        tag = Tag("US-80", draft.id, window.first, window.last)
        draft.model.add(minutes.items(), -FREE, most, tag)


def limit_calls(draft: PersonDraft, windows: Sequence[Window], limits: Limits) -> None:
    """US-CALL3: in-house calls that start in the window, at most every third counted day."""
    calendar = draft.year.shared.calendar
    for window in windows:
        start, end = calendar.midnight(window.first), calendar.midnight(window.last + 1)
        calls = [
            (item.worked, 1)
            for item in draft.items
            if item.duty_type is DutyType.IN_HOUSE_CALL and start <= item.start < end
        ]
        tag = Tag("US-CALL3", draft.id, window.first, window.last)
        draft.model.add(calls, -FREE, window.counted // limits.call_every_days, tag)
