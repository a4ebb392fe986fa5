"""What the routes of reports give out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict

from src.compliance.finding_schemas import Figure, FindingFields, fields_of
from src.compliance.reports.model import PlacedFinding, PlacedMeasure, Report, ReportScope
from src.compliance.rules import Basis
from src.interchange.model import RuleApprovalKind
from src.interchange.schedule import Severity

CLOSEST_SHOWN = 50
"""Close calls that a report holds; all of them are in the list of their own."""


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
