"""Compares engine and minute-by-minute reference on many made-up years, for the rules of the United States.

    ./dev python -m benchmarks.two_arithmetics [CASES] [PROCESSES] [SEED]

A case is one resident's year of 21 to 45 days in a zone with a change of clocks, judged by four packs in one
of several ways of reading them. Prints how many cases were compared and distinct, what was found by rule, and
every case on which the two differ. Ends with 1 where there is one.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.compliance.rules.made_up import Case, cases, compared

DEFAULT_CASES = 10_000
DEFAULT_PROCESSES = 2
BATCH = 250
SHOWN = 5


@dataclass
class Tally:
    """What a number of comparisons came to."""

    cases: int = 0
    distinct: set[int] = field(default_factory=set)
    findings: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take another tally's numbers in."""
        self.cases += other.cases
        self.distinct |= other.distinct
        self.findings += other.findings
        self.differences += other.differences


def compare(start_seed: int, count: int) -> Tally:
    """Compare so many made-up cases."""
    tally = Tally()

    @seed(start_seed)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def one(case: Case) -> None:
        tally.cases += 1
        tally.distinct.add(hash(repr(case)))
        verdicts, found = compared(case)
        tally.findings.update(f"{verdict.rule} {verdict.severity}" for verdict in verdicts)
        if found:
            tally.differences.append(f"{case}\n  " + "\n  ".join(found))

    one()
    return tally


def main(arguments: list[str]) -> int:
    """Compare in batches on some processes, and tell what came out."""
    numbers = [int(argument) for argument in arguments]
    count, processes, first_seed = (*numbers, *(DEFAULT_CASES, DEFAULT_PROCESSES, 1)[len(numbers) :])
    began = time.monotonic()
    total = Tally()
    batches = -(-count // BATCH)
    sizes = [min(BATCH, count - BATCH * number) for number in range(batches)]
    with ProcessPoolExecutor(processes) as pool:
        for tally in pool.map(compare, range(first_seed, first_seed + batches), sizes):
            total.add(tally)
    print(f"{total.cases} cases, {len(total.distinct)} distinct, {time.monotonic() - began:.0f} s")
    for rule, times in sorted(total.findings.items()):
        print(f"  {rule}: {times}")
    print(f"{len(total.differences)} differences")
    for difference in total.differences[:SHOWN]:
        print(difference)
    return 1 if total.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
