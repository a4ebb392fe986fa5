"""Rotations that cannot follow nights: what must be worked after an academic block's end comes too soon.

Some packs ask for two days of rest after nights, which templates of the next block may not leave. One
resident is tried alone over the days around the edge, all calls theirs to take or leave and everything else
unknown. Where that has no roster, nobody has one there but who is on vacation then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from src.interchange.model import AbsenceStatus, Clinic, Person, PersonKind, Session
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import pack_rule
from src.solver.daily.subsolve import Effort
from src.solver.daily.sure import Sure
from src.solver.daily.trial import proves_none, without_demands
from src.solver.limit_rows import LimitRow
from src.solver.plan import Cut, OnRotation, OnVacation, PlanFact, YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts

AFTER_NIGHTS = "rest_after_nights"
DAYS_BEFORE, DAYS_AFTER = 4, 3
"""Looked at on either side of an edge: two days of rest, and the end of a run of nights."""
EFFORT = Effort(1.0, 1, 1, 0.5)
"""A trial is a few dozen rows; its deterministic time is the same on every machine."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """A rotation after another, and the resident's clinics; `shape` tells one edge's days from another's."""

    shape: object
    one: object
    other: object
    clinics: tuple[Clinic, ...]


def cuts_after_nights(problem: Problem, stop: Stop) -> tuple[Cut, ...]:
    """For each resident, the rotations that cannot follow one with nights; proved.

    None where no pack asks for rest after nights, and none that was not shown before the stop.
    """
    rules = (row for row in problem.limits.rows if row.kind == AFTER_NIGHTS)
    return tuple(cut for rule in rules for cut in _Edges(problem, rule, stop).cuts())


class _Edges:
    def __init__(self, problem: Problem, rule: LimitRow, stop: Stop) -> None:
        self._program = problem.program
        self._rule = rule
        self._limits = replace(problem.limits, keeps=frozenset(), advises=frozenset(), rows=(rule,))
        self._stop = stop
        self._facts = ProgramFacts(problem.program)
        self._calendar = self._facts.calendar
        self._year = YearFacts(problem.program)
        self._lead = Sure(self._facts).lead
        self._solved = set(problem.blocks) or set(self._calendar.days_of_block)
        self._kinds = {name: self._kind_of(name) for name in self._program.rotation_by_id}
        self._known: dict[_Trial, bool] = {}

    def cuts(self) -> Iterator[Cut]:
        for block in self._calendar.days_of_block:
            if {block, block + 1} <= self._solved:
                for person in self._program.residents:
                    if not self._stop.reached and self._is_there(person, block):
                        yield from self._cuts_of(person, block)

    def _cuts_of(self, person: Person, block: int) -> Iterator[Cut]:
        before = self._year.options.get((person.id, block), ())
        after = self._year.options.get((person.id, block + 1), ())
        for one in sorted(self._with_nights.intersection(before)):
            barred = [other for other in after if self._is_barred(person, block, one, other)]
            if barred:
                yield self._cut(person, block, one, frozenset(barred))

    def _is_barred(self, person: Person, block: int, one: str, other: str) -> bool:
        """Whether nobody with the resident's clinics can go from one to the other there."""
        clinics = self._clinics_of(person, block, one, other)
        key = _Trial(self._shape(block), self._kinds[one], self._kinds[other], clinics)
        if key not in self._known:
            self._known[key] = self._fails(block, one, other, clinics)
        return self._known[key]

    def _fails(self, block: int, one: str, other: str, clinics: tuple[Clinic, ...]) -> bool:
        anybody = Person("~", "~", PersonKind.RESIDENT, None)
        calls = tuple(replace(call, min=0, max=None, pgys=()) for call in self._program.calls)
        alone = replace(without_demands(self._program, (anybody,)), calls=calls, clinics=clinics)
        plan = YearPlan(MappingProxyType({("~", block): one, ("~", block + 1): other}))
        days = self._days(block)
        excused = {"~": days[: self._lead]}
        return proves_none(alone, plan, days, excused, self._limits, EFFORT, self._stop)

    def _days(self, block: int) -> list[int]:
        blocks = self._calendar.days_of_block
        return [*blocks[block][-DAYS_BEFORE:], *blocks[block + 1][:DAYS_AFTER]]

    def _shape(self, block: int) -> object:
        """Weekdays and holidays around the edge; the edge itself where a rule holds for some dates alone."""
        days = self._days(block)
        if self._rule.first_date or self._rule.last_date:
            return block
        first = self._calendar.days_of_block[block + 1][0]
        holidays = tuple(day - first for day in days if day in self._calendar.holidays)
        reach = (days[0] - first, days[-1] - first)
        whole = tuple(self._whole_days(day) for day in days)
        return self._calendar.weekday(first), holidays, reach, whole

    def _whole_days(self, day: int) -> int:
        """Minutes of the local day: clocks that change make another matter of it."""
        return self._calendar.midnight(day + 1) - self._calendar.midnight(day)

    def _kind_of(self, rotation: str) -> object:
        """What tells one rotation's days from another's, whatever it is called."""
        rows = sorted(
            (
                row.weekdays,
                row.session.value,
                row.start,
                row.minutes,
                row.duty_type.value,
                row.may_be_off,
                row.holidays,
            )
            for row in self._program.templates
            if rotation in self._program.expand(row.rotation)
        )
        calls = tuple(name for name, pool in self._facts.call_rotations.items() if rotation in pool)
        about = self._program.rotation_by_id[rotation]
        is_meant = self._rule.rotations is None or rotation in self._rule.rotations
        return tuple(rows), calls, about.clinic, about.max_days_off, is_meant

    @cached_property
    def _with_nights(self) -> frozenset[str]:
        nights = (row for row in self._program.templates if row.session is Session.NIGHT)
        return frozenset(name for row in nights for name in self._program.expand(row.rotation))

    def _clinics_of(self, person: Person, block: int, one: str, other: str) -> tuple[Clinic, ...]:
        """The resident's clinics that may be held on the days, as anybody's."""
        days = {
            self._calendar.weekday(day)
            for day in self._days(block)
            if self._program.rotation_by_id[one if self._calendar.block_of[day] == block else other].clinic
        }
        own = (row for row in self._program.clinics if row.person == person.id and row.weekday in days)
        found = (replace(row, person="~", max_at_once=0, row=0) for row in own)
        return tuple(sorted(found, key=lambda row: (row.weekday, row.session.value, row.start)))

    def _reach(self, block: int) -> tuple[date, date]:
        """The dates on which leave could make it another matter."""
        days = self._days(block)
        return self._calendar.date(days[0]), self._calendar.date(days[-1] + self._lead)

    def _is_there(self, person: Person, block: int) -> bool:
        first, last = self._reach(block)
        away = any(
            row.person == person.id and row.start_date <= last and first <= row.end_date
            for row in self._program.absences
            if row.status is AbsenceStatus.APPROVED
        )
        return person.is_there(first) and person.is_there(last) and not away

    def _cut(self, person: Person, block: int, one: str, barred: frozenset[str]) -> Cut:
        first, last = self._reach(block)
        words = (
            f"{person.id} cannot keep {self._rule.rule} from {one} in block {block} "
            f"to {' or '.join(sorted(barred))} in the next"
        )
        both = (OnRotation(person.id, block, frozenset({one})), OnRotation(person.id, block + 1, barred))
        away = tuple(
            OnVacation(person.id, week.monday)
            for week in self._year.weeks
            if week.monday <= last and week.dates[-1] >= first
        )
        terms: tuple[tuple[int, PlanFact], ...] = (
            *((-1, fact) for fact in both),
            *((1, fact) for fact in away),
        )
        return Cut(terms, -1, words, proved=True, grounds=(pack_rule(self._rule),))
