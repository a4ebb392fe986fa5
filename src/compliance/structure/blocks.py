"""Item 1, over several rows: requirements, coverage, successions and rotations in a row."""

from __future__ import annotations

from collections.abc import Iterator

from src.compliance.structure.broken import YEAR_FILE, Broken, Item
from src.compliance.structure.ground import Ground
from src.compliance.structure.shortage import Shortage
from src.compliance.structure.year import is_for
from src.interchange.model import Coverage, Person, Requirement
from src.interchange.schedule import UnmetKind, YearRow
from src.quantities import count


def broken_blocks(ground: Ground) -> Iterator[Broken]:
    """What `year.csv` breaks as a whole; coverage minima apart, which may be left open (see below)."""
    yield from _requirements(ground)
    yield from _too_many_covering(ground)
    yield from _successions(ground)
    yield from _too_many_in_a_row(ground)


def coverage_shortages(ground: Ground) -> Iterator[Shortage]:
    """Each rule and judged academic block with fewer on the rotation than its minimum.

    Everyone with the rotation in `year.csv` counts, absent or not.
    """
    for rule in ground.program.coverage:
        for block in _blocks_of(ground, rule):
            got = len(_covering(ground, rule, block))
            if got < rule.min:
                yield Shortage(
                    what=UnmetKind.COVERAGE,
                    id=rule.rotation,
                    date_or_block=str(block),
                    sessions=frozenset({None}),
                    pgys=frozenset(rule.pgys),
                    needed=rule.min,
                    got=got,
                    item=Item.YEAR,
                    file="coverage.csv",
                    row=rule.row,
                )


def _blocks_of(ground: Ground, rule: Coverage) -> Iterator[int]:
    for block in rule.blocks or tuple(ground.block_by_number):
        if block in ground.judged.blocks:
            yield block


def _covering(ground: Ground, rule: Coverage, block: int) -> list[YearRow]:
    rotations = ground.program.expand(rule.rotation)
    return [
        row
        for person in ground.program.residents
        if is_for(rule.pgys, person)
        and (row := ground.year_rows.get((person.id, block))) is not None
        and row.rotation in rotations
    ]


def _too_many_covering(ground: Ground) -> Iterator[Broken]:
    for rule in ground.program.coverage:
        if rule.max is None:
            continue
        for block in _blocks_of(ground, rule):
            rows = _covering(ground, rule, block)
            if len(rows) > rule.max:
                last = max(rows, key=lambda row: row.row)
                who = ", ".join(row.person for row in rows)
                yield Broken(
                    Item.YEAR,
                    YEAR_FILE,
                    last.row,
                    f"block {block}: {len(rows)} on {rule.rotation} ({who}), "
                    f"at most {rule.max} may be (coverage.csv row {rule.row})",
                    blocks=(block,),
                )


def _requirements(ground: Ground) -> Iterator[Broken]:
    for rule in ground.program.requirements:
        for person in ground.program.residents:
            if is_for(rule.pgys, person) and rule.track in (None, person.track):
                yield from _requirement(ground, rule, person)


def _requirement(ground: Ground, rule: Requirement, person: Person) -> Iterator[Broken]:
    """A maximum holds for the judged blocks alone; a minimum is judged where all its blocks are."""
    first, last = rule.first_block or 1, rule.last_block or len(ground.program.blocks)
    span = range(first, last + 1)
    rotations = ground.program.expand(rule.rotation)
    rows = [
        row
        for block in span
        if block in ground.judged.blocks
        and (row := ground.year_rows.get((person.id, block))) is not None
        and row.rotation in rotations
    ]
    where = f"of {rule.rotation} in blocks {first}-{last}"
    if rule.max_blocks is not None and len(rows) > rule.max_blocks:
        yield Broken(
            Item.YEAR,
            YEAR_FILE,
            rows[-1].row,
            f"{person.id}: {count(len(rows), 'block')} {where}, at most {rule.max_blocks} allowed "
            f"(requirements.csv row {rule.row})",
            person=person.id,
            blocks=tuple(span),
        )
    if len(rows) < rule.min_blocks and ground.judged.blocks.issuperset(span):
        yield Broken(
            Item.YEAR,
            "requirements.csv",
            rule.row,
            f"{person.id}: {count(len(rows), 'block')} {where}, at least {rule.min_blocks} due",
            person=person.id,
            blocks=tuple(span),
        )


def _successions(ground: Ground) -> Iterator[Broken]:
    for rule in ground.program.successions:
        before = ground.program.expand(rule.from_rotation)
        after = ground.program.expand(rule.to_rotation)
        for person in ground.program.residents:
            if not is_for(rule.pgys, person):
                continue
            for earlier, later in _neighbours(ground, person):
                if earlier.rotation in before and later.rotation in after:
                    yield Broken(
                        Item.YEAR,
                        YEAR_FILE,
                        later.row,
                        f"{person.id} block {later.block}: {later.rotation} directly follows "
                        f"{earlier.rotation} (successions.csv row {rule.row})",
                        person=person.id,
                        blocks=(earlier.block, later.block),
                    )


def _neighbours(ground: Ground, person: Person) -> Iterator[tuple[YearRow, YearRow]]:
    """Pairs of directly following academic blocks, at least one of them judged."""
    for block in ground.block_by_number:
        earlier = ground.year_rows.get((person.id, block))
        later = ground.year_rows.get((person.id, block + 1))
        if earlier is not None and later is not None and {block, block + 1} & ground.judged.blocks:
            yield earlier, later


def _too_many_in_a_row(ground: Ground) -> Iterator[Broken]:
    for person in ground.program.residents:
        run: list[YearRow] = []
        for block in ground.block_by_number:
            row = ground.year_rows.get((person.id, block))
            if row is None:
                run = []
                continue
            run = [*run, row] if run and run[-1].rotation == row.rotation else [row]
            limit = ground.program.rotation_by_id[row.rotation].max_consecutive
            over = limit is not None and len(run) > limit
            if over and any(one.block in ground.judged.blocks for one in run):
                yield Broken(
                    Item.YEAR,
                    YEAR_FILE,
                    row.row,
                    f"{person.id} block {block}: block {len(run)} in a row on {row.rotation}, at most "
                    f"{limit} may be (rotations.csv max_consecutive)",
                    person=person.id,
                    blocks=tuple(one.block for one in run),
                )
