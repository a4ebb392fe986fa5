"""Continuity of care: how often, how long and how steadily a resident is in their own clinic.

FM-40 counts weeks of the calendar (ISO weeks) with a session, FM-1000 the hours, IM-CLIN the sessions, and
FM-GAP and IM-CLIN the dates without one between two. All are judged over the year at hand. A session is an
entry in a continuity clinic; a person without any is told of as one with none, unless they are on leave or
away all year.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from src.compliance.rules.choices import Care
from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import day_range, plain, rounded
from src.quantities import count


def clinic_weeks(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The ISO weeks of the year with at least one session."""
    sessions = _sessions(view)
    weeks = {date.fromordinal(day).isocalendar()[:2] for day in _days(view, sessions)}
    yield from _at_least(view, rule, "least_weeks", len(weeks), 1, "weeks with a clinic session", sessions)


def clinic_hours(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The hours in clinic."""
    sessions = _sessions(view)
    start, end = _year(view)
    minutes = MergedTime(sessions).minutes_between(start, end)
    yield from _at_least(view, rule, "least_minutes", minutes, 60, "hours in clinic", sessions)


def clinic_sessions(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """How many sessions there were, and the longest time without one."""
    sessions = _sessions(view)
    yield from _at_least(view, rule, "least_sessions", len(sessions), 1, "clinic sessions", sessions)
    yield from clinic_gaps(view, rule)


def clinic_gaps(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The dates between two sessions, without those of leave."""
    most = rule.known("most_days_between")
    if most is None:
        return
    sessions, start_of = _sessions(view), view.facts.calendar.start_of
    leave = {day.toordinal() for day in view.person.leave_dates}
    for before, after in pairwise(_days(view, sessions)):
        away = [day for day in range(before + 1, after) if day not in leave]
        start, end = start_of(before + 1), start_of(after)
        if len(away) <= most:
            yield Passed(start, end, len(away), most, "days without clinic")
            continue
        edges = (start_of(before), start_of(after + 1))
        yield Failure(
            severity=rule.severity,
            start=start,
            end=end,
            value=Decimal(len(away)),
            limit=Decimal(most),
            unit="days without clinic",
            duties=tuple(one for one in sessions if edges[0] <= one.start < edges[1]),
            message=f"{view.person.person} had no clinic session for {count(len(away), 'day')},"
            f" {day_range(before + 1, after - 1)}, {len(away) - most} more than the {most} of {rule.clause}",
            remedy=f"Give a clinic session by {day_range(before + most + 1, before + most + 1)}.",
        )


def _sessions(view: PersonView) -> list[Duty]:
    start, end = _year(view)
    duties = view.scheduled_care(Care.CLINIC)
    return [duty for duty in duties if start <= duty.start < end]


def _year(view: PersonView) -> tuple[int, int]:
    facts = view.facts
    first, last = facts.year_start_date.toordinal(), facts.year_end_date.toordinal()
    return facts.calendar.start_of(first), facts.calendar.start_of(last + 1)


def _days(view: PersonView, sessions: list[Duty]) -> list[int]:
    """The local dates with a session, in order."""
    days = {view.facts.calendar.day_of(duty.start) for duty in sessions}
    return sorted(day for day in days if day is not None)


def _at_least(
    view: PersonView, rule: Rule, name: str, value: int, divisor: int, what: str, sessions: list[Duty]
) -> Iterator[Judged]:
    least = rule.known(name)
    if least is None or not view.person.duties:
        return
    start, end = _year(view)
    if value >= least:
        yield Passed(start, end, value, least, what, divisor, at_least=True)
        return
    number, limit = rounded(value, divisor, up=False), rounded(least, divisor, up=True)
    yield Failure(
        severity=rule.severity,
        start=start,
        end=end,
        value=number,
        limit=limit,
        unit=what,
        duties=tuple(sessions) or view.person.duties,
        message=f"{view.person.person} had {number} of the {limit} {what} that {rule.clause} asks for"
        f" in a year, {plain(limit - number)} too few",
        remedy=f"Give at least {limit} {what}.",
    )
