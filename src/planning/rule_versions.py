"""The versions of rule packs that a run, and with it its version, stays with."""

from __future__ import annotations

from dataclasses import replace

from src.compliance.packs import UnknownRulePackError
from src.compliance.packs.chosen import named_with_versions
from src.interchange.canonical import canonical
from src.interchange.model import Program
from src.interchange.snapshot import program_snapshot


def with_pack_versions(program: Program) -> Program:
    """The program with every pack named as `id@version`, so that a later version changes no judgement.

    Raises UnknownRulePackError for a pack or version that there is not.
    """
    return canonical(replace(program, rule_packs=named_with_versions(program.rule_packs)))


def hashes_of_today(program: Program) -> frozenset[str]:
    """The hashes a snapshot of these inputs may have: as they are, and with today's pack versions named."""
    _, as_it_is = program_snapshot(program)
    try:
        _, with_versions = program_snapshot(with_pack_versions(program))
    except UnknownRulePackError:
        return frozenset({as_it_is})
    return frozenset({as_it_is, with_versions})
