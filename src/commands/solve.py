"""`rounds solve`: a program folder in, a schedule folder out, no server."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from src.commands.exits import Exit, fail, tell_warning, user_errors
from src.cores import threads_by_default
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.interchange.schedule_files import (
    check_schedule_folder,
    schedule_files,
    write_schedule_folder,
)
from src.planning.folders.read import program_at, schedule_at
from src.planning.generation.fitting import fitting
from src.planning.generation.solve_program import (
    MEMORY_LIMIT_MB,
    IllegalScheduleError,
    Solved,
    SolveOptions,
    new_stop,
    solve_program,
)
from src.solver.problem import Progress, ProgressSink
from src.solver.stop import Stop

EXIT_BY_STATUS = {
    SolveStatus.OPTIMAL: Exit.OK,
    SolveStatus.FEASIBLE: Exit.OK,
    SolveStatus.INFEASIBLE: Exit.INFEASIBLE,
    SolveStatus.UNKNOWN: Exit.NOTHING_FOUND,
}

TIME_LIMIT_HELP = "Seconds to search and to check what was found; reading and writing come on top."
WORKERS_HELP = "Threads of the solver; one a core of this process unless said, at most 8."
SEED_HELP = "Another seed searches another way."


def solve(
    program: Annotated[Path, typer.Argument(help="A program folder, .zip or .xlsx.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The schedule folder to write.")],
    time_limit: Annotated[float, typer.Option(min=0.1, max=86_400, help=TIME_LIMIT_HELP)] = 300.0,
    workers: Annotated[int, typer.Option(min=1, max=64, help=WORKERS_HELP)] = threads_by_default(),
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help=SEED_HELP)] = 1,
    scope: Annotated[Scope, typer.Option(help="Which layers to solve.")] = Scope.BOTH,
    year_plan: Annotated[
        Path | None, typer.Option(help="A schedule folder whose year and vacations stay (scope daily).")
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(help="A schedule folder to start from as far as it fits: yesterday's, or another's."),
    ] = None,
    deterministic_limit: Annotated[
        float | None,
        typer.Option(
            min=0.1, help="Deterministic seconds; with one worker, equal seeds give equal schedules."
        ),
    ] = None,
    allow_unmet: Annotated[bool, typer.Option(help="Let demand stay open at its cost.")] = False,
    memory_limit: Annotated[
        int, typer.Option(min=64, help="Megabytes to hold at most: near them the run ends with its best.")
    ] = MEMORY_LIMIT_MB,
    as_json: Annotated[bool, typer.Option("--json", help="Print result.json.")] = False,
) -> None:
    """Build a schedule: exit 0 with one, 3 when infeasible is proved, 4 when the limit ended with nothing."""
    with user_errors():
        check_schedule_folder(out)
        given = program_at(program, tell_warning)
        if scope is Scope.DAILY and year_plan is None:
            fail("--scope daily needs --year-plan with the schedule whose year and vacations stay.")
        plan = schedule_at(year_plan, tell_warning) if year_plan is not None else None
        begin = schedule_at(start, tell_warning) if start is not None else None
        if begin is not None and fitting(given, begin) is None:
            fail(f"--start {start} holds nothing about the residents, rotations and dates of this program.")
        options = SolveOptions(
            scope=scope,
            time_limit_seconds=time_limit,
            deterministic_limit=deterministic_limit,
            seed=seed,
            workers=workers,
            allow_unmet=allow_unmet,
            memory_limit_mb=memory_limit,
            year_plan=plan,
            start=begin,
        )
        stop = new_stop(time_limit)
        with stopping_on_signals(stop), shown() as sink:
            try:
                solved = solve_program(given, options, stop, sink)
            except IllegalScheduleError as error:
                fail(f"{error} Nothing was written.", Exit.NOTHING_FOUND)
        written = solved.schedule or Schedule(result=solved.file)
        write_schedule_folder(written, out, given.zone)
    _print_result(solved, out, as_json=as_json)
    raise typer.Exit(EXIT_BY_STATUS[solved.file.status])


@contextmanager
def stopping_on_signals(stop: Stop) -> Iterator[None]:
    """Ctrl-C and SIGTERM keep the best schedule found so far."""
    caught = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: stop.cancel()) for number in caught}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def shown() -> Iterator[ProgressSink]:
    """Progress on a terminal; silence where standard error is none."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[score]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("starting", total=1.0, score="")

        def show(progress: Progress) -> None:
            score = ""
            if progress.score is not None:
                score = f"score {progress.score:g}"
                if progress.bound is not None:
                    score += f" of at most {progress.bound:g}"
            bar.update(task, completed=progress.fraction, description=progress.phase, score=score)

        yield show


def _print_result(solved: Solved, out: Path, *, as_json: bool) -> None:
    if as_json:
        typer.echo(schedule_files(Schedule(result=solved.file))["result.json"].decode(), nl=False)
        return
    for line in result_lines(solved.file):
        typer.echo(line)
    if solved.report is not None:
        report = solved.report
        typer.echo(f"checked: {report.hard} hard, {report.soft} soft, {report.info} info findings")
    if "notice" in solved.file.extra:
        typer.echo(solved.file.extra["notice"])
    for sentence in solved.result.way_out:
        typer.echo(f"way out: {sentence}")
    typer.echo(f"written to {out}")


def result_lines(file: ResultFile) -> Iterator[str]:
    """The result in words, a line a fact."""
    yield f"{file.status} in {file.seconds:.1f} s, {file.peak_memory_mb:.0f} MB"
    for tier in file.tiers:
        bound = "no bound proved" if tier.bound is None else f"bound {tier.bound:g}"
        yield f"tier {tier.tier}: {tier.objective:g}, {bound}"
    terms = ", ".join(f"{name} {count:g}" for name, count in file.score_terms.items())
    if terms:
        yield terms
    for conflict in file.conflicts:
        place = conflict.file if conflict.row is None else f"{conflict.file}:{conflict.row}"
        yield f"conflict: {place}: {conflict.message}"
