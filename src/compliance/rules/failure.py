"""What a rule hands back for every window or period it judged: that it was kept, or how it was not.

Minutes stand for instants and entries for labels. A rule yields a `Passed` or a `Failure` for everything it
judged, so that what was kept can be told with its margin, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from src.compliance.rules.model import Duty
from src.interchange.schedule import Severity

_RANK = {Severity.HARD: 0, Severity.SOFT: 1, Severity.INFO: 2}


def severity_rank(severity: Severity) -> int:
    """0 for hard, 1 for soft, 2 for info."""
    return _RANK[severity]


class Passed(NamedTuple):
    """A window or period that keeps a rule: `value / divisor` against `limit / divisor`, in `unit`.

    Whole numbers, as they were compared: no division, no rounding. `at_least` tells the side: the value may
    not be below the limit, else not above it. `start` and `end` are minutes, half-open.
    """

    start: int
    end: int
    value: int
    limit: int
    unit: str
    divisor: int = 1
    at_least: bool = False

    @property
    def margin(self) -> int:
        """How far the value is on the right side of the limit, times the divisor; never below zero."""
        return self.value - self.limit if self.at_least else self.limit - self.value


@dataclass(frozen=True, slots=True)
class Failure:
    """A window in which one person fails one rule. `start` and `end` are minutes, half-open.

    `remedy` is what would clear it, as a sentence; empty where nothing can be said.
    """

    severity: Severity
    start: int
    end: int
    value: Decimal
    limit: Decimal
    unit: str
    duties: tuple[Duty, ...]
    message: str
    weekly_hours: tuple[Decimal, ...] = ()
    remedy: str = ""


type Judged = Passed | Failure


def merge_overlapping(failures: Iterable[Failure]) -> list[Failure]:
    """Overlapping failing windows of one person under one rule as one (D9).

    The merged window spans them all and rests on the entries of all. Its severity, number, limit and
    sentence are those of the worst: the most severe, then the farthest from its limit, then the first.
    """
    merged: list[Failure] = []
    group: list[Failure] = []
    end = 0
    for failure in sorted(failures, key=lambda f: (f.start, f.end)):
        if group and failure.start >= end:
            merged.append(_as_one(group))
            group = []
        end = max(end, failure.end) if group else failure.end
        group.append(failure)
    if group:
        merged.append(_as_one(group))
    return merged


def _as_one(group: Sequence[Failure]) -> Failure:
    if len(group) == 1:
        return group[0]
    worst = min(group, key=lambda f: (severity_rank(f.severity), -abs(f.value - f.limit)))
    duties = {duty for failure in group for duty in failure.duties}
    return replace(
        worst,
        start=min(failure.start for failure in group),
        end=max(failure.end for failure in group),
        duties=tuple(sorted(duties, key=lambda duty: (duty.start, duty.end, duty.label))),
    )
