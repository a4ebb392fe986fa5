"""The rows of a program's tables as frozen values.

Durations are whole minutes of elapsed time, dates are local dates of the program's zone, weekdays count from
Monday = 0, academic blocks count from 1. A row's own number takes no part in equality.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from src.interchange.words import (
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
class RuleOverride:
    """A number or choice of a rule pack that the program sets otherwise, for a reason and until a date.

    `rule` None = a parameter of the whole pack. Both dates are local and inside; `value` is in the unit of
    the parameter. It holds for what starts on one of those dates.
    """

    pack: str
    rule: str | None
    parameter: str
    value: int | bool
    reason: str
    approved_by: str
    start_date: date
    end_date: date
    row: int = _row()


@dataclass(frozen=True, slots=True)
class RuleApproval:
    """An approval on record: what somebody entitled to has allowed, for which dates (local, both inside).

    `hours_exception` needs a `rotation` and `weekly_minutes`; `moonlighting` and `indirect_supervision` need
    a `person`.
    """

    kind: RuleApprovalKind
    person: str | None
    rotation: str | None
    weekly_minutes: int | None
    reason: str
    approved_by: str
    start_date: date
    end_date: date
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


def days_between(first: date, last: date) -> Iterator[date]:
    """Every date from first to last, both included; nothing when last is before first."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
