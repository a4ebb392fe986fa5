"""US-SUP-R, IM-RATIO and FM-RATIO: at most four residents a preceptor in clinic (42 CFR 415.174(a)(3)).

At every instant of a resident's session in clinic, the residents in clinic at the same site are counted
against the preceptors there. A preceptor who is seeing patients of their own meanwhile does not count, unless
the program says so. The finding stands on every resident who is there. Where nothing says otherwise, sessions
are the residents' entries in the continuity clinic, all at one site.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from weakref import WeakKeyDictionary

from src.compliance.rules.choices import Care
from src.compliance.rules.failure import Failure, Judged, Passed
from src.compliance.rules.model import Duty, PersonFacts, Rule
from src.compliance.rules.supervised import SupervisedSlot, Supervision, SupervisorSlot
from src.compliance.rules.view import PersonView
from src.compliance.rules.wording import moment, rounded
from src.interchange.model import DutyType
from src.quantities import count

UNIT = "residents"
LONGEST_SESSION = 24 * 60
"""Minutes; no session in clinic is taken to last longer."""

_SESSIONS: WeakKeyDictionary[Supervision, tuple[tuple[PersonFacts, ...], tuple[SupervisedSlot, ...]]] = (
    WeakKeyDictionary()
)

type Stretch = tuple[int, int, int, int]
"""Start, end, residents (by weight) and preceptors."""


def clinic_ratio(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each session in clinic; a failure for each stretch with more residents than preceptors may direct."""
    supervision = view.facts.supervision
    most = rule.known("most_residents")
    if supervision is None or not supervision.knows_preceptors or most is None:
        return
    own, learners = _sessions(view, supervision)
    for slot in own:
        stretches = _stretches(supervision, slot, learners, rule)
        failing = [one for one in stretches if one[2] > most * one[3]]
        if not failing:
            _, _, residents, preceptors = max(stretches, key=lambda one: one[2] - most * one[3])
            yield Passed(slot.start, slot.end, residents, most * preceptors, UNIT)
        for stretch in failing:
            yield _failure(view, rule, slot, stretch, most)


def _sessions(
    view: PersonView, supervision: Supervision
) -> tuple[list[SupervisedSlot], Sequence[SupervisedSlot]]:
    """The person's own sessions, and everybody's; the person need not be as the facts hold them."""
    if supervision.learners:
        own = [slot for slot in supervision.learners if slot.person == view.person.person]
        return own, supervision.learners
    own = sessions_in_clinic(view)
    others = (slot for slot in _everybodys_sessions(view, supervision) if slot.person != view.person.person)
    return own, sorted((*own, *others), key=_start) if own else ()


def _everybodys_sessions(view: PersonView, supervision: Supervision) -> Sequence[SupervisedSlot]:
    """The sessions of all people of the facts, made once for all who are judged against them."""
    facts, known = view.facts, _SESSIONS.get(supervision)
    if known is None or known[0] is not facts.people:
        views = (PersonView(facts, person, view.parameters) for person in facts.people)
        slots = [slot for one in views for slot in sessions_in_clinic(one)]
        known = _SESSIONS[supervision] = (facts.people, tuple(slots))
    return known[1]


def sessions_in_clinic(view: PersonView) -> list[SupervisedSlot]:
    """A person's entries in the continuity clinic as slots."""
    person = view.person
    return [
        SupervisedSlot(
            person.person, person.pgy, "", "clinic", duty.start, duty.end, duty.label, in_clinic=True
        )
        for duty in view.scheduled_care(Care.CLINIC)
    ]


def _start(slot: SupervisedSlot | SupervisorSlot) -> int:
    return slot.start


def _stretches(
    supervision: Supervision, slot: SupervisedSlot, learners: Sequence[SupervisedSlot], rule: Rule
) -> list[Stretch]:
    """The session cut where the number of residents or preceptors changes; equal neighbours joined."""
    learners = [one for one in _near(learners, slot) if one.site == slot.site]
    preceptors = [
        one
        for one in _near(supervision.preceptors, slot)
        if one.site == slot.site and (rule.choice("precept_and_see") or not one.sees_own_patients)
    ]
    edges = {slot.start, slot.end}
    edges.update(one.start for one in learners)
    edges.update(one.end for one in learners)
    edges.update(one.start for one in preceptors)
    edges.update(one.end for one in preceptors)
    inside = sorted(edge for edge in edges if slot.start <= edge <= slot.end)
    weight = rule.number("pgy1_weight")
    found: list[Stretch] = []
    for start, end in pairwise(inside):
        # Somebody with two entries at a time is there once.
        there = {one.person: one.pgy for one in learners if one.start <= start < one.end}
        residents = sum(weight if pgy == 1 else 1 for pgy in there.values())
        directing = len({one.person for one in preceptors if one.start <= start < one.end})
        if found and found[-1][2:] == (residents, directing):
            found[-1] = (found[-1][0], end, residents, directing)
        else:
            found.append((start, end, residents, directing))
    return found


def _near[Slot: (SupervisedSlot, SupervisorSlot)](slots: Sequence[Slot], slot: SupervisedSlot) -> list[Slot]:
    """Those of slots in order of start that overlap one; none is taken to last longer than a day."""
    first = bisect_left(slots, slot.start - LONGEST_SESSION, key=_start)
    after = bisect_left(slots, slot.end, key=_start)
    return [one for one in slots[first:after] if slot.start < one.end]


def _failure(view: PersonView, rule: Rule, slot: SupervisedSlot, stretch: Stretch, most: int) -> Failure:
    start, end, residents, preceptors = stretch
    zone, missing = view.facts.time_zone, -(-(residents - most * preceptors) // most)
    return Failure(
        severity=rule.severity,
        start=start,
        end=end,
        value=rounded(residents, 1, up=True),
        limit=rounded(most * preceptors, 1, up=False),
        unit=UNIT,
        duties=(Duty(slot.start, slot.end, DutyType.CLINICAL, slot.label),),
        message=f"{view.person.person} was one of {count(residents, 'resident')} in clinic with"
        f" {count(preceptors, 'preceptor')} from {moment(start, zone)} to {moment(end, zone)}; {rule.clause}"
        f" allows {most} a preceptor",
        remedy=f"Bring {count(missing, 'more preceptor')}, or have"
        f" {count(residents - most * preceptors, 'resident')} fewer then.",
    )
