"""US-MOON: PGY-1 residents do not moonlight (CPR VI.F.5 / 6.25). Its hours count to US-80 for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.duty_types import MOONLIGHTING
from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import hours, moment


def us_moon(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each moonlighting entry of someone whose PGY may not, however short, as a failure; else their year."""
    pgy = view.person.pgy
    if pgy is None or pgy >= view.parameters.moonlighting_min_pgy:
        return
    entries = [duty for duty in view.person.duties if duty.type in MOONLIGHTING]
    if not entries:
        start_of, facts = view.facts.calendar.start_of, view.facts
        start, end = facts.year_start_date.toordinal(), facts.year_end_date.toordinal() + 1
        yield Passed(start_of(start), start_of(end), 0, 0, "hours", 60)
    for duty in entries:
        value = hours(duty.end - duty.start, rounded_up=True)
        yield Failure(
            severity=rule.severity,
            start=duty.start,
            end=duty.end,
            value=value,
            limit=Decimal(0),
            unit="hours",
            duties=(duty,),
            message=f"{view.person.person} moonlighted for {value} h from"
            f" {moment(duty.start, view.facts.time_zone)}; {rule.clause} forbids it to PGY-{pgy}",
        )
