"""Solve instances one after another, check each roster, and write one table beside the best known.

    ./dev python -m benchmarks.curtois_qu.run ../shared/data/benchmarks/curtois-qu 1:60 15:60 15:600

Each run has a process of its own, so that its peak memory is its own. Runs are kept in
`benchmarks/results/curtois_qu.json`, the table in `curtois_qu.md` there; a run again replaces its row.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.curtois_qu.adapter import to_problem, to_roster
from benchmarks.curtois_qu.checker import check
from benchmarks.curtois_qu.reader import InstanceError, read

RESULTS = Path(__file__).resolve().parents[1] / "results"
PUBLISHED_10_60 = {
    5: ("1439 / –", "optimal", "optimal"),
    13: ("8707 / 3037", "500410 / 3109", "3109 / 1905"),
    15: ("6049 / 5935", "78144 / 4964", "4144 / 3928"),
    17: ("7835 / 7835", "6149 / 5851", "5760 / 5750"),
    19: ("6522 / 5531", "29968 / 5420", "3974 / 3224"),
}
"""Ejection chain, Gurobi, IP + VNS, in 10 and in 60 minutes, as the instances' own README tells them."""
HEAD = (
    "| # | days × people × kinds | limit s | found | bound | gap | best known | above it "
    "| first s | at 60 s | s | MB | load | check | ejection chain | Gurobi | IP + VNS |"
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
        cells = [run["instance"], run["size"], f"{run['limit']:g}", price, bound, gap, known, above]
        cells += [run["found"][0][0] if run["found"] else "–", early[-1] if early else "–"]
        cells += [run["seconds"], run["memory_mb"], run["load"], run["check"], *peers]
        rows.append("| " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def keep(folder: Path, run: dict[str, Any]) -> None:
    """Put a run among those kept, in place of an earlier one, and write the table again."""
    kept = RESULTS / "curtois_qu.json"
    runs: list[dict[str, Any]] = json.loads(kept.read_text()) if kept.exists() else []
    same = (run["instance"], run["limit"])
    runs = [one for one in runs if (one["instance"], one["limit"]) != same]
    runs = sorted([*runs, run], key=lambda one: (one["instance"], one["limit"]))
    RESULTS.mkdir(exist_ok=True)
    kept.write_text("[\n" + ",\n".join(json.dumps(one) for one in runs) + "\n]\n")
    with (folder / "best_known.csv").open() as lines:
        known = {int(row["instance"]): int(row["best_known"]) for row in csv.DictReader(lines)}
    (RESULTS / "curtois_qu.md").write_text(TITLE + table(runs, known))


TITLE = """# Staff rostering instances of Curtois & Qu

`./dev python -m benchmarks.curtois_qu.run FOLDER NUMBER:SECONDS …` makes each row (see its own words).
The machine has four cores and is shared: `load` is the larger one-minute load before and after the run.
`check` is the word of `benchmarks/curtois_qu/checker.py`; published results are those of 10 / 60 minutes.

"""


def main() -> None:
    """Run `NUMBER:SECONDS` … on the instances of a folder; with `--one` print one run as JSON."""
    arguments = sys.argv[1:]
    if len(arguments) < 2:
        sys.exit("usage: run FOLDER NUMBER:SECONDS …")
    if arguments[0] == "--one":
        folder, number, seconds = Path(arguments[1]), int(arguments[2]), float(arguments[3])
        try:
            print(json.dumps(solve_one(folder, number, seconds)))
        except (InstanceError, OSError) as error:
            sys.exit(f"Instance{number}.txt: {error}")
        return
    for argument in arguments[1:]:
        number, _, limit = argument.partition(":")
        command = [
            sys.executable,
            "-m",
            "benchmarks.curtois_qu.run",
            "--one",
            arguments[0],
            number,
            limit or "60",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr.strip()[-2000:])
        run = json.loads(done.stdout)
        keep(Path(arguments[0]), run)
        print({key: run[key] for key in ("instance", "limit", "price", "bound", "seconds", "load", "check")})


if __name__ == "__main__":
    main()
