"""A report as one CSV table: what it rests on, then its findings, then every number beside its limit.

A spreadsheet takes a text that begins with `=`, `+`, `-`, `@`, a tab or a line break for a formula; such a
text gets an apostrophe before it. Numbers, instants and dates are written as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from src.compliance.reports.model import HoursLine, PlacedFinding, PlacedMeasure, Report
from src.spreadsheets import safe_text

COLUMNS = (
    "row",
    "person",
    "name",
    "block",
    "rotation",
    "pack",
    "rule",
    "clause",
    "severity",
    "window_start_at",
    "window_end_at",
    "value",
    "limit",
    "margin",
    "unit",
    "basis",
    "text",
)
_NUMBERS = frozenset({"block", "value", "limit", "margin"})


def report_csv(report: Report) -> Iterator[str]:
    """The lines of a report's table, header first; `row` says what a row is."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _rows(report):
        writer.writerow([_safe(column, row.get(column, "")) for column in COLUMNS])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _safe(column: str, value: str) -> str:
    return value if column in _NUMBERS else safe_text(value)


def _rows(report: Report) -> Iterator[dict[str, str]]:
    version = f"{report.schedule}, version {report.number}, {report.state}"
    yield {"row": "report", "text": f"{report.subject}; {version}"}
    for pack in report.packs:
        overridden = f"; overridden: {', '.join(pack.overridden)}" if pack.overridden else ""
        yield {"row": "pack", "pack": f"{pack.id}@{pack.version}", "text": f"{pack.title}{overridden}"}
    yield from _grounds(report)
    yield from map(_finding, report.findings)
    yield from _hours("block", report.trend)
    yield from _hours("rotation", report.rotations)
    yield from _hours("person", report.people)
    yield from map(_measure, report.measures)


def _grounds(report: Report) -> Iterator[dict[str, str]]:
    """Overrides, approvals and waivers, each with its reason."""
    for override in report.overrides:
        dates = {"window_start_at": str(override.start_date), "window_end_at": str(override.end_date)}
        rule = override.rule or ""
        text = f"{override.parameter}: {override.reason} ({override.approved_by})"
        value = str(override.value).lower()
        yield {"row": "override", "pack": override.pack, "rule": rule, "value": value, "text": text, **dates}
    for approval in report.approvals:
        dates = {"window_start_at": str(approval.start_date), "window_end_at": str(approval.end_date)}
        named = {"person": approval.person or "", "rotation": approval.rotation or ""}
        text = f"{approval.kind}: {approval.reason} ({approval.approved_by})"
        yield {"row": "approval", "text": text, **named, **dates}
    for waiver in report.waivers:
        yield {
            "row": "waiver",
            "person": waiver.person,
            "rule": waiver.rule,
            "window_start_at": waiver.window_start_at.isoformat(),
            "window_end_at": waiver.window_end_at.isoformat(),
            "value": str(waiver.value),
            "limit": str(waiver.limit),
            "text": f"{waiver.reason} ({waiver.granted_by})",
        }


def _finding(placed: PlacedFinding) -> dict[str, str]:
    one = placed.finding
    waived = f" Waived: {placed.waiver.reason}" if placed.waiver is not None else ""
    return {
        "row": "finding",
        **_place(one.person, placed.name, placed.block, placed.rotation),
        "pack": one.pack,
        "rule": one.rule,
        "clause": one.clause,
        "severity": one.severity.value,
        "window_start_at": one.window_start_at.isoformat(),
        "window_end_at": one.window_end_at.isoformat(),
        "value": str(one.value),
        "limit": str(one.limit),
        "margin": str(-abs(one.value - one.limit)),
        "unit": one.unit,
        "basis": one.basis.value,
        "text": f"{one.message}{waived}",
    }


def _measure(placed: PlacedMeasure) -> dict[str, str]:
    one = placed.measure
    return {
        "row": "measure",
        **_place(one.person, placed.name, placed.block, placed.rotation),
        "pack": one.pack,
        "rule": one.rule,
        "clause": one.clause,
        "severity": "" if one.severity is None else one.severity.value,
        "window_start_at": one.window_start_at.isoformat(),
        "window_end_at": one.window_end_at.isoformat(),
        "value": str(one.value),
        "limit": str(one.limit),
        "margin": str(one.margin),
        "unit": one.unit,
        "basis": one.basis.value,
    }


def _hours(kind: str, lines: Iterable[HoursLine]) -> Iterator[dict[str, str]]:
    """Hours a week of each block, rotation or person: the mean as the value, the most in words."""
    for line in lines:
        counts = f"{line.counts.hard} hard, {line.counts.soft} soft, {line.counts.info} info"
        most = f"at most {line.most_hours} ({line.most_person}); " if line.most_hours is not None else ""
        yield {
            "row": f"hours by {kind}",
            kind: line.key,
            "value": "" if line.mean_hours is None else str(line.mean_hours),
            "unit": "hours a week",
            "text": f"{line.label}: {most}{counts}",
        }


def _place(person: str, name: str, block: int | None, rotation: str | None) -> dict[str, str]:
    return {
        "person": person,
        "name": name,
        "block": "" if block is None else str(block),
        "rotation": rotation or "",
    }
