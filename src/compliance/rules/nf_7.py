"""NF-7: one day in seven is not averaged during night float (JGME 2011 monograph ch. 5; advisory).

In any 7 consecutive local dates on at least one of which a night float begins, a free period of 24 h must
begin. How that is read:

- A free period begins at every instant that at least 24 free hours follow, so a long gap covers dates in its
  middle; it need not end inside the 7 dates. Time before the first and after the last known entry is free.
- Leave is free time here: the rule is no average, so no date is excluded from it.
- Failing stretches of 7 dates that overlap are one finding; it rests on all that breaks a free day in them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from src.compliance.rules.calendar import LocalCalendar
from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.wording import day, day_range
from src.interchange.model import DutyType


def nf_7(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """A failure for each run of failing windows that overlap; each kept window from a night, if wanted."""
    calendar, length = view.facts.calendar, view.parameters.night_float_window_days
    nights = sorted(view.days_of(DutyType.NIGHT_FLOAT, calendar.day_of))
    if not nights:
        return
    if view.tells_kept:
        yield from _kept_windows(view, calendar, nights)
    for first, last in _failing_stretches(view, calendar, nights):
        start, end = calendar.start_of(first), calendar.start_of(last + 1)
        yield Failure(
            severity=rule.severity,
            start=start,
            end=end,
            value=Decimal(0),
            limit=Decimal(1),
            unit="free periods begun",
            duties=touching(view.busy_duties, start, end),
            message=f"{view.person.person} began no free period of 24 h in {last + 1 - first} days with"
            f" night float, {day_range(first, last)}; {rule.clause} asks for one in any {length}",
            remedy=f"Begin a free period of 24 h by {day(first + length - 1)}"
            f"{f', and one in any {length} days after it' if last + 1 - first >= 2 * length else ''}.",
        )


def _kept_windows(view: PersonView, calendar: LocalCalendar, nights: Sequence[int]) -> Iterator[Passed]:
    """The windows of 7 dates from a night on in which a free period begins, and on how many dates."""
    length, free, gaps = view.parameters.night_float_window_days, view.parameters.free_period_minutes, 0
    for night in nights:
        if not calendar.first_day <= night <= calendar.last_day + 1 - length:
            continue
        start, end = calendar.start_of(night), calendar.start_of(night + length)
        while view.free_gaps[gaps][1] - free < start:
            gaps += 1
        begun = sum(
            1
            for day in range(night, night + length)
            if any(
                gap_start < calendar.start_of(day + 1) and calendar.start_of(day) <= gap_end - free
                for gap_start, gap_end in view.free_gaps[gaps : gaps + length]
            )
        )
        if begun:
            yield Passed(start, end, begun, 1, "free periods begun", at_least=True)


def _failing_stretches(
    view: PersonView, calendar: LocalCalendar, nights: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """First and last date of each run of overlapping windows that fail."""
    length, free = view.parameters.night_float_window_days, view.parameters.free_period_minutes
    for (_, gap_end), (next_gap_start, _) in pairwise(view.free_gaps):
        # No free period begins after `gap_end - free` and before `next_gap_start`.
        first = _first_day_from(calendar, gap_end - free + 1)
        after = _first_day_from(calendar, next_gap_start + 1) - 1  # the first date not wholly before it
        stretch: tuple[int, int] | None = None
        for night in nights[bisect_left(nights, first) : bisect_left(nights, after)]:
            low, high = max(first, night - length + 1), min(after - length, night)  # first dates that fail
            if low > high:
                continue
            if stretch is not None and low > stretch[1]:
                yield stretch
                stretch = None
            stretch = (low if stretch is None else stretch[0], high + length - 1)
        if stretch is not None:
            yield stretch


def _first_day_from(calendar: LocalCalendar, minute: int) -> int:
    """The first date that begins at that minute or later; the calendar's edges where it holds none."""
    day = calendar.day_of(minute - 1)
    if day is None:
        return (
            calendar.first_day if minute <= calendar.start_of(calendar.first_day) else calendar.last_day + 1
        )
    return day + 1
