"""Counting before any search: shortages that no schedule can mend, each named by file and row.

Only what plain counting proves is reported: too few people who may be on a rotation, more required than
blocks can hold, more vacation than weeks have room for, sessions and calls that nobody can work. No solver is
imported, so that the API can count before it queues a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from src.interchange.model import Coverage, Person, Program
from src.interchange.schedule import Conflict
from src.quantities import count
from src.solver.precheck_pins import (
    absent_then,
    colliding_pins,
    crowded_pins,
    pinned_elsewhere,
    pins_of_who_is_not_there,
)
from src.solver.precheck_staffing import blocks_allowed, pgys_of, staffing_over_the_year, staffing_short
from src.solver.year.facts import YearFacts, matches


def find_shortages(program: Program, blocks: Sequence[int] = ()) -> tuple[Conflict, ...]:
    """Every shortage that counting finds in the academic blocks (none named = all), in order of file and row.

    The empty answer promises nothing: what counting cannot see, a search may still prove.
    """
    facts = YearFacts(program)
    solved = tuple(blocks) or facts.block_numbers
    whole_year = set(solved) >= set(facts.block_numbers)
    found = [*_nowhere_to_be(facts, solved), *_coverage(facts, solved), *_crowded_blocks(facts, solved)]
    found += [*staffing_short(facts, solved), *_calls(facts, solved), *_pins(facts, solved)]
    found += [*colliding_pins(facts, solved), *crowded_pins(facts, solved)]
    found += pins_of_who_is_not_there(facts, solved)
    if whole_year:
        found += [*_requirements(facts), *_required_by_all(facts), *_vacations(facts)]
        found += staffing_over_the_year(facts)
    return tuple(
        sorted(set(found), key=lambda shortage: (shortage.file, shortage.row or 0, shortage.message))
    )


def _nowhere_to_be(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """A resident who is there in a block and has no rotation that would be theirs to do, nor a pin."""
    for person in facts.residents:
        there = [block for block in facts.blocks_of[person.id] if block in blocks]
        lacking = sum(1 for block in there if not facts.options[person.id, block])
        if lacking:
            message = (
                f"{person.id} (PGY-{person.pgy}) has no rotation to be on in {count(lacking, 'block')}: name "
                f"one for them in requirements.csv, or pin one."
            )
            yield Conflict("people.csv", person.row, message)


def _coverage(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """A minimum above the number of residents who may have the rotation in the block."""
    for row in facts.program.coverage:
        for block in row.blocks or facts.block_numbers:
            if block not in blocks:
                continue
            able = _able(facts, row, block)
            if len(able) < row.min:
                message = (
                    f"{row.rotation} needs {row.min} of {pgys_of(row.pgys)} in block {block}, only "
                    f"{len(able)} can be there: {row.min - len(able)} more, "
                    f"or lower the minimum to {len(able)}."
                    + pinned_elsewhere(facts, row.pgys, facts.expand_all([row.rotation]), block)
                )
                yield Conflict("coverage.csv", row.row, message)
            forced = [person for person in able if _is_bound_to(facts, person, row, block)]
            if row.max is not None and len(forced) > row.max:
                message = (
                    f"{row.rotation} takes at most {row.max} of {pgys_of(row.pgys)} in block {block}, but "
                    f"{len(forced)} can be nowhere else (pins): {', '.join(p.id for p in forced)}."
                )
                yield Conflict("coverage.csv", row.row, message)


def _able(facts: YearFacts, row: Coverage, block: int) -> list[Person]:
    rotations = facts.expand_all([row.rotation])
    return [
        person
        for person in facts.residents
        if matches(row.pgys, person.pgy)
        and not rotations.isdisjoint(facts.options.get((person.id, block), ()))
    ]


def _is_bound_to(facts: YearFacts, person: Person, row: Coverage, block: int) -> bool:
    options = facts.options.get((person.id, block), ())
    return bool(options) and facts.expand_all([row.rotation]).issuperset(options)


def _crowded_blocks(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """Minima of a block that together ask for more residents than there are, each counted in one row only.

    Of several groups of PGYs that are short in a block only the smallest is named.
    """
    for block in blocks:
        rows = [
            row
            for row in facts.program.coverage
            if row.min > 0 and block in (row.blocks or facts.block_numbers)
        ]
        groups = sorted({row.pgys for row in rows} | {()}, key=lambda pgys: (not pgys, len(pgys), pgys))
        for pgys in groups:
            within = _apart(facts, [row for row in rows if _is_within(row.pgys, pgys)])
            able = {person.id for row in within for person in _able(facts, row, block)}
            needed = sum(row.min for row in within)
            alone_short = any(len(_able(facts, row, block)) < row.min for row in within)
            if needed <= len(able) or alone_short:
                continue
            names = ", ".join(f"{row.rotation} {row.min}" for row in within)
            if len(within) > 1:
                for row in within:
                    message = (
                        f"The minima of {pgys_of(pgys)} in block {block} ask for {count(needed, 'resident')} "
                        f"({names}), only {len(able)} can be there."
                    )
                    yield Conflict("coverage.csv", row.row, message)
                break


def _is_within(pgys: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return not other or bool(pgys and set(pgys) <= set(other))


def _apart(facts: YearFacts, rows: Sequence[Coverage]) -> list[Coverage]:
    """Rows no resident can count in twice, the largest minima first."""
    chosen: list[Coverage] = []
    for row in sorted(rows, key=lambda row: -row.min):
        named = facts.expand_all([row.rotation])
        if all(
            named.isdisjoint(facts.expand_all([other.rotation]))
            or (row.pgys and other.pgys and set(row.pgys).isdisjoint(other.pgys))
            for other in chosen
        ):
            chosen.append(row)
    return chosen


def _requirements(facts: YearFacts) -> Iterator[Conflict]:
    """More blocks asked of a resident than there are between first and last where it can be done."""
    for person in facts.residents:
        for row in facts.requirements_of[person.id]:
            rotations = facts.expand_all([row.rotation])
            last = row.last_block or len(facts.block_numbers)
            window = [
                block for block in facts.blocks_of[person.id] if (row.first_block or 1) <= block <= last
            ]
            can = sum(1 for block in window if not rotations.isdisjoint(facts.options[person.id, block]))
            if can < row.min_blocks:
                message = (
                    f"{person.id} (PGY-{person.pgy}) must do {count(row.min_blocks, 'block')} of "
                    f"{row.rotation}, but has only {can} to do them in."
                )
                yield Conflict("requirements.csv", row.row, message)
            bound = [
                block
                for block in window
                if rotations.issuperset(facts.options[person.id, block]) and facts.options[person.id, block]
            ]
            if row.max_blocks is not None and len(bound) > row.max_blocks:
                message = (
                    f"{person.id} (PGY-{person.pgy}) may do {count(row.max_blocks, 'block')} of "
                    f"{row.rotation}, but is bound to {len(bound)} by pins."
                )
                yield Conflict("requirements.csv", row.row, message)


def _required_by_all(facts: YearFacts) -> Iterator[Conflict]:
    """Requirements that the coverage limits cannot hold, or coverage that requirements cannot fill."""
    for rotation in facts.program.rotations:
        due = sum(_blocks_due(facts, person, rotation.id) for person in facts.residents)
        rows = [
            row
            for row in facts.program.coverage
            if rotation.id in facts.expand_all([row.rotation]) and not row.rotation.startswith("@")
        ]
        if rows and due and _covers_everyone(facts, rows, rotation.id):
            room = sum(row.max or 0 for row in rows for block in row.blocks or facts.block_numbers if block)
            if all(row.max is not None for row in rows) and due > room:
                for row in rows:
                    message = (
                        f"{count(due, 'block')} of {rotation.id} {_are(due)} required over the year, but its "
                        f"coverage has room for {room}."
                    )
                    yield Conflict("coverage.csv", row.row, message)
        yield from _coverage_over_the_year(facts, rotation.id, rows)


def _coverage_over_the_year(facts: YearFacts, rotation: str, rows: Sequence[Coverage]) -> Iterator[Conflict]:
    for row in rows:
        needed = row.min * len(row.blocks or facts.block_numbers)
        have = blocks_allowed(facts, row.pgys, [rotation])
        if needed > have:
            message = (
                f"{rotation} needs {count(needed, 'block')} of {pgys_of(row.pgys)} over the year, but "
                f"requirements allow only {have}."
            )
            yield Conflict("coverage.csv", row.row, message)


def _blocks_due(facts: YearFacts, person: Person, rotation: str) -> int:
    rows = [row for row in facts.requirements_of[person.id] if row.rotation == rotation]
    return max((row.min_blocks for row in rows), default=0)


def _covers_everyone(facts: YearFacts, rows: Sequence[Coverage], rotation: str) -> bool:
    """Whether the rows, block by block, limit every resident who may have the rotation."""
    for person in facts.residents:
        if rotation not in facts.own_rotations[person.id]:
            continue
        for block in facts.blocks_of[person.id]:
            limited = any(
                matches(row.pgys, person.pgy) and block in (row.blocks or facts.block_numbers) for row in rows
            )
            if not limited:
                return False
    return True


def _vacations(facts: YearFacts) -> Iterator[Conflict]:
    """More vacation weeks due than the weeks of the year have room for."""
    most = facts.program.max_on_vacation
    due = sum(facts.weeks_due(person) for person in facts.residents)
    if most is not None and due > most * len(facts.weeks):
        weeks = len(facts.weeks)
        message = (
            f"{count(due, 'vacation week')} {_are(due)} due, but {count(weeks, 'week')} with at most {most} "
            f"away {'holds' if weeks == 1 else 'hold'} only {most * weeks} (max_on_vacation)."
        )
        yield Conflict("program.toml", None, message)
    for person in facts.residents:
        have = sum(_room_for_vacation(facts, person, block) for block in facts.blocks_of[person.id])
        if facts.weeks_due(person) > have:
            weeks_due = count(facts.weeks_due(person), "vacation week")
            message = (
                f"{person.id} (PGY-{person.pgy}) must get {weeks_due}, but the rotations open to them hold "
                f"at most {have}."
            )
            yield Conflict("people.csv", person.row, message)


def _room_for_vacation(facts: YearFacts, person: Person, block: int) -> int:
    rotation_of = facts.program.rotation_by_id
    options = facts.options[person.id, block]
    most = max((rotation_of[name].vacation_weeks_max for name in options), default=0)
    return min(most, sum(1 for week in facts.weeks if week.block == block))


def _calls(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """A call that fewer residents may take in a block than it needs on one date."""
    for call in facts.program.calls:
        if call.min <= 0:
            continue
        for block in blocks:
            dates = [day for day in facts.dates_of_block[block] if call in facts.calls_on(day)]
            able = [
                person
                for person in facts.residents
                if matches(call.pgys, person.pgy)
                and not facts.call_rotations[call.id].isdisjoint(facts.options.get((person.id, block), ()))
            ]
            for day in dates:
                touched = facts.call_dates(call, day)
                have = sum(1 for person in able if facts.away_dates[person.id].isdisjoint(touched))
                if have < call.min:
                    message = (
                        f"{call.id} needs {count(call.min, 'resident')} on {day} (block {block}), only "
                        f"{have} may take it: widen its pgys or rotations, or lower the minimum."
                        + pinned_elsewhere(facts, call.pgys, facts.call_rotations[call.id], block)
                        + absent_then(facts, able, touched)
                    )
                    yield Conflict("calls.csv", call.row, message)
                    break


def _pins(facts: YearFacts, blocks: Sequence[int]) -> Iterator[Conflict]:
    """A pinned call that its person may not take, or on a date on which it is not held."""
    for pin in facts.program.call_pins:
        block = facts.program.block_of(pin.date)
        call = facts.program.call_by_id.get(pin.call)
        person = facts.program.person_by_id.get(pin.person)
        if block is None or block not in blocks or call is None or person is None:
            continue
        reasons = []
        if call not in facts.calls_on(pin.date):
            reasons.append(f"{pin.call} is not held on that date")
        if not matches(call.pgys, person.pgy):
            reasons.append(f"PGY-{person.pgy} may not take {pin.call}")
        touched = facts.call_dates(call, pin.date)
        if not facts.away_dates.get(pin.person, frozenset()).isdisjoint(touched):
            reasons.append(f"{pin.person} is absent")
        if facts.call_rotations[call.id].isdisjoint(facts.options.get((pin.person, block), ())):
            reasons.append(f"no rotation open to {pin.person} in block {block} takes {pin.call}")
        if reasons:
            message = f"{pin.person} is pinned to {pin.call} on {pin.date}, but {' and '.join(reasons)}."
            yield Conflict("pins.csv", pin.row, message)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
