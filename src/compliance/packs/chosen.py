"""The rule packs a program goes by: versions chosen, and numbers set otherwise for some dates.

A program names a pack as `id`, which is the newest version, or as `id@version`. An override sets a parameter
of a pack or of one of its rules for the dates it names; where it begins or ends, the year is cut, and there
is a pack for each stretch of dates that judges what starts in it. So it is where one of a program's packs
follows another: each judges what starts while it is in force. A pack that none of the program's other packs
follows or precedes judges whatever dates it is asked about, for the program has chosen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from enum import IntEnum
from types import MappingProxyType

from src.compliance.packs.bounds import problem_with
from src.compliance.packs.loader import load_pack
from src.compliance.rules import Rule, RulePack, RuleParameters
from src.compliance.rules.registry import UNKNOWN_IS_UNCHECKED
from src.exceptions import InvalidError
from src.interchange.model import Program, RuleOverride

OVERRIDES_FILE = "rule_overrides.csv"


class OverrideInvalidError(InvalidError):
    """An override sets something that its pack does not have, or to a value of another kind."""

    code = "RULE_OVERRIDE_INVALID"
    message = "An override of a rule pack cannot be applied."


def packs_of(program: Program) -> tuple[RulePack, ...]:
    """The packs a program is judged by, in its order; one for each stretch of dates its overrides make.

    Raises `UnknownRulePackError` for a pack or version that there is not, and `OverrideInvalidError`, naming
    the row, for an override of a pack the program does not go by, of an unknown rule or parameter, or to a
    value that the parameter cannot have.
    """
    chosen = _in_turn([load_named(name) for name in program.rule_packs])
    known = {pack.id for pack in chosen}
    for override in program.rule_overrides:
        if _pack_id(override) not in known:
            raise _error(override, f"the program goes by no rule pack {override.pack!r}")
    return tuple(regime for pack in chosen for regime in _regimes(pack, program.rule_overrides))


def _in_turn(packs: Sequence[RulePack]) -> list[RulePack]:
    """The packs; where one comes into force as another of its jurisdiction ends, both are cut there."""
    a_day = timedelta(days=1)
    lasts = {(pack.jurisdiction, pack.effective_until) for pack in packs}
    befores = {(pack.jurisdiction, pack.effective_from - a_day) for pack in packs}
    return [
        replace(
            pack,
            judges_from=pack.effective_from
            if (pack.jurisdiction, pack.effective_from - a_day) in lasts
            else None,
            judges_until=pack.effective_until
            if (pack.jurisdiction, pack.effective_until) in befores
            else None,
        )
        for pack in packs
    ]


def load_named(name: str) -> RulePack:
    """The pack named `id` (its newest version) or `id@version`; raises `UnknownRulePackError`."""
    pack_id, _, version = name.partition("@")
    return load_pack(pack_id, version if "@" in name else None)


def named_with_versions(names: Iterable[str]) -> tuple[str, ...]:
    """The same packs, each as `id@version`, so that what comes later does not change what was judged."""
    return tuple(f"{pack.id}@{pack.version}" for pack in map(load_named, names))


def _regimes(pack: RulePack, overrides: Sequence[RuleOverride]) -> Iterator[RulePack]:
    """The pack once for each stretch of dates with the same overrides, those of later rows over earlier."""
    # What switches a rule on comes last, so that the numbers it needs may be set by any row.
    own = sorted((one for one in overrides if _speaks_of(one, pack)), key=is_switch)
    if not own:
        yield pack
        return
    _overridden(pack, own)  # a value that cannot be is told whatever its dates
    ends = {one.end_date + timedelta(days=1) for one in own if one.end_date < date.max}
    edges = sorted({one.start_date for one in own if one.start_date > date.min} | ends)
    for first, after in zip((None, *edges), (*edges, None), strict=True):
        judges_from = max(pack.judges_from or date.min, first or date.min)
        last = date.max if after is None else after - timedelta(days=1)
        judges_until = min(pack.judges_until or date.max, last)
        if judges_from <= judges_until:
            in_force = [one for one in own if one.start_date <= (first or date.min) <= one.end_date]
            yield replace(
                _overridden(pack, in_force),
                judges_from=None if judges_from == date.min else judges_from,
                judges_until=None if judges_until == date.max else judges_until,
            )


def _overridden(pack: RulePack, overrides: Iterable[RuleOverride]) -> RulePack:
    for override in overrides:
        pack = _with(pack, override)
    return pack


def is_switch(override: RuleOverride) -> bool:
    """Whether an override switches a rule on or off."""
    return override.rule is not None and override.parameter == "enabled"


def _pack_id(override: RuleOverride) -> str:
    return override.pack.partition("@")[0]


def _speaks_of(override: RuleOverride, pack: RulePack) -> bool:
    pack_id, _, version = override.pack.partition("@")
    return pack_id == pack.id and version in {"", pack.version}


def _with(pack: RulePack, override: RuleOverride) -> RulePack:
    """The pack with one parameter of it, or of one of its rules, set otherwise."""
    if override.rule is None:
        name = override.parameter
        changed = replace(pack, parameters=_with_parameter(pack.parameters, override))
    else:
        name = f"{override.rule}.{override.parameter}"
        if override.rule not in {rule.id for rule in pack.rules}:
            raise _error(override, f"{pack.id} has no rule {override.rule!r}")
        rules = (_with_own(rule, override) if rule.id == override.rule else rule for rule in pack.rules)
        changed = replace(pack, rules=tuple(rules))
    return replace(changed, overridden=(*pack.overridden, name))


def _with_parameter(parameters: RuleParameters, override: RuleOverride) -> RuleParameters:
    name = override.parameter
    if name not in {field.name for field in fields(parameters)}:
        raise _error(override, f"a rule pack has no parameter {name!r}")
    value = _checked(override, getattr(parameters, name))
    changes: Mapping[str, int | bool] = {name: value}
    return replace(parameters, **changes)  # type: ignore[arg-type]  # the kind of the value was checked


def _with_own(rule: Rule, override: RuleOverride) -> Rule:
    """The rule with its own parameter set; `enabled` switches it on or off, where all it needs is known."""
    if override.parameter == "enabled":
        return replace(rule, enabled=_enabled(rule, override))
    parameter = rule.parameters.get(override.parameter)
    if parameter is None:
        raise _error(override, f"rule {rule.id} has no parameter {override.parameter!r}")
    changed = replace(parameter, value=_checked(override, parameter.value, parameter.unit))
    return replace(rule, parameters=MappingProxyType({**rule.parameters, override.parameter: changed}))


def _enabled(rule: Rule, override: RuleOverride) -> bool:
    wanted = bool(_checked(override, rule.enabled))
    unknown = [name for name, parameter in rule.parameters.items() if parameter.value is None]
    is_enough = rule.kind in UNKNOWN_IS_UNCHECKED and len(unknown) < len(rule.parameters)
    if wanted and unknown and not is_enough:
        message = (
            f"rule {rule.id} cannot be enabled while its {unknown[0]} is unknown; set it for those dates"
        )
        raise _error(override, message)
    return wanted


def _checked(override: RuleOverride, now: int | bool | None, unit: str = "") -> int | bool:
    """The new value, when it is of the kind of the one there is: a choice, one of some choices, a number."""
    value = override.value
    is_choice = isinstance(now, bool) or (now is None and unit == "choice")
    if isinstance(value, bool) is not is_choice or not isinstance(value, int):
        expected = "true or false" if is_choice else "a whole number"
        raise _error(override, f"{override.parameter} must be {expected}, not {value!r}")
    if isinstance(now, IntEnum):
        choices = {member.value: member for member in type(now)}
        if value not in choices:
            listed = ", ".join(f"{number} = {member.name.lower()}" for number, member in choices.items())
            raise _error(override, f"{override.parameter} must be one of {listed}, not {value}")
        return choices[value]
    problem = None if is_choice else problem_with(value, name=override.parameter, unit=unit or "minutes")
    if problem is not None:
        raise _error(override, f"{override.parameter} {problem}")
    return value


def _error(override: RuleOverride, problem: str) -> OverrideInvalidError:
    message = f"{OVERRIDES_FILE}, row {override.row}: {problem}"
    details = {"file": OVERRIDES_FILE, "row": override.row, "pack": override.pack, "rule": override.rule}
    return OverrideInvalidError(message, details={**details, "parameter": override.parameter})
