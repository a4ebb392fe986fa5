"""The cores of a process, which may be fewer than the machine's."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from src.cores import cores, threads_by_default
from src.schedules.config import ScheduleSettings

DEFAULTS = """
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import inspect
from src.commands.repair import repair
from src.commands.solve import solve
from src.schedules.config import ScheduleSettings
of_commands = [inspect.signature(one).parameters["workers"].default for one in (solve, repair)]
print(ScheduleSettings().solver_workers, *of_commands)
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="nothing holds a process to cores here")
def test_a_process_held_to_one_core_solves_with_one_thread() -> None:
    """Four threads on one core took each other's time in a container that was given one."""
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", DEFAULTS], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["1", "1", "1"]


def test_never_more_threads_than_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(96)), raising=False)
    assert (cores(), threads_by_default()) == (96, 8)
    assert ScheduleSettings().solver_workers == 8


@pytest.mark.parametrize(("counted", "threads"), [(4, 4), (None, 1)])
def test_a_system_that_holds_nothing_to_cores_is_asked_for_all(
    monkeypatch: pytest.MonkeyPatch, counted: int | None, threads: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: counted)
    assert threads_by_default() == threads
