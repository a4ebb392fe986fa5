"""Judges everyone of a program from columns: the screens name the few that a rule may find something on.

Only they go through the rule itself, so what is found, and in which words, is what `judge` finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from src.compliance.rules.columns import FactColumns
from src.compliance.rules.engine import judge_person
from src.compliance.rules.model import Finding, Rule, RulePack, RuleParameters
from src.compliance.rules.registry import lacking
from src.compliance.rules.screen_rules import SCREENS
from src.compliance.rules.screen_time import Line


def judge_columns(columns: FactColumns, packs: Sequence[RulePack]) -> tuple[Finding, ...]:
    """Every finding of the packs on a program's year, the same and in the same order as `judge` of the facts.

    Rules of a kind without a screen are judged for everyone. Raises KeyError for an enabled rule of a kind
    that the engine does not know.
    """
    rules = [(pack, rule) for pack in packs for rule in pack.rules if rule.enabled]
    if not rules or not len(columns):
        return ()
    is_suspect = suspects(columns, packs)
    is_all_screened = all(
        _is_screened(pack, rule) or lacking(columns.frame, rule.kind) for pack, rule in rules
    )
    facts = columns.frame if is_all_screened else columns.facts()
    kept: dict[bytes, list[RulePack]] = {}
    found: list[Finding] = []
    for position in np.flatnonzero(is_suspect.any(axis=0)):
        pattern = is_suspect[:, position]
        if pattern.tobytes() not in kept:
            kept[pattern.tobytes()] = _packs_with(packs, pattern)
        found.extend(judge_person(facts, columns.person(int(position)), kept[pattern.tobytes()]))
    return tuple(found)


def suspects(columns: FactColumns, packs: Sequence[RulePack]) -> NDArray[np.bool_]:
    """Rules, in order of packs, by people: whether the rule may find something on the person."""
    lines: dict[RuleParameters, Line] = {}
    masks: list[NDArray[np.bool_]] = []
    for pack in packs:
        line = lines.setdefault(pack.parameters, Line(columns, pack.parameters))
        for rule in pack.rules:
            if not rule.enabled or lacking(columns.frame, rule.kind):
                masks.append(np.zeros(len(columns), dtype=bool))
            elif _is_screened(pack, rule):
                masks.append(SCREENS[rule.kind](line, rule))
            else:
                masks.append(np.ones(len(columns), dtype=bool))
    return np.stack(masks)


def _is_screened(pack: RulePack, rule: Rule) -> bool:
    """Whether the rule has a screen, and the pack the windows, free days and periods that screens know."""
    return rule.kind in SCREENS and pack.parameters.is_plain


def _packs_with(packs: Sequence[RulePack], pattern: NDArray[np.bool_]) -> list[RulePack]:
    """The packs with those of their rules that the pattern, in order of packs, asks for."""
    wanted = iter(pattern.tolist())
    return [replace(pack, rules=tuple(rule for rule in pack.rules if next(wanted))) for pack in packs]
