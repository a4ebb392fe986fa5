"""IM-NOAVG: in-house call every third night is not averaged: each call at least three days after the last.

Calls belong to dates as in US-CALL3. Windows, rotations, blocks and years do not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import day
from src.interchange.model import DutyType
from src.quantities import count


def call_spacing(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each two calls in a row; a failure where their dates are closer than allowed."""
    least = rule.known("least_days")
    if least is None:
        return
    calendar, cut = view.facts.calendar, view.parameters.call_date_cut_minutes
    calls = view.days_of(DutyType.IN_HOUSE_CALL, lambda minute: calendar.day_by_cut(minute, cut))
    for before, after in pairwise(sorted(calls)):
        duties = (*calls[before], *calls[after])
        start, end = duties[0].start, max(duty.end for duty in duties)
        if after - before >= least:
            yield Passed(start, end, after - before, least, "days", at_least=True)
            continue
        yield Failure(
            severity=rule.severity,
            start=start,
            end=end,
            value=Decimal(after - before),
            limit=Decimal(least),
            unit="days",
            duties=duties,
            message=f"{view.person.person} had in-house call on {day(before)} and on {day(after)},"
            f" {count(after - before, 'day')} apart, {least - after + before} fewer than the {least} of"
            f" {rule.clause}, which are not averaged",
            remedy=f"Take the call of {day(after)} no earlier than {day(before + least)}.",
        )
