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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

FORMAT_VERSION = 1


class Session(StrEnum):
    """A third of a day; with a date it is the smallest cell of a schedule."""

    AM = "AM"
    PM = "PM"
    NIGHT = "NIGHT"


class PersonKind(StrEnum):
    RESIDENT = "resident"
    FACULTY = "faculty"


class Setting(StrEnum):
    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"
    ELECTIVE = "elective"
    NIGHT_FLOAT = "night_float"
    RESEARCH = "research"
    LEAVE = "leave"


class DutyType(StrEnum):
    """What an interval of duty counts as (duty-hour-rules.md, D2)."""

    CLINICAL = "clinical"
    EDUCATION = "education"
    ADMIN = "admin"
    IN_HOUSE_CALL = "in_house_call"
    NIGHT_FLOAT = "night_float"
    TRANSITION = "transition"
    HOME_CALL_AVAILABILITY = "home_call_availability"
    JEOPARDY = "jeopardy"
    HOME_CALL_ONSITE = "home_call_onsite"
    HOME_CALL_REMOTE_CARE = "home_call_remote_care"
    CLINICAL_WORK_FROM_HOME = "clinical_work_from_home"
    MOONLIGHTING_INTERNAL = "moonlighting_internal"
    MOONLIGHTING_EXTERNAL = "moonlighting_external"
    RESIDENT_ELECTED_EXTENSION = "resident_elected_extension"
    SELF_STUDY = "self_study"
    MILITARY = "military"


CALL_DUTY_TYPES = frozenset({DutyType.IN_HOUSE_CALL, DutyType.HOME_CALL_AVAILABILITY, DutyType.JEOPARDY})


class HolidayRule(StrEnum):
    """On which dates a call is held: its weekdays but no holiday, both, or holidays and nothing else."""

    WEEKDAYS_ONLY = "0"
    WEEKDAYS_AND_HOLIDAYS = "1"
    HOLIDAYS_ONLY = "only"


class PostCall(StrEnum):
    """What follows a call: nothing; nothing after its end; or nothing at all on the date it ends."""

    NONE = "none"
    OFF_AFTER = "off_after"
    DAY_OFF = "day_off"


class RequestKind(StrEnum):
    VACATION = "vacation"
    DAY_OFF = "day_off"
    NO_CALL = "no_call"
    CALL = "call"
    ROTATION = "rotation"


class AbsenceStatus(StrEnum):
    APPROVED = "approved"
    REQUESTED = "requested"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class HistoryCountKind(StrEnum):
    NIGHTS = "nights"
    WEEKENDS = "weekends"
    HOLIDAYS = "holidays"
    POINTS = "points"
    JEOPARDY = "jeopardy"


def _row() -> int:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A resident or faculty member. `start_date` and `end_date` are inclusive; None = all year."""

    id: str
    name: str
    kind: PersonKind
    pgy: int | None
    track: str | None = None
    email: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    row: int = _row()

    def is_there(self, day: date) -> bool:
        """Whether the person belongs to the program on that local date."""
        return (self.start_date is None or day >= self.start_date) and (
            self.end_date is None or day <= self.end_date
        )


@dataclass(frozen=True, slots=True)
class Rotation:
    id: str
    name: str
    setting: Setting
    site: str | None = None
    vacation_weeks_max: int = 0
    clinic: bool = False
    max_consecutive: int | None = None
    group: str | None = None
    max_days_off: int | None = None
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Template:
    """One session of a rotation's week. `holidays` False: not held on the program's holidays."""

    rotation: str
    weekdays: tuple[int, ...]
    session: Session
    start: time
    minutes: int
    duty_type: DutyType
    may_be_off: bool = False
    holidays: bool = True
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many of those PGYs must be at work in a rotation's session, date by date. `max` None = no cap."""

    rotation: str
    weekdays: tuple[int, ...]
    session: Session
    pgys: tuple[int, ...]
    min: int
    max: int | None = None
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of those PGYs are on a rotation (or `@group`) in each named academic block."""

    rotation: str
    pgys: tuple[int, ...]
    blocks: tuple[int, ...]
    min: int
    max: int | None = None
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Requirement:
    """Academic blocks of a rotation (or `@group`) due to trainees of a PGY and track (None = any track)."""

    pgys: tuple[int, ...]
    track: str | None
    rotation: str
    min_blocks: int
    max_blocks: int | None
    first_block: int | None = None
    last_block: int | None = None
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Succession:
    """`to_rotation` must not directly follow `from_rotation` (either may be a `@group`)."""

    from_rotation: str
    to_rotation: str
    pgys: tuple[int, ...]
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Call:
    """Overnight or weekend duty: `minutes` of duty from `start`, then `handover_minutes` of transition."""

    id: str
    name: str
    duty_type: DutyType
    weekdays: tuple[int, ...]
    holidays: HolidayRule
    start: time
    minutes: int
    handover_minutes: int
    min: int
    max: int | None
    pgys: tuple[int, ...]
    rotations: tuple[str, ...]
    points: Decimal
    post_call: PostCall
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Clinic:
    """A person's continuity clinic half-day. `max_at_once` 0 = no cap."""

    person: str
    weekday: int
    session: Session
    start: time
    minutes: int
    max_at_once: int = 0
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Request:
    """A wish. Which fields are set depends on `kind` (interchange.md, requests.csv)."""

    person: str
    kind: RequestKind
    rank: int | None = None
    start_date: date | None = None
    end_date: date | None = None
    rotation: str | None = None
    block: int | None = None
    weight: int | None = None
    row: int = _row()

    @property
    def dates(self) -> tuple[date, ...]:
        """Every local date from start to end; no end = one date; empty for rotation requests."""
        if self.start_date is None:
            return ()
        return tuple(days_between(self.start_date, self.end_date or self.start_date))


@dataclass(frozen=True, slots=True)
class Absence:
    person: str
    kind: str
    start_date: date
    end_date: date
    status: AbsenceStatus
    row: int = _row()


@dataclass(frozen=True, slots=True)
class RotationPin:
    person: str
    block: int
    rotation: str
    row: int = _row()


@dataclass(frozen=True, slots=True)
class CallPin:
    person: str
    date: date
    call: str
    row: int = _row()


@dataclass(frozen=True, slots=True)
class HistoryInterval:
    """Duty worked before the year; aware instants, half-open."""

    person: str
    start_at: datetime
    end_at: datetime
    duty_type: DutyType
    row: int = _row()


@dataclass(frozen=True, slots=True)
class HistoryCount:
    person: str
    kind: HistoryCountKind
    count: Decimal
    row: int = _row()


@dataclass(frozen=True, slots=True)
class Tier:
    """Weights of one tier of the objective, in file order.

    `vacation_rank` is kept apart: the points of choice 1, 2, …; a rank past the end earns nothing.
    """

    weights: tuple[tuple[str, Decimal], ...] = ()
    vacation_rank: tuple[Decimal, ...] | None = None

    def weight(self, term: str) -> Decimal | None:
        """The weight of a term in this tier, or None where the tier does not name it."""
        return dict(self.weights).get(term)


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


def days_between(first: date, last: date) -> Iterator[date]:
    """Every date from first to last, both included; nothing when last is before first."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
