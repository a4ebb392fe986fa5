"""The rules of the year plan: one function a rule of the program folder, and one that lists them.

All of these hold in every legal schedule (interchange.md, "What always holds", 1 and 2), so a bound may rest
on them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from src.interchange.model import Coverage, Person, Requirement
from src.quantities import count
from src.solver.year.facts import matches
from src.solver.year.model import Source, YearModel

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def add_rules(year: YearModel) -> None:
    """Every rule of the year plan."""
    add_pins(year)
    add_coverage(year)
    add_requirements(year)
    add_successions(year)
    add_max_consecutive(year)
    add_vacation_weeks_due(year)
    add_vacation_places(year)
    add_vacation_caps(year)
    add_max_on_vacation(year)
    add_call_pins(year)


def add_pins(year: YearModel) -> None:
    """A pinned rotation is kept (pins.csv); where another block's plan is fixed, that comes first."""
    for pin in year.facts.program.rotation_pins:
        literals = year.literals(pin.person, pin.block, year.facts.program.expand(pin.rotation))
        words = f"{pin.person} is pinned to {pin.rotation} in block {pin.block}"
        if (pin.person, pin.block) in year.facts.options and not year.is_frozen(pin.block):
            year.at_least(literals, 1, Source("pins.csv", pin.row, words))


def add_coverage(year: YearModel) -> None:
    """Residents of those PGYs on the rotation, absent or not, between min and max in each block."""
    for row in year.facts.program.coverage:
        rotations = year.facts.expand_all([row.rotation])
        for block in row.blocks or year.facts.block_numbers:
            if year.is_frozen(block):
                continue
            there = [
                literal
                for person in year.facts.residents
                if matches(row.pgys, person.pgy)
                for literal in year.literals(person.id, block, rotations)
            ]
            year.at_least(there, row.min, _coverage_source(row, block))
            if row.max is not None:
                year.at_most(there, row.max, _coverage_source(row, block))


def _coverage_source(row: Coverage, block: int) -> Source:
    upper = "" if row.max is None else f" and at most {row.max}"
    words = f"{row.rotation} needs at least {row.min}{upper} of {pgy_words(row.pgys)} in block {block}"
    return Source("coverage.csv", row.row, words, f"block {block}", demand=True)


def add_requirements(year: YearModel) -> None:
    """Blocks of a rotation between first and last block, in full also for those there part of the year."""
    for person in year.facts.residents:
        for row in year.facts.requirements_of[person.id]:
            first, last = row.first_block or 1, row.last_block or len(year.facts.block_numbers)
            if all(year.is_frozen(block) for block in range(first, last + 1)):
                continue
            rotations = year.facts.expand_all([row.rotation])
            done = [
                literal
                for block in year.facts.blocks_of[person.id]
                if first <= block <= last
                for literal in year.literals(person.id, block, rotations)
            ]
            source = _requirement_source(row, person)
            year.at_least(done, row.min_blocks, source)
            if row.max_blocks is not None:
                year.at_most(done, row.max_blocks, source)


def _requirement_source(row: Requirement, person: Person) -> Source:
    due = count(row.min_blocks, "block")
    if row.max_blocks is not None:
        due = f"{row.min_blocks} and at most {count(row.max_blocks, 'block')}"
    who = pgy_words(row.pgys) if row.track is None else f"{pgy_words(row.pgys)} of track {row.track}"
    when = ""
    if row.first_block is not None or row.last_block is not None:
        when = f" between block {row.first_block or 1} and block {row.last_block or 'the last'}"
    words = f"{who} must do at least {due} of {row.rotation}{when}"
    return Source("requirements.csv", row.row, words, person.id)


def add_successions(year: YearModel) -> None:
    """`to` must not directly follow `from`."""
    for row in year.facts.program.successions:
        before = year.facts.expand_all([row.from_rotation])
        after = year.facts.expand_all([row.to_rotation])
        words = f"{row.to_rotation} must not directly follow {row.from_rotation} for {pgy_words(row.pgys)}"
        for person in year.facts.residents:
            if not matches(row.pgys, person.pgy):
                continue
            source = Source("successions.csv", row.row, words, person.id)
            for block, following in pairwise(year.facts.blocks_of[person.id]):
                if year.is_frozen(block) and year.is_frozen(following):
                    continue
                pair = year.literals(person.id, block, before) + year.literals(person.id, following, after)
                year.at_most(pair, 1, source)


def add_max_consecutive(year: YearModel) -> None:
    """At most `max_consecutive` academic blocks of one rotation in a row."""
    for rotation in year.facts.program.rotations:
        most = rotation.max_consecutive
        if most is None:
            continue
        words = f"{rotation.id} may be done at most {count(most, 'block')} in a row"
        for person in year.facts.residents:
            source = Source("rotations.csv", rotation.row, words, person.id)
            blocks = year.facts.blocks_of[person.id]
            for first in range(len(blocks) - most):
                if all(year.is_frozen(block) for block in blocks[first : first + most + 1]):
                    continue
                run = [
                    literal
                    for block in blocks[first : first + most + 1]
                    for literal in year.literals(person.id, block, [rotation.id])
                ]
                year.at_most(run, most, source)


def add_vacation_weeks_due(year: YearModel) -> None:
    """Exactly the weeks due, no more and no fewer."""
    all_weeks = [week.monday for week in year.facts.weeks]
    if all_weeks and year.frozen.weeks.issuperset(all_weeks):
        return
    for person in year.facts.residents:
        due = year.facts.weeks_due(person)
        weeks = weeks_of(year, person.id)
        words = f"{person.id} (PGY-{person.pgy}) must get exactly {count(due, 'vacation week')}"
        source = Source("program.toml", None, words, f"vacation_weeks {person.id}")
        year.at_least(weeks, due, source)
        year.at_most(weeks, due, source)


def weeks_of(year: YearModel, person: str) -> list[cp_model.IntVar]:
    """The person's vacation literals, week by week."""
    found = (year.away.get((person, week.monday)) for week in year.facts.weeks)
    return [literal for literal in found if literal is not None]


def add_vacation_places(year: YearModel) -> None:
    """A vacation week lies where the rotation allows vacation, and so does each block it runs into."""
    words = "a vacation week must lie in blocks whose rotation allows vacation (vacation_weeks_max)"
    for (person, monday), literal in year.away.items():
        week = year.facts.week_of_date[monday]
        source = Source("rotations.csv", None, words, f"{person} {monday}")
        for block in week.blocks:
            if monday in year.frozen.weeks and year.is_frozen(block):
                continue
            room = [(1, allowed) for allowed in year.vacation_choices(person, block)]
            year.no_more_than([literal], room, source)


def add_vacation_caps(year: YearModel) -> None:
    """At most `vacation_weeks_max` weeks in one block, by the rotation of that block."""
    most_by_rotation = {r.id: r.vacation_weeks_max for r in year.facts.program.rotations}
    words = "no more vacation weeks in a block than its rotation allows (vacation_weeks_max)"
    for person in year.facts.residents:
        for block in year.facts.blocks_of[person.id]:
            if year.is_frozen(block):
                continue
            weeks = [
                year.away[person.id, week.monday]
                for week in year.facts.weeks
                if week.block == block and (person.id, week.monday) in year.away
            ]
            room = [
                (most_by_rotation[rotation], year.on[person.id, block, rotation])
                for rotation in year.choices(person.id, block)
                if most_by_rotation[rotation] > 0
            ]
            if weeks:
                source = Source("rotations.csv", None, words, f"{person.id} block {block}")
                year.no_more_than(weeks, room, source)


def add_max_on_vacation(year: YearModel) -> None:
    """Trainees away on vacation in one week, over the whole program."""
    most = year.facts.program.max_on_vacation
    if most is None:
        return
    words = f"at most {count(most, 'trainee')} may be on vacation in one week"
    for week in year.facts.weeks:
        if week.monday in year.frozen.weeks:
            continue
        source = Source("program.toml", None, words, f"max_on_vacation {week.monday}")
        away = [
            year.away[person.id, week.monday]
            for person in year.facts.residents
            if (person.id, week.monday) in year.away
        ]
        year.at_most(away, most, source)


def add_call_pins(year: YearModel) -> None:
    """Who is pinned to a call is on a rotation that may take it, and not on vacation while it lasts."""
    for pin in year.facts.program.call_pins:
        block = year.facts.program.block_of(pin.date)
        call = year.facts.program.call_by_id.get(pin.call)
        if block is None or call is None or (pin.person, block) not in year.facts.options:
            continue
        if year.is_frozen(block):
            continue
        words = f"{pin.person} is pinned to call {pin.call} on {pin.date}"
        source = Source("pins.csv", pin.row, words)
        eligible = year.literals(pin.person, block, year.facts.call_rotations[call.id])
        year.at_least(eligible, 1, source)
        for day in year.facts.call_dates(call, pin.date):
            away = year.away_on(pin.person, day)
            if away is not None:
                year.at_most([away], 0, source)


def pgy_words(pgys: tuple[int, ...]) -> str:
    """The PGYs in words; an empty list means any."""
    return "any PGY" if not pgys else "PGY-" + "/".join(map(str, pgys))
