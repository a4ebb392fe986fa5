"""Does a program name rule packs, rules and parameters that there are?

The programs domain knows nothing of packs; it asks this when rules of a program are written, beside what it
asks itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from src.compliance.packs.chosen import OverrideInvalidError, load_named, packs_of
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
    for reference in program.rule_packs:
        try:
            pack = load_named(reference)
        except UnknownRulePackError as error:
            file = f"{PROGRAM_DOCUMENT}.toml"
            yield _error(file, None, "rule_packs", IssueCode.UNKNOWN_ID, error.text)
        else:
            named[pack.id] = (reference, pack)
    for override in program.rule_overrides:
        if override.pack in named:
            reference, pack = named[override.pack]
            yield from _refusal(replace(program, rule_packs=(reference,), rule_overrides=(override,)), pack)


def _refusal(program: Program, pack: RulePack) -> Iterator[ImportIssue]:
    """Why the pack does not take the program's one override, if it does not."""
    override = program.rule_overrides[0]
    try:
        packs_of(program)
    except OverrideInvalidError as error:
        message = error.text.removeprefix(f"{RULE_OVERRIDES.file}, row {override.row}: ")
        column = _column_at_fault(override, pack)
        code = IssueCode.BAD_VALUE if column == "value" else IssueCode.UNKNOWN_ID
        yield _error(RULE_OVERRIDES.file, override.row, column, code, message)


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
