"""The rows that were measured, kept as JSON: one of each solver for each program; a new one replaces it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.engine.cases import CASES
from benchmarks.engine.measure import Row

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"
SOLVERS = ("engine", "year", "plain")


def read_rows(file: Path) -> list[Row]:
    """The rows kept so far; none where there is no file yet."""
    if not file.exists():
        return []
    rows: list[Row] = json.loads(file.read_text(encoding="utf-8"))
    return rows


def write_rows(file: Path, rows: Sequence[Row]) -> None:
    """A line for each row, so that a change of one is read as one."""
    file.parent.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def merged(rows: Sequence[Row], fresh: Row) -> list[Row]:
    """The rows with the fresh one in place of that of the same program and solver, in the table's order."""
    others = [row for row in rows if _key(row) != _key(fresh)]
    return sorted([*others, fresh], key=_place)


def has_row(rows: Sequence[Row], program: str, solver: str, commit: str) -> bool:
    """Whether the program was measured with the solver at that commit."""
    return any(_key(row) == (program, solver) and row["commit"] == commit for row in rows)


def dated(row: Row) -> Row:
    """The row with the day and the commit it was measured at."""
    return row | {"commit": commit_now(), "measured_date": f"{datetime.now(UTC):%Y-%m-%d}"}


def commit_now() -> str:
    """The commit checked out, with a `+` where engine or checker differ from it; or `unknown`."""
    told = _git("rev-parse", "--short", "HEAD")
    if told is None:
        return "unknown"
    return told + ("+" if _git("status", "--porcelain", "--", "src", "benchmarks/plain_solver.py") else "")


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _key(row: Mapping[str, object]) -> tuple[object, object]:
    return row["program"], row["solver"]


def _place(row: Row) -> tuple[int, str, int]:
    """Known programs in the order of their list, then others by name; the engine before the plain solver."""
    names = [case.name for case in CASES]
    name = row["program"]
    return names.index(name) if name in names else len(names), name, SOLVERS.index(row["solver"])
