"""Drives comparisons of two ways to the same result on many made-up cases, in batches on some processes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, seed, settings

DEFAULT_CASES = 10_000
DEFAULT_PROCESSES = 2
DEFAULT_SEED = 1
BATCH = 250
SHOWN = 5


@dataclass
class Tally:
    """What a number of comparisons came to: cases, how many of them were distinct, findings by rule."""

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


def many[T: Callable[[], None]](start_seed: int, count: int) -> Callable[[T], T]:
    """Runs a test of hypothesis on so many cases made up from a seed."""

    def decorated(test: T) -> T:
        limited = settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(test)
        return seed(start_seed)(limited)

    return decorated


def run(compare: Callable[[int, int], Tally], arguments: Sequence[str]) -> int:
    """Compare [CASES] on [PROCESSES] from [SEED] on, and tell what came out; 1 where there is a difference.

    `compare` takes a seed and a number of cases.
    """
    numbers = [int(argument) for argument in arguments]
    defaults = (DEFAULT_CASES, DEFAULT_PROCESSES, DEFAULT_SEED)
    count, processes, first_seed = (*numbers, *defaults[len(numbers) :])
    began = time.monotonic()
    total = Tally()
    sizes = [min(BATCH, count - done) for done in range(0, count, BATCH)]
    with ProcessPoolExecutor(processes) as pool:
        for tally in pool.map(compare, range(first_seed, first_seed + len(sizes)), sizes):
            total.add(tally)
    print(f"{total.cases} cases, {len(total.distinct)} distinct, {time.monotonic() - began:.0f} s")
    for rule, times in sorted(total.findings.items()):
        print(f"  {rule}: {times}")
    print(f"{len(total.differences)} differences")
    for difference in total.differences[:SHOWN]:
        print(difference)
    return 1 if total.differences else 0
