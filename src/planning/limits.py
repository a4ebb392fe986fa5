"""The engine's limits, filled from the same rule packs that the judge goes by.

Solver and rules share no code, only these numbers: the common requirements as numbers of their own, every
other hard rule as a row of a kind and numbers. Where a program goes by several packs, or sets numbers
otherwise for some dates, the strictest of each common number holds all year; rows hold for their dates. A
program without packs is planned by its own rows alone, as it is judged.

Not every rule can be said as a limit. What the engine does not plan by, the judge still judges: `unplanned`
names those rules, so that nobody takes a plan for more than it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from src.compliance.care import care_of_items, supervision_of
from src.compliance.packs import packs_of
from src.compliance.rules import Care, FreeBasis, Rule, RulePack, RuleParameters, WindowMode
from src.interchange.model import Program, RuleApprovalKind
from src.interchange.schedule import Severity
from src.solver.daily.limits import can_keep, is_planned
from src.solver.limit_rows import ADVISED_KINDS, COMMON_KINDS, LimitRow
from src.solver.problem import Limits

THE_MORE_THE_STRICTER = frozenset(
    {"rest_after_call_minutes", "free_period_minutes", "call_every_days", "min_rest_minutes"}
)

NUMBERS = frozenset(field.name for field in fields(RuleParameters)) & {f.name for f in fields(Limits)}
"""What limits and packs both have a number for."""

NUMBERS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "call_frequency": ("call_every_days",),
    "continuous_duty": ("continuous_minutes", "transition_minutes"),
    "free_days": ("free_period_minutes",),
    "rest_after_call": ("rest_after_call_minutes",),
    "weekly_hours": ("weekly_minutes",),
}
"""Which of those make the rules of a kind strict."""

COMMON_AVERAGES = frozenset({"weekly_hours", "free_days", "call_frequency"})

PLANNED_WITHOUT = frozenset({"excepted_hours"})
"""Kinds that allow more than another rule: the engine plans as if they did not."""

NEVER_PLANNED_DUTY = frozenset({"moonlighting", "elected_extensions"})
"""Kinds that judge what no plan holds."""

CARE_OF_KIND: Mapping[str, Care] = {
    "ed_shift_length": Care.EMERGENCY,
    "ed_equal_rest": Care.EMERGENCY,
    "emergency_clinical_hours": Care.EMERGENCY,
    "emergency_hours": Care.EMERGENCY,
}
CARE_OF_CHOICE: Mapping[str, Care] = {"emergency_only": Care.EMERGENCY, "critical_only": Care.CRITICAL}
"""Rules that speak of one kind of place alone, by their kind or by a choice."""

DAYS_A_FREE_DAY = 7
DAYS_BEFORE = 35


@dataclass(frozen=True, slots=True)
class UnplannedRule:
    """A hard rule of a program's packs that the engine does not plan by; the judge still judges it."""

    pack: str
    rule: str
    sentence: str


def limits_of(program: Program) -> Limits:
    """The limits of the program's packs: the strictest common numbers of any date, and rows.

    Raises UnknownRulePackError and OverrideInvalidError.
    """
    packs = _in_force(program)
    if not packs:  # a limit that nobody judges by could call impossible what is not
        return Limits(keeps=frozenset(), advises=frozenset())
    keeps = frozenset(rule.kind for pack in packs for rule in _hard(pack) if _is_common(pack, rule))
    advises = frozenset(rule.kind for pack in packs for rule in pack.rules if _is_advised(pack, rule))
    common = [pack for pack in packs if any(_is_common(pack, r) or _is_advised(pack, r) for r in pack.rules)]
    numbers: Mapping[str, Any] = {
        name: (max if name in THE_MORE_THE_STRICTER else min)(
            getattr(pack.parameters, name) for pack in common
        )
        for name in sorted(NUMBERS)
        if common
    }
    named = tuple(_strictest(program, packs, kind, numbers) for kind in sorted(keeps))
    return Limits(**numbers, keeps=keeps, advises=advises, rows=tuple(_rows(program, packs)), common=named)


def _strictest(
    program: Program, packs: tuple[RulePack, ...], kind: str, numbers: Mapping[str, Any]
) -> LimitRow:
    """The rule of that kind whose own numbers are those that hold; the first of several."""
    rules = [
        (pack, rule) for pack in packs for rule in _hard(pack) if rule.kind == kind and _is_common(pack, rule)
    ]
    names = NUMBERS_OF_KIND[kind]
    is_met = (pair for pair in rules if all(getattr(pair[0].parameters, n) == numbers[n] for n in names))
    return _row(program, *next(is_met, rules[0]))


def unplanned(program: Program) -> tuple[UnplannedRule, ...]:
    """The hard rules the program goes by that no limit says, each once, in the order of the packs.

    Raises UnknownRulePackError and OverrideInvalidError.
    """
    packs = _in_force(program)
    rows = tuple(_rows(program, packs))
    found = (
        UnplannedRule(pack.id, rule.id, rule.sentence)
        for pack in packs
        for rule in _hard(pack)
        if not (_is_common(pack, rule) or is_never_judged(program, rule))
        and not is_planned(_row(program, pack, rule), rows)
    )
    return tuple(dict.fromkeys(found))


def unplanned_notice(program: Program) -> str | None:
    """The same as a sentence for a person; None where the engine plans by every hard rule."""
    rules = unplanned(program)
    if not rules:
        return None
    named = ", ".join(f"{one.rule} ({one.pack})" for one in rules)
    return f"Not planned by, but judged: {named}. A plan may break these."


def is_narrowed(program: Program) -> bool:
    """Whether the limits forbid on some date what no rule forbids then, so that they prove nothing.

    Numbers set otherwise, and packs in force, for some dates hold all year here, the strictest of each; hours
    that an approval allows are not planned. Raises UnknownRulePackError and OverrideInvalidError.
    """
    packs = _in_force(program)
    if any(approval.kind is RuleApprovalKind.HOURS_EXCEPTION for approval in program.rule_approvals):
        return True
    first, last = program.year_start_date - timedelta(days=DAYS_BEFORE), program.year_end_date
    turns = {first, *(pack.judges_from for pack in packs if pack.judges_from)}
    turns |= {pack.judges_until + timedelta(days=1) for pack in packs if pack.judges_until}
    said = {_said_on(packs, day) for day in turns if first <= day <= last}
    return len(said) > 1


def _said_on(packs: tuple[RulePack, ...], day: date) -> frozenset[tuple[object, ...]]:
    """The rules and numbers of the common requirements on a date."""
    return frozenset(
        (
            pack.id,
            rule.id,
            rule.kind,
            rule.severity,
            *(getattr(pack.parameters, name) for name in sorted(NUMBERS)),
        )
        for pack in packs
        if (pack.judges_from or day) <= day <= (pack.judges_until or day)
        for rule in pack.rules
        if _is_common(pack, rule) or _is_advised(pack, rule)
    )


def _in_force(program: Program) -> tuple[RulePack, ...]:
    """The packs that judge anything of the year or of the weeks before it, whose runs go on in it."""
    first = program.year_start_date - timedelta(days=DAYS_BEFORE)
    return tuple(
        pack
        for pack in packs_of(program)
        if (pack.judges_from is None or pack.judges_from <= program.year_end_date)
        and (pack.judges_until is None or pack.judges_until >= first)
    )


def _rows(program: Program, packs: tuple[RulePack, ...]) -> Iterator[LimitRow]:
    """Every hard rule that a row can say and the common numbers do not; those on no rotation are left out."""
    for pack in packs:
        for rule in _hard(pack):
            row = _row(program, pack, rule)
            if not _is_common(pack, rule) and can_keep(row) and row.rotations != frozenset():
                yield row


def _row(program: Program, pack: RulePack, rule: Rule) -> LimitRow:
    numbers = {field.name: int(getattr(pack.parameters, field.name)) for field in fields(RuleParameters)}
    numbers |= {name: int(one.value) for name, one in rule.parameters.items() if one.value is not None}
    return LimitRow(
        rule.kind,
        rule.id,
        pack.id,
        tuple(sorted(numbers.items())),
        _rotations_of(program, rule),
        pack.judges_from,
        pack.judges_until,
        rule.sentence,
    )


def _rotations_of(program: Program, rule: Rule) -> frozenset[str] | None:
    """The rotations a rule speaks of, by the program's own words for them; None = all."""
    care = CARE_OF_KIND.get(rule.kind)
    for name, place in CARE_OF_CHOICE.items():
        if name in rule.parameters and rule.choice(name):
            care = place
    if care is None:
        return None
    places = care_of_items(program)
    return frozenset(one.id for one in program.rotations if places[one.id] is care)


def _hard(pack: RulePack) -> Iterator[Rule]:
    """The enabled hard rules that a plan can break, but those that only allow more."""
    for rule in pack.rules:
        is_judged = rule.enabled and rule.severity is Severity.HARD
        if is_judged and rule.kind not in NEVER_PLANNED_DUTY | PLANNED_WITHOUT:
            yield rule


def _is_common(pack: RulePack, rule: Rule) -> bool:
    """Whether the common numbers say a hard rule: the averaged ones over windows by rotation, leave out."""
    if rule.kind not in COMMON_KINDS or not rule.enabled or rule.severity is not Severity.HARD:
        return False
    return rule.kind not in COMMON_AVERAGES or _has_common_windows(pack)


def _is_advised(pack: RulePack, rule: Rule) -> bool:
    """Whether the engine counts soft findings of the rule; free days are soft before they are hard."""
    if rule.kind not in ADVISED_KINDS or not rule.enabled or not _has_common_windows(pack):
        return False
    return rule.severity is Severity.SOFT or rule.kind == "free_days"


def _has_common_windows(pack: RulePack) -> bool:
    parameters = pack.parameters
    return (
        parameters.window_mode is WindowMode.BY_ROTATION
        and parameters.window_edge_minutes == 0
        and parameters.free_basis is FreeBasis.H24
        and parameters.leave_is_left_out
        and parameters.free_period_every_days == DAYS_A_FREE_DAY
    )


def is_never_judged(program: Program, rule: Rule) -> bool:
    """Whether the program does not say who supervises, so that nobody judges the rule either."""
    return rule.kind == "supervision_level" or (rule.kind == "clinic_ratio" and not supervision_of(program))
