"""Decisions as bytes, for the board: JSON by resident, date and call, made small."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from src.solver.expand import Decisions
from src.solver.parts.company import Changes

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
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError from error
