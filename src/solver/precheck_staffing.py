"""Counting what sessions ask for: who may be on a rotation, block by block, on a date, and over the year.

A part of `precheck`, which tells what it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from src.interchange.model import Person, Staffing
from src.interchange.schedule import Conflict
from src.quantities import count
from src.solver.precheck_pins import absent_then
from src.solver.year.facts import YearFacts, matches


def staffing_short(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """A session that is in no template, or asks for more than may be there in a block or on a date."""
    for row in facts.program.staffing:
        if row.min > 0:
            yield from _held_by_no_template(facts, row, blocks)
            for block in blocks:
                yield from _short_in(facts, row, block)


def _held_by_no_template(facts: YearFacts, row: Staffing, blocks: Sequence[int]) -> Iterator[Conflict]:
    rotations = facts.expand_all([row.rotation])
    asked = {
        day.weekday() for block in blocks for day in facts.dates_of_block[block] if facts.asks_on(row, day)
    }
    lacking = [
        weekday
        for weekday in sorted(asked)
        if not any(
            template.rotation in rotations
            and template.session is row.session
            and (not template.weekdays or weekday in template.weekdays)
            for template in facts.program.templates
        )
    ]
    if lacking:
        days = " ".join(map(str, lacking))
        message = (
            f"{row.rotation} needs {row.min} at work in the {row.session} of weekday {days}, but no row "
            f"of templates.csv holds that session."
        )
        yield Conflict("staffing.csv", row.row, message)


def _short_in(facts: YearFacts, row: Staffing, block: int) -> Iterator[Conflict]:
    """Fewer than are needed may be on it at all, or are there on the first date that has too few."""
    dates = [day for day in facts.dates_of_block[block] if facts.asks_on(row, day)]
    if not dates:
        return
    rotations = facts.expand_all([row.rotation])
    able = [
        person
        for person in facts.residents
        if matches(row.pgys, person.pgy)
        and not rotations.isdisjoint(facts.options.get((person.id, block), ()))
    ]
    what = f"{row.rotation} needs {row.min} of {pgys_of(row.pgys)} at work in the {row.session}"
    if len(able) < row.min:
        message = f"{what}, only {len(able)} can be on it in block {block}."
        yield Conflict("staffing.csv", row.row, message)
        return
    for day in dates:
        there = sum(1 for person in able if day not in facts.away_dates[person.id])
        if there < row.min:
            message = f"{what} of {day} (block {block}), only {there} who may be on it are there."
            yield Conflict("staffing.csv", row.row, message + absent_then(facts, able, [day]))
            return


def staffing_over_the_year(facts: YearFacts) -> Iterator[Conflict]:
    """A session that asks for more, block by block, than requirements let there be over the year."""
    for row in facts.program.staffing:
        rotations = facts.expand_all([row.rotation])
        asked = [
            block
            for block in facts.block_numbers
            if any(facts.asks_on(row, day) for day in facts.dates_of_block[block])
        ]
        needed = row.min * len(asked)
        have = blocks_allowed(facts, row.pgys, rotations)
        if needed > have:
            message = (
                f"{row.rotation} needs {row.min} of {pgys_of(row.pgys)} at work in the {row.session}, "
                f"{count(needed, 'block')} over the year, but requirements allow only {have}."
            )
            yield Conflict("staffing.csv", row.row, message)


def blocks_allowed(facts: YearFacts, pgys: tuple[int, ...], rotations: Iterable[str]) -> int:
    """So many blocks residents of those PGYs may be on the rotations, all together."""
    able = [person for person in facts.residents if matches(pgys, person.pgy)]
    return sum(_blocks_allowed(facts, person, name) for person in able for name in rotations)


def _blocks_allowed(facts: YearFacts, person: Person, rotation: str) -> int:
    """So many blocks the resident may be on the rotation: where it is open, and requirements let them."""
    can = sum(1 for block in facts.blocks_of[person.id] if rotation in facts.options[person.id, block])
    for row in facts.requirements_of[person.id]:
        whole = row.first_block in (None, 1) and row.last_block in (None, len(facts.block_numbers))
        if row.max_blocks is not None and whole and rotation in facts.expand_all([row.rotation]):
            can = min(can, row.max_blocks)
    return can


def pgys_of(pgys: tuple[int, ...]) -> str:
    """The PGYs of a row in words; none named are all."""
    return "any PGY" if not pgys else "PGY-" + "/".join(map(str, pgys))
