"""Decisions, plans and bounds as bytes, for the board: JSON by resident, date and call, made small."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from src.interchange.schedule import SolveStatus
from src.solver.expand import Decisions
from src.solver.parts.company import Changes
from src.solver.plan import YearPlan
from src.solver.year.outcome import YearBounds, YearOutcome

LARGEST_BYTES = 50_000_000
"""More than the years of thousands of residents: whatever comes to more is not unpacked."""


class UnreadableError(Exception):
    """What hangs on the board is not what this version of the program puts there."""


def packed_decisions(decisions: Decisions) -> bytes:
    return _packed(_words(decisions))


def packed_changes(changes: Changes) -> bytes:
    return _packed({"given": _words(changes.given), "taken_back": _words(changes.taken_back)})


def read_decisions(raw: bytes) -> Decisions:
    """Raises UnreadableError."""
    return _read_as(raw, _decisions)


def read_changes(raw: bytes) -> Changes:
    """Raises UnreadableError."""
    return _read_as(raw, lambda said: Changes(_decisions(said["given"]), _decisions(said["taken_back"])))


def packed_bounds(bounds: YearBounds) -> bytes:
    return _packed(
        {
            "tiers": [None if tier is None else str(tier) for tier in bounds.tiers],
            "plan": _plan_words(bounds.plan),
            "hoped": [str(tier) for tier in bounds.hoped],
            "granted": sorted(bounds.granted),
            "infeasible": bounds.is_infeasible,
            "proved": bounds.is_first_proved,
        }
    )


def packed_outcome(made: YearOutcome) -> bytes:
    return _packed(
        {
            "status": made.status,
            "plan": _plan_words(made.plan),
            "hoped": [str(tier) for tier in made.hoped],
            "granted": sorted(made.granted),
            "short": made.short,
            "hurried": made.is_hurried,
        }
    )


def read_bounds(raw: bytes) -> YearBounds:
    """Raises UnreadableError."""
    return _read_as(
        raw,
        lambda said: YearBounds(
            tuple(None if tier is None else Decimal(tier) for tier in said["tiers"]),
            _plan(said["plan"]),
            tuple(map(Decimal, said["hoped"])),
            frozenset(map(int, said["granted"])),
            is_infeasible=bool(said["infeasible"]),
            is_first_proved=bool(said["proved"]),
        ),
    )


def read_outcome(raw: bytes) -> YearOutcome:
    """Raises UnreadableError."""
    return _read_as(
        raw,
        lambda said: YearOutcome(
            SolveStatus(said["status"]),
            _plan(said["plan"]),
            tuple(map(Decimal, said["hoped"])),
            frozenset(map(int, said["granted"])),
            int(said["short"]),
            is_hurried=bool(said["hurried"]),
        ),
    )


def _plan_words(plan: YearPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {
        "year": [(row.person, row.block, row.rotation) for row in plan.year_rows()],
        "weeks": [
            (row.person, row.week_start_date.isoformat(), row.request_rank) for row in plan.vacation_rows()
        ],
    }


def _plan(said: Mapping[str, Any] | None) -> YearPlan | None:
    if said is None:
        return None
    rotation = {(str(person), int(block)): str(name) for person, block, name in said["year"]}
    weeks = ((str(person), date.fromisoformat(monday), rank) for person, monday, rank in said["weeks"])
    return YearPlan(MappingProxyType(rotation), frozenset(weeks))


def _words(decisions: Decisions) -> dict[str, Any]:
    off: defaultdict[str, list[str]] = defaultdict(list)
    for person, day in decisions.days_off:
        off[person].append(day.isoformat())
    calls: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for person, day, call in decisions.calls:
        calls[person].append((day.isoformat(), call))
    return {"off": off, "calls": calls}


def _decisions(said: Mapping[str, Any]) -> Decisions:
    return Decisions(
        frozenset(
            (str(person), date.fromisoformat(day)) for person, days in said["off"].items() for day in days
        ),
        frozenset(
            (str(person), date.fromisoformat(day), str(call))
            for person, calls in said["calls"].items()
            for day, call in calls
        ),
    )


def _packed(said: object) -> bytes:
    return zlib.compress(json.dumps(said).encode(), level=1)


def _read_as[Value](raw: bytes, read: Callable[[Any], Value]) -> Value:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(raw, LARGEST_BYTES)
        if not unpacking.eof:
            raise UnreadableError
        return read(json.loads(text))
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise UnreadableError from error
