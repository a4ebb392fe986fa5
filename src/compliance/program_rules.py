"""Does a program name rule packs, rules and parameters that there are?

The programs domain knows nothing of packs; it asks this when rules of a program are written, beside what it
asks itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from operator import itemgetter

from src.compliance.packs.chosen import OverrideInvalidError, is_switch, load_named, packs_of
from src.compliance.packs.loader import UnknownRulePackError
from src.compliance.rules import RulePack, RuleParameters
from src.interchange.columns import PROGRAM_DOCUMENT, RULE_OVERRIDES
from src.interchange.issues import ImportIssue, IssueCode, IssueSeverity
from src.interchange.model import Program, RuleOverride

_OF_EVERY_PACK = frozenset(field.name for field in fields(RuleParameters))
_OF_EVERY_RULE = frozenset({"enabled"})


def unknown_rules(program: Program) -> Iterator[ImportIssue]:
    """An error for every pack or version there is not, and every override that its pack cannot take."""
    named: dict[str, tuple[str, RulePack]] = {}
    refusals: list[tuple[int, ImportIssue]] = []
    for reference in program.rule_packs:
        try:
            pack = load_named(reference)
        except UnknownRulePackError as error:
            file = f"{PROGRAM_DOCUMENT}.toml"
            yield _error(file, None, "rule_packs", IssueCode.UNKNOWN_ID, error.text)
        else:
            named[pack.id] = (reference, pack)
    taken: dict[str, list[RuleOverride]] = {}
    # A rule may be switched on by one row and given the number that it needs by another, in any order.
    for override in sorted(program.rule_overrides, key=is_switch):
        pack_id = override.pack.partition("@")[0]
        if pack_id not in named:
            continue
        reference, pack = named[pack_id]
        own = taken.setdefault(pack_id, [])
        tried = (*own, override) if is_switch(override) else (override,)
        refusal = _refusal(replace(program, rule_packs=(reference,), rule_overrides=tried), pack)
        if refusal is None:
            own.append(override)
        else:
            refusals.append((program.rule_overrides.index(override), refusal))
    yield from (refusal for _, refusal in sorted(refusals, key=itemgetter(0)))


def _refusal(program: Program, pack: RulePack) -> ImportIssue | None:
    """Why the pack does not take the last of the program's overrides, if it does not."""
    override = program.rule_overrides[-1]
    try:
        packs_of(program)
    except OverrideInvalidError as error:
        message = error.text.removeprefix(f"{RULE_OVERRIDES.file}, row {override.row}: ")
        column = _column_at_fault(override, pack)
        code = IssueCode.BAD_VALUE if column == "value" else IssueCode.UNKNOWN_ID
        return _error(RULE_OVERRIDES.file, override.row, column, code, message)
    return None


def _column_at_fault(override: RuleOverride, pack: RulePack) -> str:
    known = _OF_EVERY_PACK
    if override.rule is not None:
        rule = next((rule for rule in pack.rules if rule.id == override.rule), None)
        if rule is None:
            return "rule"
        known = _OF_EVERY_RULE.union(rule.parameters)
    return "value" if override.parameter in known else "parameter"


def _error(file: str, row: int | None, column: str, code: IssueCode, message: str) -> ImportIssue:
    return ImportIssue(IssueSeverity.ERROR, file, row, column, code, message)
