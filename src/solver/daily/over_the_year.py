"""What calls ask of a whole year, against every third night on average: proved by counting alone.

Windows of the average follow the rotation, so that a block by itself shows little: who stays on may take most
of two blocks' calls in one of them. Over the year every call lies in some window of whoever takes it, and no
window holds more than a third of its dates (US-CALL3). So the dates of those on a call's rotations, all
blocks together, are three times its calls at least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from src.interchange.model import Call, DutyType, Person
from src.interchange.schedule import Scope
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import common_rule
from src.solver.daily.windows import split_run
from src.solver.plan import Cut, Ground, OnRotation
from src.solver.problem import Problem
from src.solver.year.demand import exclude_each_other
from src.solver.year.facts import YearFacts, minute_of_day
from src.solver.year.room import months_of, room_of

KIND = "call_frequency"
DAYS_OF_A_WEEK = 7
SCALE = 6
"""Dates are counted in sixths: nine nights of two blocks are thirteen dates and a half of each."""

LOST_BY_ROUNDING = 1.1
"""Pools with so many times the dates they need are looked at: a third of a window is rounded down."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """Calls that only residents of some PGYs (none named = all) on some rotations may take."""

    rotations: tuple[str, ...]
    pgys: tuple[int, ...]
    calls: tuple[Call, ...]


class OverTheYear:
    """Proved cuts of call pools on all plans of a whole year."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._program = problem.program
        self._limits = problem.limits
        self._year = YearFacts(problem.program, loose_pins=True)
        self._calendar = ProgramFacts(problem.program).calendar
        self._numbers = tuple(self._calendar.days_of_block)
        self._known: dict[object, dict[int, int]] = {}

    def short(self) -> tuple[Cut, ...]:
        """The cuts of pools of which coverage or requirements seem to let there be too few.

        None for a part of the year, where demand may stay open, and where calls may be as frequent as can be.
        """
        problem = self._problem
        is_whole = not problem.blocks or set(problem.blocks) == set(self._numbers)
        if problem.allow_unmet or not is_whole or problem.scope is Scope.YEAR:
            return ()
        if KIND not in self._limits.keeps:
            return ()
        return tuple(self._cut(pool) for pool in self._pools() if self._may_be_short(pool))

    def _pools(self) -> Iterator[_Pool]:
        calls = [call for call in self._program.calls if self._is_counted(call)]
        rotations = {call.id: self._year.call_rotations[call.id] for call in calls}
        for pool, pgys in dict.fromkeys((rotations[call.id], call.pgys) for call in calls):
            within = (call for call in calls if rotations[call.id] <= pool and _is_within(call.pgys, pgys))
            yield _Pool(tuple(sorted(pool)), pgys, tuple(within))

    def _is_counted(self, call: Call) -> bool:
        """In-house calls alone, and of those that begin by day: small hours count for the night before."""
        begins_by_day = minute_of_day(call) >= self._limits.call_date_cut_minutes
        return call.min > 0 and call.duty_type is DutyType.IN_HOUSE_CALL and begins_by_day

    def _may_be_short(self, pool: _Pool) -> bool:
        """Whether as many as coverage, or requirements, let there be have too few dates."""
        asked = _nights(self._year, pool.calls)
        length = {block: len(self._calendar.days_of_block[block]) for block in self._numbers}
        able = sum(1 for _ in self._able(pool))
        rooms = {block: room_of(self._year, pool.rotations, pool.pgys, block) for block in self._numbers}
        in_rooms = sum(
            min(able, able if room is None else room) * length[block] for block, room in rooms.items()
        )
        months = months_of(self._year, pool.rotations, pool.pgys, self._numbers)
        dates = min(in_rooms, months * max(length.values()))
        return dates <= LOST_BY_ROUNDING * self._limits.call_every_days * asked

    def _able(self, pool: _Pool) -> Iterator[Person]:
        return (person for person in self._program.residents if not pool.pgys or person.pgy in pool.pgys)

    def _cut(self, pool: _Pool) -> Cut:
        """The dates of who is there, each as far as some stay on a rotation may use them."""
        every, asked = self._limits.call_every_days, _nights(self._year, pool.calls)
        there = frozenset(pool.rotations)
        terms = tuple(
            (worth, OnRotation(person.id, block, there))
            for person in self._able(pool)
            for block, worth in self._worth(person, pool.rotations).items()
        )
        names = " and ".join(call.id for call in pool.calls)
        words = (
            f"{names} {'asks' if len(pool.calls) == 1 else 'ask'} for {asked} nights in the year, and nobody "
            f"on {' or '.join(pool.rotations)} takes more than every {_ordinal(every)}"
        )
        return Cut(terms, SCALE * every * asked, words, proved=True, grounds=self._grounds(pool))

    def _grounds(self, pool: _Pool) -> tuple[Ground, ...]:
        """The calls, each with what one resident less would spare, and the rule."""
        every, asked = self._limits.call_every_days, _nights(self._year, pool.calls)
        rows = (
            Ground(
                "calls.csv",
                call.row,
                f"{call.id} needs {call.min} of its residents",
                gain=max(1, SCALE * every * (asked - self._nights_without_one_of(call, pool))),
            )
            for call in pool.calls
        )
        return (*rows, common_rule(KIND))

    def _nights_without_one_of(self, call: Call, pool: _Pool) -> int:
        """The nights that must be taken where that call asks for one resident less."""
        less = replace(call, min=call.min - 1)
        program = replace(
            self._program, calls=tuple(less if each.id == call.id else each for each in self._program.calls)
        )
        return _nights(YearFacts(program), [less if each is call else each for each in pool.calls])

    def _worth(self, person: Person, rotations: Sequence[str]) -> dict[int, int]:
        """By block, so many dates that every stay on one of the rotations adds up to what it allows."""
        away = self._year.away_dates[person.id]
        absent = frozenset(
            self._calendar.day_of_date(day) for day in away if self._program.block_of(day) is not None
        )
        found: dict[int, int] = {}
        for rotation in rotations:
            is_open = tuple(
                rotation in self._year.options.get((person.id, block), ()) for block in self._numbers
            )
            key = (rotation, is_open, absent)
            if key not in self._known:
                self._known[key] = self._worth_on(rotation, is_open, absent)
            for block, share in self._known[key].items():
                found[block] = max(found.get(block, 0), share)
        return found

    def _worth_on(self, rotation: str, is_open: Sequence[bool], absent: frozenset[int]) -> dict[int, int]:
        """What the windows of a stay allow, shared out by dates; and more where one may not be judged."""
        days = self._calendar.days_of_block
        found, more = dict.fromkeys(self._numbers, 0), dict.fromkeys(self._numbers, 0)
        for first, last in _runs(is_open):
            stay = self._numbers[first : last + 1]
            windows = list(split_run(days[stay[0]][0], days[stay[-1]][-1], self._limits))
            allowed, length = (
                SCALE * sum(map(self._allowed, windows)),
                sum(len(days[block]) for block in stay),
            )
            for block in stay:
                found[block] = max(found[block], -(-allowed * len(days[block]) // length))
            for block, spare in self._spare(rotation, windows, absent).items():
                more[block] = max(more[block], SCALE * spare)
        there = (block for block, may_be in zip(self._numbers, is_open, strict=True) if may_be)
        return {block: found[block] + more[block] for block in there}

    def _allowed(self, window: tuple[int, int]) -> int:
        """As many dates as nights on average use up that the window allows."""
        every = self._limits.call_every_days
        return (window[1] - window[0] + 1) // every * every

    def _spare(
        self, rotation: str, windows: Iterable[tuple[int, int]], absent: frozenset[int]
    ) -> dict[int, int]:
        """By block, what nights may use up beyond that: in windows of which leave may leave too few dates.

        Fewer counted dates than a window needs are not judged; no call is on any other.
        """
        least, every = self._limits.min_window_days, self._limits.call_every_days
        found: dict[int, int] = {}
        for window in windows:
            length = window[1] - window[0] + 1
            beyond = every * (least - 1) - self._allowed(window)
            if beyond > 0 and length - self._leave(rotation, window, absent) < least:
                block = self._where(window, absent)
                found[block] = found.get(block, 0) + beyond
        return found

    def _where(self, window: tuple[int, int], absent: frozenset[int]) -> int:
        """A block of the window, best one with absence in it, which is the same in other stays."""
        gone = (day for day in range(window[0], window[1] + 1) if day in absent)
        return self._calendar.block_of[next(gone, window[1])]

    def _leave(self, rotation: str, window: tuple[int, int], absent: frozenset[int]) -> int:
        """The most dates of a window that may be leave, which averages leave out."""
        first, last = window
        found = len(absent.intersection(range(first, last + 1))) if absent else 0
        weeks = self._program.rotation_by_id[rotation].vacation_weeks_max
        if weeks > 0:
            blocks = self._calendar.block_of[last] - self._calendar.block_of[first] + 1
            found += DAYS_OF_A_WEEK * (weeks * blocks + 1)
        return found


def _nights(year: YearFacts, calls: Sequence[Call]) -> int:
    """Nights that must be taken: of one date all its calls, where nobody can take two of them."""
    found = 0
    for block in year.block_numbers:
        for day in year.dates_of_block[block]:
            held = year.calls_on(day)
            here = [call for call in calls if call in held]
            pairs = combinations(here, 2)
            apart = all(exclude_each_other(one, other, day, year.program.zone) for one, other in pairs)
            found += (sum if apart else max)([0, *(call.min for call in here)])
    return found


def _runs(is_open: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last place of every run of open blocks, short ones and long."""
    for first in range(len(is_open)):
        for last in range(first, len(is_open)):
            if not is_open[last]:
                break
            yield first, last


def _is_within(pgys: tuple[int, ...], others: tuple[int, ...]) -> bool:
    return not others or bool(pgys and set(pgys) <= set(others))


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth"}.get(number, f"{number}th")
