"""Who, of those a year plan puts on a rotation, is free for a session or a call of a date.

Nobody works while on vacation or absent, at clinic instead, on a day off granted, or on the morning after a
night.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from src.interchange.model import Call, DutyType, Person, Session, days_between
from src.solver.year.facts import ONE_DAY, YearFacts, minute_of_day, reaches_next_date
from src.solver.year.model import YearModel
from src.solver.year.wishes import Wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass
class Pool:
    """Literals that count for a demand, and those that take one away again."""

    there: list[cp_model.IntVar] = field(default_factory=list)
    gone: list[cp_model.IntVar] = field(default_factory=list)

    def add(self, other: Pool) -> None:
        self.there += other.there
        self.gone += other.gone

    @property
    def key(self) -> tuple[frozenset[int], frozenset[int]]:
        return frozenset(v.index for v in self.there), frozenset(v.index for v in self.gone)


class Presence:
    """Who, of those a plan puts on a rotation, is free for a session or a call of a date."""

    def __init__(self, year: YearModel, wishes: Wishes) -> None:
        self._year = year
        self._facts = year.facts
        self._wishes = wishes
        self._known: dict[tuple[int, frozenset[int]], cp_model.IntVar] = {}
        self._alike: dict[tuple[object, ...], Pool] = {}
        self._repeated: set[tuple[object, ...]] = set()

    def at_session(self, person: Person, rotation: str, day: date, session: Session) -> Pool:
        """The person works that session of the rotation; empty where that cannot be."""
        if self._is_in_doubt(person.id, day, day + ONE_DAY):
            return self._at_session(person, rotation, day, session)
        key = (person.id, rotation, session, *self._kind_of(day), *self._kind_of(day - ONE_DAY))
        if key not in self._alike:
            self._alike[key] = self._at_session(person, rotation, day, session)
        return self._alike[key]

    def for_call(self, person: Person, call: Call, day: date, until: date) -> Pool:
        """The person may take that call; of vacation weeks, only that of the date `until` is looked at."""
        if self._is_in_doubt(person.id, day, self._facts.call_dates(call, day)[-1]):
            return self._for_call(person, call, day, until)
        week = self._facts.week_of_date.get(until)
        key = (person.id, call.id, *self._kind_of(day), week.monday if week else None)
        if key not in self._alike:
            self._alike[key] = self._for_call(person, call, day, until)
        return self._alike[key]

    def is_repeated(self, people: list[Person], group: tuple[Call, ...], day: date, until: date) -> bool:
        """Whether the same was asked of the same people, none of them in doubt, on a date of this kind."""
        doubtful = self._facts.unsure_on
        touched = range(-1, len(self._facts.call_dates(group[0], day)) + 1)
        doubts = {person for offset in touched for person in doubtful.get(day + offset * ONE_DAY, ())}
        if any(person.id in doubts for person in people):
            return False
        week = self._facts.week_of_date.get(until)
        key = (*(call.id for call in group), *self._kind_of(day), week.monday if week else None)
        seen = key in self._repeated
        self._repeated.add(key)
        return seen

    def _is_in_doubt(self, person: str, first: date, last: date) -> bool:
        """Whether the person is absent or has wishes around the date, so that it is like no other date."""
        unsure = self._facts.unsure_on
        days = (first - ONE_DAY, first, last) if last - first <= ONE_DAY else days_between(first, last)
        return any(day in unsure and person in unsure[day] for day in days)

    def _kind_of(self, day: date) -> tuple[int | None, date | None, int, bool]:
        """What of a date matters to someone without wishes: block, week, weekday, holiday."""
        week = self._facts.week_of_date.get(day)
        block = self._facts.program.block_of(day)
        return block, week.monday if week else None, day.weekday(), day in self._facts.holidays

    def _at_session(self, person: Person, rotation: str, day: date, session: Session) -> Pool:
        block = self._facts.program.block_of(day)
        here = None if block is None else self._year.on.get((person.id, block, rotation))
        touched = self._touched(rotation, day, session)
        if here is None or not self._facts.away_dates[person.id].isdisjoint(touched):
            return Pool()
        if any(row.session is session for row in self._facts.clinics_on(person.id, rotation, day)):
            return Pool()
        blockers = [literal for touch in touched for literal in self._off(person.id, touch, rotation)]
        if session is not Session.NIGHT:
            if day in self._facts.nights_into_year.get(person.id, ()):
                return Pool()
            blockers += self._nights_into(person.id, day, rotation)
        return Pool([self._less(here, blockers)])

    def _for_call(self, person: Person, call: Call, day: date, until: date) -> Pool:
        block = self._facts.program.block_of(day)
        dates = self._facts.call_dates(call, day)
        if block is None or not self._facts.away_dates[person.id].isdisjoint(dates):
            return Pool()
        rotations = [
            rotation
            for rotation in self._year.choices(person.id, block)
            if rotation in self._facts.call_rotations[call.id]
            and not _night_excludes(self._facts, rotation, call, day)
        ]
        here = self._year.literals(person.id, block, rotations)
        wished = self._wished(person.id, call, day)
        away = self._year.away_on(person.id, until)
        placed = self._facts.vacation_rotations.intersection(self._year.choices(person.id, block))
        if not wished and away is not None and placed <= set(rotations):
            return Pool(here, [away])
        blockers = wished if away is None else [*wished, away]
        return Pool([self._less(literal, blockers) for literal in here])

    def _wished(self, person: str, call: Call, day: date) -> list[cp_model.IntVar]:
        blockers = list(self._wishes.no_call_on.get((person, day), ()))
        if call.duty_type is not DutyType.JEOPARDY:
            for touch in self._facts.call_dates(call, day):
                blockers += self._wishes.day_off_on.get((person, touch), ())
        return blockers

    def _touched(self, rotation: str, day: date, session: Session) -> tuple[date, ...]:
        long = any(
            row.session is session and reaches_next_date(minute_of_day(row), row.minutes)
            for row in self._facts.templates_on(rotation, day)
        )
        return (day, day + ONE_DAY) if long else (day,)

    def _off(self, person: str, day: date, rotation: str) -> Iterator[cp_model.IntVar]:
        away = self._year.away_on(person, day)
        if away is not None and rotation in self._facts.vacation_rotations:
            yield away
        yield from self._wishes.day_off_on.get((person, day), ())

    def _nights_into(self, person: str, day: date, rotation: str) -> list[cp_model.IntVar]:
        eve_block = self._facts.program.block_of(day - ONE_DAY)
        if eve_block is None or eve_block == self._facts.program.block_of(day):
            return []
        if day - ONE_DAY in self._facts.away_dates[person]:
            return []
        bound = [
            other
            for other in self._year.choices(person, eve_block)
            if other != rotation and self._facts.must_work_into(other, day)
        ]
        return self._year.literals(person, eve_block, bound)

    def _less(self, here: cp_model.IntVar, blockers: list[cp_model.IntVar]) -> cp_model.IntVar:
        if not blockers:
            return here
        key = (here.index, frozenset(literal.index for literal in blockers))
        if key not in self._known:
            free = self._year.model.new_bool_var(f"free {here.name}")
            self._year.model.add_implication(free, here)
            for literal in blockers:
                self._year.model.add_at_most_one(free, literal)
            self._known[key] = free
        return self._known[key]


def _night_excludes(facts: YearFacts, rotation: str, call: Call, day: date) -> bool:
    """Whether a must-work night session of that date overlaps the call."""
    start, end = minute_of_day(call), minute_of_day(call) + call.minutes + call.handover_minutes
    return any(
        row.session is Session.NIGHT
        and not row.may_be_off
        and (
            call.duty_type is DutyType.JEOPARDY
            or (minute_of_day(row) < end and start < minute_of_day(row) + row.minutes)
        )
        for row in facts.templates_on(rotation, day)
    )
