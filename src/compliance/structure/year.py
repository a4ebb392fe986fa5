"""Item 1, row by row: one rotation per resident and academic block, each theirs to do, pins kept."""

from __future__ import annotations

from collections.abc import Iterator

from src.compliance.structure.broken import YEAR_FILE, Broken, Item
from src.compliance.structure.ground import Ground
from src.interchange.model import Person, Rotation, Setting
from src.interchange.schedule import YearRow


def broken_year(ground: Ground) -> Iterator[Broken]:
    """Rows of `year.csv` that cannot stand, blocks without a row, and rotation pins that are not kept."""
    yield from _unsound_rows(ground)
    yield from _blocks_without_row(ground)
    yield from _rotations_not_theirs(ground)
    yield from _pins_not_kept(ground)


def _row(row: YearRow, message: str) -> Broken:
    words = f"{row.person} block {row.block}: {message}"
    return Broken(Item.YEAR, YEAR_FILE, row.row, words, person=row.person, blocks=(row.block,))


def _unsound_rows(ground: Ground) -> Iterator[Broken]:
    for row in ground.schedule.year:
        problem = _problem_of(ground, row)
        if problem is not None:
            yield _row(row, problem)
            continue
        first = ground.year_rows[row.person, row.block]
        if first is not row:
            # Which of the two is one too many cannot be told: both are named.
            yield _row(row, f"a second rotation, {row.rotation}; row {first.row} has {first.rotation}")
            yield _row(first, f"not the only rotation; row {row.row} has {row.rotation}")


def _problem_of(ground: Ground, row: YearRow) -> str | None:
    """Why a row cannot stand, whatever the other rules say; None where it can."""
    block = ground.block_by_number.get(row.block)
    if row.person not in ground.program.person_by_id:
        return "no such person in people.csv"
    if row.person not in ground.residents:
        return "faculty have no rotation"
    if block is None:
        return f"the year has blocks 1 to {len(ground.program.blocks)}"
    if row.rotation not in ground.program.rotation_by_id:
        return f"no such rotation in rotations.csv: {row.rotation}"
    if not ground.is_there_in(ground.residents[row.person], block):
        return "the person is not in the program on any date of this block"
    return None


def _blocks_without_row(ground: Ground) -> Iterator[Broken]:
    for person in ground.program.residents:
        for block in ground.program.academic_blocks:
            if (
                block.number in ground.judged.blocks
                and (person.id, block.number) not in ground.year_rows
                and ground.is_there_in(person, block)
            ):
                message = f"{person.id} block {block.number}: no rotation"
                yield Broken(Item.YEAR, YEAR_FILE, None, message, person=person.id, blocks=(block.number,))


def _rotations_not_theirs(ground: Ground) -> Iterator[Broken]:
    pinned = {
        (pin.person, pin.block, rotation)
        for pin in ground.program.rotation_pins
        for rotation in ground.program.expand(pin.rotation)
    }
    named = {person.id: rotations_named_for(ground, person) for person in ground.program.residents}
    for (person, block), row in ground.year_rows.items():
        if block not in ground.judged.blocks or (person, block, row.rotation) in pinned:
            continue
        if _is_leave(ground.program.rotation_by_id[row.rotation]):
            yield _row(row, f"{row.rotation} is leave and comes by pin only")
        elif row.rotation not in named[person]:
            yield _row(row, f"no row of requirements.csv gives {row.rotation} to this PGY and track")


def _is_leave(rotation: Rotation) -> bool:
    return rotation.setting is Setting.LEAVE


def rotations_named_for(ground: Ground, person: Person) -> frozenset[str]:
    """The rotations that a row of `requirements.csv` names, itself or by group, for a PGY and track."""
    return frozenset(
        rotation
        for requirement in ground.program.requirements
        if is_for(requirement.pgys, person) and requirement.track in (None, person.track)
        for rotation in ground.program.expand(requirement.rotation)
    )


def is_for(pgys: tuple[int, ...], person: Person) -> bool:
    """Whether a list of PGYs holds the person's; an empty list means all."""
    return not pgys or person.pgy in pgys


def _pins_not_kept(ground: Ground) -> Iterator[Broken]:
    for pin in ground.program.rotation_pins:
        if pin.block not in ground.judged.blocks:
            continue
        row = ground.year_rows.get((pin.person, pin.block))
        if row is None or row.rotation not in ground.program.expand(pin.rotation):
            has = "nothing" if row is None else row.rotation
            yield Broken(
                Item.YEAR,
                YEAR_FILE,
                None if row is None else row.row,
                f"{pin.person} block {pin.block}: pinned to {pin.rotation} (pins.csv row {pin.row}), "
                f"but has {has}",
                person=pin.person,
                blocks=(pin.block,),
            )
