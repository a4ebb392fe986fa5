"""The steps of a repair, and what one look at the days under one year plan has met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from src.interchange.schedule import UnmetRow
from src.solver.plan import YearPlan
from src.solver.repair.days import DaysAnswer, DaysFound, DaysRepair
from src.solver.repair.near import NearModel, Range

MANY_BLOCKS = 3
"""In more of them, that something else moves in one of them is unlikely to help another."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where to look, and whether coverage, and the demand of days, may stay open.

    `wide_plans`: rotations of all blocks that may move are looked at, not only those of the reach.
    `in_passing`: for some seconds only, and nothing is claimed of it. `thorough`: other plans are tried for
    as long as there is time.
    """

    reach: Range
    open_plan: bool = False
    open_days: bool = False
    wide_plans: bool = False
    in_passing: bool = False
    thorough: bool = False

    @property
    def is_one_of_many(self) -> bool:
        """Whether other plans are better looked for when it is known what stays open."""
        return not (self.open_days or self.thorough) and len(self.reach.blocks) > MANY_BLOCKS


@dataclass
class Look:
    """A search for alternatives under a plan; the first one may be known before it is handed on."""

    plan: YearPlan
    reach: Range
    near: NearModel
    search: DaysRepair
    _first: DaysAnswer = field(default_factory=lambda: DaysAnswer((), impossible=False))

    def is_none(self, searching: Callable[[], None]) -> bool:
        """Look for the first; whether it was shown that there is none."""
        self._first = self.search.find(1, searching=searching)
        return self._first.impossible and not self._first.found

    @property
    def found(self) -> tuple[DaysFound, ...]:
        return self._first.found

    @property
    def open_days(self) -> tuple[UnmetRow, ...]:
        """What the first alternative leaves open on dates."""
        return tuple(row for found in self.found for row in found.unmet)

    def anew(self, search: DaysRepair) -> Look:
        """The same look by another search."""
        return Look(self.plan, self.reach, self.near, search)

    def all_of(
        self, count: int, found_one: Callable[[DaysFound], None], searching: Callable[[], None]
    ) -> DaysAnswer:
        """Up to `count` alternatives, the first among them; each is told, as those to come are."""
        for each in self.found:
            found_one(each)
        if not self.found:
            return self._first
        rest = self.search.find(count - 1, found_one, searching)
        return DaysAnswer((*self.found, *rest.found), rest.impossible)
