"""Looking ahead at free days: what a plan must hold so that weekends can be worked and rested.

Where the weekdays of a rotation must be worked, the free days that a resident is owed (one in seven, on the
average) lie on its optional dates, mostly weekends; what is left of those is all that staffing and weekend
calls can draw on. The sums are a judgement, not a proof: windows of two blocks, and free periods that are no
whole dates, can make up for a date. So these cuts steer the making of plans, prove nothing, and go when they
stand in the way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from src.interchange.model import Call, DutyType, Person
from src.quantities import count
from src.solver.plan import Cut, OnRotation, PlanFact, Present
from src.solver.year.demand import is_staffed
from src.solver.year.facts import ONE_DAY, YearFacts, matches

DAYS_A_FREE_DAY = 7


@dataclass(frozen=True, slots=True)
class _Room:
    """Optional dates a resident can work on a rotation in a block, and how many each vacation week takes."""

    whole: int
    lost: Mapping[date, int]


def look_ahead(facts: YearFacts, blocks: Collection[int] = ()) -> tuple[Cut, ...]:
    """The cuts of the blocks (none named = all): by rotation, by call, by call with all that is staffed."""
    return tuple(
        cut for block in blocks or facts.block_numbers for cut in _Block(facts, block).cuts() if cut.terms
    )


class _Block:
    """One academic block: its optional dates by rotation, and what is asked on them."""

    def __init__(self, facts: YearFacts, block: int) -> None:
        self._facts = facts
        self._block = block
        self._dates = facts.dates_of_block[block]
        self._weeks = [week for week in facts.weeks if block in week.blocks]
        self._optional: dict[str, tuple[date, ...]] = {}
        self._fixed: dict[str, int] = {}
        for rotation in facts.program.rotations:
            held = {day: facts.templates_on(rotation.id, day) for day in self._dates}
            if any(rows and not all(row.may_be_off for row in rows) for rows in held.values()):
                optional = [day for day, rows in held.items() if rows and all(row.may_be_off for row in rows)]
                self._optional[rotation.id] = tuple(optional)
                self._fixed[rotation.id] = sum(1 for rows in held.values() if not rows)

    def cuts(self) -> Iterator[Cut]:
        asked = {rotation: self._asked(rotation) for rotation in self._optional}
        for rotation, need in asked.items():
            if need:
                mornings = count(need, "morning")
                words = f"{rotation} needs {mornings} of optional dates worked in block {self._block}"
                yield self._cut([rotation], (), need, words)
        for call in self._facts.program.calls:
            rotations = sorted(self._facts.call_rotations[call.id] & self._optional.keys())
            cost = self._cost(call)
            if cost and rotations == sorted(self._facts.call_rotations[call.id]):
                dates = count(cost, "optional date")
                words = f"{call.id} takes {dates} of its residents in block {self._block}"
                yield self._cut(rotations, call.pgys, cost, words)
                others = [other for other in self._facts.program.calls if self._draws_on(other, rotations)]
                total = sum(self._cost(other) for other in others) + sum(asked[each] for each in rotations)
                dates = count(total, "optional date")
                words = f"staffing and calls take {dates} of {call.id}'s rotations in block"
                yield self._cut(rotations, (), total, f"{words} {self._block}")

    def _draws_on(self, call: Call, rotations: Sequence[str]) -> bool:
        return self._facts.call_rotations[call.id] <= set(rotations)

    def _asked(self, rotation: str) -> int:
        """Residents asked for on the rotation's optional dates, one session a date."""
        rows = [row for row in self._facts.program.staffing if row.rotation == rotation and row.min > 0]
        return sum(
            max((row.min for row in rows if is_staffed(self._facts, row, day)), default=0)
            for day in self._optional[rotation]
        )

    def _cost(self, call: Call) -> int:
        """Optional dates that the block's in-house calls take: their own, and the next when it is reached."""
        if call.min <= 0 or call.duty_type is not DutyType.IN_HOUSE_CALL:
            return 0
        optional = {day for days in self._optional.values() for day in days}
        return call.min * sum(
            1 + (day + ONE_DAY in optional and day + ONE_DAY in self._facts.call_dates(call, day))
            for day in self._dates
            if day in optional and call in self._facts.calls_on(day)
        )

    def _cut(self, rotations: Sequence[str], pgys: tuple[int, ...], least: int, words: str) -> Cut:
        terms: list[tuple[int, PlanFact]] = []
        for person in self._facts.residents:
            if matches(pgys, person.pgy):
                for rotation in rotations:
                    if rotation in self._facts.options.get((person.id, self._block), ()):
                        terms += self._terms(person, rotation)
        return Cut(tuple(terms), least, words)

    def _terms(self, person: Person, rotation: str) -> Iterator[tuple[int, PlanFact]]:
        """The resident's room, less what vacation takes of it."""
        room = self._room(person, rotation)
        here = frozenset({rotation})
        if rotation not in self._facts.vacation_rotations:
            room = _Room(room.whole, {})
        sure = room.whole - sum(room.lost.values())
        if sure:
            yield sure, OnRotation(person.id, self._block, here)
        for monday, lost in room.lost.items():
            if lost:
                yield lost, Present(person.id, self._block, here, (monday,))

    def _room(self, person: Person, rotation: str) -> _Room:
        away = self._facts.away_dates[person.id]
        whole = self._workable(rotation, away)
        lost = {
            week.monday: whole - self._workable(rotation, away | frozenset(week.dates))
            for week in self._weeks
        }
        return _Room(whole, lost)

    def _workable(self, rotation: str, away: frozenset[date]) -> int:
        """Optional dates left when the free days owed for the dates there are taken from them."""
        there = sum(1 for day in self._dates if day not in away)
        optional = sum(1 for day in self._optional[rotation] if day not in away)
        owed = max(0, there // DAYS_A_FREE_DAY - self._fixed[rotation])
        return max(0, optional - owed)
