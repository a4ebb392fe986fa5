"""US-80 and US-88: weekly hours, averaged over the window (CPR VI.F.1 / 6.20; exceptions: VI.F.4.c / 6.24).

A window without an excepted date is judged by US-80. One with such dates is judged by US-88 alone, where the
pack has that rule: against 88 hours or what was approved when all its dates are excepted, else against the
mean of the limits of its counted dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from src.compliance.rules.averaged import hours_of_window
from src.compliance.rules.failure import Judged
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.windows import AveragingWindow


def us_80(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window; a failure where there are more than the weekly hours on average of its counted days.

    Minutes are those of the union of counted entries inside the window; excluded dates hold none.
    """
    weekly = view.parameters.weekly_minutes
    for window in view.windows:
        if not (view.exceptions_hold and view.exceptions.days_in(window)):
            yield hours_of_window(view, rule, window, view.hours, view.hours_duties, weekly)


def us_88(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window with excepted dates; a failure where there are more hours than their mean limit."""
    if not view.exceptions.approved_by_day:
        return
    for window in view.windows:
        days = view.exceptions.days_in(window)
        if days:
            limit = _limit_times_days(view, rule, window, days)
            yield hours_of_window(
                view, rule, window, view.hours, view.hours_duties, limit, limit_days=window.counted_days
            )


def _limit_times_days(view: PersonView, rule: Rule, window: AveragingWindow, days: Sequence[int]) -> int:
    """The sum of the weekly limits of the window's counted dates."""
    weekly = view.parameters.weekly_minutes
    most = min(rule.number("most_minutes"), weekly * (100 + rule.number("most_percent")) // 100)
    approved = view.exceptions.approved_by_day
    excepted = sum(max(weekly, min(most, approved[day])) for day in days)
    return excepted + weekly * (window.counted_days - len(days))
