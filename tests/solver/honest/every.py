"""Every legal schedule of a program so small that all can be tried, over year plan and days at once.

What one resident may do is tried one by one and judged by the checker, as if nobody else were there; what
residents do to each other (coverage, staffing, calls, room in clinic, vacation at once) is counted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain, combinations, product
from math import prod

from src.compliance.check import check
from src.interchange.model import Person, Program, Request, Setting
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    ResultFile,
    Schedule,
    Scope,
    Severity,
    SolveStatus,
    VacationRow,
    YearRow,
)
from tests.solver.honest.life import Life, is_held, may_take, worked
from tests.solver.honest.recount import Recount

Asked = tuple[str, int, date | int]
"""A kind of demand, the place of the row that asks, and the date or academic block."""
Tiers = tuple[Decimal, ...]


class TooManyError(Exception):
    """There are more schedules than there is time for."""


@dataclass(frozen=True)
class Way:
    """One resident's legal life: whom it helps, what it counts for, and one schedule that shows it."""

    serves: frozenset[Asked]
    score: Tiers
    spreads: tuple[Decimal, ...]
    life: Life


@dataclass(frozen=True)
class Every:
    """All legal schedules. `allow_unmet` lets minima stay open at their weight."""

    program: Program
    allow_unmet: bool = False
    most_lives: int = 600
    most_schedules: int = 20000

    @cached_property
    def ways(self) -> list[list[Way]]:
        """What each resident may do; raises TooManyError."""
        lives = [list(self._lives(person)) for person in self.program.residents]
        return [self._legal(person, mine) for person, mine in zip(self.program.residents, lives, strict=True)]

    @cached_property
    def scores(self) -> list[Tiers]:
        """The tiers of every legal schedule; raises TooManyError."""
        if prod(len(each) for each in self.ways) > self.most_schedules:
            raise TooManyError
        return [
            score for chosen in product(*self.ways) if (score := self._score_together(chosen)) is not None
        ]

    def _lives(self, person: Person) -> Iterator[Life]:
        plans = list(self._plans(person))
        choices = [(plan, self._off(person, plan), self._calls(person, plan)) for plan in plans]
        if sum(2 ** (len(off) + len(calls)) for _, off, calls in choices) > self.most_lives:
            raise TooManyError
        for plan, off, calls in choices:
            for resting in subsets(off):
                for taken in subsets(calls):
                    yield replace(plan, off=frozenset(resting), calls=frozenset(taken))

    def _plans(self, person: Person) -> Iterator[Life]:
        program = self.program
        blocks = [
            block.number
            for block in program.academic_blocks
            if any(person.is_there(day) for day in block.dates)
        ]
        pinned = {pin.block: pin.rotation for pin in program.rotation_pins if pin.person == person.id}
        named = {
            name
            for row in program.requirements
            if (not row.pgys or person.pgy in row.pgys) and row.track in (None, person.track)
            for name in program.expand(row.rotation)
        }
        own = [
            each.id for each in program.rotations if each.id in named and each.setting is not Setting.LEAVE
        ]
        due = program.vacation_weeks.get(person.pgy or 0, 0)
        for names in product(*([pinned[block]] if block in pinned else own for block in blocks)):
            for weeks in combinations(program.weeks, due):
                plan = Life(tuple(zip(blocks, names, strict=True)), weeks)
                if self._is_legal(person, plan, year_alone=True) is not None:
                    yield plan

    def _off(self, person: Person, plan: Life) -> list[date]:
        """Dates on which something of the rotation may be off."""
        rotation_of = dict(plan.rotations)
        return [
            day
            for block in self.program.academic_blocks
            for day in block.dates
            if person.is_there(day)
            and any(
                row.rotation == rotation_of.get(block.number)
                and row.may_be_off
                and (not row.weekdays or day.weekday() in row.weekdays)
                for row in self.program.templates
            )
        ]

    def _calls(self, person: Person, plan: Life) -> list[tuple[date, str]]:
        rotation_of = dict(plan.rotations)
        return [
            (day, call.id)
            for call in self.program.calls
            for block in self.program.academic_blocks
            for day in block.dates
            if is_held(self.program, call, day)
            and block.number in rotation_of
            and may_take(self.program, person, call, rotation_of[block.number])
        ]

    def _legal(self, person: Person, lives: list[Life]) -> list[Way]:
        seen: dict[tuple[object, ...], Way | None] = {}
        for life in lives:
            rows = worked(self.program, person, life)
            key = (life.rotations, life.weeks, rows)
            if key not in seen:
                soft = self._is_legal(person, life)
                seen[key] = None if soft is None else self._way(person, life, rows, soft)
        kinds = {(way.serves, way.score, way.spreads): way for way in seen.values() if way is not None}
        return list(kinds.values())

    def _alone(self, person: Person) -> Program:
        """The program as if nobody else were there."""
        program = self.program
        return replace(
            program,
            people=(person,),
            coverage=(),
            staffing=(),
            requests=(),
            max_on_vacation=None,
            rotation_pins=tuple(row for row in program.rotation_pins if row.person == person.id),
            call_pins=tuple(row for row in program.call_pins if row.person == person.id),
            clinics=tuple(replace(row, max_at_once=0) for row in program.clinics if row.person == person.id),
            absences=tuple(row for row in program.absences if row.person == person.id),
            history=tuple(row for row in program.history if row.person == person.id),
            history_counts=(),
            calls=tuple(replace(call, min=0, max=None) for call in program.calls),
            objective=(),
        )

    def _is_legal(self, person: Person, life: Life, *, year_alone: bool = False) -> int | None:
        """How many soft findings a life has; None where it breaks anything."""
        rows = () if year_alone else worked(self.program, person, life)
        scope = Scope.YEAR if year_alone else Scope.BOTH
        blocks = tuple(block.number for block in self.program.academic_blocks)
        schedule = replace(
            one_schedule(person, life, rows), result=ResultFile(SolveStatus.FEASIBLE, scope, blocks)
        )
        report = check(self._alone(person), schedule)
        if report.broken:
            return None
        return sum(finding.severity is Severity.SOFT for finding in report.findings)

    def _way(self, person: Person, life: Life, rows: tuple[AssignmentRow, ...], soft: int) -> Way:
        own = replace(self.program, people=(person,), requests=self._wishes(person))
        told = Recount(own, one_schedule(person, life, rows), soft)
        spreads = tuple(
            self._one_count(told, person, term) for tier in self.program.objective for term, _ in tier.weights
        )
        return Way(frozenset(self._serves(person, life, rows)), told.tiers(ALONE), spreads, life)

    def _wishes(self, person: Person) -> tuple[Request, ...]:
        return tuple(row for row in self.program.requests if row.person == person.id)

    def _one_count(self, told: Recount, person: Person, term: str) -> Decimal:
        """The count behind a spread, this year's and that of earlier years."""
        ways: Mapping[str, tuple[str | None, Callable[[str], Decimal | int]]] = {
            "fair_call_points": ("points", told.points),
            "fair_weekends": ("weekends", lambda who: len(told.weekends(who))),
            "fair_holidays": ("holidays", told.holidays),
            "fair_nights": ("nights", lambda who: len(told.nights(who))),
            "fair_jeopardy": ("jeopardy", told.jeopardies),
            "fair_heavy_blocks": (None, told.heavy),
        }
        if term not in ways:
            return Decimal(0)
        kind, count = ways[term]
        rows = self.program.history_counts
        earlier = [row.count for row in rows if (row.person, row.kind) == (person.id, kind)]
        return count(person.id) + sum(earlier, Decimal(0))

    def _serves(self, person: Person, life: Life, rows: tuple[AssignmentRow, ...]) -> Iterator[Asked]:
        """Which rows that ask for people, or leave room for few, the life is counted by."""
        program = self.program
        for place, cover in enumerate(program.coverage):
            counts = not cover.pgys or person.pgy in cover.pgys
            named = program.expand(cover.rotation)
            yield from (
                ("coverage", place, block) for block, name in life.rotations if counts and name in named
            )
        for row in rows:
            yield from (("staffing", place, row.date) for place in self._staffed_by(person, row))
            yield from (
                ("call", place, row.date)
                for place, call in enumerate(program.calls)
                if row.id == call.id and row.duty_type is call.duty_type
            )
            if row.kind is AssignmentKind.CLINIC:
                yield f"clinic {row.session}", 0, row.date
        yield from (("vacation", 0, monday) for monday in life.weeks)

    def _staffed_by(self, person: Person, row: AssignmentRow) -> Iterator[int]:
        """The staffing rows that count a session, by place: those of `kind=rotation` only."""
        for place, staff in enumerate(self.program.staffing):
            counts = not staff.pgys or person.pgy in staff.pgys
            is_here = row.kind is AssignmentKind.ROTATION and row.id in self.program.expand(staff.rotation)
            if counts and is_here and row.session is staff.session:
                yield place

    @cached_property
    def _limits(self) -> dict[Asked, tuple[int, int | None]]:
        """Least and most that each row asks for, date by date or block by block."""
        program = self.program
        found: dict[Asked, tuple[int, int | None]] = {}
        for place, cover in enumerate(program.coverage):
            for block in cover.blocks or range(1, len(program.blocks) + 1):
                found["coverage", place, block] = cover.min, cover.max
        for day in (day for block in program.academic_blocks for day in block.dates):
            for place, staff in enumerate(program.staffing):
                if (not staff.weekdays or day.weekday() in staff.weekdays) and not self._is_shut(place, day):
                    found["staffing", place, day] = staff.min, staff.max
            for place, call in enumerate(program.calls):
                if is_held(program, call, day):
                    found["call", place, day] = call.min, call.max
            for session, most in self._room(day.weekday()).items():
                found[f"clinic {session}", 0, day] = 0, most
        for monday in program.weeks:
            found["vacation", 0, monday] = 0, program.max_on_vacation
        return found

    def _room(self, weekday: int) -> dict[str, int]:
        """Room in clinic by session: the least where rows differ, 0 = no cap."""
        rows = [row for row in self.program.clinics if row.weekday == weekday and row.max_at_once]
        return {
            row.session: min(other.max_at_once for other in rows if other.session is row.session)
            for row in rows
        }

    def _is_shut(self, place: int, day: date) -> bool:
        """Not on holidays where the session's template has `holidays=0`."""
        staff = self.program.staffing[place]
        templates = [
            row
            for row in self.program.templates
            if row.rotation in self.program.expand(staff.rotation)
            and row.session is staff.session
            and (not row.weekdays or day.weekday() in row.weekdays)
        ]
        return day in self.program.holidays and bool(templates) and not any(row.holidays for row in templates)

    def _score_together(self, chosen: tuple[Way, ...]) -> Tiers | None:
        there: dict[Asked, int] = {}
        for way in chosen:
            for each in way.serves:
                there[each] = there.get(each, 0) + 1
        missing = 0
        for each, (least, most) in self._limits.items():
            got = there.get(each, 0)
            if most is not None and got > most:
                return None
            missing += max(0, least - got)
        if missing and not self.allow_unmet:
            return None
        return self._tiers(chosen, missing)

    def _tiers(self, chosen: tuple[Way, ...], missing: int) -> Tiers:
        found: list[Decimal] = []
        column = 0
        for number, tier in enumerate(self.program.objective):
            total = sum((way.score[number] for way in chosen), Decimal(0))
            for term, weight in tier.weights:
                if term == "unmet_staffing":
                    total -= weight * missing
                elif term.startswith("fair_"):
                    total -= weight * self._spread([way.spreads[column] for way in chosen])
                column += 1
            found.append(total)
        return tuple(found)

    def _spread(self, counts: list[Decimal]) -> Decimal:
        found = Decimal(0)
        first, last = self.program.year_start_date, self.program.year_end_date
        for pgy in {person.pgy for person in self.program.residents}:
            mine = [
                count
                for count, person in zip(counts, self.program.residents, strict=True)
                if person.pgy == pgy and person.is_there(first) and person.is_there(last)
            ]
            found += max(mine) - min(mine) if mine else 0
        return found


ALONE = (
    "rotation_request",
    "day_off_request",
    "no_call_request",
    "advisories",
    "whole_weekends",
    "isolated_nights",
)
"""Terms that are sums over people."""


def one_schedule(person: Person, life: Life, rows: tuple[AssignmentRow, ...]) -> Schedule:
    return Schedule(
        year=tuple(YearRow(person.id, block, name) for block, name in life.rotations),
        vacations=tuple(VacationRow(person.id, monday) for monday in life.weeks),
        assignments=rows,
    )


def subsets[Value](values: list[Value]) -> Iterator[tuple[Value, ...]]:
    return chain.from_iterable(combinations(values, size) for size in range(len(values) + 1))
