"""What a rule hands back before it becomes a finding: minutes for instants, entries for labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from src.compliance.rules.model import Duty
from src.interchange.schedule import Severity

_RANK = {Severity.HARD: 0, Severity.SOFT: 1, Severity.INFO: 2}


def severity_rank(severity: Severity) -> int:
    """0 for hard, 1 for soft, 2 for info."""
    return _RANK[severity]


@dataclass(frozen=True, slots=True)
class Failure:
    """A window in which one person fails one rule. `start` and `end` are minutes, half-open."""

    severity: Severity
    start: int
    end: int
    value: Decimal
    limit: Decimal
    unit: str
    duties: tuple[Duty, ...]
    message: str
    weekly_hours: tuple[Decimal, ...] = ()


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
