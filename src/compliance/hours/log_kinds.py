"""Which kinds of rules are judged on logs, and how far. Pure.

Kinds that can leave single dates out are judged on the known dates. All others see known entries whole; of
those, some are not judged on logs at all, and some speak only of the best that unknown dates can have been.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from src.compliance.rules import Rule, RulePack
from src.compliance.rules.registry import EXCEPTED_HOURS

LEAVES_DATES_OUT = frozenset(
    {
        EXCEPTED_HOURS,
        "average_hours",
        "call_frequency",
        "calls_by_share",
        "calls_by_table",
        "calls_weighted",
        "elected_extensions",
        "emergency_clinical_hours",
        "emergency_hours",
        "free_days",
        "free_weekends",
        "home_call_frequency",
        "night_work_average",
        "postcall_free_days",
        "weekly_hours",
    }
)
"""Kinds that judge windows of which single dates can be left out on both sides, as leave is (D4)."""

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
        "calls_in_dates",
        "fatigue_risk",
        "free_each_week",
        "hours_in_dates",
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


def leaves_dates_out(rule: Rule) -> bool:
    """Whether a rule can be judged on the known dates alone. One with prospective cover looks at no leave."""
    return rule.kind in LEAVES_DATES_OUT and not _covers_prospectively(rule)


def is_judged(rule: Rule) -> bool:
    """Whether a rule is judged on logs at all."""
    return rule.kind not in SCHEDULE_ONLY


def limited_rules(packs: Iterable[RulePack], *, with_unknown_dates: bool) -> Iterator[LimitedRule]:
    """The enabled rules that are not judged on logs, or only at best where dates are unknown; each once."""
    seen: set[tuple[str, str]] = set()
    for pack in packs:
        for rule in pack.rules:
            if not rule.enabled or (pack.id, rule.id) in seen:
                continue
            seen.add((pack.id, rule.id))
            if not is_judged(rule):
                yield LimitedRule(pack.id, rule.id, _NOT_SAID)
            elif with_unknown_dates and (rule.kind in AT_BEST or _covers_prospectively(rule)):
                yield LimitedRule(pack.id, rule.id, _ONLY_AT_BEST)


def _covers_prospectively(rule: Rule) -> bool:
    return "prospective_cover" in rule.parameters and rule.choice("prospective_cover")
