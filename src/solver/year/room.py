"""How many residents of some PGYs coverage lets on some rotations in an academic block at most."""

from __future__ import annotations

from collections.abc import Collection

from src.interchange.model import Coverage, Person
from src.solver.year.facts import YearFacts, matches


def room_of(facts: YearFacts, rotations: Collection[str], pgys: Collection[int], block: int) -> int | None:
    """The least that maxima of coverage add up to; None where some of them may be there without a limit.

    No `pgys` means all.
    """
    asked = frozenset(pgys) or frozenset(person.pgy for person in facts.residents if person.pgy is not None)
    limits = [
        row
        for row in facts.program.coverage
        if row.max is not None and (not row.blocks or block in row.blocks)
    ]
    whole = [row.max for row in limits if _covers(facts, row, rotations, asked) and row.max is not None]
    apart = [_room_on(facts, limits, rotation, asked) for rotation in rotations]
    if all(each is not None for each in apart):
        whole.append(sum(each for each in apart if each is not None))
    return min(whole, default=None)


def _room_on(
    facts: YearFacts, limits: Collection[Coverage], rotation: str, asked: frozenset[int]
) -> int | None:
    """By the row that counts all of them, or by several rows that count some of them each."""
    here = [row for row in limits if rotation in facts.program.expand(row.rotation)]
    most = [row.max for row in here if all(matches(row.pgys, pgy) for pgy in asked)]
    parts = [row for row in here if any(matches(row.pgys, pgy) for pgy in asked)]
    if all(any(matches(row.pgys, pgy) for row in parts) for pgy in asked):
        most.append(sum(row.max or 0 for row in parts))
    return min((each for each in most if each is not None), default=None)


def _covers(facts: YearFacts, row: Coverage, rotations: Collection[str], asked: frozenset[int]) -> bool:
    counted = set(facts.program.expand(row.rotation))
    return set(rotations) <= counted and all(matches(row.pgys, pgy) for pgy in asked)


def months_of(
    facts: YearFacts, rotations: Collection[str], pgys: Collection[int], blocks: Collection[int]
) -> int:
    """So many blocks in all, at most, residents of those PGYs (none named = all) are on some rotations.

    Of the blocks; what requirements allow of each rotation over the year, and leave beside the others.
    """
    return sum(
        _months_of(facts, person, rotations, blocks)
        for person in facts.residents
        if matches(tuple(pgys), person.pgy)
    )


def _months_of(facts: YearFacts, person: Person, rotations: Collection[str], blocks: Collection[int]) -> int:
    there = [block for block in facts.blocks_of[person.id] if block in blocks]
    wanted = frozenset(rotations)
    open_then = [block for block in there if not wanted.isdisjoint(facts.options[person.id, block])]
    allowed = 0
    for rotation in rotations:
        limits = [
            row.max_blocks
            for row in facts.requirements_of[person.id]
            if row.max_blocks is not None
            and row.first_block in (None, 1)
            and row.last_block in (None, len(facts.block_numbers))
            and rotation in facts.expand_all([row.rotation])
        ]
        allowed += min([len(open_then), *limits]) if rotation in facts.own_rotations[person.id] else 0
    return min(len(open_then), allowed)
