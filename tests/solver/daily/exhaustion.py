"""Every schedule of a week so small that all can be tried, each judged by the independent checker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain, combinations, product
from math import prod

from src.compliance.check import CheckReport, check
from src.interchange.model import HolidayRule, Person, Program
from src.interchange.schedule import AssignmentRow, ResultFile, Schedule, Scope, SolveStatus, YearRow
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan

BLOCKS = (1,)
MOST_SCHEDULES = 300


class TooManyError(Exception):
    """There are more schedules than a test has time for."""


@dataclass(frozen=True)
class Days:
    """One academic block: rotations, days off and calls tried one by one, nobody on vacation."""

    program: Program

    @cached_property
    def scores(self) -> tuple[tuple[Decimal, ...], ...]:
        """The tiers of every legal schedule; raises TooManyError."""
        known = {
            (person.id, name): list(self._ways(person, name))
            for person in self.program.residents
            for name in self._rotations(person)
        }
        wholes = [
            (plan, [known[person.id, plan.rotation[person.id, 1]] for person in self.program.residents])
            for plan in self._plans()
        ]
        if sum(prod(len(each) for each in ways) for _, ways in wholes) > MOST_SCHEDULES:
            raise TooManyError
        reports = (
            judged(self.program, plan, tuple(chain.from_iterable(chosen)))
            for plan, ways in wholes
            for chosen in product(*ways)
        )
        return tuple(tuple(report.tiers.values()) for report in reports if not report.broken)

    def _plans(self) -> Iterator[YearPlan]:
        people = self.program.residents
        for names in product(*(self._rotations(person) for person in people)):
            yield YearPlan({(person.id, 1): name for person, name in zip(people, names, strict=True)})

    def _rotations(self, person: Person) -> list[str]:
        pinned = [pin.rotation for pin in self.program.rotation_pins if pin.person == person.id]
        return pinned or [rotation.id for rotation in self.program.rotations]

    def _ways(self, person: Person, rotation: str) -> Iterator[tuple[AssignmentRow, ...]]:
        """What the resident may work, everyone else apart: each legal roster once."""
        alone = replace(
            self.program,
            people=(person,),
            coverage=(),
            staffing=(),
            requests=(),
            rotation_pins=(),
            call_pins=tuple(pin for pin in self.program.call_pins if pin.person == person.id),
            clinics=tuple(row for row in self.program.clinics if row.person == person.id),
            absences=tuple(row for row in self.program.absences if row.person == person.id),
            history=tuple(row for row in self.program.history if row.person == person.id),
            history_counts=(),
            calls=tuple(replace(call, min=0, max=None) for call in self.program.calls),
            objective=(),
        )
        mine = YearPlan({(person.id, 1): rotation})
        seen: set[tuple[AssignmentRow, ...]] = set()
        for off in _subsets(self._may_be_off(rotation)):
            for taken in _subsets(self._may_take(person, rotation)):
                decisions = Decisions(
                    frozenset((person.id, day) for day in off),
                    frozenset((person.id, day, name) for day, name in taken),
                )
                rows = expand(alone, mine, decisions)
                if rows not in seen:
                    seen.add(rows)
                    if not judged(alone, mine, rows).broken:
                        yield rows

    def _may_be_off(self, rotation: str) -> list[date]:
        return [
            day
            for day in self.program.academic_blocks[0].dates
            if any(
                row.rotation == rotation and row.may_be_off and day.weekday() in row.weekdays
                for row in self.program.templates
            )
        ]

    def _may_take(self, person: Person, rotation: str) -> list[tuple[date, str]]:
        return [
            (day, call.id)
            for call in self.program.calls
            for day in self.program.academic_blocks[0].dates
            if self._is_held(call.weekdays, call.holidays, day)
            and (not call.pgys or person.pgy in call.pgys)
            and (not call.rotations or rotation in call.rotations)
        ]

    def _is_held(self, weekdays: tuple[int, ...], rule: HolidayRule, day: date) -> bool:
        if day in self.program.holidays:
            return rule is not HolidayRule.WEEKDAYS_ONLY
        return rule is not HolidayRule.HOLIDAYS_ONLY and day.weekday() in weekdays


def judged(program: Program, plan: YearPlan, rows: tuple[AssignmentRow, ...]) -> CheckReport:
    """The checker's word on a whole schedule: what it breaks, and its tiers."""
    year = tuple(YearRow(person, block, name) for (person, block), name in sorted(plan.rotation.items()))
    file = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, BLOCKS)
    return check(program, Schedule(year=year, assignments=rows, result=file))


def _subsets[Value](values: list[Value]) -> Iterator[tuple[Value, ...]]:
    return chain.from_iterable(combinations(values, size) for size in range(len(values) + 1))
