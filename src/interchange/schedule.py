"""A schedule as the schedule folder describes it: what a solver hands over and a checker judges.

Pure values. Instants are aware datetimes, intervals half-open, `date` is the local start date.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from src.interchange.model import DutyType, RequestKind, Session


class AssignmentKind(StrEnum):
    ROTATION = "rotation"
    CALL = "call"
    CLINIC = "clinic"
    JEOPARDY = "jeopardy"


class UnmetKind(StrEnum):
    STAFFING = "staffing"
    CALL = "call"
    COVERAGE = "coverage"


class Severity(StrEnum):
    """`hard` = "must", a violation; `soft` = "should", an advisory; `info` has no regulatory force."""

    HARD = "hard"
    SOFT = "soft"
    INFO = "info"


class SolveStatus(StrEnum):
    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Scope(StrEnum):
    """Which layers a run solves and a check judges."""

    YEAR = "year"
    DAILY = "daily"
    BOTH = "both"


def _row() -> int:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, order=True)
class YearRow:
    person: str
    block: int
    rotation: str
    row: int = _row()


@dataclass(frozen=True, slots=True, order=True)
class VacationRow:
    """A vacation week, named by its Monday; `request_rank` None = no request asked for it."""

    person: str
    week_start_date: date
    request_rank: int | None = None
    row: int = _row()


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One interval of one person; a handover is a row of its own (`kind` call, type `transition`)."""

    person: str
    date: date
    session: Session
    kind: AssignmentKind
    id: str
    start_at: datetime
    end_at: datetime
    duty_type: DutyType
    row: int = _row()


@dataclass(frozen=True, slots=True)
class UnmetRow:
    """Demand left open: `needed` by the rule, `got` in the schedule. `date_or_block` as text."""

    what: UnmetKind
    id: str
    date_or_block: str
    session: Session | None
    pgys: tuple[int, ...]
    needed: int
    got: int
    row: int = _row()


@dataclass(frozen=True, slots=True)
class DeniedRow:
    """A request not granted, with what stood in the way."""

    person: str
    kind: RequestKind
    rank: int | None
    start_date: date | None
    reason: str
    blocking: str
    row: int = _row()


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What a rule says about a window of one person. `entries` name the intervals it rests on."""

    rule: str
    severity: Severity
    person: str
    window_start_at: datetime
    window_end_at: datetime
    value: str
    limit: str
    clause: str
    entries: str
    row: int = _row()


@dataclass(frozen=True, slots=True)
class TierScore:
    """No legal schedule exceeds `bound`; None = nothing was proved for this tier.

    Of an optimal result it is the objective: who exceeds it is worse in a tier before.
    """

    tier: int
    objective: Decimal
    bound: Decimal | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row of the input that cannot hold together with the others named beside it."""

    file: str
    row: int | None
    message: str


@dataclass(frozen=True, slots=True)
class ResultFile:
    """`result.json`. `blocks` are the academic blocks solved; a check judges only these."""

    status: SolveStatus
    scope: Scope
    blocks: tuple[int, ...]
    tiers: tuple[TierScore, ...] = ()
    gap: Decimal | None = None
    seed: int | None = None
    engine_version: str = ""
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    model_size: dict[str, int] = field(default_factory=dict)
    score_terms: dict[str, Decimal] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule folder. `denied`, `findings` and `result` are None where the file is absent.

    `certificate` is the text of `certificate.json`, which a published version has, as it is.
    """

    year: tuple[YearRow, ...] = ()
    vacations: tuple[VacationRow, ...] = ()
    assignments: tuple[AssignmentRow, ...] = ()
    unmet: tuple[UnmetRow, ...] = ()
    denied: tuple[DeniedRow, ...] | None = None
    findings: tuple[FindingRow, ...] | None = None
    result: ResultFile | None = None
    certificate: str | None = None
