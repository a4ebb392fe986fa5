"""The least that must change in a program so small that every schedule of it can be tried.

Residents are tried one by one (see `tests.solver.honest.every`); what they do to each other is counted. Only
dates of a range may move, and demand is asked on these alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from src.interchange.model import Person, Program
from src.interchange.schedule import AssignmentRow, Schedule
from src.solver.expand import home_date
from tests.solver.honest.every import Asked, Every, TooManyError
from tests.solver.honest.life import Life, worked

Told = tuple[object, ...]
"""What a row says, its place in a file aside."""
Plan = tuple[frozenset[tuple[int, str]], frozenset[date]]


@dataclass(frozen=True)
class Way:
    """What a resident serves, and the fewest cells to get there."""

    serves: frozenset[Asked]
    cells: int


@dataclass(frozen=True)
class Nearest:
    """All legal schedules of a changed program that leave the dates before and after a range as they were."""

    program: Program
    base: Schedule
    first: date
    last: date

    def least(self) -> int | None:
        """The fewest changed cells with every rotation and vacation week as it was; None = none is legal."""
        return self._least([self._ways(person, same_plan=True) for person in self.program.residents])

    def any(self) -> bool:
        """Whether anything is legal, other rotations of academic blocks in the range included."""
        ways = [self._ways(person, same_plan=False) for person in self.program.residents]
        return self._least(ways) is not None

    def _ways(self, person: Person, *, same_plan: bool) -> list[Way]:
        before = [row for row in self.base.assignments if row.person == person.id]
        fixed = {told(row) for row in before if not self._moves(row)}
        fewest: dict[frozenset[Asked], int] = {}
        legal: dict[tuple[object, ...], bool] = {}
        for life in self._lives(person):
            if not self._keeps_plan(person, life, same_plan=same_plan):
                continue
            rows = worked(self.program, person, life)
            if {told(row) for row in rows if not self._moves(row)} != fixed:
                continue
            serves = frozenset(self._every._serves(person, life, rows))
            cells = len(cells_between(before, rows))
            if fewest.get(serves, cells + 1) <= cells:
                continue
            key = (life.rotations, life.weeks, rows)
            if key not in legal:
                legal[key] = self._every._is_legal(person, life) is not None
            if legal[key]:
                fewest[serves] = cells
        return [Way(serves, cells) for serves, cells in sorted(fewest.items(), key=lambda each: each[1])]

    def _lives(self, person: Person) -> Iterator[Life]:
        yield from self._every._lives(person)

    @cached_property
    def _every(self) -> Every:
        return Every(self.program, most_lives=1500)

    def _keeps_plan(self, person: Person, life: Life, *, same_plan: bool) -> bool:
        """Whether rotations and weeks are the base's, as far as they may not move."""
        movable = {
            block.number
            for block in self.program.academic_blocks
            if not same_plan and self.first <= block.start_date and block.end_date <= self.last
        }
        there = {block for block, _ in life.rotations}
        was = {
            (row.block, row.rotation)
            for row in self.base.year
            if row.person == person.id and row.block not in movable and row.block in there
        }
        weeks = {row.week_start_date for row in self.base.vacations if row.person == person.id}
        return {each for each in life.rotations if each[0] not in movable} == was and {
            week for week in life.weeks if self.program.block_of(week) not in movable
        } == {week for week in weeks if self.program.block_of(week) not in movable}

    def _moves(self, row: AssignmentRow) -> bool:
        return self.first <= home_date(self.program, row) <= self.last

    def _asked(self) -> dict[Asked, tuple[int, int | None]]:
        return {
            asked: limits
            for asked, limits in self._every._limits.items()
            if not isinstance(asked[2], date) or self.first <= asked[2] <= self.last
        }

    def _least(self, ways: list[list[Way]]) -> int | None:
        size = 1
        for each in ways:
            size *= max(1, len(each))
        if size > 200_000:
            raise TooManyError
        asked = self._asked()
        best: int | None = None

        def go(place: int, cells: int, there: dict[Asked, int]) -> None:
            nonlocal best
            if best is not None and cells >= best:
                return
            if place == len(ways):
                if all(least <= there.get(each, 0) for each, (least, _) in asked.items()):
                    best = cells
                return
            for way in ways[place]:
                counts = defaultdict(int, there)
                for each in way.serves:
                    counts[each] += 1
                if all(
                    (most := asked[each][1]) is None or counts[each] <= most
                    for each in way.serves
                    if each in asked
                ):
                    go(place + 1, cells + way.cells, counts)

        go(0, 0, {})
        return best


def told(row: AssignmentRow) -> Told:
    return (row.person, row.date, row.session, row.kind, row.id, row.start_at, row.end_at, row.duty_type)


def cells_between(before: Iterable[AssignmentRow], after: Iterable[AssignmentRow]) -> set[tuple[str, date]]:
    """The (person, local date)s whose rows differ."""
    return {(row[0], row[1]) for row in {told(row) for row in before} ^ {told(row) for row in after}}  # type: ignore[misc]  # person and date
