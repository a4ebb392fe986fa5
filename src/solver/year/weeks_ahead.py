"""Looking ahead at a rest that each week must hold: who may work how many of its dates.

Packs ask for a free day, or thirty-five hours, in every single week. A resident who is alone on a service
that is staffed every day has none while the other is on vacation; averages over a month allowed it. So for
each week the optional dates that residents can work there, rest kept, must suffice for what staffing asks.
Neither calls are looked at, nor whether one is there on both sides of a block's edge within a week: these
cuts steer the making of plans, prove nothing, and go when they stand in the way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from src.interchange.model import Person
from src.quantities import count
from src.solver.limit_rows import LimitRow
from src.solver.plan import Cut, OnRotation, PlanFact, Present
from src.solver.year.facts import ONE_DAY, YearFacts, matches
from src.solver.year.rules import pgy_words

DAYS_A_WEEK = 7
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class WeeklyRest:
    """A rest of so many minutes in each week from that weekday on (Monday = 0)."""

    rule: str
    first_weekday: int
    minutes: int


def weekly_rests(rows: Sequence[LimitRow]) -> tuple[WeeklyRest, ...]:
    """The rests in every single week that rows ask for."""
    found: list[WeeklyRest] = []
    for row in rows:
        if row.kind == "free_each_week":
            found.append(WeeklyRest(row.rule, row.number("week_start"), row.number("free_period_minutes")))
        elif row.kind == "rests_in_period" and (row.number("days"), row.number("rests")) == (DAYS_A_WEEK, 1):
            found.append(WeeklyRest(row.rule, row.number("first_weekday"), row.number("rest_minutes")))
    return tuple(dict.fromkeys(found))


def look_at_weeks(
    facts: YearFacts, rests: Sequence[WeeklyRest], blocks: Collection[int] = ()
) -> tuple[Cut, ...]:
    """For each such week of the blocks (none named = all) and each rotation that is staffed in it, a cut."""
    return tuple(cut for rest in rests for cut in _Weeks(facts, rest, blocks).cuts() if cut.terms)


class _Weeks:
    def __init__(self, facts: YearFacts, rest: WeeklyRest, blocks: Collection[int]) -> None:
        self._facts = facts
        self._rest = rest
        wanted = blocks or facts.block_numbers
        self._block_of = {day: block for block in wanted for day in facts.dates_of_block[block]}
        self._known: dict[tuple[object, ...], int] = {}

    def cuts(self) -> Iterator[Cut]:
        """By week and rotation, for each group of PGYs that staffing asks for."""
        for week in self._whole_weeks():
            for rotation in self._facts.program.rotations:
                rows = [row for row in self._facts.program.staffing if row.rotation == rotation.id]
                for pgys in dict.fromkeys(row.pgys for row in rows if row.min):
                    need = self._asked(rotation.id, pgys, week)
                    if need:
                        yield self._cut(rotation.id, pgys, need, week)

    def _whole_weeks(self) -> Iterator[tuple[date, ...]]:
        for day in sorted(self._block_of):
            week = tuple(day + number * ONE_DAY for number in range(DAYS_A_WEEK))
            if day.weekday() == self._rest.first_weekday and all(each in self._block_of for each in week):
                yield week

    def _asked(self, rotation: str, pgys: tuple[int, ...], week: Sequence[date]) -> int:
        """Residents of those PGYs asked for on the optional dates of the week, one session a date."""
        rows = [
            row
            for row in self._facts.program.staffing
            if row.rotation == rotation and (not pgys or (row.pgys and set(row.pgys) <= set(pgys)))
        ]
        return sum(
            max((row.min for row in rows if self._facts.asks_on(row, day)), default=0)
            for day in week
            if self._is_optional(rotation, day)
        )

    def _is_optional(self, rotation: str, day: date) -> bool:
        held = self._facts.templates_on(rotation, day)
        return bool(held) and all(row.may_be_off for row in held)

    def _cut(self, rotation: str, pgys: tuple[int, ...], need: int, week: Sequence[date]) -> Cut:
        terms: list[tuple[int, PlanFact]] = []
        for person in self._facts.residents:
            if matches(pgys, person.pgy):
                for block in dict.fromkeys(self._block_of[day] for day in week):
                    if rotation in self._facts.options.get((person.id, block), ()):
                        terms += self._terms(person, rotation, block, week)
        whom = f" by {pgy_words(pgys)}" if pgys else ""
        dates = count(need, "optional date")
        words = f"{rotation} needs {dates} worked{whom} in the week of {week[0]}, with {self._rest.rule}"
        return Cut(tuple(terms), need, words)

    def _terms(
        self, person: Person, rotation: str, block: int, week: Sequence[date]
    ) -> Iterator[tuple[int, PlanFact]]:
        """The dates the resident can work there in that block, less what each vacation week takes of them."""
        elsewhere = frozenset(day for day in week if self._block_of[day] != block)
        gone = elsewhere | (self._facts.away_dates[person.id] & set(week))
        whole = self._room(rotation, week, gone)
        lost: dict[date, int] = {}
        if rotation in self._facts.vacation_rotations:
            touching = dict.fromkeys(
                self._facts.week_of_date[day] for day in week if day in self._facts.week_of_date
            )
            for each in touching:
                left = self._room(rotation, week, gone | frozenset(each.dates))
                lost[each.monday] = max(0, whole - left)  # without fixed dates there may be more room
        here, sure = frozenset({rotation}), whole - sum(lost.values())
        if sure:
            yield sure, OnRotation(person.id, block, here)
        for monday, less in lost.items():
            if less:
                yield less, Present(person.id, block, here, (monday,))

    def _room(self, rotation: str, week: Sequence[date], gone: frozenset[date]) -> int:
        """Optional dates that can be worked on the dates that are left, rest kept."""
        held = tuple(self._facts.templates_on(rotation, day) for day in week)
        key = (held, tuple(day in gone for day in week))
        if key not in self._known:
            self._known[key] = self._most(rotation, week, gone)
        return self._known[key]

    def _most(self, rotation: str, week: Sequence[date], gone: frozenset[date]) -> int:
        """The most optional dates worked so that the rest still fits into the week."""
        there = [number for number, day in enumerate(week) if day not in gone]
        optional = [number for number in there if self._is_optional(rotation, week[number])]
        fixed = [number for number in there if number not in optional]
        for size in range(len(optional), 0, -1):
            for chosen in combinations(optional, size):
                if self._fits(rotation, week, [*fixed, *chosen]):
                    return size
        return 0

    def _fits(self, rotation: str, week: Sequence[date], worked: Sequence[int]) -> bool:
        """Whether the rest lies between what is worked on those dates, or before or after it."""
        free_from = longest = 0
        for number in sorted(worked):
            for row in sorted(self._facts.templates_on(rotation, week[number]), key=lambda row: row.start):
                start = number * MINUTES_A_DAY + row.start.hour * 60 + row.start.minute
                longest = max(longest, start - free_from)
                free_from = max(free_from, start + row.minutes)
        return max(longest, DAYS_A_WEEK * MINUTES_A_DAY - free_from) >= self._rest.minutes
