"""Hours a week on average of a window, against a limit: what several rules share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.windows import AveragingWindow
from src.compliance.rules.wording import hours, place, plain, remarks
from src.interchange.schedule import Severity

UNIT = "hours a week"


def hours_of_window(
    view: PersonView,
    rule: Rule,
    window: AveragingWindow,
    worked: MergedTime,
    duties: list[Duty],
    weekly: int,
    *,
    limit_days: int = 1,
    what: str = "worked",
) -> Judged:
    """The window judged: its minutes of `worked` against a weekly limit.

    The limit is `weekly / limit_days` minutes a week, so that a mean of limits stays a whole number. The
    comparison is 7 * minutes against the limit times the counted days; nothing is divided.
    """
    days = window.counted_days
    minutes = worked.minutes_between(window.start, window.end)
    scaled, most = 7 * minutes * limit_days, weekly * days
    if scaled <= most:
        return Passed(window.start, window.end, scaled, most, UNIT, 60 * days * limit_days)
    value = hours(7 * minutes, divisor=days, rounded_up=True)
    limit = hours(weekly, divisor=limit_days, rounded_up=False)
    # The fewest whole minutes to leave out: 7 * (minutes - x) * limit_days must not exceed the limit.
    too_many = -(-(scaled - most) // (7 * limit_days))
    return Failure(
        severity=Severity.INFO if window.is_informative else rule.severity,
        start=window.start,
        end=window.end,
        value=value,
        limit=limit,
        unit=UNIT,
        duties=touching(duties, window.start, window.end),
        message=f"{view.person.person} {what} {value} h a week {place(window)},"
        f" {plain(value - limit)} h over the {limit} h of {rule.clause}{remarks(window)}",
        weekly_hours=_slices(view, window, worked),
        remedy=f"Take {hours(too_many, rounded_up=True)} h off {place(window)}.",
    )


def _slices(view: PersonView, window: AveragingWindow, worked: MergedTime) -> tuple[Decimal, ...]:
    """Hours in each seven days of the window, from its first day; the last may be shorter."""
    edges: Sequence[int] = [*range(window.first_day, window.last_day + 1, 7), window.last_day + 1]
    start_of = view.facts.calendar.start_of
    instants = [window.start, *(start_of(day) for day in edges[1:-1]), window.end]
    return tuple(
        hours(worked.minutes_between(start, end), rounded_up=True) for start, end in pairwise(instants)
    )
