"""A picture of a few lines, as SVG: text that a reader of a change can compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import HexColor

COLOURS = ("#1b5e8c", "#b0b0b0", "#c0392b", "#2e7d32")


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one line, by x."""

    name: str
    points: Sequence[tuple[float, float]]


def write_chart(
    path: Path, title: str, axes: tuple[str, str], lines: Sequence[Line], *, from_zero: bool = False
) -> None:
    """Draw the lines over common axes, which begin at zero or at the least of the points."""
    drawing = Drawing(560, 400)
    plot = LinePlot()
    plot.x, plot.y, plot.width, plot.height = 60, 50, 460, 260
    plot.data = [list(line.points) for line in lines]
    for number, (line, colour) in enumerate(zip(lines, COLOURS, strict=False)):
        plot.lines[number].strokeColor = HexColor(colour)
        marker = makeMarker("FilledCircle", size=5)  # type: ignore[no-untyped-call]  # the stubs leave it open
        plot.lines[number].symbol = marker
        height = 362 - 14 * number
        drawing.add(String(520, height, line.name, fillColor=HexColor(colour), fontSize=11, textAnchor="end"))
    if from_zero:
        plot.xValueAxis.valueMin = plot.yValueAxis.valueMin = 0
    drawing.add(plot)
    drawing.add(String(60, 380, title, fontSize=13))
    drawing.add(String(220, 15, axes[0], fontSize=10))
    drawing.add(String(60, 318, axes[1], fontSize=10))
    path.write_text(renderSVG.drawToString(drawing), encoding="utf-8")
