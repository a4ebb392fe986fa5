"""The engine's limits, filled from the same rule packs that the judge goes by.

Solver and rules share no code, only these numbers. Where a program goes by several packs, or sets numbers
otherwise for some dates, the strictest of each number holds all year. A program without packs is planned
within the engine's own common limits.

Not every rule can be said as a limit. What the engine does not plan by, the judge still judges: `unplanned`
names those rules, so that nobody takes a plan for more than it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from src.compliance.care import supervision_of
from src.compliance.packs import packs_of
from src.compliance.rules import FreeBasis, RulePack, RuleParameters, WindowMode
from src.interchange.model import Program
from src.interchange.schedule import Severity
from src.solver.problem import Limits

THE_MORE_THE_STRICTER = frozenset(
    {"rest_after_call_minutes", "free_period_minutes", "call_every_days", "min_rest_minutes"}
)

NUMBERS = frozenset(field.name for field in fields(RuleParameters))

PLANNED_AVERAGES = frozenset({"weekly_hours", "excepted_hours", "free_days", "call_frequency"})
"""Averaged kinds of rule the engine keeps, over windows by rotation; an exception is planned without."""

PLANNED_KINDS = PLANNED_AVERAGES | {"rest_after_call", "continuous_duty"}
"""Kinds of rule the engine keeps whatever it costs."""

NEVER_PLANNED_DUTY = frozenset({"moonlighting", "elected_extensions"})
"""Kinds that judge what no plan holds."""


@dataclass(frozen=True, slots=True)
class UnplannedRule:
    """A hard rule of a program's packs that the engine does not plan by; the judge still judges it."""

    pack: str
    rule: str
    sentence: str


def limits_of(program: Program) -> Limits:
    """The strictest limits of the program's packs on any date of the year.

    Raises UnknownRulePackError and OverrideInvalidError.
    """
    packs = packs_of(program)
    if not packs:
        return Limits()
    numbers: Mapping[str, Any] = {
        field.name: (max if field.name in THE_MORE_THE_STRICTER else min)(
            getattr(pack.parameters, field.name) for pack in packs
        )
        for field in fields(Limits)
        if field.name in NUMBERS
    }
    return Limits(**numbers)


def unplanned(program: Program) -> tuple[UnplannedRule, ...]:
    """The hard rules the program goes by that no limit says, each once, in the order of the packs.

    Raises UnknownRulePackError and OverrideInvalidError.
    """
    found = (rule for pack in packs_of(program) for rule in _unplanned(program, pack))
    return tuple(dict.fromkeys(found))


def unplanned_notice(program: Program) -> str | None:
    """The same as a sentence for a person; None where the engine plans by every hard rule."""
    rules = unplanned(program)
    if not rules:
        return None
    named = ", ".join(f"{one.rule} ({one.pack})" for one in rules)
    return f"Not planned by, but judged: {named}. A plan may break these."


def _unplanned(program: Program, pack: RulePack) -> Iterator[UnplannedRule]:
    parameters = pack.parameters
    is_by_rotation = (
        parameters.window_mode is WindowMode.BY_ROTATION
        and parameters.window_edge_minutes == 0
        and parameters.free_basis is FreeBasis.H24
    )
    planned = PLANNED_KINDS if is_by_rotation else PLANNED_KINDS - PLANNED_AVERAGES
    for rule in pack.rules:
        if not rule.enabled or rule.severity is not Severity.HARD or rule.kind in NEVER_PLANNED_DUTY:
            continue
        if rule.kind == "supervision_level" or (rule.kind == "clinic_ratio" and not supervision_of(program)):
            continue  # not judged either: the program does not say who supervises
        if rule.kind not in planned:
            yield UnplannedRule(pack.id, rule.id, rule.sentence)
