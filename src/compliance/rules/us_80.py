"""US-80: at most 80 hours a week, averaged over the window (CPR VI.F.1 / 6.20)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.windows import AveragingWindow
from src.compliance.rules.wording import hours, place, plain, remarks
from src.interchange.schedule import Severity


def us_80(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window; a failure where there are more than the weekly hours on average of its counted days.

    Minutes are those of the union of counted entries inside the window; excluded dates hold none.
    """
    weekly = view.parameters.weekly_minutes
    for window in view.windows:
        worked = view.hours.minutes_between(window.start, window.end)
        if 7 * worked <= weekly * window.counted_days:
            yield Passed(
                window.start,
                window.end,
                7 * worked,
                weekly * window.counted_days,
                "hours a week",
                60 * window.counted_days,
            )
            continue
        value = hours(7 * worked, divisor=window.counted_days, rounded_up=True)
        limit = hours(weekly, rounded_up=True)
        yield Failure(
            severity=Severity.INFO if window.is_small else rule.severity,
            start=window.start,
            end=window.end,
            value=value,
            limit=limit,
            unit="hours a week",
            duties=touching(view.hours_duties, window.start, window.end),
            message=f"{view.person.person} worked {value} h a week {place(window)},"
            f" {plain(value - limit)} h over the {limit} h of {rule.clause}{remarks(window)}",
            weekly_hours=_slices(view, window, view.hours),
        )


def _slices(view: PersonView, window: AveragingWindow, worked: MergedTime) -> tuple[Decimal, ...]:
    """Hours in each seven days of the window, from its first day; the last may be shorter."""
    start_of = view.facts.calendar.start_of
    edges = [*range(window.first_day, window.last_day + 1, 7), window.last_day + 1]
    return tuple(
        hours(worked.minutes_between(start_of(first), start_of(after)), rounded_up=True)
        for first, after in pairwise(edges)
    )
