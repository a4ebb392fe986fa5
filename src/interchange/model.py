"""A parsed program: the one set of values that the solver, the rules and the database all start from.

Everything here is frozen and free of I/O. Durations are whole minutes of elapsed time, dates are local
dates of the program's zone, weekdays count from Monday = 0, academic blocks count from 1.
Every value that came from a row remembers its `row` (the header is row 1) for messages; the row takes no
part in equality, so that two folders are equal when they parse equal.

An EMPTY TUPLE MEANS ALL: `weekdays` () = all seven, `pgys` () = every PGY, a call's `rotations` () = every
rotation, a coverage's `blocks` () = every academic block. Nothing expands it; ask `matches_pgy`,
`matches_weekday`, `matches_block` and `Program.expand_all`, which know the rule.

A field that refers to a rotation may hold a group as `@group` (the sign stays in the text; `Program.expand`
resolves it). Only templates are spread over the group's rotations by the reader and hold plain ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from src.interchange.rows import (
    Absence,
    Call,
    CallPin,
    Clinic,
    Coverage,
    HistoryCount,
    HistoryInterval,
    Person,
    Request,
    Requirement,
    Rotation,
    RotationPin,
    RuleApproval,
    RuleOverride,
    Staffing,
    Succession,
    Template,
    Tier,
    days_between,
)
from src.interchange.words import (
    CALL_DUTY_TYPES,
    AbsenceStatus,
    DutyType,
    HistoryCountKind,
    HolidayRule,
    PersonKind,
    PostCall,
    RequestKind,
    RuleApprovalKind,
    Session,
    Setting,
)

__all__ = [
    "CALL_DUTY_TYPES",
    "FORMAT_VERSION",
    "Absence",
    "AbsenceStatus",
    "AcademicBlock",
    "Call",
    "CallPin",
    "Clinic",
    "Coverage",
    "DutyType",
    "HistoryCount",
    "HistoryCountKind",
    "HistoryInterval",
    "HolidayRule",
    "Person",
    "PersonKind",
    "PostCall",
    "Program",
    "Request",
    "RequestKind",
    "Requirement",
    "Rotation",
    "RotationPin",
    "RuleApproval",
    "RuleApprovalKind",
    "RuleOverride",
    "Session",
    "Setting",
    "Staffing",
    "Succession",
    "Template",
    "Tier",
    "days_between",
    "matches_block",
    "matches_pgy",
    "matches_weekday",
]

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class AcademicBlock:
    """`number` counts from 1; both dates are inside the block."""

    number: int
    start_date: date
    end_date: date

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(days_between(self.start_date, self.end_date))


@dataclass(frozen=True)
class Program:
    """One training program's year, as the program folder describes it."""

    id: str
    name: str
    time_zone: str
    year_start_date: date
    blocks: tuple[int, ...]
    specialty: str | None = None
    rule_packs: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()
    vacation_weeks: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    max_on_vacation: int | None = None
    people: tuple[Person, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    templates: tuple[Template, ...] = ()
    staffing: tuple[Staffing, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    successions: tuple[Succession, ...] = ()
    calls: tuple[Call, ...] = ()
    clinics: tuple[Clinic, ...] = ()
    requests: tuple[Request, ...] = ()
    absences: tuple[Absence, ...] = ()
    rotation_pins: tuple[RotationPin, ...] = ()
    call_pins: tuple[CallPin, ...] = ()
    history: tuple[HistoryInterval, ...] = ()
    history_counts: tuple[HistoryCount, ...] = ()
    rule_overrides: tuple[RuleOverride, ...] = ()
    rule_approvals: tuple[RuleApproval, ...] = ()
    objective: tuple[Tier, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def academic_blocks(self) -> tuple[AcademicBlock, ...]:
        found: list[AcademicBlock] = []
        start = self.year_start_date
        for number, days in enumerate(self.blocks, start=1):
            end = start + timedelta(days=days - 1)
            found.append(AcademicBlock(number, start, end))
            start = end + timedelta(days=1)
        return tuple(found)

    @cached_property
    def year_end_date(self) -> date:
        """The last local date of the year."""
        return self.academic_blocks[-1].end_date

    @cached_property
    def weeks(self) -> tuple[date, ...]:
        """The Mondays of all weeks, Monday to Sunday, that lie wholly in the year."""
        first = self.year_start_date + timedelta(days=-self.year_start_date.weekday() % 7)
        last = self.year_end_date - timedelta(days=6)
        return tuple(day for day in days_between(first, last) if day.weekday() == 0)

    @cached_property
    def residents(self) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.kind is PersonKind.RESIDENT)

    @cached_property
    def person_by_id(self) -> Mapping[str, Person]:
        return MappingProxyType({person.id: person for person in self.people})

    @cached_property
    def rotation_by_id(self) -> Mapping[str, Rotation]:
        return MappingProxyType({rotation.id: rotation for rotation in self.rotations})

    @cached_property
    def call_by_id(self) -> Mapping[str, Call]:
        return MappingProxyType({call.id: call for call in self.calls})

    @cached_property
    def _block_number_by_date(self) -> Mapping[date, int]:
        return {day: block.number for block in self.academic_blocks for day in block.dates}

    def block_of(self, day: date) -> int | None:
        """The number of the academic block that holds a local date, or None outside the year."""
        return self._block_number_by_date.get(day)

    def expand(self, reference: str) -> tuple[str, ...]:
        """The rotation ids that a rotation id or `@group` stands for, in file order."""
        if reference.startswith("@"):
            return tuple(r.id for r in self.rotations if r.group == reference[1:])
        return (reference,)

    def expand_all(self, references: tuple[str, ...]) -> tuple[str, ...]:
        """The rotation ids a list of ids and `@group`s stands for, in file order; an empty list is all."""
        if not references:
            return tuple(rotation.id for rotation in self.rotations)
        named = {rotation for reference in references for rotation in self.expand(reference)}
        return tuple(rotation.id for rotation in self.rotations if rotation.id in named)


def matches_pgy(pgys: tuple[int, ...], pgy: int | None) -> bool:
    """Whether a list of PGYs speaks of a person's PGY; an empty list speaks of every resident.

    Faculty have no PGY (None) and match nothing.
    """
    return pgy is not None and (not pgys or pgy in pgys)


def matches_weekday(weekdays: tuple[int, ...], day: date) -> bool:
    """Whether a list of weekdays (Monday = 0) holds that local date; an empty list holds all seven."""
    return not weekdays or day.weekday() in weekdays


def matches_block(blocks: tuple[int, ...], number: int) -> bool:
    """Whether a list of academic blocks holds that number; an empty list holds every block."""
    return not blocks or number in blocks
