"""Solve instances one after another, check each roster, and write one table beside the best known.

    ./dev python -m benchmarks.curtois_qu.run FOLDER             # every instance: about an hour
    ./dev python -m benchmarks.curtois_qu.run FOLDER 1:60 15:600 # some, with the seconds for each
    ./dev python -m benchmarks.curtois_qu.run FOLDER --missing   # what has no row at this commit yet

FOLDER is that of the instances, `../shared/data/benchmarks/curtois-qu`.
Each run has a process of its own, so that its peak memory is its own. Runs are kept in
`benchmarks/results/curtois_qu.json`, the table in `curtois_qu.md` there; a run again replaces its row. The
commit of a row is the last one that changed `src/solver/roster`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.curtois_qu.adapter import to_problem, to_roster
from benchmarks.curtois_qu.checker import check
from benchmarks.curtois_qu.reader import InstanceError, read

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"
ENGINE = "src/solver/roster"
ALL = tuple((number, 60.0) for number in (1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15, 17, 19, 20)) + tuple(
    (number, 600.0) for number in (15, 17, 19, 20)
)
"""Every shared instance for a minute, and the large ones for ten."""
TARGETS = {
    (15, 60): 4150,
    (17, 60): 5760,
    (19, 60): 3900,
    (15, 600): 3930,
    (17, 600): 5750,
    (19, 600): 3220,
    (20, 600): 5000,
}
SMALL = frozenset((1, 2, 3, 4, 5, 6, 7, 9, 11))
NEAR = 0.005
"""Those are to be within that part of the best known in a minute."""
PUBLISHED_10_60 = {
    5: ("1439 / –", "optimal", "optimal"),
    13: ("8707 / 3037", "500410 / 3109", "3109 / 1905"),
    15: ("6049 / 5935", "78144 / 4964", "4144 / 3928"),
    17: ("7835 / 7835", "6149 / 5851", "5760 / 5750"),
    19: ("6522 / 5531", "29968 / 5420", "3974 / 3224"),
}
"""Ejection chain, Gurobi, IP + VNS, in 10 and in 60 minutes, as the instances' own README tells them."""
HEAD = (
    "| # | days × people × kinds | limit s | found | target | bound | gap | best known | above it "
    "| first s | at 60 s | s | MB | load | commit | check | ejection chain | Gurobi | IP + VNS |"
)


def solve_one(folder: Path, number: int, seconds: float) -> dict[str, Any]:
    """One run of one instance; its roster is judged by the independent check. The clock starts when what is
    compiled (once after an installation) has been compiled.
    """
    from src.solver.roster.ready import prepare
    from src.solver.roster.strategy import Options, solve
    from src.solver.stop import Stop

    instance = read(folder / f"Instance{number}.txt")
    prepare()
    load = os.getloadavg()[0]
    answer = solve(to_problem(instance), Stop(seconds), Options())
    run: dict[str, Any] = {
        "instance": number,
        "limit": seconds,
        "size": f"{instance.horizon} × {len(instance.staff)} × {len(instance.shifts)}",
        "status": answer.status.value,
        "reason": answer.reason,
        "price": answer.price,
        "bound": answer.bound,
        "seconds": round(answer.seconds, 1),
        "memory_mb": round(answer.peak_memory_mb),
        "load": round(max(load, os.getloadavg()[0]), 1),
        "found": [[round(one.seconds, 2), one.price] for one in answer.found],
        "check": "no roster",
    }
    if answer.rows is not None:
        verdict = check(instance, to_roster(instance, answer.rows))
        agrees = verdict.penalty == answer.price
        run["check"] = (
            "legal" if agrees and not verdict.broken else f"{verdict.penalty}: {verdict.broken[:3]}"
        )
    return run


def table(runs: list[dict[str, Any]], best_known: dict[int, int]) -> str:
    """All runs as one Markdown table."""
    rows = [HEAD, "|" + "---|" * (HEAD.count("|") - 1)]
    for run in sorted(runs, key=lambda run: (run["instance"], run["limit"])):
        known = best_known.get(run["instance"])
        price, bound = run["price"], run["bound"]
        above = f"{100 * (price - known) / known:.2f} %" if price is not None and known else "–"
        gap = f"{100 * abs(price - bound) / max(1, price):.2f} %" if None not in (price, bound) else "–"
        early = [found for at, found in run["found"] if at <= 60]
        peers = PUBLISHED_10_60.get(run["instance"], ("", "", ""))
        cells = [run["instance"], run["size"], f"{run['limit']:g}", price, _target(run, known)]
        cells += [bound, gap, known, above]
        cells += [run["found"][0][0] if run["found"] else "–", early[-1] if early else "–"]
        cells += [run["seconds"], run["memory_mb"], run["load"], run.get("commit"), run["check"], *peers]
        rows.append("| " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _target(run: dict[str, Any], known: int | None) -> str:
    """What the run was to reach, and whether it did; a dash where nothing was asked but a roster, or less."""
    target = TARGETS.get((run["instance"], run["limit"]))
    if target is None and run["instance"] in SMALL and known is not None:
        target = int(known * (1 + NEAR))
    if target is None:
        return "–"
    met = run["price"] is not None and run["price"] <= target
    return f"≤ {target} {'met' if met else 'not met'}"


def engine_commit() -> str:
    """The last commit that changed the engine, with a `+` where files differ from it; or `unknown`."""
    told = _git("log", "-1", "--format=%h", "--", ENGINE)
    if not told:
        return "unknown"
    return told + ("+" if _git("status", "--porcelain", "--", ENGINE) else "")


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def kept_runs(results: Path) -> list[dict[str, Any]]:
    """The runs kept so far; none where there is no file yet."""
    kept = results / "curtois_qu.json"
    runs: list[dict[str, Any]] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else []
    return runs


def missing(
    wanted: list[tuple[int, float]], runs: list[dict[str, Any]], commit: str
) -> list[tuple[int, float]]:
    """Those of the wanted runs that were not made at that commit of the engine."""
    there = {(run["instance"], run["limit"]) for run in runs if run.get("commit") == commit}
    return [one for one in wanted if one not in there]


def keep(folder: Path, run: dict[str, Any], results: Path) -> None:
    """Put a run among those kept, in place of an earlier one, and write the table again."""
    runs = kept_runs(results)
    same = (run["instance"], run["limit"])
    runs = [one for one in runs if (one["instance"], one["limit"]) != same]
    runs = sorted([*runs, run], key=lambda one: (one["instance"], one["limit"]))
    results.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(one) for one in runs)
    (results / "curtois_qu.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    with (folder / "best_known.csv").open(encoding="utf-8") as rows:
        known = {int(row["instance"]): int(row["best_known"]) for row in csv.DictReader(rows)}
    (results / "curtois_qu.md").write_text(TITLE + table(runs, known), encoding="utf-8")


TITLE = """# Staff rostering instances of Curtois & Qu

`./dev python -m benchmarks.curtois_qu.run FOLDER NUMBER:SECONDS …` makes each row, `--missing` those that the
engine's last commit lacks (see its own words). The machine has four cores and is shared: `load` is the larger
one-minute load before and after the run, `commit` the last one that changed the engine (rows of other commits
stay until they are measured again).
`check` is the word of `benchmarks/curtois_qu/checker.py`; published results are those of 10 / 60 minutes.

"""


def asked(argument: str) -> tuple[int, float]:
    """`NUMBER:SECONDS` or `NUMBER` (a minute). Raises `argparse.ArgumentTypeError`."""
    number, _, seconds = argument.partition(":")
    try:
        run = int(number), float(seconds or 60)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{argument}: not NUMBER:SECONDS") from None
    if not 0 < run[1] < float("inf"):
        raise argparse.ArgumentTypeError(f"{argument}: not a length of time")
    return run


def main(arguments: list[str] | None = None) -> None:
    """Measure what the command line names and write it down; with `--one` print one run as JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.curtois_qu.run", description=__doc__)
    parser.add_argument("folder", type=Path, help="of the instances")
    parser.add_argument("runs", nargs="*", type=asked, metavar="NUMBER:SECONDS")
    parser.add_argument("--missing", action="store_true", help="only what has no row at this commit")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder to write to")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    wanted = given.runs or list(ALL)
    if given.one:
        number, seconds = wanted[0]
        try:
            print(json.dumps(solve_one(given.folder, number, seconds)))
        except (InstanceError, OSError) as error:
            sys.exit(f"Instance{number}.txt: {error}")
        return
    if given.missing:
        wanted = missing(wanted, kept_runs(given.results), engine_commit())
    for number, seconds in wanted:
        run = in_a_process(given.folder, number, seconds)
        keep(given.folder, run, given.results)
        shown = ("instance", "limit", "price", "bound", "seconds", "load", "commit", "check")
        print({key: run[key] for key in shown}, flush=True)


def in_a_process(folder: Path, number: int, seconds: float) -> dict[str, Any]:
    """One run in a process of its own, with the commit and the day it was made at."""
    command = [sys.executable, "-m", "benchmarks.curtois_qu.run", "--one", str(folder), f"{number}:{seconds}"]
    commit = engine_commit()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.strip()[-2000:])
    run: dict[str, Any] = json.loads(done.stdout)
    return run | {"commit": commit, "measured_date": f"{datetime.now(UTC):%Y-%m-%d}"}


if __name__ == "__main__":
    main()
