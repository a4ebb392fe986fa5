"""Looking ahead at free days: what a plan must hold so that weekends can be worked and rested.

Where the weekdays of a rotation must be worked, the free days that a resident is owed (one in seven, on the
average) lie on its optional dates, mostly weekends; what is left of those is all that staffing and weekend
calls can draw on. The sums are a judgement, not a proof: windows of two blocks, and free periods that are no
whole dates, can make up for a date. So these cuts steer the making of plans, prove nothing, and go when they
stand in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from src.interchange.model import Call, DutyType, Person, Staffing
from src.quantities import count
from src.solver.plan import Cut, OnRotation, PlanFact, Present
from src.solver.year.demand import is_staffed
from src.solver.year.facts import ONE_DAY, YearFacts, matches
from src.solver.year.rules import pgy_words

DAYS_A_FREE_DAY = 7
WHOLE_MONTHS = range(29, 32)


@dataclass(frozen=True, slots=True)
class _Room:
    """Optional dates a resident can work on a rotation in a block, and how many each vacation week takes."""

    whole: int
    lost: Mapping[date, int]


def look_ahead(
    facts: YearFacts, blocks: Collection[int] = (), days_a_call: int | None = None
) -> tuple[Cut, ...]:
    """The cuts of the blocks (none named = all): by rotation, by call, by call with all that is staffed.

    `days_a_call`: nobody is in the house overnight more often than once in so many days, on the average.
    """
    return tuple(
        cut
        for block in blocks or facts.block_numbers
        for cut in _Block(facts, block, days_a_call).cuts()
        if cut.terms
    )


def advised_ahead(facts: YearFacts, blocks: Collection[int]) -> tuple[Cut, ...]:
    """The same by rotation alone, where each resident has the free days that are advised (US-FREE7).

    What a plan lacks of one is told by as many advisories, whatever its days.
    """
    return tuple(
        cut
        for block in blocks
        for cut in _Block(facts, block, None, as_advised=True).cuts_by_rotation()
        if cut.terms
    )


class _Block:
    """One academic block: its optional dates by rotation, and what is asked on them."""

    def __init__(
        self, facts: YearFacts, block: int, days_a_call: int | None, *, as_advised: bool = False
    ) -> None:
        self._facts = facts
        self._days_a_call = days_a_call
        self._as_advised = as_advised
        self._block = block
        self._dates = facts.dates_of_block[block]
        self._weeks = [week for week in facts.weeks if block in week.blocks]
        self._optional: dict[str, tuple[date, ...]] = {}
        self._fixed: dict[str, int] = {}
        self._rooms: dict[tuple[object, frozenset[date]], _Room] = {}
        self._bound: set[str] = set()
        """Rotations on which some dates must be worked."""
        for rotation in facts.program.rotations:
            held = {day: facts.templates_on(rotation.id, day) for day in self._dates}
            optional = [day for day, rows in held.items() if rows and all(row.may_be_off for row in rows)]
            self._optional[rotation.id] = tuple(optional)
            self._fixed[rotation.id] = sum(1 for rows in held.values() if not rows)
            if any(rows and not all(row.may_be_off for row in rows) for rows in held.values()):
                self._bound.add(rotation.id)

    def cuts_by_rotation(self) -> Iterator[Cut]:
        for rotation in self._optional:
            for pgys in dict.fromkeys(row.pgys for row in self._rows(rotation)):
                need = self._asked(rotation, pgys)
                dates = count(need, "optional date")
                whom = f" by {pgy_words(pgys)}" if pgys else ""
                words = f"{rotation} needs {dates} worked{whom} in block {self._block}"
                yield self._cut([rotation], pgys, need, words)

    def cuts(self) -> Iterator[Cut]:
        yield from self.cuts_by_rotation()
        yield from self._cuts_of_nights()
        asked = {rotation: self._asked(rotation) for rotation in self._bound}
        for call in self._facts.program.calls:
            rotations = sorted(self._facts.call_rotations[call.id] & self._bound)
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

    def _cuts_of_nights(self) -> Iterator[Cut]:
        """Nights that the same residents share: in the house, or at home but for free days."""
        asked = [call for call in self._facts.program.calls if call.min > 0]
        for duty_type, share in (
            (DutyType.IN_HOUSE_CALL, self._in_house),
            (DutyType.HOME_CALL_AVAILABILITY, _at_home),
        ):
            calls = [call for call in asked if call.duty_type is duty_type]
            pool_of = self._facts.call_rotations
            for pool, pgys in dict.fromkeys((pool_of[call.id], call.pgys) for call in calls):
                mine = [
                    call
                    for call in calls
                    if pool_of[call.id] <= pool and (not pgys or (call.pgys and set(call.pgys) <= set(pgys)))
                ]
                held = sum(
                    call.min for day in self._dates for call in self._facts.calls_on(day) if call in mine
                )
                names = " and ".join(call.id for call in mine)
                words = f"{names} take {count(held, 'night')} in block {self._block}"
                yield self._cut(sorted(pool), pgys, held, words, share)

    def _in_house(self, dates: int) -> int:
        """Nights in the house that one may have in so many dates."""
        return dates if self._days_a_call is None else dates // self._days_a_call

    def _rows(self, rotation: str) -> list[Staffing]:
        return [row for row in self._facts.program.staffing if row.rotation == rotation and row.min > 0]

    def _asked(self, rotation: str, pgys: tuple[int, ...] = ()) -> int:
        """Residents (of those PGYs) asked for on the rotation's optional dates, one session a date."""
        rows = [row for row in self._rows(rotation) if not pgys or (row.pgys and set(row.pgys) <= set(pgys))]
        return sum(
            max((row.min for row in rows if is_staffed(self._facts, row, day)), default=0)
            for day in self._optional[rotation]
        )

    def _cost(self, call: Call) -> int:
        """Optional dates that the block's in-house calls take: their own, and the next when it is reached."""
        if call.min <= 0 or call.duty_type is not DutyType.IN_HOUSE_CALL:
            return 0
        optional = {day for rotation in self._bound for day in self._optional[rotation]}
        return call.min * sum(
            1 + (day + ONE_DAY in optional and day + ONE_DAY in self._facts.call_dates(call, day))
            for day in self._dates
            if day in optional and call in self._facts.calls_on(day)
        )

    def _cut(
        self,
        rotations: Sequence[str],
        pgys: tuple[int, ...],
        least: int,
        words: str,
        share: Callable[[int], int] | None = None,
    ) -> Cut:
        """So much room must be there: a share of each one's dates, or (None) the optional dates left."""
        terms: list[tuple[int, PlanFact]] = []
        for person in self._facts.residents:
            if matches(pgys, person.pgy):
                for rotation in rotations:
                    if rotation in self._facts.options.get((person.id, self._block), ()):
                        terms += self._terms(person, rotation, share)
        return Cut(tuple(terms), least, words)

    def _terms(
        self, person: Person, rotation: str, share: Callable[[int], int] | None
    ) -> Iterator[tuple[int, PlanFact]]:
        """The resident's room, less what vacation takes of it."""
        away = self._facts.away_dates[person.id].intersection(self._dates)
        key = (rotation if share is None else share, away)
        if key not in self._rooms:
            self._rooms[key] = self._room(away, lambda gone: self._left(rotation, share, gone))
        room = self._rooms[key]
        here = frozenset({rotation})
        if rotation not in self._facts.vacation_rotations:
            room = _Room(room.whole, {})
        sure = room.whole - sum(room.lost.values())
        if sure:
            yield sure, OnRotation(person.id, self._block, here)
        for monday, lost in room.lost.items():
            if lost:
                yield lost, Present(person.id, self._block, here, (monday,))

    def _room(self, away: frozenset[date], left: Callable[[frozenset[date]], int]) -> _Room:
        whole = left(away)
        lost = {week.monday: whole - left(away | frozenset(week.dates)) for week in self._weeks}
        # a week that ends in the block may make a free day less due there: not so beside another week
        return _Room(whole, {monday: max(0, less) for monday, less in lost.items()})

    def _left(self, rotation: str, share: Callable[[int], int] | None, away: frozenset[date]) -> int:
        """A share of the dates there, or the optional ones left when free days owed are taken from them."""
        there = sum(1 for day in self._dates if day not in away)
        if share is not None:
            return share(there)
        optional = sum(1 for day in self._optional[rotation] if day not in away)
        owed = max(0, self._free_days_of(there) - self._fixed[rotation])
        return max(0, optional - owed)

    def _free_days_of(self, there: int) -> int:
        """Free days due to someone there on so many dates; four do in a whole month (US-FREE7)."""
        is_whole_month = there == len(self._dates) and there in WHOLE_MONTHS
        if self._as_advised and not is_whole_month:
            return -(-there // DAYS_A_FREE_DAY)
        return there // DAYS_A_FREE_DAY


def _at_home(dates: int) -> int:
    """Calls from home that one may have in so many dates: they are no free days."""
    return dates - dates // DAYS_A_FREE_DAY
