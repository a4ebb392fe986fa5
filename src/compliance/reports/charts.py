"""The charts of a printed report: hours a week and findings, by academic block."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reportlab.graphics.shapes import Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from src.compliance.reports.model import HoursLine

_BAR, _MOST, _LIMIT, _INK = HexColor("#9db8cf"), HexColor("#1b5e8c"), HexColor("#b3261e"), HexColor("#5b6875")
_SEVERITIES = (
    ("hard", HexColor("#b3261e")),
    ("soft", HexColor("#d9a441")),
    ("info", HexColor("#9db8cf")),
)
_LEFT, _BOTTOM, _TOP = 34.0, 18.0, 16.0


def hours_chart(
    lines: Sequence[HoursLine],
    limit: Decimal | None,
    width: float,
    height: float,
    font: str,
    *,
    shows_most: bool,
) -> Drawing:
    """Bars of the mean hours a week, a line of the most anyone had if wanted, and the limit across."""
    top = (
        float(max([one.most_hours or Decimal(0) for one in lines] + [limit or Decimal(0), Decimal(10)]))
        * 1.08
    )
    drawing, step, scale = _frame(lines, width, height, top, font)
    points: list[float] = []
    for index, one in enumerate(lines):
        left = _LEFT + index * step
        if one.mean_hours is None or one.most_hours is None:
            continue
        drawing.add(_bar(left + step * 0.2, _BOTTOM, step * 0.6, float(one.mean_hours) * scale, _BAR))
        if shows_most:
            points += [left + step / 2, _BOTTOM + float(one.most_hours) * scale]
        label = String(left + step / 2, _BOTTOM + 3, str(one.mean_hours), fontName=font, fontSize=6.5)
        label.textAnchor, label.fillColor = "middle", HexColor("#1c2733")
        drawing.add(label)
    if len(points) > 2:
        drawing.add(PolyLine(points, strokeColor=_MOST, strokeWidth=1.4, fillColor=None))
    for x, y in zip(points[::2], points[1::2], strict=True):
        drawing.add(_bar(x - 1.8, y - 1.8, 3.6, 3.6, _MOST))
    legend = [("mean hours a week", _BAR)]
    if shows_most:
        legend.append(("most of any resident", _MOST))
    if limit is not None:
        y = _BOTTOM + float(limit) * scale
        drawing.add(Line(_LEFT, y, width, y, strokeColor=_LIMIT, strokeWidth=0.9, strokeDashArray=[4, 2]))
        legend.append((f"limit {limit:f} h", _LIMIT))
    _legend(drawing, legend, height, font)
    return drawing


def findings_chart(lines: Sequence[HoursLine], width: float, height: float, font: str) -> Drawing:
    """Stacked bars of findings by severity."""
    most = max((one.counts.hard + one.counts.soft + one.counts.info for one in lines), default=0)
    drawing, step, scale = _frame(lines, width, height, max(most, 4) * 1.15, font)
    for index, one in enumerate(lines):
        base = _BOTTOM
        for name, colour in _SEVERITIES:
            count = getattr(one.counts, name)
            if count:
                drawing.add(_bar(_LEFT + (index + 0.2) * step, base, step * 0.6, count * scale, colour))
                base += count * scale
    _legend(drawing, [(f"{name} findings", colour) for name, colour in _SEVERITIES], height, font)
    return drawing


def _frame(
    lines: Sequence[HoursLine], width: float, height: float, top: float, font: str
) -> tuple[Drawing, float, float]:
    """Axes and the names of the blocks; also the width of a block and the points of one unit."""
    drawing = Drawing(width, height)
    step, scale = (width - _LEFT) / len(lines), (height - _BOTTOM - _TOP) / top
    drawing.add(Line(_LEFT, _BOTTOM, width, _BOTTOM, strokeColor=_INK, strokeWidth=0.6))
    unit = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 10**9) if top / size <= 6)
    for tick in range(0, int(top) + 1, unit):
        y = _BOTTOM + tick * scale
        drawing.add(Line(_LEFT, y, width, y, strokeColor=HexColor("#e3e8ec"), strokeWidth=0.4))
        label = String(_LEFT - 4, y - 2, str(tick), fontName=font, fontSize=6.5, fillColor=_INK)
        label.textAnchor = "end"
        drawing.add(label)
    for index, one in enumerate(lines):
        label = String(
            _LEFT + (index + 0.5) * step, _BOTTOM - 10, f"Block {one.key}", fontName=font, fontSize=6.5
        )
        label.textAnchor, label.fillColor = "middle", _INK
        drawing.add(label)
    return drawing, step, scale


def _bar(x: float, y: float, width: float, height: float, colour: Color) -> Rect:
    bar = Rect(x, y, width, height)
    bar.fillColor, bar.strokeColor = colour, None
    return bar


def _legend(drawing: Drawing, entries: Sequence[tuple[str, Color]], height: float, font: str) -> None:
    x = _LEFT
    for name, colour in entries:
        drawing.add(_bar(x, height - 9, 6, 6, colour))
        drawing.add(String(x + 9, height - 9, name, fontName=font, fontSize=7, fillColor=_INK))
        x += 20 + 4.4 * len(name)
