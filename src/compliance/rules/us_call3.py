"""US-CALL3: in-house call no more often than every third night, averaged (CPR VI.F.7 / 6.27).

A call belongs to the local date of its start, or to the date before when it starts before 06:00 on the clock,
so that the split entries of one night are one call; it counts whole in the window that holds that date. Night
float and home call do not count. Calls on nights in a row are no matter as long as the average holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import place, remarks
from src.interchange.model import DutyType
from src.interchange.schedule import Severity
from src.quantities import count


def us_call3(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window; a failure where there are more call dates than a third of its counted days."""
    calendar, cut = view.facts.calendar, view.parameters.call_date_cut_minutes
    calls = view.days_of(DutyType.IN_HOUSE_CALL, lambda minute: calendar.day_by_cut(minute, cut))
    if not calls:
        return
    every = view.parameters.call_every_days
    for window in view.windows:
        dates = [day for day in calls if window.first_day <= day <= window.last_day]
        limit = window.counted_days // every
        if every * len(dates) <= window.counted_days:
            yield Passed(window.start, window.end, len(dates), limit, "calls")
            continue
        yield Failure(
            severity=Severity.INFO if window.is_informative else rule.severity,
            start=window.start,
            end=window.end,
            value=Decimal(len(dates)),
            limit=Decimal(limit),
            unit="calls",
            duties=tuple(duty for day in dates for duty in calls[day]),
            message=f"{view.person.person} had {count(len(dates), 'in-house call')} {place(window)},"
            f" {len(dates) - limit} more than {rule.clause} allows in"
            f" {count(window.counted_days, 'counted day')}{remarks(window)}",
            remedy=f"Give {count(len(dates) - limit, 'call')} {place(window)} to somebody else.",
        )
