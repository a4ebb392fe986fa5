"""NY-FREE: one free period of 24 hours in every week, not averaged (10 NYCRR 405.4, as MedHub judges it).

Weeks begin on the pack's day of the week at local midnight; those that lie wholly in the year are judged.
Leave is not left out: a day off is a day off. A free period counts in the week that holds all 24 hours of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.windows import AveragingWindow
from src.compliance.rules.wording import day_range


def free_each_week(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each week of the year; a failure where no free period lies in it."""
    facts, first_weekday = view.facts, rule.number("week_start")
    first, last = facts.year_start_date.toordinal(), facts.year_end_date.toordinal()
    # The ordinal 1 was a Monday (0).
    monday_based = (first - 1) % 7
    for day in range(first + (first_weekday - monday_based) % 7, last - 5, 7):
        start, end = facts.calendar.start_of(day), facts.calendar.start_of(day + 7)
        week = AveragingWindow(None, day, 7, start, end, (), is_small=False)
        free = sum(piece.days for piece in view.free_pieces_of(week))
        if free:
            yield Passed(start, end, free, 1, "free days", at_least=True)
            continue
        yield Failure(
            severity=rule.severity,
            start=start,
            end=end,
            value=Decimal(0),
            limit=Decimal(1),
            unit="free days",
            duties=touching(view.busy_duties, start, end),
            message=f"{view.person.person} had no free period of 24 h in the week {day_range(day, day + 6)};"
            f" {rule.clause} asks for one in every week",
            remedy="Free one 24 h period in this week.",
        )
