"""Figures to be reached: the targets, and what another plain solver came to on the shared programs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stated:
    """What a straightforward two-layer CP-SAT came to in `seconds`, with 4 workers on a loaded machine.

    `year_points` are those of vacation ranks and rotation requests; spreads are of call points, weekends and
    holidays, summed over the PGYs.
    """

    seconds: float
    year_points: int
    day_off: int
    points: float
    weekends: float
    holidays: float
    whole_weekends: int
    advisories: int
    memory_mb: int


STATED = {
    "tiny": Stated(0.4, 56, 1, 3, 11, 1, 42, 3, 110),
    "fm-24": Stated(58, 647, 40, 15.5, 8, 5, 450, 25, 384),
    "gs-35": Stated(59, 870, 30, 7.5, 8, 11, 876, 58, 479),
    "im-60": Stated(162, 1618, 220, 10.5, 10, 6, 1836, 224, 531),
}


@dataclass(frozen=True, slots=True)
class Target:
    """At most `most` of a figure of a program's row; `solver` says whose row."""

    words: str
    program: str
    solver: str
    figure: str
    most: float
    unit: str


TARGETS = (
    Target("first complete schedule", "fm-24", "engine", "first", 10, "s"),
    Target("first complete schedule", "im-60", "engine", "first", 30, "s"),
    Target("first complete schedule", "gs-35", "engine", "first", 30, "s"),
    Target("year plan's gap proved in 60 s", "fm-24", "year", "gap", 0.01, "%"),
    Target("year plan's gap proved in 60 s", "im-60", "year", "gap", 0.01, "%"),
    Target("year plan's gap proved in 60 s", "gs-35", "year", "gap", 0.01, "%"),
    Target("whole year, daily and call", "fm-24", "engine", "seconds", 60, "s"),
    Target("whole year, daily and call", "im-60", "engine", "seconds", 300, "s"),
    Target("whole year, daily and call", "gs-35", "engine", "seconds", 300, "s"),
    Target("memory", "fm-24", "engine", "peak_mb", 2000, "MB"),
    Target("memory", "im-60", "engine", "peak_mb", 2000, "MB"),
    Target("memory", "gs-35", "engine", "peak_mb", 2000, "MB"),
    Target("whole year, 160 × 26", "im-60-by-160", "engine", "seconds", 900, "s"),
    Target("memory, 160 × 26", "im-60-by-160", "engine", "peak_mb", 4000, "MB"),
    Target("infeasible: proved and explained", "infeasible-icu", "engine", "seconds", 30, "s"),
)
