"""What a schedule covers beyond what a run planned of it, and what is broken there.

A run of some academic blocks carries the others over from the version that it builds on. It answers for its
own blocks; what the others break stood before and still does, and whoever asked is told of it.
"""

from __future__ import annotations

from dataclasses import replace

from src.compliance.check import CheckReport, check, told_as_broken
from src.compliance.structure.broken import RESULT_FILE
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, Severity, SolveStatus
from src.quantities import count
from src.solver.expand import home_date


def has_days(content: Schedule, file: ResultFile) -> bool:
    """Whether a schedule is more than a year plan."""
    return bool(content.assignments) or file.scope is not Scope.YEAR


def covered_blocks(program: Program, content: Schedule, file: ResultFile) -> tuple[int, ...]:
    """The academic blocks that a schedule is judged by: those with days, or of a mere year plan its rows'.

    Those solved count, and those carried over from the version it is based on.
    """
    if not has_days(content, file):
        return tuple(sorted(set(file.blocks) | {row.block for row in content.year}))
    with_days = {program.block_of(home_date(program, row)) for row in content.assignments} - {None}
    solved = set() if file.scope is Scope.YEAR else set(file.blocks)
    return tuple(sorted(solved | {block for block in with_days if block is not None}))


def whole_report(program: Program, content: Schedule, file: ResultFile, planned: CheckReport) -> CheckReport:
    """What the checker says of all that a schedule covers; `planned`: what it said of the run's own part."""
    is_of_days, blocks = has_days(content, file), covered_blocks(program, content, file)
    if (is_of_days, blocks) == (file.scope is not Scope.YEAR, file.blocks):
        return planned
    covered = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH if is_of_days else Scope.YEAR, blocks)
    report = check(program, replace(content, denied=None, findings=None, result=covered))
    return replace(report, broken=tuple(one for one in report.broken if one.file != RESULT_FILE))


def standing_notice(planned: CheckReport, whole: CheckReport) -> str | None:
    """The sentences on what the schedule breaks outside of what was planned; None where it breaks nothing."""
    own = {one.message for one in planned.broken}
    standing = [one for one in whole.broken if one.message not in own]
    if not standing:
        return None
    of_rules = {told_as_broken(one) for one in whole.findings if one.severity is Severity.HARD}
    hard = sum(one.message in of_rules for one in standing)
    of_them = f", {count(hard, 'hard finding')} among them" if hard else ""
    held = f"{count(len(standing), 'thing')} that must hold {'does' if len(standing) == 1 else 'do'} not"
    return (
        f"Outside of what this run planned {held}{of_them}, as in the version that it builds on. "
        f"The first: {standing[0].message.rstrip('.')}."
    )
