"""US-REST14: fourteen hours off after 24 hours of in-house call (CPR VI.F.2.b / 6.21.a)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView, starting_in
from src.compliance.rules.wording import hours, moment, plain


def us_rest14(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The gap after each period of at least 24 h with in-house call; a failure where work follows too soon.

    The clock starts when the resident leaves: at the end of the period, hand-over included. Night float and
    home call do not trigger it; windows, blocks and years do not matter.
    """
    trigger, least = view.parameters.rest_after_call_trigger_minutes, view.parameters.rest_after_call_minutes
    for period, following in pairwise(view.periods):
        if not period.has_in_house_call or period.length < trigger:
            continue
        gap = following.start - period.end
        if gap >= least:
            yield Passed(period.end, following.start, gap, least, "hours", 60, at_least=True)
            continue
        value, limit = hours(gap, rounded_up=False), hours(least, rounded_up=False)
        worked = hours(period.length, rounded_up=False)
        zone = view.facts.time_zone
        yield Failure(
            severity=rule.severity,
            start=period.end,
            end=following.start,
            value=value,
            limit=limit,
            unit="hours",
            duties=(
                *starting_in(view.work_duties, period.start, period.end),
                *starting_in(view.work_duties, following.start, following.start + 1),
            ),
            message=f"{view.person.person} had {value} h off after {worked} h with in-house call that ended"
            f" {moment(period.end, zone)} (next work {moment(following.start, zone)}),"
            f" {plain(limit - value)} h short of the {limit} h of {rule.clause}",
            remedy=f"Start no earlier than {moment(period.end + least, zone)}.",
        )
