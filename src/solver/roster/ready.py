"""Compiles what is compiled, before a clock runs: once where results can be kept, else once a process.

`python -m src.solver.roster.ready` does so for all processes to come, unless it has been done.
"""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event

from src.solver.roster.problem import Cover, Kind, Person, Problem, mondays_weekends
from src.solver.roster.strategy import Options
from src.solver.stop import Stop

AMPLE_SECONDS = 3600.0
COMPILED = ("interior", "kernel")
"""Modules with compiled functions."""
_prepared = Event()


def prepare() -> None:
    """Solve a roster of two people and two weeks, so that every compiled part has been used."""
    from src.solver.roster.colgen import ColumnGeneration

    people = tuple(Person(name, (14, 3), 480, 4800, 2, 5, 2, 1) for name in ("one", "two"))
    kinds = (Kind("day", 480), Kind("night", 480, frozenset({0})))
    cover = tuple(Cover(day, kind, 1, 10, 1) for day in range(14) for kind in range(2))
    problem = Problem(14, kinds, people, (), cover, mondays_weekends(14))
    ColumnGeneration().solve(problem, Stop(AMPLE_SECONDS), Options(workers=1, iterations=9))
    _prepared.set()


def is_prepared() -> bool:
    """Whether a clock may run: nothing is left to compile in this process."""
    return _prepared.is_set()


def is_kept() -> bool:
    """Whether compiled code lies beside its source, no older than that, so that preparing is quick."""
    here = Path(__file__).parent
    kept = here / "__pycache__"

    def is_fresh(module: str) -> bool:
        source = (here / f"{module}.py").stat().st_mtime
        return any(found.stat().st_mtime >= source for found in kept.glob(f"{module}.*.nbi"))

    return os.access(kept, os.W_OK) and all(map(is_fresh, COMPILED))


if __name__ == "__main__" and not is_kept():
    prepare()
