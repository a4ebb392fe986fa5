"""Judges made-up years of 10, 60, 100, 1,000 and 10,000 residents and draws how the time grows.

    ./dev python -m benchmarks.rules_speed

Writes `benchmarks/results/rules_speed.md` and `.svg`. Every size is judged in a process of its own, from
arrays in memory, so that its peak memory is its own; times are the best of some rounds.
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.chart import Line, write_chart
from benchmarks.synthetic import columns_of_residents
from src.compliance.packs import load_pack
from src.compliance.rules import Duty, Facts, judge
from src.compliance.rules.changed import judge_again, judge_first
from src.compliance.rules.screen import judge_columns

RESULTS = Path(__file__).parent / "results"
SIZES = (10, 60, 100, 1_000, 10_000)
PACK = "acgme-cpr-2023"


def main() -> None:
    """Measure every size, then one changed cell, and write both down."""
    rows = [_in_a_process("size", str(size)) for size in SIZES]
    cell = _in_a_process("cell")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "rules_speed.md").write_text(_table(rows, cell), encoding="utf-8")
    points = [(math.log10(row["intervals"]), math.log10(row["seconds"] * 1000)) for row in rows]
    start = points[-1]
    linear = [(x, start[1] + x - start[0]) for x, _ in points]
    write_chart(
        RESULTS / "rules_speed.svg",
        "Judging a year: time against intervals",
        ("intervals, powers of ten", "milliseconds, powers of ten"),
        [Line("measured", points), Line("linear", linear)],
    )
    print((RESULTS / "rules_speed.md").read_text(encoding="utf-8"))


def measure_size(residents: int) -> dict[str, Any]:
    """One size: seconds from arrays, seconds from objects where that is bearable, findings, memory."""
    packs = [load_pack(PACK)]
    columns = columns_of_residents(residents)
    before = _peak_mb()
    rounds = 3 if residents > 1_000 else 10
    found, seconds = _best(lambda: judge_columns(columns, packs), rounds)
    peak = _peak_mb()
    row = {
        "residents": residents,
        "intervals": len(columns.start),
        "findings": len(found),
        "people": len({finding.person for finding in found}),
        "seconds": seconds,
        "peak_mb": peak,
        "before_mb": before,
    }
    if residents <= 1_000:
        facts = columns.facts()
        all_found, row["one_by_one"] = _best(lambda: judge(facts, packs), 2)
        row["same"] = all_found == found
    return row


def measure_cell() -> dict[str, Any]:
    """One interval of one resident of 60 made an hour longer, six hundred times: the rules' time for each.

    Processor time: what others take of the machine meanwhile is not the rules'.
    """
    packs, facts = [load_pack(PACK)], columns_of_residents(60).facts()
    saved = judge_first(facts, facts.people, packs)
    times: list[float] = []
    for number in range(600):
        known = saved[number % 60]
        duties = known.person.duties
        moved = number * 37 % len(duties)
        duty = duties[moved]
        changed = Duty(duty.start, duty.end + 60, duty.type, duty.label)
        in_order = sorted(
            (*duties[:moved], changed, *duties[moved + 1 :]), key=lambda one: (one.start, one.end)
        )
        began = time.thread_time()
        judge_again(facts, [(known, replace(known.person, duties=tuple(in_order)))], packs)
        times.append(time.thread_time() - began)
    cut = quantiles(times, n=100)
    return {"median": cut[49], "p95": cut[94], "residents": 60, "intervals": _intervals(facts)}


def _intervals(facts: Facts) -> int:
    return sum(len(person.duties) for person in facts.people)


def _best[T](work: Callable[[], T], rounds: int) -> tuple[T, float]:
    best = math.inf
    while True:
        began = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - began)
        rounds -= 1
        if rounds <= 0:
            return result, best


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_a_process(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.rules_speed", *arguments]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, Any] = json.loads(told.stdout)
    return measured


def _table(rows: Sequence[dict[str, Any]], cell: dict[str, Any]) -> str:
    heads = (
        "residents",
        "intervals",
        "ms",
        "µs an interval",
        "one by one, ms",
        "findings (people)",
        "peak, MB",
    )
    lines = [
        f"# Judging a whole year by {PACK}",
        "",
        "From arrays in memory, in one process; best of several rounds. `one by one`: every resident through",
        "every rule, without screens. Memory is the process's peak, making the residents included.",
        "",
        f"| {' | '.join(heads)} |",
        f"|{'---:|' * len(heads)}",
    ]
    for row in rows:
        slow = f"{row['one_by_one'] * 1000:,.0f}" if "one_by_one" in row else "–"
        lines.append(
            f"| {row['residents']:,} | {row['intervals']:,} | {row['seconds'] * 1000:,.1f} |"
            f" {row['seconds'] / row['intervals'] * 1e6:.2f} | {slow} |"
            f" {row['findings']:,} ({row['people']:,}) | {row['peak_mb']:,.0f} |"
        )
    same = all(row.get("same", True) for row in rows)
    lines += [
        "",
        f"Findings of both ways are {'the same' if same else 'NOT the same'}.",
        "",
        f"One changed cell of one resident of {cell['residents']}, who was judged before it, by",
        f"every rule, processor time: median {cell['median'] * 1000:.2f} ms,",
        f"95th percentile {cell['p95'] * 1000:.2f} ms.",
        "",
        f"Load average of the machine meanwhile: {os.getloadavg()[0]:.0f}, on {os.cpu_count()} cores.",
        "",
        "![time against intervals](rules_speed.svg)",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["size", size]:
            print(json.dumps(measure_size(int(size))))
        case ["cell"]:
            print(json.dumps(measure_cell()))
        case _:
            main()
