"""The year layer against every plan there is: on small programs it finds the best, and proves it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise, product

import pytest

from src.interchange.model import Program, Request, RequestKind, Requirement, Setting, Succession
from src.interchange.schedule import Scope, SolveStatus
from src.solver.engine import solve
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.small import (
    covers,
    nobody,
    program,
    resident,
    rotation,
    rotation_wish,
    vacation_wish,
    year_tier,
)
from tests.solver.world import assert_keeps_to

RANKS = (10, 6, 3)
SETTINGS = {"WARD": Setting.INPATIENT, "CLIN": Setting.OUTPATIENT, "ELEC": Setting.ELECTIVE}


def random_program(seed: int) -> Program:
    """Two residents, three blocks of ten days, three rotations, and rules drawn at random."""
    draw = random.Random(seed)  # noqa: S311  # a test's programs, not a secret
    most = {"WARD": 0, "CLIN": draw.choice((0, 1)), "ELEC": draw.choice((1, 2))}
    people = [resident("A", draw.choice((1, 2))), resident("B", 1)]
    rotations = [
        rotation(
            name, setting, vacation_weeks_max=most[name], max_consecutive=draw.choice((None, None, 1, 2))
        )
        for name, setting in SETTINGS.items()
    ]
    requirements = [
        Requirement((), None, name, draw.choice((0, 0, 1)), draw.choice((None, 2, 3)), row=row)
        for row, name in enumerate(SETTINGS, start=2)
    ]
    successions = [Succession(*draw.sample(sorted(SETTINGS), 2), (), row=2)] if draw.random() < 0.5 else []
    coverage = [covers("WARD", draw.choice((0, 0, 1)), draw.choice((1, 2, None)), row=2)]
    made = program(
        people,
        rotations,
        blocks=(10, 10, 10),
        weeks_due=draw.choice((0, 1, 1)),
        max_on_vacation=draw.choice((None, 1)),
        requirements=tuple(requirements),
        successions=tuple(successions),
        coverage=tuple(coverage),
        objective=(year_tier(*RANKS, rotation_request=draw.choice((1, 2))), year_tier(fair_heavy_blocks=5)),
    )
    wishes: list[Request] = []
    for person in people:
        for rank, monday in enumerate(draw.sample(made.weeks, 2), start=1):
            wishes.append(vacation_wish(person.id, monday, rank, row=len(wishes) + 2))
        wish = draw.choice((-2, -1, 1, 3))
        block = draw.randint(1, 3)
        wishes.append(rotation_wish(person.id, draw.choice(sorted(SETTINGS)), block, wish, len(wishes) + 2))
    fields = {**made.__dict__, "requests": tuple(wishes)}
    return Program(**{name: value for name, value in fields.items() if name in Program.__dataclass_fields__})


def every_plan(program: Program) -> Iterator[YearPlan]:
    """Every legal plan, by trying all of them."""
    people = [person.id for person in program.residents]
    cells = [(person, block.number) for person in people for block in program.academic_blocks]
    for names in product(SETTINGS, repeat=len(cells)):
        rotations = dict(zip(cells, names, strict=True))
        if keeps_rules(program, rotations):
            yield from plans_with_vacations(program, rotations)


def keeps_rules(program: Program, has: dict[tuple[str, int], str]) -> bool:
    rotation_of = program.rotation_by_id
    last = len(program.blocks)
    for person in program.residents:
        own = [has[person.id, block] for block in range(1, last + 1)]
        for row in program.requirements:
            done = own.count(row.rotation)
            if done < row.min_blocks or (row.max_blocks is not None and done > row.max_blocks):
                return False
        for row in program.successions:
            if any(pair == (row.from_rotation, row.to_rotation) for pair in pairwise(own)):
                return False
        for name in SETTINGS:
            most = rotation_of[name].max_consecutive
            if most is not None and any(
                own[first : first + most + 1] == [name] * (most + 1) for first in range(last - most)
            ):
                return False
    for row in program.coverage:
        for block in range(1, last + 1):
            there = sum(has[person.id, block] == row.rotation for person in program.residents)
            if there < row.min or (row.max is not None and there > row.max):
                return False
    return True


def plans_with_vacations(program: Program, has: dict[tuple[str, int], str]) -> Iterator[YearPlan]:
    choices = []
    for person in program.residents:
        due = program.vacation_weeks[person.pgy or 0]
        weeks = [week for week in program.weeks if is_place(program, has, person.id, week)]
        choices.append(
            [chosen for chosen in combinations(weeks, due) if fits(program, has, person.id, chosen)]
        )
    for chosen in product(*choices):
        taken = [week for weeks in chosen for week in weeks]
        most = program.max_on_vacation
        if most is None or all(taken.count(week) <= most for week in taken):
            rows = {
                (person.id, week, None)
                for person, weeks in zip(program.residents, chosen, strict=True)
                for week in weeks
            }
            yield YearPlan(has, frozenset(rows))


def is_place(program: Program, has: dict[tuple[str, int], str], person: str, monday: date) -> bool:
    blocks = {program.block_of(monday), program.block_of(monday + timedelta(days=6))}
    return all(
        block and program.rotation_by_id[has[person, block]].vacation_weeks_max > 0 for block in blocks
    )


def fits(program: Program, has: dict[tuple[str, int], str], person: str, weeks: tuple[date, ...]) -> bool:
    blocks = [program.block_of(week) for week in weeks]
    return all(
        block is not None
        and blocks.count(block) <= program.rotation_by_id[has[person, block]].vacation_weeks_max
        for block in blocks
    )


def points(program: Program, plan: YearPlan) -> tuple[int, int]:
    """The score of both tiers."""
    weight = int(dict(program.objective[0].weights)["rotation_request"])
    first = 0
    for request in program.requests:
        if request.kind is RequestKind.VACATION:
            assert request.rank is not None
            first += RANKS[request.rank - 1] * ((request.person, request.start_date) in plan.vacation_weeks)
        elif plan.rotation[request.person, request.block or 0] == request.rotation:
            first += weight * (request.weight or 0)
    spread = 0
    for pgy in (1, 2):
        heavy = [
            sum(plan.rotation[person.id, block] == "WARD" for block in (1, 2, 3))
            for person in program.residents
            if person.pgy == pgy
        ]
        spread += max(heavy) - min(heavy) if heavy else 0
    return first, -5 * spread


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_plans_is_found_and_proved(seed: int) -> None:
    """Tier by tier, the plan found is the best there is; infeasible is said only when there is no plan."""
    made = random_program(seed)
    best = max((points(made, plan) for plan in every_plan(made)), default=None)

    result = solve(Problem(made, scope=Scope.YEAR, workers=1), Stop(30), nobody)

    if best is None:
        assert result.status is SolveStatus.INFEASIBLE
        assert result.schedule is None
    else:
        assert tuple(int(tier.objective) for tier in result.tiers) == best
        assert result.status is SolveStatus.OPTIMAL


@pytest.mark.parametrize("seed", [12, 13, 14, 15, 16, 18])
def test_no_plan_is_beyond_the_bounds(seed: int) -> None:
    """Whatever plan one takes, none of its tiers exceeds its bound, as long as those before are as good."""
    made = random_program(seed)

    result = solve(Problem(made, scope=Scope.YEAR, workers=1), Stop(30), nobody)

    assert result.tiers
    assert all(tier.bound is not None for tier in result.tiers)
    for plan in every_plan(made):
        assert_keeps_to(map(Decimal, points(made, plan)), result.tiers)
