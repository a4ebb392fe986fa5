"""Which files of tests begin first where several processes share them.

A file goes to one process as a whole. One that takes a minute and is begun last leaves the other processes
with nothing to do; the usual order, by the number of tests, puts just those last.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

LONGEST = (
    "worker/test_recovery.py",
    "test_routes.py",
    "commands/test_demo_live.py",
    "test_migrations.py",
    "planning/runs/test_run_job.py",
    "test_story.py",
    "fuzz/test_programs_rest.py",
    "test_processes.py",
    "compliance/structure/test_sceptic.py",
    "worker/test_shared_runs.py",
    "test_cli.py",
    "solver/swaps/test_search.py",
    "embedded/test_embedded.py",
    "benchmarks/test_curtois_qu.py",
    "compliance/reports/test_printed.py",
    "planning/hours/test_hours.py",
    "programs/test_inputs.py",
    "planning/generation/test_solve_program.py",
    "programs/test_reimports.py",
    "solver/daily/test_shared_schedules.py",
    "fuzz/test_compliance.py",
    "planning/runs/test_same_schedule.py",
    "fuzz/test_programs.py",
    "fuzz/test_schedules.py",
    "fuzz/test_people.py",
    "planning/certificates/test_certificate.py",
    "planning/repair/test_judge.py",
)
"""Files by the time they were measured to take, longest first. Those that start processes of their own are
kept apart by others, so that no more than two or three of them run at a time."""


def longest_first(items: list[pytest.Item], tests: Path) -> list[pytest.Item]:
    """The tests of the longest files, then those of files of many tests; each file in its order."""
    by_file: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        by_file[item.path].append(item)
    rank = {tests / name: number for number, name in enumerate(LONGEST)}
    files = sorted(by_file, key=lambda path: (rank.get(path, len(rank)), -len(by_file[path])))
    return [item for path in files for item in by_file[path]]
