"""Year plans of tiny programs against every plan there is: status, objective and infeasibility agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise, product
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.compliance.check import check
from src.interchange.model import (
    Coverage,
    Person,
    Program,
    Request,
    RequestKind,
    Requirement,
    RotationPin,
    Setting,
    Succession,
    Tier,
)
from src.interchange.schedule import ResultFile, Scope, SolveStatus
from src.solver.engine import solve
from src.solver.precheck import find_shortages
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.solver.world import silent
from tests.solver.year.tiny import ELEC, LEAVE, MONDAY, NF, OPEN, WARD, WEDNESDAY, A, B, C, tiny

Rotations = dict[tuple[str, int], str]
Weeks = frozenset[tuple[str, date]]


def solved(program: Program, **options: object) -> Result:
    problem = Problem(program, scope=Scope.YEAR, workers=1, deterministic_limit=8.0, **options)  # type: ignore[arg-type]
    return solve(problem, Stop(60.0), silent)


class Exhaustion:
    """Every plan of a tiny program, judged by the sentences of the format one by one."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.blocks = range(1, len(program.blocks) + 1)
        self.rotation_of = program.rotation_by_id

    def best(self) -> tuple[Decimal, ...] | None:
        """The best tiers in order, or None where no plan is legal."""
        return max((self.score(*plan) for plan in self.plans()), default=None)

    def plans(self) -> Iterator[tuple[Rotations, Weeks]]:
        cells = [(person, block) for person in self.program.residents for block in self.rows_of(person)]
        options = [self.options(person, block) for person, block in cells]
        for chosen in product(*options):
            rotations = {(p.id, b): name for (p, b), name in zip(cells, chosen, strict=True)}
            if self.keeps_rotations(rotations):
                for weeks in self.vacations(rotations):
                    yield rotations, weeks

    def rows_of(self, person: Person) -> list[int]:
        return [
            block.number
            for block in self.program.academic_blocks
            if any(person.is_there(day) for day in block.dates)
        ]

    def options(self, person: Person, block: int) -> list[str]:
        pinned = [p.rotation for p in self.program.rotation_pins if (p.person, p.block) == (person.id, block)]
        named = {r for row in self.rows_for(person) for r in self.program.expand(row.rotation)}
        own = [r.id for r in self.program.rotations if r.id in named and r.setting is not Setting.LEAVE]
        return pinned or own

    def rows_for(self, person: Person) -> list[Requirement]:
        return [
            row
            for row in self.program.requirements
            if (not row.pgys or person.pgy in row.pgys) and row.track in (None, person.track)
        ]

    def keeps_rotations(self, on: Rotations) -> bool:
        return all(
            (
                self.keeps_coverage(on),
                all(self.keeps_requirements(on, person) for person in self.program.residents),
                all(self.keeps_sequences(on, person) for person in self.program.residents),
            )
        )

    def keeps_coverage(self, on: Rotations) -> bool:
        for row in self.program.coverage:
            for block in row.blocks or self.blocks:
                there = sum(
                    on.get((person.id, block)) in self.program.expand(row.rotation)
                    for person in self.program.residents
                    if not row.pgys or person.pgy in row.pgys
                )
                if there < row.min or (row.max is not None and there > row.max):
                    return False
        return True

    def keeps_requirements(self, on: Rotations, person: Person) -> bool:
        for row in self.rows_for(person):
            first, last = row.first_block or 1, row.last_block or len(self.blocks)
            done = sum(
                on.get((person.id, block)) in self.program.expand(row.rotation)
                for block in range(first, last + 1)
            )
            if done < row.min_blocks or (row.max_blocks is not None and done > row.max_blocks):
                return False
        return True

    def keeps_sequences(self, on: Rotations, person: Person) -> bool:
        names = [on.get((person.id, block)) for block in self.blocks]
        for row in self.program.successions:
            if row.pgys and person.pgy not in row.pgys:
                continue
            before, after = self.program.expand(row.from_rotation), self.program.expand(row.to_rotation)
            if any(one in before and other in after for one, other in pairwise(names)):
                return False
        for rotation in self.program.rotations:
            most = rotation.max_consecutive
            if most is not None and any(
                all(name == rotation.id for name in names[first : first + most + 1])
                for first in range(len(names) - most)
            ):
                return False
        return True

    def vacations(self, on: Rotations) -> Iterator[Weeks]:
        people = self.program.residents
        choices = [
            [
                weeks
                for weeks in combinations(self.program.weeks, self.program.vacation_weeks.get(p.pgy or 0, 0))
                if self.may_be_away(on, p, weeks)
            ]
            for p in people
        ]
        most = self.program.max_on_vacation
        for chosen in product(*choices):
            away = [(p.id, monday) for p, weeks in zip(people, chosen, strict=True) for monday in weeks]
            mondays = [monday for _, monday in away]
            if most is None or all(mondays.count(monday) <= most for monday in mondays):
                yield frozenset(away)

    def may_be_away(self, on: Rotations, person: Person, weeks: tuple[date, ...]) -> bool:
        in_block: dict[int, int] = {}
        for monday in weeks:
            first = self.program.block_of(monday) or 0
            last = self.program.block_of(monday + timedelta(6)) or 0
            for block in {first, last}:
                name = on.get((person.id, block))
                if name is None or self.rotation_of[name].vacation_weeks_max == 0:
                    return False
            in_block[first] = in_block.get(first, 0) + 1
        return all(
            count <= self.rotation_of[on[person.id, block]].vacation_weeks_max
            for block, count in in_block.items()
        )

    def score(self, on: Rotations, away: Weeks) -> tuple[Decimal, ...]:
        return tuple(self.tier(tier, on, away) for tier in self.program.objective)

    def tier(self, tier: Tier, on: Rotations, away: Weeks) -> Decimal:
        total = Decimal(0)
        for request in self.program.requests:
            if request.kind is RequestKind.VACATION and tier.vacation_rank:
                start, rank = request.start_date, request.rank or 99
                assert start is not None
                monday = start - timedelta(start.weekday())
                if (request.person, monday) in away and rank <= len(tier.vacation_rank):
                    total += tier.vacation_rank[rank - 1]
            elif request.kind is RequestKind.ROTATION and request.block is not None:
                weight = tier.weight("rotation_request") or 0
                wanted = on.get((request.person, request.block)) == request.rotation
                total += weight * (1 if request.weight is None else request.weight) * wanted
        heavy = [
            sum(on[p.id, block] in ("WARD", "NF") for block in self.blocks)
            for p in self.program.residents
            if p.pgy == 1 and p.start_date is None and p.end_date is None
        ]
        if heavy:
            total -= (tier.weight("fair_heavy_blocks") or 0) * (max(heavy) - min(heavy))
        return total


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Tiny programs with every kind of rule of the year; about half of them can be kept."""
    names = st.sampled_from(["WARD", "ELEC", "NF", "@busy"])
    pgys = st.sampled_from([(), (1,), (2,)])
    rotations = (
        replace(WARD, max_consecutive=draw(st.sampled_from([None, 1, 2]))),
        replace(ELEC, vacation_weeks_max=draw(st.integers(0, 2))),
        replace(NF, max_consecutive=draw(st.sampled_from([None, 1]))),
        LEAVE,
    )
    asked = [
        Requirement(
            draw(pgys),
            draw(st.sampled_from([None, None, "research"])),
            draw(names),
            low := draw(st.integers(0, 2)),
            draw(st.one_of(st.none(), st.integers(low, 3))),
            draw(st.sampled_from([None, 2])),
            draw(st.sampled_from([None, 2])),
            row=10 + number,
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    coverage = [
        Coverage(
            draw(names),
            draw(pgys),
            draw(st.sampled_from([(), (1,), (2, 3)])),
            low := draw(st.integers(0, 1)),
            draw(st.one_of(st.none(), st.integers(low, 2))),
            row=2 + number,
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    people = (A, draw(st.sampled_from([B, C])))
    start = draw(st.sampled_from([MONDAY, WEDNESDAY]))
    if draw(st.booleans()):
        people = (A, replace(people[1], start_date=start + timedelta(7)))
    wishes = [
        Request(
            person.id,
            RequestKind.VACATION,
            rank,
            MONDAY + timedelta(7 * draw(st.integers(0, 2)), 2),
            row=rank,
        )
        for person in people
        for rank in (1, 2)
    ]
    wishes += [
        Request(
            person.id,
            RequestKind.ROTATION,
            rotation=draw(st.sampled_from(["WARD", "ELEC", "NF"])),
            block=draw(st.integers(1, 3)),
            weight=draw(st.sampled_from([None, -2, 1, 3])),
            row=9,
        )
        for person in people
    ]
    pins = (RotationPin("A", draw(st.integers(1, 3)), draw(st.sampled_from(["WARD", "LEAVE", "NF"])), row=2),)
    return tiny(
        year_start_date=start,
        people=people,
        rotations=rotations,
        requirements=(*(OPEN if draw(st.integers(0, 3)) else OPEN[:2]), *asked),
        coverage=tuple(coverage),
        successions=(Succession(draw(names), draw(names), draw(pgys), row=2),) if draw(st.booleans()) else (),
        vacation_weeks=MappingProxyType({1: draw(st.integers(0, 1)), 2: draw(st.integers(0, 2))}),
        max_on_vacation=draw(st.sampled_from([None, 1, 2])),
        requests=tuple(wishes),
        rotation_pins=pins if draw(st.booleans()) else (),
        objective=(
            Tier((("rotation_request", Decimal(1)),), (Decimal(10), Decimal("2.5"))),
            Tier((("fair_heavy_blocks", Decimal(5)),)),
        ),
    )


@settings(max_examples=30, deadline=None)
@given(programs())
def test_the_plan_is_the_best_there_is_or_there_is_none(program: Program) -> None:
    best = Exhaustion(program).best()
    result = solved(program)
    if best is None:
        assert result.status is SolveStatus.INFEASIBLE
        assert result.schedule is None
        assert result.conflicts
        return
    assert find_shortages(program) == (), "counting proves what is not so"
    assert result.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)
    assert tuple(tier.objective for tier in result.tiers) == best
    assert all(tier.bound is None or tier.bound >= tier.objective for tier in result.tiers)
    assert result.schedule is not None
    judged = replace(
        result.schedule,
        result=ResultFile(
            result.status, Scope.YEAR, (1, 2, 3), result.tiers, score_terms=dict(result.score_terms)
        ),
    )
    report = check(program, judged)
    assert not report.broken, "\n".join(one.message for one in report.broken)


def test_one_tier_that_is_proved_is_optimal() -> None:
    program = tiny(requests=(Request("A", RequestKind.ROTATION, rotation="NF", block=2, row=2),))
    result = solved(program)
    assert result.status is SolveStatus.OPTIMAL
    assert [(tier.objective, tier.bound) for tier in result.tiers] == [(1, 1)]


@pytest.mark.parametrize(
    ("changes", "file", "row"),
    [
        ({"coverage": (Coverage("WARD", (), (), 3, None, row=7),)}, "coverage.csv", 7),
        ({"coverage": (Coverage("WARD", (2,), (2,), 1, None, row=8),)}, "coverage.csv", 8),
        ({"requirements": (*OPEN, Requirement((), None, "NF", 4, None, row=9))}, "requirements.csv", 9),
        ({"requirements": (*OPEN, Requirement((), None, "NF", 2, None, 3, 3, row=6))}, "requirements.csv", 6),
        (
            {
                "requirements": (*OPEN, Requirement((), "research", "WARD", 0, 1, 1, 2, row=5)),
                "rotation_pins": (RotationPin("B", 1, "WARD", row=2), RotationPin("B", 2, "WARD", row=3)),
            },
            "requirements.csv",
            5,
        ),
    ],
)
def test_what_cannot_be_is_infeasible_and_named(changes: dict[str, object], file: str, row: int) -> None:
    result = solved(tiny(**changes))
    assert result.status is SolveStatus.INFEASIBLE
    assert result.schedule is None
    assert (file, row) in {(conflict.file, conflict.row) for conflict in result.conflicts}


def test_a_pin_against_a_succession_names_both() -> None:
    program = tiny(
        rotation_pins=(RotationPin("A", 1, "NF", row=2), RotationPin("A", 2, "WARD", row=3)),
        successions=(Succession("NF", "@busy", (1,), row=4),),
    )
    result = solved(program)
    assert result.status is SolveStatus.INFEASIBLE
    assert {(one.file, one.row) for one in result.conflicts} == {
        ("pins.csv", 2),
        ("pins.csv", 3),
        ("successions.csv", 4),
    }


def test_the_conflict_is_minimal() -> None:
    """Without any one of the rows named the program can be kept."""
    program = tiny(
        coverage=(Coverage("WARD", (), (), 1, None, row=2), Coverage("ELEC", (), (3,), 0, 1, row=3)),
        requirements=(
            *OPEN,
            Requirement((), None, "WARD", 0, 1, row=9),
            Requirement((), None, "NF", 0, 1, row=10),
        ),
    )
    result = solved(program)
    assert result.status is SolveStatus.INFEASIBLE
    named = {(one.file, one.row) for one in result.conflicts}
    assert named
    for file, row in named:
        without = program
        if file == "coverage.csv":
            without = replace(program, coverage=tuple(c for c in program.coverage if c.row != row))
        elif file == "requirements.csv":
            without = replace(program, requirements=tuple(r for r in program.requirements if r.row != row))
        assert Exhaustion(without).best() is not None, f"{file} row {row} is not needed"


def test_a_week_that_runs_into_a_block_without_vacation_is_not_given() -> None:
    """Weeks run from Monday of block 1 into block 2: ELEC then WARD holds none."""
    program = tiny(
        year_start_date=WEDNESDAY,
        vacation_weeks=MappingProxyType({1: 1}),
        people=(A,),
        rotation_pins=(
            RotationPin("A", 1, "ELEC", row=2),
            RotationPin("A", 2, "WARD", row=3),
            RotationPin("A", 3, "ELEC", row=4),
        ),
    )
    assert Exhaustion(program).best() is None
    assert solved(program).status is SolveStatus.INFEASIBLE


def test_a_trainee_without_weeks_due_gets_none_even_when_they_ask() -> None:
    program = tiny(requests=(Request("A", RequestKind.VACATION, 1, MONDAY, row=2),))
    result = solved(program)
    assert result.schedule is not None
    assert not result.schedule.vacations


def test_leave_comes_by_pin_only() -> None:
    program = tiny(requirements=(*OPEN, Requirement((), None, "LEAVE", 1, None, row=6)))
    assert solved(program).status is SolveStatus.INFEASIBLE
    pinned = replace(program, people=(A,), rotation_pins=(RotationPin("A", 2, "LEAVE", row=2),))
    result = solved(pinned)
    assert result.schedule is not None
    assert [row.block for row in result.schedule.year if row.rotation == "LEAVE"] == [2]


def test_a_rotation_that_no_row_names_is_not_theirs_to_do() -> None:
    program = tiny(requirements=OPEN[:1], people=(A,), coverage=(Coverage("NF", (), (2,), 1, None, row=2),))
    assert solved(program).status is SolveStatus.INFEASIBLE
