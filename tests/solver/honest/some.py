"""Schedules of small programs of which a part is given: a year plan, or all but some academic blocks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from src.compliance.check import check
from src.interchange.model import Person, Program
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    ResultFile,
    Schedule,
    Scope,
    SolveStatus,
    VacationRow,
    YearRow,
)
from tests.solver.honest.every import Every, one_schedule
from tests.solver.honest.life import Life, worked
from tests.solver.honest.recount import DAY

ENOUGH_TRIES = 3000


@dataclass(frozen=True)
class Some(Every):
    """All legal schedules that keep what a given one holds outside `free` academic blocks.

    `plan_alone` gives its year plan only, for all blocks; `plan_too` gives the plan of the free blocks too.
    """

    given: Schedule | None = None
    free: tuple[int, ...] = ()
    plan_alone: bool = False
    plan_too: bool = False

    def _lives(self, person: Person) -> Iterator[Life]:
        mine = self._of(person)
        for life in super()._lives(person):
            kept = self.outside(worked(self.program, person, life))
            if self.plan_alone or kept == self.outside(mine.assignments):
                yield life

    def _plans(self, person: Person) -> Iterator[Life]:
        """Only plans that keep what is given: others need not be looked at."""
        mine = self._of(person)
        wanted = {pair for pair in plan_of(mine) if self._is_kept(pair[1])}
        off = {pair for pair in weeks_of(mine) if self._is_kept(self.program.block_of(pair[1]))}
        for life in super()._plans(person):
            plan = {(person.id, block, name) for block, name in life.rotations if self._is_kept(block)}
            weeks = {(person.id, week) for week in life.weeks if self._is_kept(self.program.block_of(week))}
            if (plan, weeks) == (wanted, off):
                yield life

    def _is_legal(self, person: Person, life: Life, *, year_alone: bool = False) -> int | None:
        """Everything is legal, in all blocks; soft findings count in those that a run would solve."""
        soft = super()._is_legal(person, life, year_alone=year_alone)
        if soft is None or not self.free or year_alone:
            return soft
        whole = one_schedule(person, life, worked(self.program, person, life))
        file = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, self.free)
        return check(self._alone(person), replace(whole, result=file)).soft

    def _is_kept(self, block: int | None) -> bool:
        return self.plan_alone or self.plan_too or block not in self.free

    def _of(self, person: Person) -> Schedule:
        assert self.given is not None
        return own(self.given, person.id)

    def outside(self, rows: Iterable[AssignmentRow]) -> set[AssignmentRow]:
        """The rows of other blocks than the free ones; a handover is of its call's block."""
        return {row for row in rows if self.program.block_of(home(self.program, row)) not in self.free}


def home(program: Program, row: AssignmentRow) -> date:
    """The date a row is of: a handover's is the start of its call."""
    if row.kind is not AssignmentKind.CALL:
        return row.date
    call = next(each for each in program.calls if each.id == row.id)
    if row.duty_type is call.duty_type:
        return row.date
    start = row.start_at.timestamp() - 60 * call.minutes
    return row.start_at.fromtimestamp(start, program.zone).date()


def own(schedule: Schedule, who: str) -> Schedule:
    return Schedule(
        tuple(row for row in schedule.year if row.person == who),
        tuple(row for row in schedule.vacations if row.person == who),
        tuple(row for row in schedule.assignments if row.person == who),
    )


def plan_of(schedule: Schedule) -> set[tuple[str, int, str]]:
    return {(row.person, row.block, row.rotation) for row in schedule.year}


def weeks_of(schedule: Schedule) -> set[tuple[str, date]]:
    return {(row.person, row.week_start_date) for row in schedule.vacations}


def lived(program: Program, lives: Iterable[Life]) -> Schedule:
    """The schedule of residents' lives, in the order of the residents."""
    ranks = {
        (row.person, row.start_date - row.start_date.weekday() * DAY): row.rank
        for row in program.requests
        if row.rank is not None and row.start_date is not None
    }
    pairs = list(zip(program.residents, lives, strict=True))
    return Schedule(
        tuple(YearRow(person.id, block, name) for person, life in pairs for block, name in life.rotations),
        tuple(
            VacationRow(person.id, week, ranks.get((person.id, week)))
            for person, life in pairs
            for week in life.weeks
        ),
        tuple(row for person, life in pairs for row in worked(program, person, life)),
    )


def one_of(every: Every, dice: random.Random) -> Schedule | None:
    """A legal schedule at random, without open demand; None where few tries found none."""
    if not all(every.ways):
        return None
    for _ in range(ENOUGH_TRIES):
        chosen = tuple(dice.choice(ways) for ways in every.ways)
        if every._score_together(chosen) is not None:
            return lived(every.program, (way.life for way in chosen))
    return None
