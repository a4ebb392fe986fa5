"""US-HOME: at-home call not so frequent as to preclude rest (CPR VI.F.8.a / 6.28).

What can be counted of at-home call is judged elsewhere: its care counts to US-80, and a day with it is no
free day of US-FREE7. How often is too often the requirements do not say; a program may set a number a window.
A call belongs to the local date of its start, and counts whole in the window that holds that date.
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

UNIT = "home calls"


def us_home(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each window with at-home call; a failure where there is more of it than the program allows."""
    most = rule.known("home_call_max")
    calendar, cut = view.facts.calendar, view.parameters.call_date_cut_minutes
    calls = view.days_of(DutyType.HOME_CALL_AVAILABILITY, lambda minute: calendar.day_by_cut(minute, cut))
    if most is None or not calls:
        return
    for window in view.windows:
        dates = [day for day in calls if window.first_day <= day <= window.last_day]
        if len(dates) <= most:
            if dates:
                yield Passed(window.start, window.end, len(dates), most, UNIT)
            continue
        yield Failure(
            severity=Severity.INFO if window.is_informative else rule.severity,
            start=window.start,
            end=window.end,
            value=Decimal(len(dates)),
            limit=Decimal(most),
            unit=UNIT,
            duties=tuple(duty for day in dates for duty in calls[day]),
            message=f"{view.person.person} had {count(len(dates), 'at-home call')} {place(window)},"
            f" {len(dates) - most} more than the {most} the program allows under {rule.clause}"
            f"{remarks(window)}",
            remedy=f"Give {count(len(dates) - most, 'at-home call')} to somebody else.",
        )
