"""US-SUP-L: residents are supervised at the level that PGY and service require (CPR VI.A.2.b-c).

For every instant of a resident's slot: *direct* needs somebody qualified present at the same site and
service; *indirect* somebody present there or on call for it who can be there in time; *oversight* nobody at
that instant. A PGY-1 not released to indirect supervision, by an approval on record, is supervised directly.
A resident who may supervise counts for others, never for themselves. A sweep over starts and ends finds the
stretches nobody covers; one of any length is a violation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.supervised import SupervisedSlot, Supervision, SupervisionLevel
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import hours, moment
from src.interchange.model import DutyType, RuleApprovalKind

UNIT = "hours without supervision"


def us_sup_l(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each slot of the resident that needs supervision; a failure for each stretch nobody covers."""
    supervision = view.facts.supervision
    if supervision is None or not supervision.knows_levels:
        return
    for slot in supervision.slots_of.get(view.person.person, ()):
        level = _level(view, supervision, slot)
        if level is SupervisionLevel.OVERSIGHT:
            continue
        cover = _cover(supervision, slot, level, rule.number("max_response_minutes"))
        gaps = list(_uncovered(slot, cover))
        if not gaps:
            yield Passed(slot.start, slot.end, 0, 0, UNIT, 60)
        for start, end in gaps:
            yield _failure(view, rule, slot, level, start, end)


def _level(view: PersonView, supervision: Supervision, slot: SupervisedSlot) -> SupervisionLevel:
    pgy = slot.pgy if slot.pgy is not None else 0
    if pgy == 1 and not _is_released(view, slot):
        return SupervisionLevel.DIRECT
    otherwise = supervision.levels.get((pgy, None), SupervisionLevel.INDIRECT)
    return supervision.levels.get((pgy, slot.service), otherwise)


def _is_released(view: PersonView, slot: SupervisedSlot) -> bool:
    """Whether an approval releases the person to indirect supervision on the date the slot starts."""
    ordinal = view.facts.calendar.day_of(slot.start)
    if ordinal is None:
        return False
    day = date.fromordinal(ordinal)
    return any(
        approval.kind is RuleApprovalKind.INDIRECT_SUPERVISION
        and approval.person == slot.person
        and approval.start_date <= day <= approval.end_date
        for approval in view.facts.approvals
    )


def _cover(
    supervision: Supervision, slot: SupervisedSlot, level: SupervisionLevel, max_response: int
) -> Iterator[tuple[int, int]]:
    """When somebody is there, or near enough, to supervise the slot."""
    place = (slot.site, slot.service)
    for supervisor in supervision.supervisors_at.get(place, ()):
        response = supervisor.response_minutes
        is_near = response is not None and response <= max_response
        if response is None or (level is SupervisionLevel.INDIRECT and is_near):
            yield supervisor.start, supervisor.end
    for other in supervision.residents_at.get(place, ()):
        if other.may_supervise and other.person != slot.person:
            yield other.start, other.end


def _uncovered(slot: SupervisedSlot, cover: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches of the slot that no cover reaches, in order."""
    covered_until = slot.start
    for start, end in sorted(cover):
        if end <= covered_until:
            continue
        if start >= slot.end:
            break
        if start > covered_until:
            yield covered_until, start
        covered_until = end
        if covered_until >= slot.end:
            return
    yield covered_until, slot.end


def _failure(
    view: PersonView, rule: Rule, slot: SupervisedSlot, level: SupervisionLevel, start: int, end: int
) -> Failure:
    zone = view.facts.time_zone
    value = hours(end - start, rounded_up=True)
    when = f"from {moment(start, zone)} to {moment(end, zone)}"
    return Failure(
        severity=rule.severity,
        start=start,
        end=end,
        value=value,
        limit=Decimal(0),
        unit=UNIT,
        duties=(Duty(slot.start, slot.end, DutyType.CLINICAL, slot.label),),
        message=f"{view.person.person} had nobody for {level} supervision on {slot.service} for {value} h,"
        f" {when}; {rule.clause}",
        remedy=f"Put a supervisor on {slot.service} {when}.",
    )
