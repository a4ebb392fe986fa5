"""What the routes of reports give out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Self

from pydantic import BaseModel

from src.compliance.reports.model import (
    Counts,
    HoursLine,
    PackLine,
    PlacedFinding,
    PlacedMeasure,
    Report,
    ReportScope,
)
from src.compliance.rules import Basis
from src.compliance.waivers import Waiver
from src.interchange.model import RuleApproval, RuleApprovalKind, RuleOverride
from src.interchange.schedule import Severity

CLOSEST_SHOWN = 50
"""Close calls that a report holds; all of them are in the list of their own."""


class ReportPack(BaseModel):
    """A rule pack that the version is judged by; where overrides cut the year, one for each stretch."""

    id: str
    version: str
    title: str
    overridden: list[str]
    judges_from: dt.date | None
    judges_until: dt.date | None

    @classmethod
    def of(cls, pack: PackLine) -> Self:
        return cls(
            id=pack.id,
            version=pack.version,
            title=pack.title,
            overridden=list(pack.overridden),
            judges_from=pack.judges_from,
            judges_until=pack.judges_until,
        )


class ReportOverride(BaseModel):
    """A parameter that the program sets otherwise, with the reason and who approved it."""

    pack: str
    rule: str | None
    parameter: str
    value: int | bool
    reason: str
    approved_by: str
    start_date: dt.date
    end_date: dt.date

    @classmethod
    def of(cls, row: RuleOverride) -> Self:
        return cls(
            pack=row.pack,
            rule=row.rule,
            parameter=row.parameter,
            value=row.value,
            reason=row.reason,
            approved_by=row.approved_by,
            start_date=row.start_date,
            end_date=row.end_date,
        )


class ReportApproval(BaseModel):
    """An approval on record."""

    kind: RuleApprovalKind
    person: str | None
    rotation: str | None
    weekly_minutes: int | None
    reason: str
    approved_by: str
    start_date: dt.date
    end_date: dt.date

    @classmethod
    def of(cls, row: RuleApproval) -> Self:
        return cls(
            kind=row.kind,
            person=row.person,
            rotation=row.rotation,
            weekly_minutes=row.weekly_minutes,
            reason=row.reason,
            approved_by=row.approved_by,
            start_date=row.start_date,
            end_date=row.end_date,
        )


class ReportWaiver(BaseModel):
    """A hard finding that somebody entitled to lets stand."""

    rule: str
    person: str
    window_start_at: dt.datetime
    window_end_at: dt.datetime
    value: str
    limit: str
    reason: str
    granted_by: str
    granted_at: dt.datetime
    expires_date: dt.date | None

    @classmethod
    def of(cls, waiver: Waiver) -> Self:
        return cls(
            rule=waiver.rule,
            person=waiver.person,
            window_start_at=waiver.window_start_at,
            window_end_at=waiver.window_end_at,
            value=str(waiver.value),
            limit=str(waiver.limit),
            reason=waiver.reason,
            granted_by=waiver.granted_by,
            granted_at=waiver.granted_at,
            expires_date=waiver.expires_date,
        )


class SeverityCounts(BaseModel):
    """Findings by severity."""

    hard: int
    soft: int
    info: int

    @classmethod
    def of(cls, counts: Counts) -> Self:
        return cls(hard=counts.hard, soft=counts.soft, info=counts.info)


class ReportFinding(BaseModel):
    """A finding, and what it rests on: `basis` is the schedule or the log."""

    pack: str
    rule: str
    severity: Severity
    basis: Basis
    person: str
    name: str
    block: int | None
    rotation: str | None
    window_start_at: dt.datetime
    window_end_at: dt.datetime
    value: str
    limit: str
    unit: str
    clause: str
    message: str
    entries: list[str]
    waived_because: str | None

    @classmethod
    def of(cls, placed: PlacedFinding) -> Self:
        one = placed.finding
        return cls(
            pack=one.pack,
            rule=one.rule,
            severity=one.severity,
            basis=one.basis,
            person=one.person,
            name=placed.name,
            block=placed.block,
            rotation=placed.rotation,
            window_start_at=one.window_start_at,
            window_end_at=one.window_end_at,
            value=str(one.value),
            limit=str(one.limit),
            unit=one.unit,
            clause=one.clause,
            message=one.message,
            entries=list(one.entries),
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
    value: str
    limit: str
    margin: str
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
            value=str(one.value),
            limit=str(one.limit),
            margin=str(one.margin),
            percent=placed.percent,
            unit=one.unit,
            severity=one.severity,
            basis=one.basis,
        )


class ReportHours(BaseModel):
    """Hours a week and findings of a block, a rotation or a person; leave is left out."""

    key: str
    label: str
    residents: int
    mean_hours: Decimal | None
    most_hours: Decimal | None
    most_person: str | None
    counts: SeverityCounts

    @classmethod
    def of(cls, line: HoursLine) -> Self:
        return cls(
            key=line.key,
            label=line.label,
            residents=line.residents,
            mean_hours=line.mean_hours,
            most_hours=line.most_hours,
            most_person=line.most_person,
            counts=SeverityCounts.of(line.counts),
        )


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
