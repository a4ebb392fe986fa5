"""What a row may refer to: people, rotations, groups, calls, rule packs, academic blocks and the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from src.interchange import values
from src.interchange.columns import CALLS, PEOPLE, REQUIRED_PROGRAM_PARTS, ROTATIONS
from src.interchange.tables import Table


@dataclass(frozen=True, slots=True)
class Frame:
    """The known ids and the calendar. None = not known, because that file is broken: nothing is checked."""

    people: frozenset[str] | None = None
    rotations: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    calls: frozenset[str] | None = None
    packs: frozenset[str] | None = None
    block_count: int | None = None
    first_date: date | None = None
    last_date: date | None = None


def build_frame(
    tables: Mapping[str, Table],
    block_count: int | None,
    first_date: date | None,
    last_date: date | None,
    packs: Iterable[str] | None = None,
) -> Frame:
    """Collect the ids as they are written, so that a row with another fault does not make ids dangle."""
    return Frame(
        people=_column(tables, PEOPLE.name, "id"),
        rotations=_column(tables, ROTATIONS.name, "id"),
        groups=_column(tables, ROTATIONS.name, "group"),
        calls=_column(tables, CALLS.name, "id"),
        packs=None if packs is None else frozenset(map(values.pack_id, packs)),
        block_count=block_count,
        first_date=first_date,
        last_date=last_date,
    )


def _column(tables: Mapping[str, Table], name: str, column: str) -> frozenset[str] | None:
    table = tables.get(name)
    if table is None:
        return None if name in REQUIRED_PROGRAM_PARTS else frozenset()
    if not table.is_whole:
        return None
    cells = [line.cells[column] for line in table.lines]
    if None in cells:
        return None
    return frozenset(cell for cell in cells if cell)
