"""What passes between the two layers: the year plan downwards, and cuts back up.

A `YearPlan` says who is on which rotation in which academic block, and who is on vacation in which week. The
daily layer answers a plan it cannot staff with `Cut`s: linear inequalities over facts of a year plan that
every staffable plan keeps and this one breaks, each with a sentence for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType

from src.interchange.schedule import Schedule, VacationRow, YearRow


@dataclass(frozen=True)
class YearPlan:
    """One rotation per resident and academic block, and the vacation weeks with the rank of the request met.

    `vacations` holds (person, Monday of the week, rank of the granted request or None).
    """

    rotation: Mapping[tuple[str, int], str] = field(default_factory=lambda: MappingProxyType({}))
    vacations: frozenset[tuple[str, date, int | None]] = frozenset()

    @cached_property
    def vacation_weeks(self) -> frozenset[tuple[str, date]]:
        """(person, Monday) of every vacation week, without the ranks."""
        return frozenset((person, monday) for person, monday, _ in self.vacations)

    @classmethod
    def of_schedule(cls, schedule: Schedule) -> YearPlan:
        """The year plan that a schedule folder's `year` and `vacations` hold."""
        return cls(
            rotation=MappingProxyType({(row.person, row.block): row.rotation for row in schedule.year}),
            vacations=frozenset(
                (row.person, row.week_start_date, row.request_rank) for row in schedule.vacations
            ),
        )

    def year_rows(self) -> tuple[YearRow, ...]:
        return tuple(
            YearRow(person, block, rotation) for (person, block), rotation in sorted(self.rotation.items())
        )

    def vacation_rows(self) -> tuple[VacationRow, ...]:
        ordered = sorted(self.vacations, key=lambda row: (row[0], row[1]))
        return tuple(VacationRow(person, monday, rank) for person, monday, rank in ordered)


@dataclass(frozen=True, slots=True)
class OnRotation:
    """True when the person has one of `rotations` in the academic block."""

    person: str
    block: int
    rotations: frozenset[str]

    def holds_in(self, plan: YearPlan) -> bool:
        return plan.rotation.get((self.person, self.block)) in self.rotations


@dataclass(frozen=True, slots=True)
class OnVacation:
    """True when the week of that Monday is one of the person's vacation weeks."""

    person: str
    monday: date

    def holds_in(self, plan: YearPlan) -> bool:
        return (self.person, self.monday) in plan.vacation_weeks


@dataclass(frozen=True, slots=True)
class Present:
    """True when the person has one of `rotations` in the block and is not on vacation in any of `weeks`."""

    person: str
    block: int
    rotations: frozenset[str]
    weeks: tuple[date, ...]

    def holds_in(self, plan: YearPlan) -> bool:
        return plan.rotation.get((self.person, self.block)) in self.rotations and not any(
            (self.person, monday) in plan.vacation_weeks for monday in self.weeks
        )


PlanFact = OnRotation | OnVacation | Present


@dataclass(frozen=True, slots=True, order=True)
class Ground:
    """An input row that a cut rests on, in words for a person; a pack's rule has no row of its own.

    `most`: it is what the row allows at most that stands in the way, not what it asks at least. `gain`: what
    a limit of the row that gives way by one gains the cut; 0 = all of it.
    """

    file: str
    row: int | None
    words: str
    most: bool = False
    gain: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """`sum(coefficient * fact) >= at_least`: what a year plan must keep so that its days can be staffed.

    `proved` says that no legal schedule breaks the cut, so that bounds may rest on it; a cut that was only
    observed (a limit of time ran out on the block, say) steers the search but proves nothing. `grounds` are
    all the rows and rules that a proved cut rests on, where they were found out.
    """

    terms: tuple[tuple[int, PlanFact], ...]
    at_least: int
    words: str
    proved: bool = False
    grounds: tuple[Ground, ...] = ()

    @classmethod
    def not_together(cls, facts: Iterable[PlanFact], words: str, *, proved: bool = False) -> Cut:
        """The facts may not all be true at once."""
        chosen = tuple(facts)
        return cls(tuple((-1, fact) for fact in chosen), 1 - len(chosen), words, proved)

    def is_kept_by(self, plan: YearPlan) -> bool:
        total = sum(coefficient for coefficient, fact in self.terms if fact.holds_in(plan))
        return total >= self.at_least
