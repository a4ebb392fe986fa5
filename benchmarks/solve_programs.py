"""Solve program folders one after another, check each result, and print one table.

    ./dev python benchmarks/solve_programs.py examples/harbor-im:30 ../shared/data/programs/fm-24:58

Every program is solved in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEFAULT_SECONDS = 60
WORKERS = 4


def measure(program: Path, seconds: float, folder: Path) -> str:
    """One row of the table."""
    started = time.monotonic()
    command = [sys.executable, "-m", "src.cli"]
    options = ["-o", str(folder), "--time-limit", str(seconds), "--workers", str(WORKERS)]
    solved = subprocess.run(
        [*command, "solve", str(program), *options], capture_output=True, text=True, check=False
    )
    wall = time.monotonic() - started
    if not (folder / "result.json").exists():
        said = solved.stderr.strip()[-80:]
        return f"| {program.name} | exit {solved.returncode} | {wall:.0f} | | | | {said} |"
    result = json.loads((folder / "result.json").read_text())
    checked = subprocess.run(
        [*command, "check", str(program), str(folder), "--json"], capture_output=True, text=True, check=False
    )
    if checked.returncode not in (0, 1):
        spent = f"{result['seconds']:.0f} ({wall:.0f})"
        return f"| {program.name} | {result['status']} | {spent} | | | | no schedule |"
    report = json.loads(checked.stdout)
    tiers = "; ".join(f"{tier['objective']:g} of {_bound(tier['bound'])}" for tier in result["tiers"])
    verdict = "legal" if checked.returncode == 0 else f"{report['hard']} hard, {len(report['broken'])} broken"
    return (
        f"| {program.name} | {result['status']} | {result['seconds']:.0f} ({wall:.0f}) "
        f"| {result['peak_memory_mb']:.0f} | {tiers} | {report['soft']} | {verdict} |"
    )


def _bound(bound: float | None) -> str:
    return "?" if bound is None else f"{bound:g}"


def main() -> None:
    """Print the table for the programs named on the command line."""
    print("| program | status | s (wall) | MB | objective of bound, by tier | advisories | check |")
    print("|---|---|---|---|---|---|---|")
    for argument in sys.argv[1:]:
        path, _, seconds = argument.partition(":")
        with tempfile.TemporaryDirectory() as folder:
            row = measure(Path(path), float(seconds or DEFAULT_SECONDS), Path(folder) / "schedule")
        print(row, flush=True)


if __name__ == "__main__":
    main()
