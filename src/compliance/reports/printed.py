"""A report printed as PDF: the same bytes for the same report.

Text is set in DejaVu Sans, which knows the Latin, Greek and Cyrillic scripts and more; a person's id stands
beside each name. Long lists end with how many more there are: the CSV has them all.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from src.compliance.reports.charts import findings_chart, hours_chart
from src.compliance.reports.model import HoursLine, PlacedFinding, PlacedMeasure, Report, ReportScope
from src.compliance.rules import Basis
from src.quantities import count

FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
MOST_ROWS = 400
"""Rows of a list that are printed."""
MOST_OF_A_RULE = 8
"""Close calls of one rule that are printed."""
MARGIN = 15 * mm
PAGE = landscape(LETTER)

_INK, _GREY, _RULE, _BAND = HexColor("#1c2733"), HexColor("#5b6875"), HexColor("#c3ccd4"), HexColor("#eef2f5")
_SEVERITY_INK = {"hard": "#b3261e", "soft": "#9a6700", "info": "#3b5b78", "": "#1c2733"}


def report_pdf(report: Report) -> bytes:
    """The report as a PDF on Letter pages, landscape, with numbered pages."""
    _register_fonts()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=18 * mm,
        title=f"Compliance report: {report.subject}",
        author=report.program_name,
        subject=f"{report.schedule}, version {report.number}",
        creator="Rounds",
        producer="Rounds",
        invariant=1,
    )
    footer = f"{report.program_name} · {report.schedule}, version {report.number} ({report.state})"
    document.build(list(_story(report)), canvasmaker=_numbered(footer))
    return buffer.getvalue()


@cache
def _register_fonts() -> None:
    folder = resources.files("src.compliance.reports") / "fonts"
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO((folder / f"{name}.ttf").read_bytes())))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)


def _numbered(footer: str) -> type[Canvas]:
    """A canvas that writes the footer and "Page x of y" on every page once their number is known."""

    class NumberedCanvas(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  # the library's name
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # the stubs leave it out

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(FONT, 7.5)
                self.setFillColor(_GREY)
                self.drawString(MARGIN, 10 * mm, footer)
                self.drawRightString(PAGE[0] - MARGIN, 10 * mm, f"Page {number} of {len(self._pages)}")
                super().showPage()
            super().save()

    return NumberedCanvas


def _style(size: float = 8, *, bold: bool = False, ink: Any = _INK, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}{bold}",
        fontName=BOLD if bold else FONT,
        fontSize=size,
        leading=size * 1.3,
        textColor=ink,
        spaceAfter=after,
    )


def _text(words: str, style: ParagraphStyle | None = None) -> Paragraph:
    """A paragraph of plain words: what looks like markup in them is none."""
    return Paragraph(escape(words), style or _style())


def _heading(words: str) -> Paragraph:
    style = _style(11, bold=True, after=4)
    style.keepWithNext = 1
    return _text(words, style)


def _story(report: Report) -> Iterable[Flowable]:
    kind = {
        ReportScope.PROGRAM: "Program",
        ReportScope.PERSON: "Resident",
        ReportScope.BLOCK: "Block",
        ReportScope.ROTATION: "Rotation",
    }
    yield _text(f"{kind[report.scope]} compliance report", _style(9, ink=_GREY))
    yield _text(report.subject, _style(18, bold=True, after=4))
    yield from _lead(report)
    yield from _charts(report)
    yield from _rules_in_force(report)
    yield from _findings(report)
    yield from _closest(report)
    yield from _hours_table("By block", "Block", report.trend)
    if report.scope is not ReportScope.ROTATION:
        yield from _hours_table("By rotation", "Rotation", report.rotations)
    if report.scope is not ReportScope.PERSON:
        yield from _hours_table("By resident", "Resident", report.people)


def _lead(report: Report) -> Iterable[Flowable]:
    zone = ZoneInfo(report.time_zone)
    state = report.state
    if report.published_at is not None:
        state = f"{state} {report.published_at.astimezone(zone):%d %b %Y %H:%M}"
    yield _text(
        f"{report.program_name} · {report.schedule}, version {report.number}, {state} ·"
        f" {report.first_date:%d %b %Y} – {report.last_date:%d %b %Y} · times of {report.time_zone}",
        _style(8.5, after=3),
    )
    waived = sum(1 for one in report.findings if one.waiver is not None)
    counts = report.counts
    yield _text(
        f"{count(counts.hard, 'hard finding')} ({waived} waived), "
        f"{count(counts.soft, 'advisory', 'advisories')}, {counts.info} for information; "
        f"{count(len(report.closest_calls), 'number')} past a limit or"
        f" within 5 % of it. {_basis(report)}",
        _style(9.5, bold=True, after=2),
    )
    if report.certificate_sha256 is not None:
        yield _text(f"Certificate {report.certificate_sha256}", _style(7, ink=_GREY, after=4))
    yield Spacer(0, 3 * mm)


def _basis(report: Report) -> str:
    logged = sum(1 for one in report.findings if one.finding.basis is Basis.LOG)
    if logged == 0:
        return "All of it rests on the schedule as planned."
    return f"It rests on the schedule as planned, but for {count(logged, 'finding')} on hours as logged."


def _charts(report: Report) -> Iterable[Flowable]:
    """Trend over academic blocks: hours a week and findings."""
    if len(report.trend) < 2:
        return
    width = PAGE[0] - 2 * MARGIN
    is_of_many = report.scope is not ReportScope.PERSON
    parts: list[Flowable] = [
        _heading("Trend over academic blocks"),
        hours_chart(report.trend, report.weekly_limit_hours, width, 46 * mm, FONT, shows_most=is_of_many),
    ]
    if report.findings:
        parts.append(findings_chart(report.trend, width, 36 * mm, FONT))
    yield KeepTogether([*parts, Spacer(0, 3 * mm)])


def _rules_in_force(report: Report) -> Iterable[Flowable]:
    """Packs, overrides, approvals and waivers: what every report shows."""
    rows = [
        ("Rule pack", f"{pack.id} {pack.version}", pack.title, _span(pack.judges_from, pack.judges_until))
        for pack in report.packs
    ]
    rows += [
        (
            "Override",
            f"{one.pack} {one.rule or ''} {one.parameter} = {str(one.value).lower()}",
            f"{one.reason} ({one.approved_by})",
            _span(one.start_date, one.end_date),
        )
        for one in report.overrides
    ]
    rows += [
        (
            "Approval",
            " ".join(
                word
                for word in (one.kind.value, one.person, one.rotation, _weekly(one.weekly_minutes))
                if word
            ),
            f"{one.reason} ({one.approved_by})",
            _span(one.start_date, one.end_date),
        )
        for one in report.approvals
    ]
    rows += [
        (
            "Waiver",
            f"{one.rule} {one.person}: {one.value} against {one.limit}",
            f"{one.reason} ({one.granted_by})",
            _span(one.window_start_at.date(), one.window_end_at.date()),
        )
        for one in report.waivers
    ]
    none = [
        what
        for what, found in (
            ("overrides", report.overrides),
            ("approvals", report.approvals),
            ("waivers", report.waivers),
        )
        if not found
    ]
    yield from _table("Rules in force", ("", "What", "Why", "Dates"), rows, (20, 78, 110, 38))
    if none:
        yield _text(f"No {', no '.join(none)}.", _style(8, ink=_GREY))
    yield Spacer(0, 3 * mm)


def _closest(report: Report) -> Iterable[Flowable]:
    shown = _nearest_of_each_rule(report.closest_calls)
    rows = [_measure_row(one, report.time_zone) for one in shown]
    title = f"Closest calls: past a limit or within 5 % of it, the {MOST_OF_A_RULE} nearest of each rule"
    heads = ("Resident", "Rule", "Block", "Rotation", "Window", "Value", "Limit", "Left")
    yield from _table(title, heads, rows, (50, 28, 12, 30, 48, 34, 14, 16), len(report.closest_calls))


def _nearest_of_each_rule(closest: Sequence[PlacedMeasure]) -> list[PlacedMeasure]:
    """The first of each rule, in their order: whole numbers often lie right at a limit and hide others."""
    seen: Counter[str] = Counter()
    shown: list[PlacedMeasure] = []
    for one in closest:
        seen[one.measure.rule] += 1
        if seen[one.measure.rule] <= MOST_OF_A_RULE:
            shown.append(one)
    return shown


def _measure_row(placed: PlacedMeasure, zone: str) -> tuple[Any, ...]:
    one = placed.measure
    severity = "" if one.severity is None else one.severity.value
    left = f"{one.margin}" if placed.percent is None else f"{placed.percent} %"
    return (
        f"{placed.name} ({one.person})",
        one.rule,
        "" if placed.block is None else str(placed.block),
        placed.rotation or "",
        _window(one.window_start_at, one.window_end_at, zone),
        (f"{one.value} {one.unit}", severity),
        str(one.limit),
        (left, severity),
    )


def _findings(report: Report) -> Iterable[Flowable]:
    rows = [_finding_row(one, report.time_zone) for one in report.findings[:MOST_ROWS]]
    heads = ("", "Resident", "Rule", "Window", "Basis", "What was found")
    yield from _table("Findings", heads, rows, (14, 46, 34, 44, 18, 90), len(report.findings))
    if not report.findings:
        yield _heading("Findings")
        yield _text("None.", _style(8, ink=_GREY, after=6))


def _finding_row(placed: PlacedFinding, zone: str) -> tuple[Any, ...]:
    one = placed.finding
    waived = (
        f" Waived: {placed.waiver.reason} ({placed.waiver.granted_by})." if placed.waiver is not None else ""
    )
    return (
        (one.severity.value, one.severity.value),
        f"{placed.name} ({one.person})",
        f"{one.rule}, {one.clause}",
        _window(one.window_start_at, one.window_end_at, zone),
        one.basis.value,
        f"{one.message}.{waived}",
    )


def _hours_table(title: str, head: str, lines: Sequence[HoursLine]) -> Iterable[Flowable]:
    rows = [
        (
            line.key,
            line.label,
            str(line.residents),
            _number(line.mean_hours),
            _number(line.most_hours),
            line.most_person or "",
            *((str(count), name if count else "") for count, name in _counts(line)),
        )
        for line in lines[:MOST_ROWS]
    ]
    heads = (head, "", "Residents", "Mean h/week", "Most h/week", "By", "Hard", "Soft", "Info")
    yield from _table(title, heads, rows, (30, 70, 22, 28, 28, 26, 14, 14, 14), len(lines))


def _counts(line: HoursLine) -> tuple[tuple[int, str], ...]:
    return ((line.counts.hard, "hard"), (line.counts.soft, "soft"), (line.counts.info, "info"))


def _table(
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    widths: Sequence[int],
    total: int | None = None,
) -> Iterable[Flowable]:
    """A titled table whose head is repeated on every page; nothing where there are no rows."""
    if not rows:
        return
    scale = (PAGE[0] - 2 * MARGIN) / sum(widths)
    cells = [[_text(head, _style(7.5, bold=True, ink=_GREY)) for head in heads]]
    cells += [[_cell(value) for value in row] for row in rows]
    table = LongTable(cells, colWidths=[width * scale for width in widths], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, _GREY),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, _RULE),
                ("ROWBACKGROUNDS", (0, 1), (-1, -1), (HexColor("#ffffff"), _BAND)),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    yield _heading(title)
    yield table
    if total is not None and total > len(rows):
        yield _text(
            f"and {total - len(rows)} more: the CSV of this report has them all", _style(8, ink=_GREY)
        )
    yield Spacer(0, 5 * mm)


def _cell(value: str | tuple[str, str]) -> Paragraph:
    """A cell; a pair is a text and the severity that colours it."""
    if isinstance(value, tuple):
        return _text(value[0], _style(7.5, bold=bool(value[1]), ink=HexColor(_SEVERITY_INK[value[1]])))
    return _text(value, _style(7.5))


def _window(start_at: datetime, end_at: datetime, zone: str) -> str:
    """Dates of a window from midnight to midnight, its last included; instants of any other."""
    start, end = start_at.astimezone(ZoneInfo(zone)), end_at.astimezone(ZoneInfo(zone))
    if (start.hour, start.minute, end.hour, end.minute) == (0, 0, 0, 0):
        return f"{start:%d %b %Y} – {datetime.fromordinal(end.toordinal() - 1):%d %b %Y}"
    return f"{start:%d %b %Y %H:%M} – {end:%d %b %H:%M}"


def _span(first: Any, last: Any) -> str:
    if first is None and last is None:
        return "all year"
    return f"{first or '…'} – {last or '…'}"


def _weekly(minutes: int | None) -> str:
    return "" if minutes is None else f"{Decimal(minutes) / 60:f} h a week"


def _number(value: Decimal | None) -> str:
    return "–" if value is None else str(value)
