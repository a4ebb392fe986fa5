"""The variables of the year layer, and one way to post a rule so that it can be named, doubted or bent.

A rule is posted with the `Source` it came from. Plainly, it just holds. A model built to *doubt* gives each
source a literal that switches its constraints: a core of literals is a set of input rows that collide.
A model built to *bend* gives chosen rows a whole number by which their limits may give way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from src.solver.year.facts import Week, YearFacts

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

BEND_MOST = 60
"""No limit of a program is bent further than this when a way out is looked for."""

Place = tuple[str, int | None]
"""A file and its row; None = the file as a whole."""


class Side(Enum):
    """Which limit of a row: what it asks at least, or allows at most."""

    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Source:
    """The input a constraint rests on: a file, its row, and words for a person.

    `part` tells apart what one row asks in several blocks or of several people. `demand` marks staffing, call
    and coverage minima, which a run may be allowed to leave open.
    """

    file: str
    row: int | None
    words: str = field(compare=False)
    part: str = ""
    demand: bool = field(default=False, compare=False)

    @property
    def place(self) -> Place:
        return self.file, self.row


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a run may not change: rotations and vacation weeks of the academic blocks it does not solve."""

    rotation: Mapping[tuple[str, int], str] = field(default_factory=dict)
    weeks: frozenset[date] = frozenset()
    vacations: frozenset[tuple[str, date]] = frozenset()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Build guards: only constraints of `places` (None = all), one guard a row or (`by_part`) a part."""

    places: frozenset[Place] | None = None
    by_part: bool = False

    def concerns(self, source: Source) -> bool:
        return self.places is None or source.place in self.places


class YearModel:
    """Booleans `on[person, block, rotation]` and `away[person, monday]`, and the constraints between them."""

    def __init__(
        self,
        facts: YearFacts,
        *,
        frozen: Frozen | None = None,
        allow_unmet: bool = False,
        doubt: Doubt | None = None,
        bendable: Collection[Place] = (),
    ) -> None:
        from ortools.sat.python import cp_model

        self.facts = facts
        self.frozen = frozen or Frozen()
        self._frozen_blocks = frozenset(block for _, block in self.frozen.rotation)
        self.allow_unmet = allow_unmet
        self.model = cp_model.CpModel()
        self.sum_of = cp_model.LinearExpr.sum
        self.on: dict[tuple[str, int, str], cp_model.IntVar] = {}
        self.away: dict[tuple[str, date], cp_model.IntVar] = {}
        self.shortfalls: list[cp_model.IntVar] = []
        self.guards: dict[Source | Place, cp_model.IntVar] = {}
        self.words: dict[Source | Place, str] = {}
        self.bends: dict[tuple[Place, Side], cp_model.IntVar] = {}
        self._free: dict[tuple[frozenset[int], frozenset[int]], cp_model.IntVar] = {}
        self._doubt = doubt
        self._bendable = frozenset(bendable)
        self._make_rotation_variables()
        self._make_vacation_variables()

    def _make_rotation_variables(self) -> None:
        for person, block in self.facts.options:
            choices = self.choices(person, block)
            for rotation in choices:
                name = f"on {person} {block} {rotation}"
                self.on[person, block, rotation] = self.model.new_bool_var(name)
            self.model.add_exactly_one(self.on[person, block, rotation] for rotation in choices)

    def _make_vacation_variables(self) -> None:
        for person in self.facts.residents:
            for week in self.facts.weeks:
                if week.monday in self.frozen.weeks:
                    if (person.id, week.monday) in self.frozen.vacations:
                        self.away[person.id, week.monday] = self.model.new_constant(1)
                elif self._may_be_vacation(person.id, week):
                    name = f"away {person.id} {week.monday}"
                    self.away[person.id, week.monday] = self.model.new_bool_var(name)

    def _may_be_vacation(self, person: str, week: Week) -> bool:
        return all(self.vacation_choices(person, block) for block in week.blocks)

    def is_frozen(self, block: int) -> bool:
        """Whether the run does not solve that block: what its coverage comes to is settled elsewhere."""
        return block in self._frozen_blocks

    def choices(self, person: str, block: int) -> tuple[str, ...]:
        """The rotations the person may still have in the block; empty where there is no row."""
        kept = self.frozen.rotation.get((person, block))
        return (kept,) if kept is not None else self.facts.options.get((person, block), ())

    def vacation_choices(self, person: str, block: int) -> list[cp_model.IntVar]:
        """The literals of the rotations that allow vacation."""
        return self.literals(person, block, self.facts.vacation_rotations)

    def literals(self, person: str, block: int, rotations: Iterable[str]) -> list[cp_model.IntVar]:
        """The literals of those of `rotations` that the person may have in the block."""
        found = (self.on.get((person, block, rotation)) for rotation in sorted(rotations))
        return [literal for literal in found if literal is not None]

    def away_on(self, person: str, day: date) -> cp_model.IntVar | None:
        """The literal of the vacation week that holds the date, if the person can have one."""
        week = self.facts.week_of_date.get(day)
        return None if week is None else self.away.get((person, week.monday))

    def at_least(self, terms: Sequence[cp_model.IntVar], least: int, source: Source) -> None:
        """The sum of literals must reach `least`, unless bent or left open."""
        if least > 0:
            gained = self.sum_of([*terms, *self._slack(source, least)])
            self._post(lambda: self.model.add(gained >= least), source)

    def at_most(self, terms: Sequence[cp_model.IntVar], most: int, source: Source) -> None:
        """The sum of literals must not exceed `most`."""
        if most < len(terms):
            bend = self._bend(source, Side.MOST)
            room = most if bend is None else bend + most
            self._post(lambda: self.model.add(self.sum_of(list(terms)) <= room), source)

    def no_more_than(
        self,
        terms: Sequence[cp_model.IntVar],
        room: Sequence[tuple[int, cp_model.IntVar]],
        source: Source,
    ) -> None:
        """The sum of literals must not exceed the weighted sum of `room`."""
        allowed = self.sum_of([factor * literal for factor, literal in room])
        self._post(lambda: self.model.add(self.sum_of(list(terms)) <= allowed), source)

    def free(self, here: Sequence[cp_model.IntVar], blockers: Sequence[cp_model.IntVar]) -> cp_model.IntVar:
        """A literal that may be true when one of `here` is and none of the blockers."""
        key = (frozenset(v.index for v in here), frozenset(v.index for v in blockers))
        if key not in self._free:
            free = self.model.new_bool_var(f"free {len(self._free)}")
            self.model.add(free <= self.sum_of(list(here)))
            for literal in blockers:
                self.model.add_at_most_one(free, literal)
            self._free[key] = free
        return self._free[key]

    def _post(self, make: Callable[[], cp_model.Constraint], source: Source) -> None:
        if self._doubt is None:
            make()
        elif self._doubt.concerns(source):
            make().only_enforce_if(self._guard(source, by_part=self._doubt.by_part))

    def _guard(self, source: Source, *, by_part: bool) -> cp_model.IntVar:
        key: Source | Place = source if by_part else source.place
        if key not in self.guards:
            self.guards[key] = self.model.new_bool_var(f"guard {len(self.guards)}")
            self.words[key] = source.words
        return self.guards[key]

    def _slack(self, source: Source, most: int) -> list[cp_model.IntVar]:
        bend = self._bend(source, Side.LEAST)
        if bend is not None:
            return [bend]
        if self.allow_unmet and source.demand:
            shortfall = self.model.new_int_var(0, most, f"open {source.file}:{source.row}")
            self.shortfalls.append(shortfall)
            return [shortfall]
        return []

    def _bend(self, source: Source, side: Side) -> cp_model.IntVar | None:
        if source.place not in self._bendable:
            return None
        key = (source.place, side)
        if key not in self.bends:
            self.bends[key] = self.model.new_int_var(0, BEND_MOST, f"bend {key}")
        return self.bends[key]
