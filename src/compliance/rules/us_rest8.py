"""US-REST8: eight hours off between periods of work (CPR VI.F.2.a / 6.21, "should")."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView, starting_in
from src.compliance.rules.wording import hours, moment, plain


def us_rest8(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each gap between periods; a failure where it is shorter than the rest; never averaged.

    Gaps up to the merge gap lie inside a period, so they cannot show up here. The window is the gap; the
    entries are the last to end before it and the first to start after it.
    """
    least = view.parameters.min_rest_minutes
    for before, after in pairwise(view.rest_periods):
        gap = after.start - before.end
        if gap >= least:
            yield Passed(before.end, after.start, gap, least, "hours", 60, at_least=True)
            continue
        value, limit = hours(gap, rounded_up=False), hours(least, rounded_up=False)
        zone = view.facts.time_zone
        yield Failure(
            severity=rule.severity,
            start=before.end,
            end=after.start,
            value=value,
            limit=limit,
            unit="hours",
            duties=(
                *(d for d in starting_in(view.rest_duties, before.start, before.end) if d.end == before.end),
                *starting_in(view.rest_duties, after.start, after.start + 1),
            ),
            message=f"{view.person.person} had {value} h off between work that ended"
            f" {moment(before.end, zone)} and work that began {moment(after.start, zone)},"
            f" {plain(limit - value)} h short of the {limit} h of {rule.clause}",
            remedy=f"Start no earlier than {moment(before.end + least, zone)}.",
        )
