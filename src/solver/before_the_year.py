"""What history breaks by itself: whatever is planned, the judge has a hard finding.

History may reach into the year: a hand-over on its first morning, a night that ends there. A rule that such
a duty breaks with what came before it is broken in every schedule. That is told at once, with the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from src.interchange.model import HistoryInterval, Person, Program
from src.interchange.schedule import Conflict
from src.solver.daily.assemble import assemble
from src.solver.daily.trial import without_demands
from src.solver.limit_rows import LimitRow, common_rule, said
from src.solver.plan import YearPlan
from src.solver.problem import Limits, Problem


@dataclass(frozen=True, slots=True)
class BrokenBefore:
    """A rule that rows of one resident's history break together: it would be kept without any of them."""

    rule: LimitRow
    rows: tuple[HistoryInterval, ...]

    def conflicts(self, program: Program) -> tuple[Conflict, ...]:
        """The rows of history, then the rule."""
        worked = (
            Conflict("history.csv", row.row, f"{_worked(program, row)}: {self.rule.rule} is broken by it.")
            for row in self.rows
        )
        return (*worked, Conflict("program.toml", None, f"rule_packs: {said(self.rule)}"))

    @property
    def ways_out(self) -> tuple[str, ...]:
        """What would help: history cannot be planned otherwise."""
        rule = self.rule.rule
        return (
            f"Correct history.csv row {self.rows[-1].row}, if it was otherwise.",
            f"Set {rule} otherwise from the weeks before the year on, with a reason (rule_overrides.csv).",
        )


def broken_before(problem: Problem) -> Iterator[BrokenBefore]:
    """For each resident whose history reaches into the year, the first rule that it breaks there."""
    for person in problem.program.residents:
        history = tuple(row for row in problem.program.history if row.person == person.id)
        is_there = person.is_there(problem.program.year_start_date)  # else history says otherwise than people
        if is_there and any(_is_in_year(problem.program, row) for row in history):
            yield from _first_of(problem, person, history)


def _first_of(
    problem: Problem, person: Person, history: tuple[HistoryInterval, ...]
) -> Iterator[BrokenBefore]:
    limits = problem.limits
    for rule in (*(common_rule(kind, limits.common) for kind in sorted(limits.keeps)), *limits.rows):
        alone = _only(limits, rule)
        if not _is_broken(problem.program, person, history, alone, None):
            continue
        needed = _thinned(problem.program, person, history, alone)
        if not _is_all_of_its_time(needed, history):
            continue  # what else was worked meanwhile may have broken it before: the year did not
        rotations = (rotation.id for rotation in problem.program.rotations)
        if all(_is_broken(problem.program, person, needed, alone, rotation) for rotation in rotations):
            yield BrokenBefore(rule, needed)
            return


def _thinned(
    program: Program, person: Person, history: tuple[HistoryInterval, ...], limits: Limits
) -> tuple[HistoryInterval, ...]:
    """The rows without which the rule would be kept, each of them; in order of time."""
    needed = history
    for row in history:
        fewer = tuple(other for other in needed if other is not row)
        if _is_broken(program, person, fewer, limits, None):
            needed = fewer
    return tuple(sorted(needed, key=lambda row: row.start_at))


def _is_all_of_its_time(needed: Sequence[HistoryInterval], history: Sequence[HistoryInterval]) -> bool:
    """Whether nothing else was worked between the first and the last of those rows."""
    return all(row in needed for row in history if needed[0].start_at <= row.start_at <= needed[-1].start_at)


def _is_broken(
    program: Program, person: Person, history: Sequence[HistoryInterval], limits: Limits, rotation: str | None
) -> bool:
    """Whether no decision about the resident's first block on a rotation (None: nothing at all) keeps it."""
    block = program.academic_blocks[0].number
    alone = replace(
        without_demands(program, (person,)),
        history=tuple(history),
        calls=tuple(replace(call, min=0, max=None) for call in program.calls),
    )
    plan = {} if rotation is None else {(person.id, block): rotation}
    return bool(assemble(Problem(alone, limits), YearPlan(MappingProxyType(plan)), (block,), ()).model.broken)


def _only(limits: Limits, rule: LimitRow) -> Limits:
    if rule in limits.rows:
        return replace(limits, keeps=frozenset(), advises=frozenset(), rows=(rule,))
    return replace(limits, keeps=frozenset({rule.kind}), advises=frozenset(), rows=())


def _is_in_year(program: Program, row: HistoryInterval) -> bool:
    return row.start_at.astimezone(program.zone).date() >= program.year_start_date


def _worked(program: Program, row: HistoryInterval) -> str:
    start, end = (instant.astimezone(program.zone) for instant in (row.start_at, row.end_at))
    kind = row.duty_type.value.replace("_", " ")
    return f"{row.person} has {kind} from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
