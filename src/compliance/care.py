"""What a program's own data says of the places that some rules speak of, and of who supervises there.

The format has no column for it, so it is read from the words in which the program names its rotations:

- A rotation is one in an emergency department when its id, name or group has the word ED, ER, EM, EMERGENCY.
- It is critical care when one of these has a word that is ICU or CCU or ends so (MICU, PICU, CVICU), or the
  words CRITICAL CARE or INTENSIVE CARE.
- It is night float when its setting is `night_float`, and it is no emergency department.
- Continuity clinic are the half-days of `clinics.csv` that residents hold; and a rotation in the group
  `continuity_clinic` or `fmp`.
- Preceptors are the faculty who have half-days in `clinics.csv`: on those they direct residents. A program
  without any such row is not judged on the ratio in clinic, and says so.

A group named with one of these words (`group = "ED"`) therefore decides for every rotation in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from types import MappingProxyType

from src.compliance.rules import Care, Supervision, SupervisorSlot
from src.interchange.model import (
    AbsenceStatus,
    Clinic,
    PersonKind,
    Program,
    Rotation,
    RuleApproval,
    Setting,
    days_between,
)

CLINIC_ITEM = "clinic"
"""What labels of clinic half-days name."""

_EMERGENCY = frozenset({"ED", "ER", "EM", "EMERGENCY"})
_CLINIC_GROUPS = frozenset({"continuity_clinic", "fmp"})
_WORD = re.compile(r"[^\W\d_]+")


def care_of_items(program: Program) -> Mapping[str, Care]:
    """What kind of place each rotation of the program is, and its clinic, by id."""
    found = {rotation.id: _care_of(rotation) for rotation in program.rotations}
    return MappingProxyType({**found, CLINIC_ITEM: Care.CLINIC})


def _care_of(rotation: Rotation) -> Care:
    words = [word.upper() for text in _texts(rotation) for word in _WORD.findall(text)]
    if not _EMERGENCY.isdisjoint(words):
        return Care.EMERGENCY
    if rotation.setting is Setting.NIGHT_FLOAT:
        return Care.NIGHT_FLOAT
    if rotation.group is not None and rotation.group.lower() in _CLINIC_GROUPS:
        return Care.CLINIC
    pairs = set(pairwise(words))
    is_critical = any(word.endswith(("ICU", "CCU")) for word in words)
    if is_critical or not pairs.isdisjoint({("CRITICAL", "CARE"), ("INTENSIVE", "CARE")}):
        return Care.CRITICAL
    return Care.OTHER


def _texts(rotation: Rotation) -> Iterable[str]:
    return (rotation.id, rotation.name, rotation.group or "")


def approvals_of(program: Program) -> tuple[RuleApproval, ...]:
    """The approvals on record, those for a group of rotations once for each of them."""
    return tuple(
        approval if approval.rotation is None else replace(approval, rotation=rotation)
        for approval in program.rule_approvals
        for rotation in ((None,) if approval.rotation is None else program.expand(approval.rotation))
    )


def supervision_of(program: Program) -> Supervision | None:
    """Who precepts when; None where the program does not say it of anybody.

    The program format tells of no levels of supervision, so those are not known.
    """
    preceptors = {person.id for person in program.people if person.kind is PersonKind.FACULTY}
    clinics = [clinic for clinic in program.clinics if clinic.person in preceptors]
    if not clinics:
        return None
    slots = tuple(slot for clinic in clinics for slot in _half_days(program, clinic))
    return Supervision(supervisors=slots, knows_levels=False)


def _half_days(program: Program, clinic: Clinic) -> Iterator[SupervisorSlot]:
    """A faculty member's clinic on every date of the year that they are there."""
    away = _dates_away(program, clinic.person)
    person = program.person_by_id[clinic.person]
    for day in days_between(program.year_start_date, program.year_end_date):
        if day.weekday() != clinic.weekday or day in away or not person.is_there(day):
            continue
        start = int(datetime.combine(day, clinic.start, program.zone).timestamp()) // 60
        yield SupervisorSlot(clinic.person, "", CLINIC_ITEM, start, start + clinic.minutes, precepts=True)


def _dates_away(program: Program, person: str) -> frozenset[date]:
    return frozenset(
        day
        for absence in program.absences
        if absence.person == person and absence.status is AbsenceStatus.APPROVED
        for day in days_between(absence.start_date, absence.end_date)
    )
