"""Every year plan of a tiny program, tried one by one, and a run of the engine to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise, product

from src.interchange.model import (
    Person,
    Program,
    RequestKind,
    Requirement,
    Setting,
    Tier,
)
from src.interchange.schedule import Scope
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.solver.world import silent

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
