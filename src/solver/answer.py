"""From what a run found to a `Result`: schedules put together, scored, explained and bounded."""

from __future__ import annotations

import re
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from src.interchange.schedule import (
    AssignmentRow,
    Conflict,
    Schedule,
    Scope,
    SolveStatus,
    TierScore,
    UnmetKind,
    UnmetRow,
)
from src.solver.advisories import count_advisories
from src.solver.denied import denied_rows
from src.solver.expand import home_date
from src.solver.plan import Cut, OnRotation, OnVacation, YearPlan
from src.solver.problem import Problem
from src.solver.scoring import Score, Scorer
from src.solver.year.facts import YearFacts, matches

_ROW = re.compile(r"^(?P<file>[a-z_]+\.csv):(?P<row>\d+):? (?P<words>.*)$")
_WORDS_AND_ROW = re.compile(r"^(?P<words>.*) \((?P<file>[a-z_]+\.csv):(?P<row>\d+)\)$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A whole schedule and its score."""

    plan: YearPlan
    schedule: Schedule
    score: Score

    def is_better_than(self, other: Candidate | None) -> bool:
        """Tiers are compared in order; equal is not better."""
        return other is None or self.score.tiers > other.score.tiers


def candidate_of(
    problem: Problem, plan: YearPlan, rows: Sequence[AssignmentRow], unmet: Sequence[UnmetRow] = ()
) -> Candidate:
    """Put plan and days together and score them."""
    open_demand = (*open_coverage(problem, plan), *unmet) if problem.allow_unmet else ()
    schedule = Schedule(plan.year_rows(), plan.vacation_rows(), tuple(rows), open_demand)
    if problem.kept is not None:
        problem.kept(schedule)
    advisories = None
    if problem.scope is not Scope.YEAR:
        advisories = count_advisories(problem.program, plan, rows, problem.limits, problem.blocks)
    return Candidate(plan, schedule, Scorer(problem.program, schedule, problem.scope, advisories).score())


def with_reasons(problem: Problem, candidate: Candidate) -> Schedule:
    """The candidate's schedule with what stood in the way of each denied request."""
    denied = denied_rows(problem.program, candidate.schedule, problem.scope)
    return replace(candidate.schedule, denied=denied)


def kept_rows(problem: Problem) -> tuple[AssignmentRow, ...]:
    """What an existing schedule holds outside the academic blocks that were asked for.

    A handover goes with its call: that of a block's last night is decided in the block, not in the next.
    """
    if problem.base is None or not problem.blocks:
        return ()
    program, solved = problem.program, set(problem.blocks)
    return tuple(
        row for row in problem.base.assignments if program.block_of(home_date(program, row)) not in solved
    )


def scored_tiers(score: Score, bounds: Sequence[Decimal | None]) -> tuple[TierScore, ...]:
    """Each tier's objective and bound. A bound that a schedule exceeds is none: it is left out."""
    known = (*bounds, *[None] * (len(score.tiers) - len(bounds)))
    return tuple(
        TierScore(number, objective, bound if bound is not None and bound >= objective else None)
        for number, (objective, bound) in enumerate(zip(score.tiers, known, strict=True), start=1)
    )


def proved_tiers(
    score: Score, bounds: Sequence[Decimal | None], in_order: Sequence[Decimal | None]
) -> tuple[TierScore, ...]:
    """Each tier's objective, and the bound that no legal schedule exceeds.

    Where it was proved that none is better, tier by tier in order, the objectives themselves are the bounds:
    a schedule that exceeds one of them is worse in a tier before.
    """
    best = scored_tiers(score, in_order)
    return best if status_of(best) is SolveStatus.OPTIMAL else scored_tiers(score, bounds)


def bounds_under_the_plan(
    problem: Problem, score: Score, parts: Sequence[Decimal], *bounds: Sequence[Decimal]
) -> Iterator[tuple[Decimal, ...]]:
    """Where the year plan is given: what it scores for certain, and what the days were proved to reach.

    Nothing where demand may stay open at no cost: days fill it first, so they prove nothing of leaving it.
    """
    is_free = all(tier.weight("unmet_staffing") is None for tier in problem.program.objective)
    for each in bounds:
        tiers = zip(score.tiers, parts, each, strict=True)
        yield (
            () if problem.allow_unmet and is_free else tuple(all_ - part + most for all_, part, most in tiers)
        )


def status_of(tiers: Iterable[TierScore]) -> SolveStatus:
    """`optimal` only when every tier stands at its bound."""
    proved = all(tier.bound == tier.objective for tier in tiers)
    return SolveStatus.OPTIMAL if proved else SolveStatus.FEASIBLE


def open_coverage(problem: Problem, plan: YearPlan) -> tuple[UnmetRow, ...]:
    """Coverage minima that a plan leaves open, block by block."""
    facts = YearFacts(problem.program)
    found: list[UnmetRow] = []
    for row in problem.program.coverage:
        named = facts.expand_all([row.rotation])
        for block in row.blocks or facts.block_numbers:
            got = sum(
                1
                for person in facts.residents
                if matches(row.pgys, person.pgy) and plan.rotation.get((person.id, block)) in named
            )
            if got < row.min and (not problem.blocks or block in problem.blocks):
                found.append(
                    UnmetRow(UnmetKind.COVERAGE, row.rotation, str(block), None, row.pgys, row.min, got)
                )
    return tuple(found)


def counted(conflict: Conflict, shortages: Sequence[Conflict]) -> Conflict:
    """The conflict with the numbers that counting found for its row, where it did."""
    said = [row.message for row in shortages if (row.file, row.row) == (conflict.file, conflict.row)]
    return replace(conflict, message=" ".join([conflict.message, *said[:1]]))


def conflicts_of(cuts: Iterable[Cut]) -> tuple[Conflict, ...]:
    """What the days asked of every plan, as input rows where the words begin with one."""
    found: dict[Conflict, None] = {}
    for cut in cuts:
        for words in cut.words.split("; "):
            named = _ROW.match(words) or _WORDS_AND_ROW.match(words)
            if named is None:
                found[Conflict("program.toml", None, words)] = None
            else:
                found[Conflict(named["file"], int(named["row"]), named["words"])] = None
    return tuple(found)


def not_again(plan: YearPlan, block: int) -> Cut:
    """Not this block with these rotations and the plan's vacation weeks."""
    facts: list[OnRotation | OnVacation] = [
        OnRotation(person, number, frozenset({rotation}))
        for (person, number), rotation in sorted(plan.rotation.items())
        if number == block
    ]
    facts += [OnVacation(person, monday) for person, monday in sorted(plan.vacation_weeks)]
    return Cut.not_together(facts, f"academic block {block} has no roster like this")


def no_such_plan(plan: YearPlan, words: Iterable[str]) -> Cut:
    """Not this very plan, whose days were proved to be none."""
    facts: list[OnRotation | OnVacation] = [
        OnRotation(person, block, frozenset({rotation}))
        for (person, block), rotation in sorted(plan.rotation.items())
    ]
    facts += [OnVacation(person, monday) for person, monday in sorted(plan.vacation_weeks)]
    return Cut.not_together(facts, "; ".join(dict.fromkeys(words)), proved=True)


def peak_memory_mb() -> float:
    """The most memory this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024) if sys.platform == "darwin" else used / 1024
