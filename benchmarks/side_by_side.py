"""Solve programs with the engine and plainly, at equal time and cores: one table, and pictures of the gaps.

    ./dev python -m benchmarks.side_by_side ../shared/data/programs/fm-24:58 ../shared/data/programs/im-60:162

Each solve runs in a process of its own, one after another, so that its peak memory is its own; each schedule
is judged by the checker, which shares no code with either. Writes results/side_by_side.md and a picture of
the first scored tier's gap over time for each program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.chart import Line, write_chart
from benchmarks.plain_solver import solve_plainly
from src.compliance.check import check
from src.interchange.canonical import canonical
from src.interchange.model import PersonKind, Program
from src.interchange.reader import load_program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.planning.limits import limits_of
from src.solver.answer import peak_memory_mb
from src.solver.engine import solve
from src.solver.problem import Problem, Progress
from src.solver.stop import Stop

RESULTS = Path(__file__).parent / "results"
WORKERS = 4
SEED = 1
DEFAULT_SECONDS = 60.0
COLUMNS = (
    ("program", "---"),
    ("residents", "---:"),
    ("blocks", "---:"),
    ("solver", "---"),
    ("first complete, s", "---:"),
    ("total, s", "---:"),
    ("objective of bound, by tier", "---"),
    ("gap of requests", "---:"),
    ("peak, MB", "---:"),
    ("unmet", "---:"),
    ("denied", "---:"),
    ("advisories", "---:"),
    ("check", "---"),
)
HEAD = tuple(f"|{'|'.join(cells)}|" for cells in zip(*COLUMNS, strict=True))


def engine_row(problem: Problem, stop: Stop) -> dict[str, Any]:
    """What the engine makes of a problem; `course` is (seconds, gap) of the tier that counts requests."""
    result = solve(problem, stop, _nowhere)
    row: dict[str, Any] = {
        "first": result.seconds_to_first,
        "seconds": stop.seconds,
        "peak": peak_memory_mb(),
        "tiers": [[float(t.objective), None if t.bound is None else float(t.bound)] for t in result.tiers],
        "course": [
            [one.seconds, abs(one.bound - one.objective) / max(1.0, abs(one.objective))]
            for one in result.incumbents
            if one.bound is not None and one.layer == "year" and one.tier == _first_scored(problem.program)
        ],
    }
    return row | judged(problem.program, result.schedule)


def plain_row(problem: Problem, stop: Stop) -> dict[str, Any]:
    """What the plain solver makes of it."""
    found = solve_plainly(problem, stop)
    row: dict[str, Any] = {
        "first": stop.seconds if found is not None else None,
        "seconds": stop.seconds,
        "peak": peak_memory_mb(),
        "tiers": [] if found is None else [[float(score), None] for score in found.score.tiers],
        "course": [],
    }
    return row | judged(problem.program, None if found is None else found.schedule)


def judged(program: Program, schedule: Schedule | None) -> dict[str, Any]:
    """The checker's word on a schedule, and what it leaves open and denies."""
    if schedule is None:
        return {"check": "none found"}
    blocks = tuple(block.number for block in program.academic_blocks)
    file = ResultFile(status=SolveStatus.FEASIBLE, scope=Scope.BOTH, blocks=blocks)
    report = check(program, replace(schedule, denied=None, findings=None, result=file))
    return {
        "unmet": len(schedule.unmet),
        "denied": len(schedule.denied) if schedule.denied is not None else None,
        "soft": report.soft,
        "check": "legal" if report.ok else f"{report.hard} hard, {len(report.broken)} broken",
    }


def _first_scored(program: Program) -> int:
    """The number of the tier that counts requests."""
    counts = [tier.vacation_rank is not None for tier in program.objective]
    return counts.index(True) + 1 if True in counts else 1


def _nowhere(_: Progress) -> None:
    """Nobody looks on."""


SOLVERS = {"engine": engine_row, "plain": plain_row}


def solve_one(solver: str, path: Path, seconds: float) -> dict[str, Any]:
    """One row, made in this process."""
    program = canonical(load_program(path))
    problem = Problem(program, limits_of(program), seed=SEED, workers=WORKERS, time_limit_seconds=seconds)
    residents = sum(person.kind is PersonKind.RESIDENT for person in program.people)
    head = {"program": program.id, "solver": solver, "residents": residents, "blocks": len(program.blocks)}
    head["scored"] = _first_scored(program)
    return head | SOLVERS[solver](problem, Stop(seconds))


def rows_of(path: Path, seconds: float) -> Iterator[dict[str, Any]]:
    """A row of each solver, each made in a process of its own."""
    for solver in SOLVERS:
        command = [sys.executable, "-m", "benchmarks.side_by_side", f"--{solver}", str(path), str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        yield json.loads(done.stdout)


def line_of(row: Mapping[str, Any]) -> str:
    """A row of the table."""
    tiers = "; ".join(_tier(*tier) for tier in row["tiers"])
    cells = [
        row["program"],
        row["residents"],
        row["blocks"],
        row["solver"],
        "" if row["first"] is None else f"{row['first']:.0f}",
        f"{row['seconds']:.0f}",
        tiers,
        _gap(row["tiers"], row["scored"]),
        f"{row['peak']:.0f}",
        *("" if row.get(name) is None else row[name] for name in ("unmet", "denied", "soft")),
        row["check"],
    ]
    return f"| {' | '.join(map(str, cells))} |"


def _tier(score: float, bound: float | None) -> str:
    return f"{score:g} of {'?' if bound is None else f'{bound:g}'}"


def _gap(tiers: list[list[float]], number: int) -> str:
    """|bound - objective| / max(1, |objective|) of a tier."""
    if len(tiers) < number or tiers[number - 1][1] is None:
        return ""
    score, bound = tiers[number - 1]
    return f"{abs(bound - score) / max(1.0, abs(score)):.1%}"


def main() -> None:
    """Measure the programs of the command line; or, for one solver, print the row as JSON."""
    if sys.argv[1].startswith("--"):
        print(json.dumps(solve_one(sys.argv[1][2:], Path(sys.argv[2]), float(sys.argv[3]))))
        return
    load = os.getloadavg()[0]
    lines = [
        "# The engine beside a plain solver",
        "",
        f"{WORKERS} workers, seed {SEED}; {datetime.now(UTC):%Y-%m-%d}, load {load:.1f} at the start.",
        "",
        *HEAD,
    ]
    print(*HEAD, sep="\n", flush=True)
    for argument in sys.argv[1:]:
        path, _, seconds = argument.partition(":")
        for row in rows_of(Path(path), float(seconds or DEFAULT_SECONDS)):
            lines.append(line_of(row))
            print(lines[-1], flush=True)
            if row["course"]:
                points = [(at, 100 * gap) for at, gap in row["course"]]
                title = f"{row['program']}: gap of the year plan's requests over time"
                write_chart(
                    RESULTS / f"gap_{row['program']}.svg", title, ("seconds", "%"), [Line("engine", points)]
                )
    (RESULTS / "side_by_side.md").write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
