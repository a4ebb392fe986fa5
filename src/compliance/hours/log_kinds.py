"""Which kinds of rules are judged on logs, and how far. Pure.

Kinds that average over windows leave unknown dates out; kinds on single periods see known entries whole; both
stand in the engine's registry. Told here are the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from src.compliance.rules import RulePack

SCHEDULE_ONLY = frozenset(
    {
        "clinic_gaps",
        "clinic_hours",
        "clinic_ratio",
        "clinic_sessions",
        "clinic_weeks",
        "critical_care_days",
        "night_float_service",
        "supervision_level",
    }
)
"""Kinds that ask where and under whom somebody worked, which a log does not say (D8)."""

AT_BEST = frozenset(
    {
        "average_hours",
        "calls_by_share",
        "calls_by_table",
        "calls_in_dates",
        "calls_weighted",
        "free_each_week",
        "free_weekends",
        "hours_in_dates",
        "night_work_average",
        "rests_in_period",
        "weekend_frequency",
        "worked_weekends",
    }
)
"""Kinds that sum over time from which single dates cannot be left out: unknown dates are taken as free.

What they find is certain, for those dates could only have made it worse; finding nothing says nothing.
"""

_NOT_SAID = "Asks where and under whom somebody worked, which a log does not say; the schedule is judged."
_ONLY_AT_BEST = "Sums over time that holds unknown dates: told is only what is broken even with those free."


@dataclass(frozen=True, slots=True)
class LimitedRule:
    """A rule that does not speak fully of logs, and why."""

    pack: str
    rule: str
    why: str


def limited_rules(packs: Iterable[RulePack], *, with_unknown_dates: bool) -> Iterator[LimitedRule]:
    """The enabled rules that are not judged on logs, or only at best where dates are unknown; each once."""
    seen: set[tuple[str, str]] = set()
    for pack in packs:
        for rule in pack.rules:
            if not rule.enabled or (pack.id, rule.id) in seen:
                continue
            seen.add((pack.id, rule.id))
            if rule.kind in SCHEDULE_ONLY:
                yield LimitedRule(pack.id, rule.id, _NOT_SAID)
            elif rule.kind in AT_BEST and with_unknown_dates:
                yield LimitedRule(pack.id, rule.id, _ONLY_AT_BEST)
