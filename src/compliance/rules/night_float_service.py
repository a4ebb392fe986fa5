"""Limits of Review Committees on night float service: how long, how often, how far apart.

One schema for all: nights in a row, days in a row, days a year, days of the whole programme, days between
services; what nobody knows is not checked. A service is a run of dates on rotations of night float; its days
are all its dates, as months of service are counted. The year is the academic year of the program. Of earlier
years nothing is known here, so the limit for the whole programme is judged by this year alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from src.compliance.rules.choices import Care
from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Rule
from src.compliance.rules.nf_6 import runs_of_days
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.wording import day_range
from src.interchange.model import DutyType
from src.quantities import count


def night_float_service(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Everything the rule's known numbers limit."""
    yield from _nights_in_row(view, rule)
    runs = runs_of_care(view, Care.NIGHT_FLOAT)
    if not runs:
        return
    most = rule.known("max_consec_days")
    if most is not None:
        for first, last in runs:
            yield at_most(view, rule, (first, last), last - first + 1, most, "days of night float in a row")
    total = sum(last - first + 1 for first, last in runs)
    for name, what in (("max_days_per_ay", "in the year"), ("max_days_programme", "in the programme")):
        most = rule.known(name)
        if most is not None:
            span = (runs[0][0], runs[-1][1])
            yield at_most(view, rule, span, total, most, f"days of night float {what}")
    yield from _gaps(view, rule, runs)


def runs_of_care(view: PersonView, care: Care) -> list[tuple[int, int]]:
    """First and last date of each run of rotations of a kind, those that touch as one."""
    runs: list[tuple[int, int]] = []
    for segment in view.person.segments:
        if view.care_of_rotation(segment.rotation) is not care:
            continue
        first = segment.first_date.toordinal()
        if runs and runs[-1][1] + 1 == first:
            runs[-1] = (runs[-1][0], first + segment.days - 1)
        else:
            runs.append((first, first + segment.days - 1))
    return runs


def at_most(view: PersonView, rule: Rule, span: tuple[int, int], value: int, most: int, what: str) -> Judged:
    """A count over some dates, judged against the most it may be."""
    start_of = view.facts.calendar.start_of
    start, end = start_of(span[0]), start_of(span[1] + 1)
    if value <= most:
        return Passed(start, end, value, most, what)
    return Failure(
        severity=rule.severity,
        start=start,
        end=end,
        value=Decimal(value),
        limit=Decimal(most),
        unit=what,
        duties=touching(view.busy_duties, start, end),
        message=f"{view.person.person} had {value} {what}, {day_range(*span)}, {value - most} more than the"
        f" {most} of {rule.clause}",
        remedy=f"Take {value - most} of them away.",
    )


def _nights_in_row(view: PersonView, rule: Rule) -> Iterator[Judged]:
    most = rule.known("max_consec_nights")
    if most is None:
        return
    nights = view.days_of(DutyType.NIGHT_FLOAT, view.facts.calendar.day_of)
    for run in runs_of_days(sorted(nights)):
        yield at_most(view, rule, (run[0], run[-1]), len(run), most, "nights of night float in a row")


def _gaps(view: PersonView, rule: Rule, runs: list[tuple[int, int]]) -> Iterator[Judged]:
    least = rule.known("min_gap_days")
    if least is None:
        return
    start_of = view.facts.calendar.start_of
    for (_, before), (after, _) in pairwise(runs):
        gap, start, end = after - before - 1, start_of(before + 1), start_of(after)
        if gap >= least:
            yield Passed(start, end, gap, least, "days between night float", at_least=True)
            continue
        yield Failure(
            severity=rule.severity,
            start=start,
            end=end,
            value=Decimal(gap),
            limit=Decimal(least),
            unit="days between night float",
            duties=touching(view.busy_duties, start_of(before), start_of(after + 1)),
            message=f"{view.person.person} had {count(gap, 'day')} between services of night float,"
            f" {day_range(before + 1, after - 1)}, {least - gap} fewer than the {least} of {rule.clause}",
            remedy=f"Put {count(least - gap, 'more day')} between them.",
        )
