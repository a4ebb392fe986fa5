"""Findings as rows of `findings.csv`."""

from __future__ import annotations

from collections.abc import Iterable

from src.compliance.rules.failure import severity_rank
from src.compliance.rules.model import Finding
from src.interchange.model import Program
from src.interchange.schedule import FindingRow


def finding_rows(findings: Iterable[Finding], program: Program) -> tuple[FindingRow, ...]:
    """One row a finding, instants in the program's zone, in the canonical order.

    That order is the one of the columns: rule, severity (hard, soft, info), person, window. Entries are
    separated by spaces.
    """
    return tuple(
        FindingRow(
            rule=finding.rule,
            severity=finding.severity,
            person=finding.person,
            window_start_at=finding.window_start_at.astimezone(program.zone),
            window_end_at=finding.window_end_at.astimezone(program.zone),
            value=str(finding.value),
            limit=str(finding.limit),
            clause=finding.clause,
            entries=" ".join(finding.entries),
        )
        for finding in sorted(findings, key=_order)
    )


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        finding.rule,
        severity_rank(finding.severity),
        finding.person,
        finding.window_start_at,
        finding.window_end_at,
        finding.pack,
    )
