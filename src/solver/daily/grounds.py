"""The rules of packs as grounds of cuts, and which of them the days of a block cannot be judged by alone."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

from src.interchange.model import Program
from src.quantities import count
from src.solver.limit_rows import LimitRow
from src.solver.plan import Ground

AVERAGED = frozenset({"weekly_hours", "free_days", "call_frequency"})
"""The common requirements that are averaged over windows by rotation."""

BY_ROTATION = frozenset(
    {
        "weekly_hours",
        "free_days",
        "call_frequency",
        "calls_by_share",
        "calls_by_table",
        "calls_weighted",
        "emergency_hours",
        "emergency_clinical_hours",
        "average_hours",
        "weekend_frequency",
    }
)
"""Kinds whose windows the blocks around may move, or are part of."""

COMMON_RULES = MappingProxyType(
    {
        "call_frequency": "US-CALL3: calls are not more often than every third night on average",
        "continuous_duty": "US-CONT24: continuous duty has a limit",
        "free_days": "US-FREE7: one day in seven is free on average",
        "rest_after_call": "US-REST14: 14 hours of rest follow 24 hours of call",
        "weekly_hours": "US-80: weekly hours have a limit",
    }
)


def common_rule(kind: str) -> Ground:
    """One of the common requirements."""
    return Ground("program.toml", None, f"rule_packs: {COMMON_RULES[kind]}")


def pack_rule(row: LimitRow) -> Ground:
    """A rule of another pack."""
    return Ground("program.toml", None, f"rule_packs: {row.rule} ({row.pack}): {row.words}")


def days_off_rules(program: Program, rotations: Collection[str | None]) -> tuple[Ground, ...]:
    """How many days off those rotations give, where they say."""
    return tuple(
        Ground(
            "rotations.csv",
            row.row,
            f"{row.id} gives at most {count(row.max_days_off, 'day')} off in a block (max_days_off)",
            most=True,
        )
        for row in program.rotations
        if row.id in rotations and row.max_days_off is not None
    )


def named(grounds: tuple[Ground, ...]) -> str:
    """The rules among the grounds, by name; else what everybody keeps."""
    rules = [ground.words.split(": ")[1] for ground in grounds if ground.row is None]
    rules += ["max_days_off" for ground in grounds if ground.file == "rotations.csv"]
    return ", ".join(dict.fromkeys(rules)) or "one duty at a time"
