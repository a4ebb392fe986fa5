"""From a disturbed schedule to judged alternatives: what the API's worker and the command line share.

The solver mends, the checker judges. An alternative with a hard finding, or one in which something that
always holds does not, is never handed on.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from src.compliance.check import Checked, CheckReport, check_again, checked
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus, TierScore
from src.planning.generation.solve_program import ENGINE_VERSION, IllegalScheduleError
from src.planning.limits import limits_of
from src.solver.advisories import count_advisories
from src.solver.expand import home_date
from src.solver.plan import YearPlan
from src.solver.problem import ProgressSink
from src.solver.repair.model import Alternative, Repaired, RepairProblem
from src.solver.repair.repair import repair
from src.solver.scoring import Score, Scorer, is_cost
from src.solver.stop import Stop


@dataclass(frozen=True, slots=True)
class RepairOptions:
    """What a person may ask of a repair; the same words for the API and the command line."""

    from_date: dt.date | None = None
    to_date: dt.date | None = None
    alternatives: int = 3
    allow_unmet: bool = True
    seed: int = 1
    workers: int = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an alternative changes.

    `cells` counts person-dates, `by_person` those of each; `year_cells` the (person, block)s with another
    rotation. `term_changes` are counts after minus before, `fairness_change` the weighted change of all
    spreads (more = less fair), `score_change` that of each tier (more = better).
    """

    cells: int
    people: tuple[str, ...]
    by_person: dict[str, int]
    year_cells: tuple[tuple[str, int], ...]
    is_least: bool
    unmet: int
    hard: int
    soft: int
    info: int
    term_changes: dict[str, Decimal]
    fairness_change: Decimal
    score_change: tuple[Decimal, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values of JSON."""
        plain = asdict(self)
        plain["people"] = list(self.people)
        plain["year_cells"] = [{"person": person, "block": block} for person, block in self.year_cells]
        plain["term_changes"] = {term: float(count) for term, count in self.term_changes.items()}
        plain["fairness_change"] = float(self.fairness_change)
        plain["score_change"] = [float(change) for change in self.score_change]
        return plain


@dataclass(frozen=True, slots=True)
class JudgedRepair:
    """An alternative that the checker lets pass; `schedule` is complete, findings and result included."""

    schedule: Schedule
    report: CheckReport
    file: ResultFile
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class RepairSolved:
    """The solver's answer, and its alternatives as judged."""

    repaired: Repaired
    alternatives: tuple[JudgedRepair, ...]


def repair_program(
    program: Program, base: Schedule, options: RepairOptions, stop: Stop, progress: ProgressSink
) -> RepairSolved:
    """Mend and judge. Raises IllegalScheduleError, UnknownRulePackError, ValueError for an empty range."""
    limits = limits_of(program)
    plain = replace(base, denied=None, findings=None, result=None)
    problem = RepairProblem(
        program,
        plain,
        limits,
        options.from_date,
        options.to_date,
        options.alternatives,
        options.allow_unmet,
        options.seed,
        options.workers,
    )
    with _Judge(problem) as judge:
        found = repair(problem, stop, progress, judge.take)
        return RepairSolved(found, judge.judged(in_haste=stop.cancelled))


class _Judge:
    """Judges alternatives one after another, while the search looks for others.

    The search spends its time outside of Python, so that three are judged in little more time than one.
    """

    def __init__(self, problem: RepairProblem) -> None:
        self._problem = problem
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="repair-judge")
        self._before: Future[Score] = self._beside.submit(_score_of, problem)
        self._asked: list[Future[JudgedRepair]] = []
        self._known: Checked | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beside.shutdown(wait=True, cancel_futures=True)

    def take(self, found: Alternative) -> None:
        """Have an alternative judged as soon as the one before it is."""
        self._asked.append(self._beside.submit(self._judge, found))

    def judged(self, *, in_haste: bool) -> tuple[JudgedRepair, ...]:
        """The alternatives as judged, in order. Who is in haste waits for the first alone."""
        first, others = self._asked[:1], self._asked[1:]
        if in_haste:
            others = [each for each in others if each.done()]
        return tuple(each.result() for each in (*first, *others))

    def _judge(self, found: Alternative) -> JudgedRepair:
        """Every alternative is judged whole; what the first one keeps of a person is not worked out twice."""
        schedule = replace(found.schedule, result=_file_of(self._problem, found))
        told = (
            checked(self._problem.program, schedule)
            if self._known is None
            else check_again(self._known, schedule)
        )
        self._known = self._known or told
        return _judged(self._problem, found, told.report, self._before.result())


def _file_of(problem: RepairProblem, found: Alternative) -> ResultFile:
    """What is said of an alternative before it is judged; its blocks are those with days."""
    program = problem.program
    rows = (*problem.base.assignments, *found.schedule.assignments)
    blocks = {program.block_of(home_date(program, row)) for row in rows}
    return ResultFile(
        status=SolveStatus.FEASIBLE,
        scope=Scope.BOTH,
        blocks=tuple(sorted(block for block in blocks if block is not None)),
        seed=problem.seed,
        engine_version=ENGINE_VERSION,
    )


def _score_of(problem: RepairProblem) -> Score:
    """The score of the schedule as it stood, under the program as it is now."""
    program, base = problem.program, problem.base
    plan = YearPlan.of_schedule(base)
    advisories = count_advisories(program, plan, base.assignments, problem.limits)
    return Scorer(program, base, Scope.BOTH, advisories).score()


def _judged(problem: RepairProblem, found: Alternative, report: CheckReport, before: Score) -> JudgedRepair:
    program, terms = problem.program, before.terms
    tiers = dict(enumerate(before.tiers, start=1))
    if not report.ok:
        raise IllegalScheduleError(report)
    file = replace(
        _file_of(problem, found),
        score_terms=dict(report.score_terms),
        tiers=tuple(TierScore(number, score, None) for number, score in sorted(report.tiers.items())),
    )
    changes = {
        term: count - terms.get(term, Decimal(0))
        for term, count in report.score_terms.items()
        if count != terms.get(term, Decimal(0))
    }
    weights = {term: weight for tier in program.objective for term, weight in tier.weights}
    comparison = Comparison(
        cells=len(found.cells),
        people=tuple(sorted(found.people)),
        by_person=dict(sorted(Counter(person for person, _ in found.cells).items())),
        year_cells=found.year_cells,
        is_least=found.is_least,
        unmet=sum(row.needed - row.got for row in found.schedule.unmet),
        hard=report.hard,
        soft=report.soft,
        info=report.info,
        term_changes=changes,
        fairness_change=sum(
            (
                weights[term] * change
                for term, change in changes.items()
                if is_cost(term) and term.startswith("fair_")
            ),
            Decimal(0),
        ),
        score_change=tuple(
            score - tiers.get(number, Decimal(0)) for number, score in sorted(report.tiers.items())
        ),
    )
    schedule = replace(found.schedule, findings=report.finding_rows, result=file)
    return JudgedRepair(schedule, report, file, comparison)
