"""Compares what is found on a changed year from what lies near the change with what the whole year gives.

    ./dev python -m benchmarks.changes_and_whole_years [CASES] [PROCESSES] [SEED]

A case is a resident's year of some hundred days, changed three times, one change after another. Prints how
many cases were compared and distinct, what was found by rule, and cases on which the two differ. Ends with 1
where there is one.
"""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.comparing import Tally, many, run
from src.compliance.rules import Facts, PersonFacts, RulePack, judge_person
from src.compliance.rules.changed import judge_again, judge_first
from tests.compliance.rules.changing import PACKS, changed, years


def compare(start_seed: int, count: int) -> Tally:
    """Compare so many made-up years."""
    tally = Tally()

    @many(start_seed, count)
    @given(st.data(), years(), st.sampled_from(PACKS), st.booleans())
    def one(
        data: st.DataObject, year: tuple[Facts, PersonFacts], packs: list[RulePack], scattered: bool
    ) -> None:
        facts, person = year
        [known] = judge_first(facts, [person], packs)
        tally.cases += 1
        tally.distinct.add(hash((facts.time_zone, repr(person))))
        for _ in range(3):
            after = changed(data, facts, known.person, scattered=scattered)
            [again] = judge_again(facts, [(known, after)], packs)
            whole = judge_person(facts, after, packs)
            tally.findings.update(finding.rule for finding in whole)
            if again.findings != whole:
                tally.differences.append(f"{facts.time_zone} {known.person}\n  {after}\n  {packs}")
            known = again

    one()
    return tally


if __name__ == "__main__":
    sys.exit(run(compare, sys.argv[1:]))
