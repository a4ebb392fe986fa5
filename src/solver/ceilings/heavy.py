"""How uneven inpatient and night float blocks must be within a PGY, by counting.

Requirements and coverage say how many such blocks all residents of a PGY do together, and those of each
track; what does not divide cannot be even.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor

from src.interchange.model import Setting
from src.solver.ceilings.crowds import CrowdPlans, Question
from src.solver.ceilings.relaxation import SLACK, Term
from src.solver.ceilings.spread import Pool, Share

HEAVY = frozenset({Setting.INPATIENT, Setting.NIGHT_FLOAT})


def least_heavy_spreads(question: Question) -> Mapping[int | None, int]:
    """PGY -> the least spread of heavy blocks among its residents who are there all year."""
    crowds: defaultdict[int | None, list[int]] = defaultdict(list)
    for number, crowd in enumerate(question.crowds):
        if crowd.is_there_all_year:
            crowds[crowd.pgy].append(number)
    loads = _Loads(question)
    return {pgy: loads.least_spread(members) for pgy, members in crowds.items()}


class _Loads:
    def __init__(self, question: Question) -> None:
        self._question = question
        self._plans = CrowdPlans(question, vacations=False)
        self._heavy = {r.id for r in question.program.rotations if r.setting in HEAVY}

    def least_spread(self, crowds: list[int]) -> int:
        """Of all of them together, or between any two crowds."""
        known = [self._between([crowd]) for crowd in crowds]
        together = self._between(crowds) if len(crowds) > 1 else known[0]
        if together is None or None in known:
            return 0
        sizes = [len(self._question.crowds[crowd].members) for crowd in crowds]
        found = self._within(sum(sizes), *together)
        for size, ends in zip(sizes, known, strict=True):
            if ends is not None:
                found = max(found, self._within(size, *ends))
        highest = max(-(-ends[0] // size) for size, ends in zip(sizes, known, strict=True) if ends)
        lowest = min(ends[1] // size for size, ends in zip(sizes, known, strict=True) if ends)
        return max(found, highest - lowest)

    def _within(self, size: int, least: int, most: int) -> int:
        blocks = Fraction(len(self._question.facts.block_numbers))
        shares = tuple(Share(Fraction(0), blocks) for _ in range(size))
        return int(Pool(shares, Fraction(1), Fraction(least), Fraction(most)).least_spread())

    def _between(self, crowds: list[int]) -> tuple[int, int] | None:
        """The least and the most heavy blocks of these crowds together; None where there is no plan."""
        columns = [
            column
            for (number, _, rotation), column in self._plans.on.items()
            if number in crowds and rotation in self._heavy
        ]
        ups: list[Term] = [(column, 1.0) for column in columns]
        most = self._plans.relaxation.most(ups)
        least = self._plans.relaxation.most([(column, -1.0) for column in columns])
        if most is None or least is None:
            return None
        return ceil(-least - SLACK), floor(most + SLACK)
