"""Demand that a schedule left open when it was made: a repair may leave it so, and says it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from src.interchange.model import Program, Session
from src.interchange.schedule import Conflict, UnmetKind, UnmetRow

Key = tuple[UnmetKind, str, str, Session | None, tuple[int, ...]]
"""What, of what, when and for whom: a row of `unmet.csv` without its numbers."""


class OpenDemand:
    """The rows of a base's `unmet.csv`, or none where demand may not stay open."""

    def __init__(self, rows: Iterable[UnmetRow] = ()) -> None:
        self._rows = tuple(rows)
        self._got: dict[Key, int] = {key_of(row): row.got for row in self._rows}

    def allows(
        self,
        what: UnmetKind,
        item: str,
        when: str,
        got: int,
        session: Session | None = None,
        pgys: tuple[int, ...] = (),
    ) -> bool:
        """Whether no more is missing than was already."""
        return self._got.get((what, item, when, session, pgys), got + 1) <= got

    def is_on(self, asked: Callable[[date], bool]) -> bool:
        """Whether staffing or calls of one of those dates are open."""
        return any(asked(day) for row in self._rows if (day := _date_of(row)) is not None)

    def elsewhere(self, asked: Callable[[date], bool]) -> tuple[UnmetRow, ...]:
        """The rows of other dates, and those of academic blocks."""
        return tuple(row for row in self._rows if (day := _date_of(row)) is None or not asked(day))


def asked_for(program: Program, rows: Iterable[UnmetRow]) -> list[Conflict]:
    """The input rows that ask for what stays open, each in words with its date."""
    found: dict[Conflict, None] = {}
    for row in rows:
        words = f"{row.id} needs {row.needed} on {row.date_or_block}"
        if row.what is UnmetKind.CALL:
            found[Conflict("calls.csv", program.call_by_id[row.id].row, words)] = None
            continue
        if row.what is UnmetKind.STAFFING:
            words = f"{row.id} needs {row.needed} at work in {row.session} on {row.date_or_block}"
            day = date.fromisoformat(row.date_or_block)
            asking = [
                (each.row, each.min)
                for each in program.staffing
                if (each.rotation, each.session, each.pgys) == (row.id, row.session, row.pgys)
                and (not each.weekdays or day.weekday() in each.weekdays)
            ]
            file = "staffing.csv"
        else:
            asking = [
                (each.row, each.min)
                for each in program.coverage
                if (each.rotation, each.pgys) == (row.id, row.pgys)
                and (not each.blocks or int(row.date_or_block) in each.blocks)
            ]
            file = "coverage.csv"
        for number, _ in (each for each in asking if each[1] == row.needed):
            found[Conflict(file, number, words)] = None
    return list(found)


def key_of(row: UnmetRow) -> Key:
    return row.what, row.id, row.date_or_block, row.session, row.pgys


def _date_of(row: UnmetRow) -> date | None:
    return None if row.what is UnmetKind.COVERAGE else date.fromisoformat(row.date_or_block)
