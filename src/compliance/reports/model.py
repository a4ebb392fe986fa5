"""What a report holds. Numbers keep the units of their rules; hours a week are decimals of one digit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from src.compliance.rules import Finding, Measure
from src.compliance.waivers import Waiver
from src.interchange.model import RuleApproval, RuleOverride
from src.interchange.schedule import Severity

CLOSE_PERCENT = 5
"""A number this near to its limit, or past it, is a close call."""


class ReportScope(StrEnum):
    """Whom and when a report is about."""

    PROGRAM = "program"
    PERSON = "person"
    BLOCK = "block"
    ROTATION = "rotation"


@dataclass(frozen=True, slots=True)
class PackLine:
    """A rule pack the version is judged by; `overridden` are the parameters set otherwise."""

    id: str
    version: str
    title: str
    overridden: tuple[str, ...]
    judges_from: date | None
    judges_until: date | None


@dataclass(frozen=True, slots=True)
class PlacedMeasure:
    """A number beside its limit, with the academic block and rotation its window begins in.

    `percent` is how much of the limit is left, below zero beyond it; None where the limit is zero.
    """

    measure: Measure
    name: str
    block: int | None
    rotation: str | None
    percent: Decimal | None

    @property
    def is_close(self) -> bool:
        """Whether it is beyond its limit or within five percent of it."""
        if self.measure.severity is not None:
            return True
        return self.percent is not None and self.percent <= CLOSE_PERCENT


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with the academic block and rotation its window begins in, and the waiver that covers it."""

    finding: Finding
    name: str
    block: int | None
    rotation: str | None
    waiver: Waiver | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Findings by severity."""

    hard: int = 0
    soft: int = 0
    info: int = 0

    @classmethod
    def of(cls, findings: list[PlacedFinding]) -> Counts:
        severities = [one.finding.severity for one in findings]
        return cls(
            severities.count(Severity.HARD), severities.count(Severity.SOFT), severities.count(Severity.INFO)
        )


@dataclass(frozen=True, slots=True)
class HoursLine:
    """Hours a week and findings of a block, a rotation or a person.

    `mean_hours` and `most_hours` are of resident-blocks, leave left out; `most_person` had the most. All are
    None where nobody had a counted day.
    """

    key: str
    label: str
    residents: int
    mean_hours: Decimal | None
    most_hours: Decimal | None
    most_person: str | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Report:
    """A version's compliance as far as the scope reaches; everything is in the order to be read in."""

    scope: ReportScope
    subject: str
    program_id: str
    program_name: str
    time_zone: str
    schedule: str
    number: int
    state: str
    published_at: datetime | None
    first_date: date
    last_date: date
    weekly_limit_hours: Decimal | None
    certificate_sha256: str | None
    packs: tuple[PackLine, ...]
    overrides: tuple[RuleOverride, ...]
    approvals: tuple[RuleApproval, ...]
    waivers: tuple[Waiver, ...]
    counts: Counts
    findings: tuple[PlacedFinding, ...]
    closest_calls: tuple[PlacedMeasure, ...]
    measures: tuple[PlacedMeasure, ...]
    trend: tuple[HoursLine, ...]
    rotations: tuple[HoursLine, ...]
    people: tuple[HoursLine, ...]
