"""`rounds repair`: a changed program and the schedule that stood in, repaired schedules out, no server."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from src.commands.exits import Exit, fail, user_errors
from src.commands.solve import (
    EXIT_BY_STATUS,
    SEED_HELP,
    TIME_LIMIT_HELP,
    WORKERS_HELP,
    shown,
    stopping_on_signals,
)
from src.cores import threads_by_default
from src.interchange.reader import load_program
from src.interchange.schedule_files import check_schedule_folder, load_schedule, write_schedule_folder
from src.planning.generation.solve_program import IllegalScheduleError, new_stop
from src.planning.repair.judge import JudgedRepair
from src.planning.repair.repair_program import RepairOptions, RepairSolved, repair_program
from src.quantities import count
from src.solver.repair.model import NothingMayMoveError

MOST_ALTERNATIVES = 5
DATE_FORMATS = ["%Y-%m-%d"]


def repair(
    program: Annotated[Path, typer.Argument(help="The program after the change: a folder, .zip or .xlsx.")],
    schedule: Annotated[Path, typer.Argument(help="The schedule folder as it stood.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder to write alternatives 1, 2, 3 into.")],
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=DATE_FORMATS, help="The first local date that may move."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DATE_FORMATS, help="The last local date that may move.")
    ] = None,
    alternatives: Annotated[
        int, typer.Option(min=1, max=MOST_ALTERNATIVES, help="How many different ways to look for.")
    ] = 3,
    allow_unmet: Annotated[bool, typer.Option(help="Let demand that nobody can meet stay open.")] = True,
    time_limit: Annotated[float, typer.Option(min=0.1, max=86_400, help=TIME_LIMIT_HELP)] = 60.0,
    workers: Annotated[int, typer.Option(min=1, max=64, help=WORKERS_HELP)] = threads_by_default(),
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help=SEED_HELP)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Mend a schedule: exit 0 with a repair, 3 when none is proved to exist, 4 when the limit ended first."""
    with user_errors():
        folders = [out / str(number) for number in range(1, alternatives + 1)]
        for folder in folders:
            check_schedule_folder(folder)
        given, base = load_program(program), load_schedule(schedule)
        options = RepairOptions(_date(first), _date(last), alternatives, allow_unmet, seed, workers)
        stop = new_stop(time_limit)
        with stopping_on_signals(stop), shown() as sink:
            try:
                solved = repair_program(given, base, options, stop, sink)
            except IllegalScheduleError as error:
                fail(f"{error} Nothing was written.", Exit.NOTHING_FOUND)
            except NothingMayMoveError as error:
                fail(str(error))
        for folder, made in zip(folders, solved.alternatives, strict=False):
            write_schedule_folder(made.schedule, folder, given.zone)
    if as_json:
        typer.echo(json.dumps(as_plain(solved, folders), indent=2))
    else:
        for line in lines_of(solved, folders):
            typer.echo(line)
    raise typer.Exit(EXIT_BY_STATUS[solved.repaired.status])


def _date(moment: datetime | None) -> dt.date | None:
    return None if moment is None else moment.date()


def as_plain(solved: RepairSolved, folders: list[Path]) -> dict[str, object]:
    """The answer as plain values: status, what the change breaks, and each alternative's comparison."""
    repaired = solved.repaired
    return {
        "status": repaired.status,
        "seconds": round(repaired.seconds, 3),
        "troubles": list(repaired.troubles),
        "conflicts": [
            {"file": conflict.file, "row": conflict.row, "message": conflict.message}
            for conflict in repaired.conflicts
        ],
        "way_out": list(repaired.way_out),
        "notice": repaired.notice,
        "alternatives": [
            {"folder": str(folder), **made.comparison.to_json()}
            for folder, made in zip(folders, solved.alternatives, strict=False)
        ],
    }


def lines_of(solved: RepairSolved, folders: list[Path]) -> Iterator[str]:
    """The answer in words, a line a fact."""
    repaired = solved.repaired
    yield f"{repaired.status} in {repaired.seconds:.1f} s, {count(len(solved.alternatives), 'alternative')}"
    if repaired.notice is not None:
        yield f"note: {repaired.notice}"
    for words in repaired.troubles:
        yield f"the change breaks: {words}"
    for number, (folder, made) in enumerate(zip(folders, solved.alternatives, strict=False), start=1):
        yield f"{number}: {_summary(made)}, written to {folder}"
    for conflict in repaired.conflicts:
        place = conflict.file if conflict.row is None else f"{conflict.file}:{conflict.row}"
        yield f"conflict: {place}: {conflict.message}"
    for sentence in repaired.way_out:
        yield f"way out: {sentence}"


def _summary(made: JudgedRepair) -> str:
    told = made.comparison
    least = ", as few as can be" if told.is_least else ""
    rotations = f", {count(len(told.year_cells), 'rotation')} moved" if told.year_cells else ""
    unmet = f", {told.unmet} missing" if told.unmet else ""
    return (
        f"{count(told.cells, 'cell')} of {count(len(told.people), 'person', 'people')} changed{least}"
        f"{rotations}{unmet}, "
        f"fairness {told.fairness_change:+g}, {made.report.hard} hard and {made.report.soft} soft findings"
    )
