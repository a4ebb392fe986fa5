"""The model of the year allows exactly the plans there are: all that break no rule, and no other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from types import MappingProxyType

import pytest
from ortools.sat.python import cp_model

from src.interchange.model import Coverage, Person, Program, Requirement, RotationPin, Succession
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.rules import add_rules
from tests.solver.year.exhaustion import Exhaustion, Rotations, Weeks
from tests.solver.year.tiny import ELEC, LEAVE, MONDAY, NF, OPEN, WARD, WEDNESDAY, A, B, C, tiny

NAMES = ("WARD", "ELEC", "NF", "@busy")
PGYS: tuple[tuple[int, ...], ...] = ((), (), (1,), (2,))
BLOCKS: tuple[tuple[int, ...], ...] = ((), (1,), (2, 3), (3,))
PROGRAMS = 6
"""For each kind of rule."""

Plan = tuple[frozenset[tuple[str, int, str]], Weeks]


def requirements(dice: random.Random) -> dict[str, object]:
    """At least and at most, of all blocks or of some."""
    rows = []
    for row in range(10, 10 + dice.choice((1, 2))):
        first, last = sorted((dice.randint(1, 4), dice.randint(1, 4)))
        low = dice.randint(0, 2)
        high = dice.choice((None, low, low + 1))
        who, track = dice.choice(PGYS), dice.choice((None, None, "research"))
        begin, end = dice.choice((None, first)), dice.choice((None, last))
        rows.append(Requirement(who, track, dice.choice(NAMES), low, high, begin, end, row=row))
    return {"requirements": (*OPEN, *rows)}


def coverage(dice: random.Random) -> dict[str, object]:
    low = dice.randint(0, 1)
    high = dice.choice((None, low, low + 1))
    row = Coverage(dice.choice(NAMES), dice.choice(PGYS), dice.choice(BLOCKS), low, high, row=2)
    return {"coverage": (row,)}


def successions(dice: random.Random) -> dict[str, object]:
    return {
        "successions": (Succession(dice.choice(NAMES), dice.choice(NAMES), dice.choice(PGYS), row=2),),
        "rotations": (
            replace(WARD, max_consecutive=dice.choice((None, 1, 2, 3))),
            ELEC,
            replace(NF, max_consecutive=dice.choice((None, 1, 2, 4))),
            LEAVE,
        ),
    }


def vacations(dice: random.Random) -> dict[str, object]:
    """Weeks due, where they may lie, how many at once; from a Wednesday they run into the next block."""
    return {
        "vacation_weeks": MappingProxyType({1: dice.randint(1, 2), 2: dice.randint(0, 2)}),
        "max_on_vacation": dice.choice((None, 1, 1)),
        "year_start_date": dice.choice((MONDAY, WEDNESDAY)),
        "blocks": dice.choice(((7, 7, 7), (7, 14), (14, 7))),
        "rotations": (
            replace(WARD, vacation_weeks_max=dice.choice((0, 0, 1))),
            replace(ELEC, vacation_weeks_max=dice.choice((1, 2))),
            NF,
            LEAVE,
        ),
    }


def pins(dice: random.Random) -> dict[str, object]:
    rows = [
        RotationPin(person, block, dice.choice(("WARD", "LEAVE", "NF")), row=block)
        for person in "ABC"
        for block in (1, 3)
    ]
    return {"rotation_pins": tuple(dice.sample(rows, dice.randint(2, 4)))}


KINDS = (requirements, coverage, successions, vacations, pins)
SHARED = frozenset({1, 3})
"""Kinds of rules that hold of several residents together."""


def drawn(dice: random.Random, *kinds: int) -> Program:
    """Rows of those kinds for a resident, perhaps there for a part of the year; for two where they share."""
    other = dice.choice((A, B, C))
    changes: dict[str, object] = {"blocks": (7, 7, 7, 7)}
    others: tuple[Person, ...] = ()
    if SHARED.intersection(kinds):
        changes, others = {"blocks": (7, 7, 7)}, (A,)
        other = dice.choice((B, C))
    for kind in kinds:
        changes.update(KINDS[kind](dice))
    if dice.random() < 0.3:
        other = replace(other, start_date=MONDAY + timedelta(dice.choice((7, 11))))
    return tiny(people=(*others, other), **changes)


class _All(cp_model.CpSolverSolutionCallback):
    def __init__(self, year: YearModel) -> None:
        super().__init__()
        self._year = year
        self.found: set[Plan] = set()

    def on_solution_callback(self) -> None:
        year = self._year
        on = frozenset(key for key, literal in year.on.items() if self.value(literal))
        self.found.add((on, frozenset(key for key, literal in year.away.items() if self.value(literal))))


def allowed(program: Program, frozen: Frozen | None = None) -> set[Plan]:
    """Every solution of the model."""
    year = YearModel(YearFacts(program), frozen=frozen)
    add_rules(year)
    solver, every = cp_model.CpSolver(), _All(year)
    solver.parameters.enumerate_all_solutions = True
    solver.parameters.num_workers = 1
    assert solver.solve(year.model, every) in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    return every.found


def as_plan(on: Rotations, weeks: Weeks) -> Plan:
    return frozenset((*cell, name) for cell, name in on.items()), weeks


def legal(program: Program) -> set[Plan]:
    return {as_plan(*plan) for plan in Exhaustion(program).plans()}


@pytest.mark.parametrize("kinds", [(0,), (1,), (2,), (3,), (4,), (0, 1), (2, 4), (1, 3)], ids=str)
def test_the_model_allows_all_plans_there_are_and_no_other(kinds: tuple[int, ...]) -> None:
    dice = random.Random(str(kinds))  # noqa: S311 - a test's programs, no secret
    many = []
    for _ in range(PROGRAMS):
        program = drawn(dice, *kinds)
        expected = legal(program)
        assert allowed(program) == expected
        many.append(len(expected))
    assert len(set(many)) > 1, "the rules drawn say nothing"


def test_where_blocks_are_kept_it_allows_all_plans_that_keep_them() -> None:
    dice = random.Random(7)  # noqa: S311 - a test's programs, no secret
    kept = 0
    for kinds in chain.from_iterable([((0, 1), (2,), (3,), (1, 3))] * 4):
        program = drawn(dice, *kinds)
        every = legal(program)
        if every:
            base = dice.choice(sorted(every, key=lambda plan: (sorted(plan[0]), sorted(plan[1]))))
            block = dice.randint(1, len(program.blocks))
            assert allowed(program, frozen(program, base, block)) == set(keeping(program, every, base, block))
            kept += 1
    assert kept


def frozen(program: Program, base: Plan, free: int) -> Frozen:
    """All but one block of a plan, and the weeks that begin in the others."""
    on, weeks = base
    return Frozen(
        {(person, block): name for person, block, name in on if block != free},
        frozenset(monday for monday in program.weeks if program.block_of(monday) != free),
        frozenset(week for week in weeks if program.block_of(week[1]) != free),
    )


def keeping(program: Program, every: set[Plan], base: Plan, free: int) -> Iterator[Plan]:
    def outside(plan: Plan) -> Plan:
        on, weeks = plan
        return (
            frozenset(cell for cell in on if cell[1] != free),
            frozenset(week for week in weeks if program.block_of(week[1]) != free),
        )

    return (plan for plan in every if outside(plan) == outside(base))
