"""What the routes of reports give out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from src.compliance.finding_schemas import FINDING_EXAMPLE, Figure, FindingFields, fields_of
from src.compliance.reports.model import PlacedFinding, PlacedMeasure, Report, ReportScope
from src.compliance.rules import Basis
from src.interchange.model import RuleApprovalKind
from src.interchange.schedule import Severity

CLOSEST_SHOWN = 50
"""Close calls that a report holds; all of them are in the list of their own."""


_PLACE: dict[str, Any] = {"name": "Ama Boateng", "block": 4, "rotation": "MICU"}
_FINDING: dict[str, Any] = {**FINDING_EXAMPLE, **_PLACE, "waived_because": None}
_MEASURE: dict[str, Any] = {
    "pack": "acgme-cpr-2023",
    "rule": "US-80",
    "clause": "CPR 6.20 (VI.F.1)",
    "person": "R017",
    **_PLACE,
    "window_start_at": "2026-10-06T00:00:00-05:00",
    "window_end_at": "2026-10-20T00:00:00-05:00",
    "value": "78.5",
    "limit": "80",
    "margin": "1.5",
    "percent": "1.9",
    "unit": "hours a week",
    "severity": None,
    "basis": "schedule",
}
_HOURS: dict[str, Any] = {
    "key": "4",
    "label": "Block 4, 2026-09-23 to 2026-10-20",
    "residents": 24,
    "mean_hours": "61.2",
    "most_hours": "82.5",
    "most_person": "R017",
    "counts": {"hard": 1, "soft": 0, "info": 0},
}
_REPORT: dict[str, Any] = {
    "scope": "person",
    "subject": "R017 Ama Boateng",
    "program": "riverside-im",
    "program_name": "Riverside Internal Medicine",
    "time_zone": "America/Chicago",
    "schedule": "Academic year",
    "version": 3,
    "state": "published",
    "published_at": "2026-06-20T15:02:11Z",
    "certificate_sha256": "ff489e98f43fbb3a1c2f2f1a1f9f9a3f6f6c3e0b8a9d7c6b5a4938271605f4e3",
    "packs": [
        {
            "id": "acgme-cpr-2023",
            "version": "1.0.0",
            "title": "ACGME Common Program Requirements (Residency), 2023",
            "overridden": [],
            "judges_from": None,
            "judges_until": None,
        }
    ],
    "overrides": [],
    "approvals": [],
    "waivers": [],
    "counts": {"hard": 1, "soft": 0, "info": 0},
    "findings": [_FINDING],
    "close_calls": 1,
    "closest_calls": [_MEASURE],
    "trend": [_HOURS],
    "rotations": [],
    "people": [],
}


class Told(BaseModel):
    """The base of what is told as the report holds it, name by name."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, line: object) -> Self:
        return cls.model_validate(line)


class ReportPack(Told):
    """A rule pack that the version is judged by; where overrides cut the year, one for each stretch."""

    id: str
    version: str
    title: str
    overridden: list[str]
    judges_from: dt.date | None
    judges_until: dt.date | None


class Decided(Told):
    """Why something was decided, by whom, and on which local dates it holds (both inside)."""

    reason: str
    approved_by: str
    start_date: dt.date
    end_date: dt.date


class ReportOverride(Decided):
    """A parameter that the program sets otherwise, with the reason and who approved it."""

    pack: str
    rule: str | None
    parameter: str
    value: int | bool


class ReportApproval(Decided):
    """An approval on record."""

    kind: RuleApprovalKind
    person: str | None
    rotation: str | None
    weekly_minutes: int | None


class ReportWaiver(Told):
    """A hard finding that somebody entitled to lets stand."""

    rule: str
    person: str
    window_start_at: dt.datetime
    window_end_at: dt.datetime
    value: Figure
    limit: Figure
    reason: str
    granted_by: str
    granted_at: dt.datetime
    expires_date: dt.date | None


class SeverityCounts(Told):
    """Findings by severity."""

    hard: int
    soft: int
    info: int


class ReportFinding(FindingFields):
    """A finding with the academic block and rotation its window begins in, and why it may stand."""

    model_config = ConfigDict(json_schema_extra={"example": _FINDING})

    name: str
    block: int | None
    rotation: str | None
    waived_because: str | None

    @classmethod
    def of(cls, placed: PlacedFinding) -> Self:
        return cls(
            **fields_of(placed.finding),
            name=placed.name,
            block=placed.block,
            rotation=placed.rotation,
            waived_because=None if placed.waiver is None else placed.waiver.reason,
        )


class ReportMeasure(BaseModel):
    """A number beside its limit. `percent` of the limit is left; below zero it is beyond."""

    model_config = ConfigDict(json_schema_extra={"example": _MEASURE})

    pack: str
    rule: str
    clause: str
    person: str
    name: str
    block: int | None
    rotation: str | None
    window_start_at: dt.datetime
    window_end_at: dt.datetime
    value: Figure
    limit: Figure
    margin: Figure
    percent: Decimal | None
    unit: str
    severity: Severity | None
    basis: Basis

    @classmethod
    def of(cls, placed: PlacedMeasure) -> Self:
        one = placed.measure
        return cls(
            pack=one.pack,
            rule=one.rule,
            clause=one.clause,
            person=one.person,
            name=placed.name,
            block=placed.block,
            rotation=placed.rotation,
            window_start_at=one.window_start_at,
            window_end_at=one.window_end_at,
            value=one.value,
            limit=one.limit,
            margin=one.margin,
            percent=placed.percent,
            unit=one.unit,
            severity=one.severity,
            basis=one.basis,
        )


class ReportHours(Told):
    """Hours a week and findings of a block, a rotation or a person; leave is left out."""

    key: str
    label: str
    residents: int
    mean_hours: Decimal | None
    most_hours: Decimal | None
    most_person: str | None
    counts: SeverityCounts


class ReportRead(BaseModel):
    """A version's compliance as far as the scope reaches.

    A window belongs to the block and the rotation that it begins in. `closest_calls` are the first of those
    past their limit or within five percent of it, of `close_calls` in all.
    """

    model_config = ConfigDict(json_schema_extra={"example": _REPORT})

    scope: ReportScope
    subject: str
    program: str
    program_name: str
    time_zone: str
    schedule: str
    version: int
    state: str
    published_at: dt.datetime | None
    certificate_sha256: str | None
    packs: list[ReportPack]
    overrides: list[ReportOverride]
    approvals: list[ReportApproval]
    waivers: list[ReportWaiver]
    counts: SeverityCounts
    findings: list[ReportFinding]
    close_calls: int
    closest_calls: list[ReportMeasure]
    trend: list[ReportHours]
    rotations: list[ReportHours]
    people: list[ReportHours]

    @classmethod
    def of(cls, report: Report) -> Self:
        return cls(
            scope=report.scope,
            subject=report.subject,
            program=report.program_id,
            program_name=report.program_name,
            time_zone=report.time_zone,
            schedule=report.schedule,
            version=report.number,
            state=report.state,
            published_at=report.published_at,
            certificate_sha256=report.certificate_sha256,
            packs=[ReportPack.of(pack) for pack in report.packs],
            overrides=[ReportOverride.of(row) for row in report.overrides],
            approvals=[ReportApproval.of(row) for row in report.approvals],
            waivers=[ReportWaiver.of(waiver) for waiver in report.waivers],
            counts=SeverityCounts.of(report.counts),
            findings=[ReportFinding.of(finding) for finding in report.findings],
            close_calls=len(report.closest_calls),
            closest_calls=[ReportMeasure.of(one) for one in report.closest_calls[:CLOSEST_SHOWN]],
            trend=[ReportHours.of(line) for line in report.trend],
            rotations=[ReportHours.of(line) for line in report.rotations],
            people=[ReportHours.of(line) for line in report.people],
        )
