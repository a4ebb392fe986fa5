"""Compares engine and minute-by-minute reference on many made-up years, for the rules of other countries.

    ./dev python -m benchmarks.two_arithmetics_international [CASES] [PROCESSES] [SEED]

Prints how many years were compared, how many findings there were, and every year on which the two differ.
Ends with 1 where there is one.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.compliance.rules.building import Roster
from tests.compliance.rules.international.made_up import COMPARED, engine_says, reference_says, rosters

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


def compare(start_seed: int, cases: int) -> Tally:
    """Compare so many made-up years."""
    tally = Tally()

    @seed(start_seed)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rosters())
    def one(roster: Roster) -> None:
        facts, person = roster.facts(), roster.person()
        engine, reference = engine_says(facts, person), reference_says(facts, person)
        tally.cases += 1
        tally.distinct.add(hash((facts.time_zone, str(facts.year_start_date), repr(person))))
        tally.findings.update(verdict.rule for verdict in engine)
        if engine != reference:
            alone = [f"engine {v}" for v in engine if v not in reference]
            alone += [f"reference {v}" for v in reference if v not in engine]
            tally.differences.append(f"{facts.time_zone} {facts.year_start_date} {person}\n  {alone}")

    one()
    return tally


def main() -> int:
    """Run the comparison with the numbers of the command line."""
    numbers = [int(argument) for argument in sys.argv[1:]]
    cases, processes, first_seed = (*numbers, *(DEFAULT_CASES, DEFAULT_PROCESSES, 0)[len(numbers) :])
    started = time.monotonic()
    total = Tally()
    batches = [min(BATCH, cases - done) for done in range(0, cases, BATCH)]
    seeds = range(first_seed, first_seed + len(batches))
    with ProcessPoolExecutor(processes) as pool:
        for tally in pool.map(compare, seeds, batches):
            total.add(tally)
    print(f"{total.cases} years compared ({len(total.distinct)} distinct) by {len(COMPARED)} rules", end="")
    print(f" in {time.monotonic() - started:.0f} s; {sum(total.findings.values())} findings")
    print(", ".join(f"{rule} {number}" for rule, number in sorted(total.findings.items())))
    print(f"{len(total.differences)} differences")
    for difference in total.differences[:SHOWN]:
        print(difference)
    return 1 if total.differences else 0


if __name__ == "__main__":
    sys.exit(main())
