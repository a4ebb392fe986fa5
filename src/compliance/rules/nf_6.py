"""NF-6: at most six nights of night float in a row (2011 CPR VI.G.6; advisory unless a pack says otherwise).

A night belongs to the local date of its start; both its dates are never counted. Runs cross rotations, blocks
and years.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import day_range, day_ranges
from src.interchange.model import DutyType


def nf_6(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each run of nights on consecutive start dates; a failure where there are more than allowed."""
    most = view.parameters.max_nights_in_row
    nights = view.days_of(DutyType.NIGHT_FLOAT, view.facts.calendar.day_of)
    for run in runs_of_days(sorted(nights)):
        duties = tuple(duty for date in run for duty in nights[date])
        if len(run) <= most:
            end = max(duty.end for duty in duties)
            yield Passed(duties[0].start, end, len(run), most, "nights")
            continue
        yield Failure(
            severity=rule.severity,
            start=duties[0].start,
            end=max(duty.end for duty in duties),
            value=Decimal(len(run)),
            limit=Decimal(most),
            unit="nights",
            duties=duties,
            message=f"{view.person.person} had {len(run)} nights of night float in a row,"
            f" {day_range(run[0], run[-1])}, {len(run) - most} more than the {most} of {rule.clause}",
            remedy=f"Free the night of {day_ranges(run[most :: most + 1])}.",
        )


def runs_of_days(days: list[int]) -> Iterator[list[int]]:
    """Dates in order as runs of consecutive ones."""
    run: list[int] = []
    for date in days:
        if run and date != run[-1] + 1:
            yield run
            run = []
        run.append(date)
    if run:
        yield run
