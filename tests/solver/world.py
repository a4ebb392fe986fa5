"""A fortnight for the solver: the program of `tests/compliance/structure/world.py`, and how to ask about it.

Two academic blocks of a week from Monday 6 July 2026 in Chicago: days 0 … 6 are block 1, 7 … 13 block 2. What
is expected is spelled out from wall times and hours, by nothing of the solver.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from src.interchange.model import DutyType, HistoryInterval, Program
from src.interchange.schedule import AssignmentRow, TierScore
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.problem import Progress
from tests.compliance.structure.world import ZONE, A, day

WARD_TWICE = ("WARD", "WARD")


def plan_of(vacations: Iterable[tuple[str, int]] = (), **rotations: tuple[str | None, ...]) -> YearPlan:
    """`plan_of(A=("WARD", "NF"))`: the rotations by academic block; vacations by person and day number."""
    return YearPlan(
        MappingProxyType(
            {
                (person, block): name
                for person, names in rotations.items()
                for block, name in enumerate(names, start=1)
                if name is not None
            }
        ),
        frozenset((person, day(on), None) for person, on in vacations),
    )


def works(
    program: Program,
    rotations: tuple[str | None, ...] = WARD_TWICE,
    *,
    off: Iterable[int] = (),
    calls: Iterable[tuple[int, str]] = (),
    vacations: Iterable[int] = (),
    **options: Any,
) -> list[str]:
    """What A works, in words, under these rotations and decisions."""
    plan = plan_of([("A", on) for on in vacations], A=rotations)
    decisions = Decisions(
        frozenset(("A", day(on)) for on in off), frozenset(("A", day(on), call) for on, call in calls)
    )
    return said(expand(program, plan, decisions, **options))


def said(*parts: Iterable[AssignmentRow] | AssignmentRow) -> list[str]:
    """Rows in words and in order of time, so that a difference can be read."""
    rows = [row for part in parts for row in ([part] if isinstance(part, AssignmentRow) else part)]
    rows.sort(key=lambda row: (row.person, row.start_at.astimezone(UTC), row.end_at.astimezone(UTC)))
    return [
        f"{row.person} {row.date} {row.session} {row.kind} {row.id} "
        f"{row.start_at.isoformat()} {row.end_at.isoformat()} {row.duty_type}"
        for row in rows
    ]


def before(start_day: int, start: str, end_day: int, end: str, duty: DutyType) -> HistoryInterval:
    """An interval of A's history between two local times."""
    return HistoryInterval(A.id, _at(day(start_day), start), _at(day(end_day), end), duty)


def _at(on: date, wall: str) -> datetime:
    return datetime.combine(on, time.fromisoformat(wall), ZONE)


def silent(progress: Progress) -> None:
    """A progress sink that does nothing."""


def assert_keeps_to(reached: Iterable[Decimal], tiers: Iterable[TierScore]) -> None:
    """No score exceeds a bound. Those of an optimal result are of schedules as good in the tiers before."""
    told = tuple(tiers)
    is_optimal = all(tier.bound == tier.objective for tier in told)
    for score, tier in zip(reached, told, strict=True):
        assert tier.bound is None or score <= tier.bound
        if is_optimal and score < tier.objective:
            return
