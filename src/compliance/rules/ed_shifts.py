"""EM-12, NY-ED and EM-EQ: shifts in an emergency department, and the time off between them.

A shift is scheduled clinical time in the department without a gap longer than the merge gap: a morning and an
afternoon that follow each other are one. Hand-over and notes finished after it are not part of the shift, but
shorten the time off.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from src.compliance.rules.choices import Care
from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.timeline import WorkPeriod, work_periods
from src.compliance.rules.view import PersonView, starting_in
from src.compliance.rules.wording import hours, moment, plain


def ed_shift_length(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each shift in an emergency department; a failure where it is longer than allowed."""
    most = rule.known("most_minutes")
    if most is None:
        return
    duties = view.scheduled_care(Care.EMERGENCY)
    for shift in work_periods(duties, view.parameters.merge_gap_minutes):
        length = shift.end - shift.start
        if length <= most:
            yield Passed(shift.start, shift.end, length, most, "hours", 60)
            continue
        value, limit = hours(length, rounded_up=True), hours(most, rounded_up=False)
        since = moment(shift.start, view.facts.time_zone)
        yield Failure(
            severity=rule.severity,
            start=shift.start,
            end=shift.end,
            value=value,
            limit=limit,
            unit="hours",
            duties=starting_in(duties, shift.start, shift.end),
            message=f"{view.person.person} was scheduled in the ED for {value} h from {since},"
            f" {plain(value - limit)} h over the {limit} h of {rule.clause}",
            remedy=f"End the shift by {moment(shift.start + most, view.facts.time_zone)}.",
        )


def ed_equal_rest(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The time off between shifts in an emergency department; a failure where it is shorter than the first.

    It begins when the work around the shift ends, overrun included, and ends when the next shift begins.
    """
    percent = rule.known("percent_of_shift")
    if percent is None:
        return
    duties = view.scheduled_care(Care.EMERGENCY)
    for shift, following in pairwise(work_periods(duties, view.parameters.merge_gap_minutes)):
        left = min(max(shift.end, _end_of_work(view, shift)), following.start)
        gap, least = following.start - left, (shift.end - shift.start) * percent
        if 100 * gap >= least:
            yield Passed(left, following.start, 100 * gap, least, "hours", 6000, at_least=True)
            continue
        value, limit = hours(gap, rounded_up=False), hours(least, divisor=100, rounded_up=True)
        zone = view.facts.time_zone
        yield Failure(
            severity=rule.severity,
            start=left,
            end=following.start,
            value=value,
            limit=limit,
            unit="hours",
            duties=(
                *starting_in(duties, shift.start, shift.end),
                *starting_in(duties, following.start, following.start + 1),
            ),
            message=f"{view.person.person} had {value} h off before the ED shift of"
            f" {moment(following.start, zone)}, {plain(limit - value)} h short of the {limit} h that"
            f" the shift before it lasted ({rule.clause})",
            remedy=f"Start no earlier than {moment(left - (-least // 100), zone)}.",
        )


def _end_of_work(view: PersonView, shift: WorkPeriod) -> int:
    """When the period of work that holds the last minute of a shift ends."""
    return next((p.end for p in view.periods if p.start < shift.end <= p.end), shift.end)
