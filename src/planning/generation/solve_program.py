"""From a parsed program to a judged schedule: what the API's worker and the command line share.

The engine makes the schedule, the checker (which shares no code with it) judges it. A schedule with a hard
finding of a rule that the engine plans by, or one in which something that always holds does not, is never
handed on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from src.compliance.check import CheckReport, check
from src.interchange.canonical import canonical
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.planning.advised import TERM, has_uncounted_advisories, with_advisories
from src.planning.generation.covered import standing_notice, whole_report
from src.planning.generation.fitting import fitting, with_ranks
from src.planning.generation.given_plan import refused_plan
from src.planning.generation.known import known_legal, not_planned_for
from src.planning.generation.narrowed import as_far_as_proved
from src.planning.limits import limits_of, unplanned_notice
from src.planning.memory import memory_limit, resident_megabytes
from src.quantities import count
from src.solver.parts.part import Elsewhere
from src.solver.problem import Problem, Progress, ProgressSink, ScheduleSink
from src.solver.result import Result
from src.solver.stop import Stop

ENGINE_VERSION = "1"
SHARE_TO_JUDGE = 0.05
MOST_SECONDS_TO_JUDGE = 5.0
MEMORY_LIMIT_MB = 3000


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """What a person may ask of a run; the same words for the API and the command line.

    `blocks` empty = the whole year. `deterministic_limit` is in CP-SAT's deterministic seconds and wants one
    worker. `year_plan` fixes the year (scope daily); `base` is carried over outside `blocks`; `start` is a
    schedule to start from as far as it fits, which binds nothing. `memory_limit_mb` is the process's; what
    the system lets it have may be less.
    """

    scope: Scope = Scope.BOTH
    blocks: tuple[int, ...] = ()
    time_limit_seconds: float = 300.0
    deterministic_limit: float | None = None
    seed: int = 1
    workers: int = 4
    allow_unmet: bool = False
    memory_limit_mb: int = MEMORY_LIMIT_MB
    year_plan: Schedule | None = None
    base: Schedule | None = None
    start: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Solved:
    """The engine's answer and the checker's word; `schedule` is complete, findings and result included.

    `report` is of what the run planned, `whole` of all that the schedule covers: blocks that were carried
    over may break what they broke before.
    """

    result: Result
    file: ResultFile
    schedule: Schedule | None = None
    report: CheckReport | None = None
    whole: CheckReport | None = None


class IllegalScheduleError(Exception):
    """The engine made a schedule that the checker refuses; it is a defect of ours and nothing is kept."""

    def __init__(self, report: CheckReport) -> None:
        first = report.broken[0].message if report.broken else report.findings[0].message
        super().__init__(
            f"The schedule found was refused by the checker: {count(report.hard, 'hard finding')}, "
            f"{count(len(report.broken), 'thing')} that must hold and did not. First: {first}"
        )
        self.report = report


def new_stop(seconds: float) -> Stop:
    """A stop that leaves what the checker needs of the limit, so that solving and judging end within it.

    The clock starts here; reading the program before and writing the schedule after are not in `seconds`.
    """
    limit = max(seconds - MOST_SECONDS_TO_JUDGE, seconds * (1 - SHARE_TO_JUDGE))
    return Stop(limit, memory=resident_megabytes)


def problem_of(program: Program, options: SolveOptions) -> Problem:
    """What the engine is asked, rows in canonical order."""
    program = canonical(program)
    return Problem(
        program=program,
        limits=limits_of(program),
        scope=options.scope,
        blocks=options.blocks,
        year_plan=_ranked(program, options.year_plan),
        base=_ranked(program, options.base),
        start=fitting(program, options.start),
        allow_unmet=options.allow_unmet,
        seed=options.seed,
        workers=options.workers,
        time_limit_seconds=options.time_limit_seconds,
        deterministic_limit=options.deterministic_limit,
        memory_limit_mb=memory_limit(options.memory_limit_mb),
    )


def _ranked(program: Program, schedule: Schedule | None) -> Schedule | None:
    """Requests may have come and gone since the schedule was made."""
    return None if schedule is None else with_ranks(program, schedule)


def solve_program(
    program: Program,
    options: SolveOptions,
    stop: Stop,
    progress: ProgressSink,
    kept: ScheduleSink | None = None,
    elsewhere: Elsewhere | None = None,
) -> Solved:
    """Solve and judge. Takes as long as the stop allows; raises IllegalScheduleError.

    `kept` is handed every whole schedule as it is found, before it is judged. `elsewhere` are others who may
    solve parts.

    The engine sees the rows in canonical order, so that a program gives the same schedule whether it comes
    from a folder or from the database; each row keeps the number it has where it came from.
    """
    # OR-Tools takes seconds to import: only who solves pays.
    from src.solver.engine import solve

    problem = problem_of(program, options)
    known = known_legal(problem, options.start)
    problem = replace(problem, known=known, kept=kept, elsewhere=elsewhere)
    program = problem.program
    shown = _Shown(progress)
    result = refused_plan(problem) or as_far_as_proved(problem, solve(problem, stop, shown))
    shown.turn_to("checking what was found", stop.seconds)
    file = result_file(program, options, result)
    found = result.schedule
    if found is None:
        return Solved(result, file)
    if has_uncounted_advisories(program):
        uncounted = replace(file, tiers=(), score_terms={})
        judged = check(program, replace(found, findings=None, result=uncounted))
        result = with_advisories(program, result, judged.score_terms.get(TERM, Decimal(0)))
        file = result_file(program, options, result)
    report = check(program, replace(found, findings=None, result=replace(file, tiers=())))
    if len(report.broken) > not_planned_for(program, report):
        raise IllegalScheduleError(report)
    whole = whole_report(program, found, file, report)
    file = replace(_with_notice(file, standing_notice(report, whole)), score_terms=dict(report.score_terms))
    schedule = replace(found, findings=report.finding_rows, result=file)
    return Solved(result, file, schedule, report, whole)


class _Shown:
    """Hands progress on, and remembers the last of it for the phases that are not the engine's."""

    def __init__(self, sink: ProgressSink) -> None:
        self._sink = sink
        self._last = Progress(seconds=0.0, phase="", fraction=0.0)

    def __call__(self, progress: Progress) -> None:
        self._last = progress
        self._sink(progress)

    def turn_to(self, phase: str, seconds: float) -> None:
        """Say that the engine has ended; score and bound stay as it left them."""
        self._sink(replace(self._last, phase=phase, seconds=seconds, fraction=1.0))


def result_file(program: Program, options: SolveOptions, result: Result) -> ResultFile:
    """What `result.json` says of a run; a notice tells what somebody must know of it, in sentences."""
    file = ResultFile(
        status=result.status,
        scope=options.scope,
        blocks=options.blocks or tuple(block.number for block in program.academic_blocks),
        tiers=result.tiers,
        gap=gap_of(result),
        seed=result.seed,
        engine_version=ENGINE_VERSION,
        seconds=round(result.seconds, 3),
        peak_memory_mb=round(result.peak_memory_mb, 1),
        model_size=dict(result.model_size),
        score_terms=dict(result.score_terms),
        conflicts=result.conflicts,
    )
    return _with_notice(file, result.notice, unplanned_notice(program))


def _with_notice(file: ResultFile, *said: str | None) -> ResultFile:
    """The file with more to be known of the run, behind what it says already."""
    notice = " ".join(filter(None, (file.extra.get("notice"), *said)))
    return replace(file, extra={**file.extra, "notice": notice}) if notice else file


def gap_of(result: Result) -> Decimal | None:
    """|bound - objective| / max(1, |objective|) of the first tier that is not proved; 0 when all are."""
    if result.status not in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE):
        return None
    for tier in result.tiers:
        if tier.bound is None:
            return None
        if tier.bound != tier.objective:
            gap = abs(tier.bound - tier.objective) / max(Decimal(1), abs(tier.objective))
            return gap.quantize(Decimal("0.0001"))
    return Decimal(0)
