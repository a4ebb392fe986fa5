"""US-MOON: who may moonlight (CPR VI.F.5 / 6.25). Its hours count to US-80 for everyone.

(a) A PGY-1 does not moonlight: every entry is a violation. (b) is US-80's. (c) Moonlighting needs the
program's approval: asked for where the pack says so, and of a program that keeps such approvals on record; an
entry without one is an advisory, or a violation where the institution says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from src.compliance.rules.duty_types import MOONLIGHTING
from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import hours, moment
from src.interchange.model import RuleApproval, RuleApprovalKind
from src.interchange.schedule import Severity


def us_moon(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each moonlighting entry that fails, however short; for a PGY-1 without any, the year as kept."""
    pgy = view.person.pgy
    is_forbidden = pgy is not None and pgy < view.parameters.moonlighting_min_pgy
    entries = [duty for duty in view.person.duties if duty.type in MOONLIGHTING]
    if is_forbidden:
        if not entries:
            yield _kept_year(view)
        for duty in entries:
            yield _failure(view, rule, duty, f"{rule.clause} forbids it to PGY-{pgy}")
        return
    approvals = [one for one in view.facts.approvals if one.kind is RuleApprovalKind.MOONLIGHTING]
    if not approvals and not rule.choice("approval_is_asked"):
        return
    severity = Severity.HARD if rule.choice("approval_is_hard") else Severity.SOFT
    for duty in entries:
        if _is_approved(view, approvals, duty):
            yield Passed(duty.start, duty.end, 0, 0, "hours without approval", 60)
        else:
            failure = _failure(view, rule, duty, f"{rule.clause} wants an approval, and none holds then")
            yield replace(
                failure,
                severity=severity,
                unit="hours without approval",
                remedy="Put the approval on record, or give the shift up.",
            )


def _is_approved(view: PersonView, approvals: Sequence[RuleApproval], duty: Duty) -> bool:
    """Whether an approval of the person's holds on the local date on which the entry starts."""
    ordinal = view.facts.calendar.day_of(duty.start)
    if ordinal is None:
        return False
    day = date.fromordinal(ordinal)
    return any(
        one.person == view.person.person and one.start_date <= day <= one.end_date for one in approvals
    )


def _kept_year(view: PersonView) -> Passed:
    facts = view.facts
    start, end = facts.year_start_date.toordinal(), facts.year_end_date.toordinal() + 1
    return Passed(facts.calendar.start_of(start), facts.calendar.start_of(end), 0, 0, "hours", 60)


def _failure(view: PersonView, rule: Rule, duty: Duty, why: str) -> Failure:
    value = hours(duty.end - duty.start, rounded_up=True)
    since = moment(duty.start, view.facts.time_zone)
    return Failure(
        severity=rule.severity,
        start=duty.start,
        end=duty.end,
        value=value,
        limit=Decimal(0),
        unit="hours",
        duties=(duty,),
        message=f"{view.person.person} moonlighted for {value} h from {since}; {why}",
        remedy="Give the shift up.",
    )
