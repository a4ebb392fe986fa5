"""What a second and a third worker are worth to a run: the same programs by one, two and three, in turns.

    ./dev python -m benchmarks.workers [NAME[:SECONDS] ...] [--workers N ...] [--repeat TIMES]
    ./dev python -m benchmarks.workers --page                                # the tables of all that was kept

Real Celery workers on a PostgreSQL and a Redis of their own (as `benchmarks.parts` starts them), each held to
one core and given CP-SAT's `--threads`, so that a worker more is a core more. Repetitions are interleaved:
every number of workers has its turn with one seed before the next seed begins. Writes
`benchmarks/results/workers.json`, a row a run, and `.md` with the medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.engine.cases import Case, case_of
from benchmarks.engine.results import dated, read_rows, write_rows
from benchmarks.parts import measured

RESULTS = Path(__file__).parent / "results" / "workers.json"
PAGE = RESULTS.with_suffix(".md")
PROGRAMS = ("fm-24:60", "gs-35:60", "im-60:60")
CORES = 1
NEVER = float("inf")

Run = dict[str, Any]


def main() -> None:
    """Measure what was asked, keep each run as it ends, and write the page."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("programs", nargs="*", default=PROGRAMS)
    words.add_argument("--workers", nargs="+", type=int, default=[1, 2, 3])
    words.add_argument("--threads", type=int, default=4)
    words.add_argument("--repeat", type=int, default=3)
    words.add_argument("--first-seed", type=int, default=1)
    words.add_argument("--page", action="store_true")
    asked = words.parse_args()
    for seed in range(asked.first_seed, asked.first_seed + (0 if asked.page else asked.repeat)):
        for case in map(case_of, asked.programs):
            for workers in asked.workers:
                run = measured_with(case, workers, asked.threads, seed)
                write_rows(RESULTS, [*read_rows(RESULTS), run])
                sys.stdout.write(json.dumps(run) + "\n")
    PAGE.write_text(page(read_rows(RESULTS)), encoding="utf-8")


def measured_with(case: Case, workers: int, threads: int, seed: int) -> Run:
    """One run of a program by so many workers of one core each."""
    one = argparse.Namespace(
        program=case.name,
        seconds=int(case.seconds),
        workers=workers,
        threads=threads,
        no_helpers=False,
        start=None,
        seed=seed,
    )
    return dated(measured(one, CORES))


def page(runs: Sequence[Run]) -> str:
    """Medians by program, number of workers and commit, and below them every run."""
    groups: defaultdict[tuple[str, int, int, int, str], list[Run]] = defaultdict(list)
    for run in runs:
        groups[run["program"], run["seconds"], run["threads"], run["workers"], run["commit"]].append(run)
    medians = [_median_row(key, groups[key]) for key in sorted(groups)]
    singles = [_row(run) for run in sorted(runs, key=_order)]
    return PREFACE + "\n".join(medians) + EVERY_RUN + "\n".join(singles) + "\n"


def middle(runs: Sequence[Run]) -> Run:
    """The run whose tiers stand in the middle when all are compared in order; of two, the worse."""
    ordered = sorted(runs, key=lambda run: tuple(run["tiers"]))  # no schedule is less than any
    return ordered[(len(ordered) - 1) // 2]


def median_first(runs: Sequence[Run]) -> float:
    """Seconds to the first schedule; infinite where half of the runs or more have none."""
    return statistics.median([NEVER if run["first"] is None else run["first"] for run in runs])


def _median_row(key: tuple[str, int, int, int, str], runs: Sequence[Run]) -> str:
    program, seconds, threads, workers, commit = key
    sums = {name: sum(run[name] for run in runs) for name in ("offered", "answered", "judged", "bettered")}
    return (
        f"| {program} | {seconds} | {threads} | {workers} | {len(runs)} | {_seconds(median_first(runs))} "
        f"| {_tiers(middle(runs))} | {sums['answered']} of {sums['offered']} "
        f"| {sums['bettered']} of {sums['judged']} | {commit} |"
    )


def _row(run: Run) -> str:
    return (
        f"| {run['program']} | {run['seconds']} | {run['workers']} | {run['seed']} "
        f"| {_seconds(NEVER if run['first'] is None else run['first'])} | {_tiers(run)} "
        f"| {run['answered']} of {run['offered']} | {run['bettered']} of {run['judged']} "
        f"| {run['wall']} | {run['load']} | {run['commit']} |"
    )


def _order(run: Run) -> tuple[Any, ...]:
    return run["program"], run["seconds"], run["threads"], run["seed"], run["workers"], run["commit"]


def _seconds(seconds: float) -> str:
    return "–" if seconds == NEVER else f"{seconds:.1f}"


def _tiers(run: Run) -> str:
    return ", ".join(str(tier) for tier in run["tiers"]) or "no schedule"


PREFACE = """# What further workers are worth to a run

```
./dev python -m benchmarks.workers [NAME[:SECONDS] …] [--workers N …] [--repeat TIMES]
```

Real Celery workers with PostgreSQL and Redis, each held to one core, with so many of CP-SAT's threads: a
worker more is a core more. One run at a time; seeds in turn, each with every number of workers. `first`:
seconds to the first whole schedule, median. Tiers are compared in order, larger is better: those of the run
in the middle. `parts`: stretches of the first schedules that others answered, of those offered. `changes`:
what others told that made the schedule better, of all that was judged. Sums over the runs.

| program | limit | threads | workers | runs | first | tiers | parts | changes | commit |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""

EVERY_RUN = """

## Every run

`load`: the machine's one-minute load before the start; others use its four cores too.

| program | limit | workers | seed | first | tiers | parts | changes | wall | load | commit |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


if __name__ == "__main__":
    main()
