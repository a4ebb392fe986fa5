"""Compares engine and minute-by-minute reference on many made-up years, for the rules of other countries.

    ./dev python -m benchmarks.two_arithmetics_international [CASES] [PROCESSES] [SEED]

Prints how many years were compared and distinct, what was found by rule, and years on which the two differ.
Ends with 1 where there is one.
"""

from __future__ import annotations

import sys

from hypothesis import given

from benchmarks.comparing import Tally, many, run
from tests.compliance.rules.building import Roster
from tests.compliance.rules.international.made_up import engine_says, reference_says, rosters


def compare(start_seed: int, count: int) -> Tally:
    """Compare so many made-up years."""
    tally = Tally()

    @many(start_seed, count)
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


if __name__ == "__main__":
    sys.exit(run(compare, sys.argv[1:]))
