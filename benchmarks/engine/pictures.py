"""The rows as pictures: the gap over time of each program, time and memory against residents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.chart import Line, write_chart
from benchmarks.engine.measure import Row
from benchmarks.engine.tables import gap

MOST_PERCENT = 100.0
"""Gaps above are drawn at this height, or the first of them would flatten the rest."""


def draw(rows: Sequence[Row], folder: Path) -> list[str]:
    """Write every picture for which there is something to draw; their names."""
    written: list[str] = []
    for row in rows:
        lines = gap_lines(row)
        if row["solver"] == "engine" and lines:
            name = f"engine_gap_{row['program']}.svg"
            title = f"{row['program']}: gap of the year plan's requests over time"
            write_chart(folder / name, title, ("seconds", "gap, %"), lines, from_zero=True)
            written.append(name)
    for name, title, unit, figures in GROWTH:
        lines = [Line(words, points) for words, points in _growth(rows, figures) if len(points) > 1]
        if lines:
            write_chart(folder / name, title, ("residents", unit), lines, from_zero=True)
            written.append(name)
    return written


def gap_lines(row: Row) -> list[Line]:
    """Each better year plan's gap: to the bound known at that moment, and to the one proved in the end."""
    met = [
        (seconds, objective, bound)
        for seconds, layer, tier, objective, bound in row.get("incumbents", ())
        if layer == "year" and tier == row["scored"]
    ]
    proved = [bound for _, bound in row.get("year_tiers", ())][row["scored"] - 1 :][:1]
    then = [(at, _percent(share)) for at, score, bound in met if (share := gap(score, bound)) is not None]
    in_the_end = [
        (at, _percent(share))
        for at, score, _ in met
        for bound in proved
        if (share := gap(score, bound)) is not None
    ]
    named = (("to the bound known then", then), ("to the bound proved in the end", in_the_end))
    return [Line(name, points) for name, points in named if len(points) > 1]


def _percent(share: float) -> float:
    return min(MOST_PERCENT, 100 * share)


GROWTH = (
    (
        "engine_time.svg",
        "Time against residents",
        "seconds",
        (
            ("engine: first complete", "engine", "first"),
            ("engine: end", "engine", "seconds"),
            ("plain: first complete", "plain", "first"),
        ),
    ),
    (
        "engine_memory.svg",
        "Memory against residents",
        "peak MB",
        (("engine", "engine", "peak_mb"), ("plain", "plain", "peak_mb")),
    ),
)


def _growth(
    rows: Sequence[Row], figures: Sequence[tuple[str, str, str]]
) -> list[tuple[str, list[tuple[float, float]]]]:
    """For each line the figure of every program with a schedule, by residents."""
    return [(words, growth(rows, solver, figure)) for words, solver, figure in figures]


def growth(rows: Sequence[Row], solver: str, figure: str) -> list[tuple[float, float]]:
    """(residents, figure), in order."""
    solved = [row for row in rows if row["solver"] == solver and row["tiers"]]
    return sorted((row["residents"], row[figure]) for row in solved if row[figure] is not None)
