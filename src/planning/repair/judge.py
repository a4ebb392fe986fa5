"""Repairs before the judge: each is judged whole, and told with what it changes.

The checker shares no code with the search. It lets stand what stood before where nothing may move: a rule
that is new today does not make yesterday's roster wrong to keep.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import structlog

from src.compliance.check import Checked, CheckReport, check_again, checked, told_as_broken
from src.compliance.rules import Finding
from src.compliance.structure import Broken
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, Severity, SolveStatus, TierScore
from src.planning.generation.solve_program import ENGINE_VERSION, IllegalScheduleError
from src.solver.expand import home_date
from src.solver.repair.model import Alternative, Complaint, RepairProblem
from src.solver.scoring import is_cost

_log = structlog.get_logger(__name__)


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


def to_nobody(_: JudgedRepair) -> None:
    """For those who wait for the whole answer."""


class Judge:
    """Judges alternatives one after another, while the search looks for others.

    The search spends its time outside of Python, so that three are judged in little more time than one.
    """

    def __init__(
        self,
        problem: RepairProblem,
        judged_one: Callable[[JudgedRepair], None] = to_nobody,
        *,
        told_by: Program | None = None,
    ) -> None:
        """`told_by` is the program as it is, where the problem's leaves out what stands anyway."""
        self._problem = problem
        self._told_by = told_by or problem.program
        self._judged_one = judged_one
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="repair-judge")
        self._before: Future[Checked] | None = None
        self._asked: list[Future[JudgedRepair]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beside.shutdown(wait=False, cancel_futures=True)  # what is left is nobody's to wait for

    def complaints(self) -> tuple[Complaint, ...]:
        """The hard findings on the schedule as it stood; waits for its judgement."""
        zone = self._problem.program.zone
        return tuple(
            Complaint(
                finding.window_start_at.astimezone(zone).date(),
                finding.window_end_at.astimezone(zone).date(),
                told_as_broken(finding),
                finding.rule,
                finding.person,
            )
            for finding in self._base().report.findings
            if finding.severity is Severity.HARD
        )

    def begin(self) -> None:
        """Judge the schedule as it stood, once; best when the search is about to leave Python to others.

        Sooner, both would get half of what one thread of Python gets.
        """
        if self._before is None:
            self._before = self._beside.submit(self._base_judged, self._problem.program)

    def _base(self) -> Checked:
        self.begin()
        assert self._before is not None  # begun
        return self._before.result()

    def take(self, found: Alternative) -> None:
        """Have an alternative judged as soon as the one before it is."""
        self.begin()
        self._asked.append(self._beside.submit(self._judge, found))

    def judged(self, *, in_haste: bool) -> tuple[JudgedRepair, ...]:
        """The alternatives that the checker lets pass, in order. Who is in haste waits for the first alone.

        Raises IllegalScheduleError where it lets none pass.
        """
        first, others = self._asked[:1], self._asked[1:]
        if in_haste:
            others = [each for each in others if each.done()]
        passed: list[JudgedRepair] = []
        refused: list[IllegalScheduleError] = []
        for each in (*first, *others):
            try:
                passed.append(each.result())
            except IllegalScheduleError as error:
                _log.warning("repair_refused_by_the_checker", error=str(error))
                refused.append(error)
        if refused and not passed:
            raise refused[0]
        return tuple(passed)

    def _judge(self, found: Alternative) -> JudgedRepair:
        """Every alternative is judged whole; what it keeps of a person's base is not worked out twice."""
        base, schedule = self._base(), replace(found.schedule, result=self._file)
        report = check_again(base, schedule).report
        if not report.ok and not self._stood_before(report, base.report):
            raise IllegalScheduleError(report)
        if self._told_by is not self._problem.program:
            base = self._base_as_told
            report = check_again(base, schedule).report
        made = _told(self._problem, found, report, self._file, base.report)
        self._judged_one(made)
        return made

    @cached_property
    def _base_as_told(self) -> Checked:
        return self._base_judged(self._told_by)

    def _base_judged(self, program: Program) -> Checked:
        """What the checker says today of the schedule as it stood; what is near to it is told sooner."""
        return checked(program, replace(self._problem.base, result=self._file))

    @cached_property
    def _file(self) -> ResultFile:
        """What is said of every alternative before it is judged: the blocks are those with days."""
        program = self._problem.program
        blocks = {program.block_of(home_date(program, row)) for row in self._problem.base.assignments}
        return ResultFile(
            status=SolveStatus.FEASIBLE,
            scope=Scope.BOTH,
            blocks=tuple(sorted(block for block in blocks if block is not None)),
            seed=self._problem.seed,
            engine_version=ENGINE_VERSION,
        )

    def _stood_before(self, report: CheckReport, before: CheckReport) -> bool:
        """Whether all that does not hold lies where nothing may move, and was no better before."""
        known = _Known(before.broken)
        hard = [finding for finding in report.findings if finding.severity is Severity.HARD]
        told = {told_as_broken(finding) for finding in hard}
        return all(self._finding_stood(finding, before) for finding in hard) and all(
            one.message in told or (one in known and self._is_outside(one)) for one in report.broken
        )

    def _finding_stood(self, finding: Finding, before: CheckReport) -> bool:
        """Whether it begins where nothing may move, in what was broken before, and by no more than that."""
        begins = finding.window_start_at.astimezone(self._problem.program.zone).date()
        return not self._problem.may_move(begins) and any(
            old.severity is Severity.HARD
            and (old.rule, old.person) == (finding.rule, finding.person)
            and old.window_start_at <= finding.window_start_at
            and finding.window_end_at <= old.window_end_at
            and abs(old.value - old.limit) >= abs(finding.value - finding.limit)
            for old in before.findings
        )

    def _is_outside(self, broken: Broken) -> bool:
        """Whether nothing of what is named may move; what names no place is said of all there is."""
        problem = self._problem
        return bool(broken.blocks or broken.weeks or broken.dates) and not (
            problem.movable_blocks.intersection(broken.blocks)
            or problem.movable_weeks(broken.weeks)
            or any(map(problem.may_move, broken.dates))
        )


class _Known:
    """What was broken before a repair."""

    def __init__(self, broken: Iterable[Broken]) -> None:
        self._dates: defaultdict[_Same, list[tuple[str, frozenset[date]]]] = defaultdict(list)
        for one in broken:
            self._dates[_same(one)].append((one.message, frozenset(one.dates)))

    def __contains__(self, one: Broken) -> bool:
        """Whether the same was broken, or the same of that person on those dates and more."""
        dates = frozenset(one.dates)
        return any(message == one.message or dates < had for message, had in self._dates[_same(one)])


_Same = tuple[int, str, str | None, tuple[int, ...], tuple[date, ...]]


def _same(one: Broken) -> _Same:
    """What is the same in two words for one thing; rows may have other numbers."""
    return one.item, one.file, one.person, one.blocks, one.weeks


def _told(
    problem: RepairProblem, found: Alternative, report: CheckReport, file: ResultFile, before: CheckReport
) -> JudgedRepair:
    terms, tiers = before.score_terms, before.tiers
    file = replace(
        file,
        score_terms=dict(report.score_terms),
        tiers=tuple(TierScore(number, score, None) for number, score in sorted(report.tiers.items())),
    )
    changes = {
        term: count - terms.get(term, Decimal(0))
        for term, count in report.score_terms.items()
        if count != terms.get(term, Decimal(0))
    }
    weights: defaultdict[str, Decimal] = defaultdict(Decimal)
    for tier in problem.program.objective:
        for term, weight in tier.weights:
            weights[term] += weight
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
