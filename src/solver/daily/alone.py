"""Rotations on which nobody can keep one day in seven, however long they stay: proved before any search.

Where a rotation gives fewer days off than the average asks for, nobody on it can keep the rule. The average
goes by stays, so every stay that holds an academic block is tried, by one resident alone with all calls
theirs to take or leave. What a stay of two blocks could put into the other one is so allowed for. Who comes
from a night or a call of the block before has that morning off, and is let be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from src.interchange.model import Clinic, Person, PersonKind, Rotation, Template
from src.interchange.schedule import Scope
from src.quantities import count
from src.solver.daily.duties import CallDuty
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import AVERAGED, common_rule, days_off_rules, named
from src.solver.daily.subsolve import Effort
from src.solver.daily.sure import Sure, beside_clinics, clinic_slots
from src.solver.daily.trial import proves_none, without_demands
from src.solver.daily.windows import is_window
from src.solver.plan import Cut, Ground, OnRotation, Present, YearPlan
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts, minute_of_day, reaches_next_date
from src.solver.year.room import room_of

RULE = "free_days"
SECONDS, SECONDS_A_TRIAL = 5.0, 1.5
MOST_IN_A_ROW = 3
"""Longer stays are not tried: there are too many of them."""
MOST_DAYS_MORE = 6


@dataclass(frozen=True, slots=True)
class _Alone:
    """Somebody on a rotation in a block, the rules, and the rotation as it gives days off."""

    rotation: Rotation
    block: int
    limits: Limits


class Alone:
    """Proved cuts on rotations that nobody can be on."""

    def __init__(self, problem: Problem, stop: Stop) -> None:
        self._problem = problem
        self._program = problem.program
        self._stop = stop
        self._shared = ProgramFacts(problem.program)
        self._calendar = self._shared.calendar
        self._year = YearFacts(problem.program)
        self._sure = Sure(self._shared)

    def nobodys(self, blocks: Sequence[int]) -> tuple[Cut, ...]:
        """The cuts of rotations that coverage asks for, in the blocks that were looked at in time.

        None for a part of the year: what stands around it may hold more days off than plans are given.
        """
        if self._problem.allow_unmet or self._problem.scope is Scope.YEAR or not self._is_whole:
            return ()
        if RULE not in self._problem.limits.keeps:
            return ()
        until = self._stop.seconds + SECONDS
        found: list[Cut] = []
        for rotation in self._program.rotations:
            for block in blocks:
                is_timed = self._problem.deterministic_limit is None
                if (is_timed and self._stop.seconds > until) or not self._is_looked_at(rotation, block):
                    continue
                cuts = tuple(self._cuts(rotation, block))
                if cuts and self._suffice(rotation, block, len(cuts)):
                    return cuts
                found += cuts
        return tuple(found)

    @property
    def _is_whole(self) -> bool:
        blocks = self._problem.blocks
        return not blocks or set(blocks) == set(self._calendar.days_of_block)

    def _suffice(self, rotation: Rotation, block: int, barred: int) -> bool:
        """Whether more must be there than are not barred, or may come from nights: counted roughly."""
        asked = sum(
            row.min
            for row in self._program.coverage
            if self._program.expand(row.rotation) == (rotation.id,)
            and (not row.blocks or block in row.blocks)
        )
        there = frozenset({rotation.id})
        able = [person for person in self._program.residents if self._sure.may(person, block, there)]
        spared = len(able) - barred
        places = {place for person in able for place in self._from_nights(person, rotation, block)}
        for names, before in {(place.rotations, place.block) for place in places}:
            room = room_of(self._year, names, (), before)
            spared += len(able) if room is None else room
        return asked > spared

    def _is_looked_at(self, rotation: Rotation, block: int) -> bool:
        """Whether somebody must be there, and dates free of work are hardly as many as weeks."""
        days = self._calendar.days_of_block[block]
        if not self._calendar.holidays.isdisjoint(days):
            return False
        is_asked = any(
            row.min > 0 and (not row.blocks or block in row.blocks)
            for row in self._program.coverage
            if self._program.expand(row.rotation) == (rotation.id,)
        )
        return is_asked and self._free_dates(rotation, days) < len(days) // 7

    def _free_dates(self, rotation: Rotation, days: Sequence[int]) -> int:
        """Dates without a session, and those that may be given off: calls make none free."""
        rows = [row for row in self._program.templates if row.rotation == rotation.id]
        bare = given = 0
        for day in days:
            here = [row for row in rows if not row.weekdays or self._calendar.weekday(day) in row.weekdays]
            bare += not here
            given += bool(here) and all(row.may_be_off for row in here)
        most = given if rotation.max_days_off is None else min(given, rotation.max_days_off)
        return bare + most

    def _cuts(self, rotation: Rotation, block: int) -> Iterator[Cut]:
        limits = self._limits(rotation)
        alone = _Alone(rotation, block, limits)
        if not self._fails(alone):
            return
        lacking = self._days_lacking(alone)
        if lacking == 0:
            alone = replace(alone, rotation=replace(rotation, max_days_off=None))
        alone = self._by_fewest_rules(alone)
        grounds = self._grounds(alone, lacking)
        words = f"nobody can keep {named(grounds)} on {rotation.id} in block {block}"
        here, weeks = frozenset({rotation.id}), self._weeks(rotation, block)
        size = max(1, lacking)
        for person in self._program.residents:
            if self._sure.may(person, block, here) and self._is_sure(person, rotation, block):
                there = Present(person.id, block, here, weeks)
                from_nights = ((size, fact) for fact in self._from_nights(person, rotation, block))
                yield Cut(((-size, there), *from_nights), 0, words, proved=True, grounds=grounds)

    def _by_fewest_rules(self, alone: _Alone) -> _Alone:
        """By the one rule that is mostly enough, or else without what is not needed."""
        one = replace(alone, limits=replace(alone.limits, keeps=frozenset({RULE})))
        if self._fails(one):
            return one
        for kind in sorted(alone.limits.keeps - {RULE}):
            less = replace(alone, limits=replace(alone.limits, keeps=alone.limits.keeps - {kind}))
            if self._fails(less):
                alone = less
        return alone

    def _from_nights(self, person: Person, rotation: Rotation, block: int) -> Iterator[OnRotation]:
        """Where the resident may come from with a night or a call that ends on the first date of a stay."""
        for first in sorted({stay[0] for stay in self._stays(rotation, block)}):
            start = self._calendar.days_of_block[first][0]
            names = frozenset(
                name
                for day in range(max(0, start - self._sure.lead), start)
                for name in self._excusing(person, rotation, day, start)
            )
            if names:
                yield OnRotation(person.id, first - 1, names)

    def _excusing(self, person: Person, rotation: Rotation, day: int, start: int) -> Iterator[str]:
        """The rotations with work of the date that may take away what is due when a stay begins."""
        weekday = self._calendar.weekday(day)
        for row in self._program.templates:
            is_held = not row.weekdays or weekday in row.weekdays
            if is_held and reaches_next_date(minute_of_day(row), row.minutes):
                yield row.rotation
        for call in self._program.calls:
            is_theirs = not call.pgys or person.pgy in call.pgys
            if is_theirs and self._shared.holds(call, day):
                duty = self._shared.call_duty(call, day)
                if not duty.is_jeopardy and self._is_taken_by(duty, rotation, start):
                    yield from self._shared.call_rotations[call.id]

    def _is_taken_by(self, duty: CallDuty, rotation: Rotation, start: int) -> bool:
        """Whether the call replaces a session or clinic of the first dates, or bars it afterwards."""
        templates = [row for row in self._program.templates if row.rotation == rotation.id]
        due: list[Template | Clinic] = [*templates, *(self._program.clinics if rotation.clinic else ())]
        for day in range(start, duty.end_day + 1):
            for row in due:
                begin = self._calendar.instant(day, row.start)
                if duty.overlaps(begin, begin + row.minutes) or duty.bars_start(begin, day):
                    return True
        return False

    def _days_lacking(self, alone: _Alone) -> int:
        """How many days off more would do for somebody; none where no number of them does."""
        most = alone.rotation.max_days_off
        if most is None:
            return 0
        for more in range(1, MOST_DAYS_MORE + 1):
            rotation = replace(alone.rotation, max_days_off=most + more)
            if not self._fails(replace(alone, rotation=rotation)):
                return more
        return 0

    def _grounds(self, alone: _Alone, lacking: int) -> tuple[Ground, ...]:
        rules = tuple(common_rule(kind) for kind in sorted(alone.limits.keeps))
        given = days_off_rules(self._program, [alone.rotation.id]) if lacking else ()
        return (*(replace(ground, gain=1) for ground in given), *rules, *(self._stay_rule(alone, given)))

    def _stay_rule(self, alone: _Alone, named: tuple[Ground, ...]) -> Iterator[Ground]:
        """How long a stay may be, where the trials rest on that and the row is not named as it is."""
        most = alone.rotation.max_consecutive
        if named or most is None or is_window(self._calendar, alone.block, self._problem.limits):
            return
        words = f"{alone.rotation.id} may be done at most {count(most, 'block')} in a row (max_consecutive)"
        yield Ground("rotations.csv", alone.rotation.row, words, most=True)

    def _limits(self, rotation: Rotation) -> Limits:
        """All common rules; where clinics are left out, those that sum up work."""
        limits = self._problem.limits
        keeps = limits.keeps & AVERAGED if clinic_slots(self._program, rotation.id) else limits.keeps
        return replace(limits, keeps=keeps, advises=frozenset(), rows=())

    def _fails(self, alone: _Alone) -> bool:
        """Whether it was proved of every stay that holds the block that nobody can keep it."""
        stays = list(self._stays(alone.rotation, alone.block))
        return bool(stays) and all(self._is_refuted(alone, stay) for stay in stays)

    def _stays(self, rotation: Rotation, block: int) -> Iterator[range]:
        """The runs of blocks a stay may have; none where nobody knows how long it may be."""
        most = rotation.max_consecutive
        if is_window(self._calendar, block, self._problem.limits):
            most = 1
        if most is None or most > MOST_IN_A_ROW:
            return
        for length in range(1, most + 1):
            for first in range(block - length + 1, block + 1):
                stay = range(first, first + length)
                if all(each in self._calendar.days_of_block for each in stay):
                    yield stay

    def _is_refuted(self, alone: _Alone, stay: range) -> bool:
        if self._stop.reached:
            return False
        name = alone.rotation.id
        calls = tuple(
            replace(call, min=0, max=None, pgys=(), rotations=())
            for call in self._program.calls
            if name in self._shared.call_rotations[call.id]
        )
        templates: Iterator[Template] = iter(self._program.templates)
        if clinic_slots(self._program, name):
            templates = beside_clinics(self._program, name, calls)
        anybody = Person("~", "~", PersonKind.RESIDENT, None)
        program = replace(
            without_demands(self._program, (anybody,)),
            calls=calls,
            templates=tuple(templates),
            rotations=tuple(alone.rotation if row.id == name else row for row in self._program.rotations),
        )
        plan = YearPlan(MappingProxyType({("~", each): name for each in stay}))
        days = [day for each in stay for day in self._calendar.days_of_block[each]]
        deterministic = None if self._problem.deterministic_limit is None else SECONDS_A_TRIAL
        effort = Effort(SECONDS_A_TRIAL, self._problem.workers, self._problem.seed, deterministic)
        is_first = days[0] == 0  # what came before the year is not known here
        excused = {"~": days[: self._sure.lead] if is_first else ()}
        return proves_none(program, plan, days, excused, alone.limits, effort, self._stop)

    def _around(self, rotation: Rotation, block: int) -> list[int]:
        """Every block that some stay holds."""
        return sorted({each for stay in self._stays(rotation, block) for each in stay})

    def _weeks(self, rotation: Rotation, block: int) -> tuple[date, ...]:
        weeks = (self._sure.weeks_of(each, rotation.id) for each in self._around(rotation, block))
        return tuple(dict.fromkeys(week for some in weeks for week in some))

    def _is_sure(self, person: Person, rotation: Rotation, block: int) -> bool:
        return all(
            self._sure.is_sure(person, each, rotation.id, but_for_clinic=True)
            for each in self._around(rotation, block)
        )
