"""Compares engine and minute-by-minute reference on many made-up years, for the rules of the United States.

    ./dev python -m benchmarks.two_arithmetics [CASES] [PROCESSES] [SEED]

A case is one resident's year of 21 to 45 days in a zone with a change of clocks, judged by four packs in one
of several ways of reading them. Prints how many cases were compared and distinct, what was found by rule, and
cases on which the two differ. Ends with 1 where there is one.
"""

from __future__ import annotations

import sys

from hypothesis import given

from benchmarks.comparing import Tally, many, run
from tests.compliance.rules.made_up import Case, cases, compared


def compare(start_seed: int, count: int) -> Tally:
    """Compare so many made-up cases."""
    tally = Tally()

    @many(start_seed, count)
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


if __name__ == "__main__":
    sys.exit(run(compare, sys.argv[1:]))
