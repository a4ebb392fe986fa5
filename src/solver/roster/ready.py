"""Compiles what is compiled, before a clock runs: once where results can be kept, else once a process.

`python -m src.solver.roster.ready` does so for all processes to come, unless it has been done. What is kept
serves the kind of processor it was made on, the versions it was made with and the source it was made from: a
mark beside it tells them, since an image is built on one machine and runs on others.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from threading import Event

from src.solver.roster.problem import Cover, Kind, Person, Problem, mondays_weekends
from src.solver.roster.strategy import Options
from src.solver.stop import Stop

AMPLE_SECONDS = 3600.0
COMPILED = ("interior", "kernel")
"""Modules with compiled functions."""
MARK = "compiled-for"
_CPUINFO = Path("/proc/cpuinfo")
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
    """Whether compiled code for this machine lies beside its source, so that preparing is quick."""
    folder = _folder()
    mark = folder / MARK
    is_there = all(any(folder.glob(f"{module}.*.nbi")) for module in COMPILED)
    return is_there and can_be_kept() and mark.is_file() and mark.read_text(encoding="ascii") == _made_for()


def can_be_kept() -> bool:
    """Whether compiled code may be written beside its source."""
    folder = _folder()
    return os.access(folder if folder.exists() else folder.parent, os.W_OK)


def keep() -> None:
    """Compile for all processes to come. Raises OSError where that cannot be kept."""
    prepare()
    (_folder() / MARK).write_text(_made_for(), encoding="ascii")


def _folder() -> Path:
    return Path(__file__).parent / "__pycache__"


def _made_for() -> str:
    """What compiled code depends on: processor, Python, compiler and source."""
    told = hashlib.sha256()
    for word in (platform.machine(), _processor(), str(sys.implementation.cache_tag), version("numba")):
        told.update(f"{word}\n".encode())
    for module in COMPILED:
        told.update((Path(__file__).parent / f"{module}.py").read_bytes())
    return told.hexdigest()


def _processor() -> str:
    """Model and abilities of the first processor, as Linux tells them; elsewhere its name."""
    if not _CPUINFO.exists():
        return platform.processor()
    first, _, _ = _CPUINFO.read_text(encoding="utf-8", errors="replace").partition("\n\n")
    told = ("vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU part")
    return "\n".join(line for line in first.splitlines() if line.partition(":")[0].strip() in told)


if __name__ == "__main__" and not is_kept():
    keep()
