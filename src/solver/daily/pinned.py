"""Pinned calls that a resident's own rules forbid together on a rotation: proved, whoever else is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from src.interchange.model import CallPin, Person
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import AVERAGED, BY_ROTATION, common_rule, named, pack_rule
from src.solver.daily.subsolve import Effort
from src.solver.daily.sure import Sure
from src.solver.daily.trial import proves_none
from src.solver.daily.wanted import Wanted
from src.solver.daily.windows import is_window
from src.solver.plan import Cut, Ground, OnRotation, Present, YearPlan
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop

SECONDS_A_TRIAL = 1.0


class Pinned:
    """Proved cuts: rotations that nobody with those pins can be on in that block."""

    def __init__(self, problem: Problem, stop: Stop) -> None:
        self._problem = problem
        self._program = problem.program
        self._stop = stop
        self._shared = ProgramFacts(problem.program)
        self._calendar = self._shared.calendar
        self._sure = Sure(self._shared)
        self._pins: defaultdict[int, defaultdict[str, list[CallPin]]] = defaultdict(lambda: defaultdict(list))
        for pin in self._program.call_pins:
            block = self._program.block_of(pin.date)
            if block is not None and pin.call in self._program.call_by_id:
                self._pins[block][pin.person].append(pin)
        self._known: dict[int, tuple[Cut, ...]] = {}

    def of_block(self, block: int) -> tuple[Cut, ...]:
        """The cuts of an academic block; each block is looked at once."""
        if block not in self._known:
            self._known[block] = tuple(self._found(block))
        return self._known[block]

    def _found(self, block: int) -> Iterator[Cut]:
        for name, pins in sorted(self._pins[block].items()):
            person = self._program.person_by_id.get(name)
            for rotation in self._program.rotations:
                takes_all = all(rotation.id in self._shared.call_rotations[pin.call] for pin in pins)
                is_open = person is not None and self._sure.may(person, block, frozenset({rotation.id}))
                if person is not None and takes_all and is_open:
                    yield from self._barred(person, pins, block, rotation.id)

    def _barred(self, person: Person, pins: list[CallPin], block: int, rotation: str) -> Iterator[Cut]:
        """That the resident is not on the rotation; with leave, if leave is what may help."""
        limits = self._limits(block)
        for loose in (True, False):
            if self._fails(person, pins, block, rotation, limits, loose=loose):
                grounds = self._grounds(person, pins, block, rotation, limits, loose=loose)
                here = frozenset({rotation})
                weeks = self._sure.weeks_of(block, rotation)
                fact = OnRotation(person.id, block, here) if loose else Present(person.id, block, here, weeks)
                words = f"{person.id} cannot keep {named(grounds)} on {rotation} in block {block}"
                yield Cut(((-1, fact),), 0, words, proved=True, grounds=grounds)
                return

    def _limits(self, block: int) -> Limits:
        limits = self._problem.limits
        keeps = limits.keeps
        if not is_window(self._calendar, block, limits):
            keeps -= AVERAGED
        rows = tuple(row for row in limits.rows if row.kind not in BY_ROTATION and row.rotations is None)
        return replace(limits, keeps=keeps, advises=frozenset(), rows=rows)

    def _fails(
        self, person: Person, pins: list[CallPin], block: int, rotation: str, limits: Limits, *, loose: bool
    ) -> bool:
        """Whether it was proved that the resident alone has no roster with those pins."""
        if self._stop.reached:
            return False
        program = replace(Wanted().in_program(self._program, {person.id}), call_pins=tuple(pins))
        days = self._calendar.days_of_block[block]
        excused = days if loose else days[: self._sure.lead]
        deterministic = None if self._problem.deterministic_limit is None else SECONDS_A_TRIAL
        effort = Effort(SECONDS_A_TRIAL, self._problem.workers, self._problem.seed, deterministic)
        plan = YearPlan(MappingProxyType({(person.id, block): rotation}))
        return proves_none(program, plan, days, {person.id: excused}, limits, effort, self._stop)

    def _grounds(
        self, person: Person, pins: list[CallPin], block: int, rotation: str, limits: Limits, *, loose: bool
    ) -> tuple[Ground, ...]:
        """The fewest pins and rules that show it."""

        def fails(kept: list[CallPin], under: Limits) -> bool:
            return self._fails(person, kept, block, rotation, under, loose=loose)

        for pin in list(pins):
            fewer = [other for other in pins if other is not pin]
            if fewer and fails(fewer, limits):
                pins = fewer
        for kind in sorted(limits.keeps):
            less = replace(limits, keeps=limits.keeps - {kind})
            if fails(pins, less):
                limits = less
        for rule in limits.rows:
            less = replace(limits, rows=tuple(other for other in limits.rows if other is not rule))
            if fails(pins, less):
                limits = less
        return (
            *(
                Ground("pins.csv", pin.row, f"{pin.person} is pinned to call {pin.call} on {pin.date}")
                for pin in pins
            ),
            *(common_rule(kind) for kind in sorted(limits.keeps)),
            *(pack_rule(row) for row in limits.rows),
        )
