"""US-CONT24: 24 hours of continuous work, up to 4 more for hand-over and education (CPR VI.F.3.a / 6.22)."""

from __future__ import annotations

from collections.abc import Iterator

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.timeline import WorkPeriod, work_periods
from src.compliance.rules.view import PersonView, starting_in
from src.compliance.rules.wording import hours, moment, plain
from src.interchange.model import DutyType
from src.interchange.schedule import Severity


def us_cont24(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each period; a failure where it is longer than 28 h, or holds other work than hand-over after hour 24.

    A period that would pass without the hours a resident elected to stay (CPR 6.23) is an advisory: those
    need a reason, not a sanction.
    """
    most, with_transition = _limits(view)
    for period in view.periods:
        if period.length <= with_transition and period.care_length <= most:
            yield _passed(period, most, with_transition)
            continue
        duties = starting_in(view.work_duties, period.start, period.end)
        severity = Severity.SOFT if _is_elected(view, period, duties) else rule.severity
        yield _failure(view, rule, period, severity, duties)


def _passed(period: WorkPeriod, most: int, with_transition: int) -> Passed:
    """The nearer of both limits: on all of the period, and on what may not be done after hour 24."""
    whole, care = period.length, period.care_length
    if with_transition - whole < most - care:
        return Passed(period.start, period.end, whole, with_transition, "hours", 60)
    return Passed(period.start, period.end, care, most, "hours", 60)


def _limits(view: PersonView) -> tuple[int, int]:
    most = view.parameters.continuous_minutes
    return most, most + view.parameters.transition_minutes


def _is_elected(view: PersonView, period: WorkPeriod, duties: tuple[Duty, ...]) -> bool:
    """Whether only the hours the resident elected to stay make the period too long."""
    if not period.has_elected_extension:
        return False
    others = [duty for duty in duties if duty.type is not DutyType.RESIDENT_ELECTED_EXTENSION]
    most, with_transition = _limits(view)
    as_one = period.end - period.start  # what is left is one period still, whatever lies between
    return all(
        rest.length <= with_transition and rest.care_length <= most
        for rest in work_periods(others, as_one, view.parameters.cont_length)
    )


def _failure(
    view: PersonView, rule: Rule, period: WorkPeriod, severity: Severity, duties: tuple[Duty, ...]
) -> Failure:
    most, with_transition = _limits(view)
    zone = view.facts.time_zone
    since = f"from {moment(period.start, zone)}"
    if period.length > with_transition:
        latest = period.start + with_transition + period.off
        remedy = f"End all work by {moment(latest, zone)}"
        if period.care_length > most:
            remedy += f", and other work than hand-over or education by {moment(period.start + most, zone)}"
        value = hours(period.length, rounded_up=True)
        limit = hours(with_transition, rounded_up=True)
        what = f"was on duty for {value} h {since}"
    else:
        latest = period.start + most + period.off_before_care_end
        remedy = f"End other work than hand-over or education by {moment(latest, zone)}"
        value = hours(period.care_length, rounded_up=True)
        limit = hours(most, rounded_up=True)
        what = f"had other work than hand-over or education until {value} h after the start of duty {since}"
    elected = "; the excess is an elected extension, which needs a reason"
    return Failure(
        severity=severity,
        start=period.start,
        end=period.end,
        value=value,
        limit=limit,
        unit="hours",
        duties=duties,
        message=f"{view.person.person} {what}, {plain(value - limit)} h over the {limit} h of {rule.clause}"
        f"{elected if severity is not rule.severity else ''}",
        remedy=f"{remedy}.",
    )
