"""Solve the programs with the engine and plainly, at equal time and cores: one table, and pictures.

    ./dev python -m benchmarks.engine                     # everything: about an hour
    ./dev python -m benchmarks.engine fm-24:58 im-60      # some, by name or folder, with seconds for each run
    ./dev python -m benchmarks.engine --solver plain tiny # one of engine, year and plain
    ./dev python -m benchmarks.engine --missing           # what has no row at this commit yet
    ./dev python -m benchmarks.engine --page              # page and pictures again, from the rows kept

Each run has a process of its own, one after another, so that its peak memory is its own. Its row is
kept in `benchmarks/results/engine.json` as soon as it is there, in place of an earlier one of the same
program and solver; `engine.md` and the pictures are made from all rows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.engine.cases import CASES, Case, UnknownCaseError, case_of
from benchmarks.engine.measure import Row, measure
from benchmarks.engine.pictures import draw
from benchmarks.engine.results import (
    RESULTS,
    SOLVERS,
    commit_now,
    dated,
    has_row,
    merged,
    read_rows,
    write_rows,
)
from benchmarks.engine.tables import page
from src.interchange.issues import FolderRejectedError

MODULE = "benchmarks.engine"


def main() -> None:
    """Measure what the command line names and write everything down; `--row` prints one row as JSON."""
    parser = argparse.ArgumentParser(prog=MODULE, description="Measure the engine, beside a plain solver.")
    parser.add_argument("cases", nargs="*", metavar="NAME[:SECONDS]", help="of a known program, or a folder")
    parser.add_argument("--solver", choices=SOLVERS, action="append", help="only this one")
    parser.add_argument("--missing", action="store_true", help="only what has no row at this commit")
    parser.add_argument("--page", action="store_true", help="measure nothing; write page and pictures again")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder to write to")
    parser.add_argument("--row", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    try:
        cases = [case_of(argument) for argument in given.cases] or list(CASES)
        if given.row:
            print(json.dumps(measure(cases[0], given.solver[0])))
            return
        if not given.page:
            measure_all(cases, given.solver or SOLVERS, given.results, missing=given.missing)
    except (UnknownCaseError, ValueError, OSError, FolderRejectedError) as error:
        sys.exit(str(error))
    write_page(given.results)


def measure_all(
    cases: list[Case], solvers: list[str] | tuple[str, ...], folder: Path, *, missing: bool
) -> None:
    """A row for each, kept as soon as it is there."""
    file = folder / "engine.json"
    for case in cases:
        for solver in solvers:
            if missing and has_row(read_rows(file), case.name, solver, commit_now()):
                continue
            row = dated(in_a_process(case, solver))
            write_rows(file, merged(read_rows(file), row))
            write_page(folder)
            shown = (
                "program",
                "solver",
                "status",
                "first",
                "seconds",
                "tiers",
                "peak_mb",
                "check",
                "load_before",
            )
            print({name: row[name] for name in shown}, flush=True)


def in_a_process(case: Case, solver: str) -> Row:
    """The row of a case. Exits with the words of the process where it fails."""
    name = case.name if any(case.name == known.name for known in CASES) else str(case.folder)
    command = [sys.executable, "-m", MODULE, "--row", "--solver", solver, f"{name}:{case.seconds:g}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{case.name}, {solver}: {done.stderr.strip()[-2000:]}")
    row: Row = json.loads(done.stdout)
    return row


def write_page(folder: Path) -> None:
    """`engine.md` and the pictures, of all rows that are kept."""
    rows = read_rows(folder / "engine.json")
    (folder / "engine.md").write_text(page(rows, draw(rows, folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
