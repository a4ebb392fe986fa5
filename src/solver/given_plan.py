"""Rows of a year plan that was handed in and has no days: who is where, and who is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from src.interchange.schedule import Conflict, Schedule
from src.quantities import count
from src.solver.plan import Cut, OnVacation, PlanFact, YearPlan

YEAR, VACATIONS = "year.csv", "vacations.csv"
FIRST_ROW = 2
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What of the plan collides with the rows that a cut rests on, and what would be another plan."""

    conflicts: tuple[Conflict, ...]
    way_out: tuple[str, ...]


class GivenPlan:
    """Names the rows of the plan that cuts speak of, as its files have them.

    Of a plan that was read from no file they count in its order, after the header.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._plan = YearPlan.of_schedule(schedule)
        self._year: Mapping[tuple[str, int], int] = {
            (row.person, row.block): row.row or number
            for number, row in enumerate(schedule.year, start=FIRST_ROW)
        }
        self._weeks: Mapping[tuple[str, date], int] = {
            (row.person, row.week_start_date): row.row or number
            for number, row in enumerate(schedule.vacations, start=FIRST_ROW)
        }

    def in_the_way(self, cuts: Sequence[Cut]) -> InTheWay | None:
        """Of the broken cut that names the fewest rows; None where none of them is broken."""
        broken = [cut for cut in cuts if cut.proved and cut.grounds and not cut.is_kept_by(self._plan)]
        told = [self._of_cut(cut) for cut in broken]
        return min(told, key=lambda each: len(each.conflicts), default=None)

    def _of_cut(self, cut: Cut) -> InTheWay:
        against = [fact for factor, fact in cut.terms if factor < 0 and fact.holds_in(self._plan)]
        rows = list(dict.fromkeys(self._row(fact) for fact in against))
        ways = tuple(dict.fromkeys(self._otherwise(fact) for fact in against))
        lacking = [(factor, fact) for factor, fact in cut.terms if factor > 0]
        missing = list(self._missing(lacking))
        more = self._more(cut, lacking)
        return InTheWay((*rows, *missing), (*more, *ways))

    def _row(self, fact: PlanFact) -> Conflict:
        """The row that makes a fact hold."""
        if isinstance(fact, OnVacation):
            words = f"{fact.person} is on vacation in the week of {fact.monday}."
            return Conflict(VACATIONS, self._weeks.get((fact.person, fact.monday)), words)
        here = self._plan.rotation[fact.person, fact.block]
        words = f"{fact.person} is on {here} in block {fact.block}."
        return Conflict(YEAR, self._year.get((fact.person, fact.block)), words)

    def _otherwise(self, fact: PlanFact) -> str:
        row = self._row(fact)
        if isinstance(fact, OnVacation):
            return f"Move that vacation week of {fact.person} ({VACATIONS} row {row.row}, {fact.monday})."
        here = self._plan.rotation[fact.person, fact.block]
        return f"Put {fact.person} elsewhere than on {here} in block {fact.block} ({YEAR} row {row.row})."

    def _missing(self, lacking: Sequence[tuple[int, PlanFact]]) -> Iterator[Conflict]:
        """By block, that no more than those there are on the rotations on which more are needed."""
        for block, rotations in _places(lacking).items():
            there = [
                f"{person} (row {self._year[person, block]})"
                for person, number in sorted(self._year)
                if number == block and self._plan.rotation[person, block] in rotations
            ]
            others = {fact.person for _, fact in lacking if not fact.holds_in(self._plan)}
            if others:
                who = _listed(there) if there else "nobody"
                where = " or ".join(sorted(rotations))
                words = f"On {where} in block {block} is {who}, and none of {count(len(others), 'other')}."
                yield Conflict(YEAR, None, words)

    def _more(self, cut: Cut, lacking: Sequence[tuple[int, PlanFact]]) -> tuple[str, ...]:
        """How many more would keep the cut, where it says nothing but that there are too few."""
        if not lacking or any(factor < 0 for factor, _ in cut.terms):
            return ()
        short = cut.at_least - sum(factor for factor, fact in lacking if fact.holds_in(self._plan))
        return tuple(
            f"Put {short} more on {' or '.join(sorted(rotations))} in block {block} ({YEAR})."
            for block, rotations in _places(lacking).items()
        )


def _places(lacking: Sequence[tuple[int, PlanFact]]) -> dict[int, frozenset[str]]:
    """The rotations that facts speak of, by block."""
    found: dict[int, frozenset[str]] = {}
    for _, fact in lacking:
        if not isinstance(fact, OnVacation):
            found[fact.block] = found.get(fact.block, frozenset()) | fact.rotations
    return found


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
