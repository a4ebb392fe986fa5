"""Demand that a schedule left open when it was made: a repair may leave it so, and says it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from src.interchange.model import Program, Session
from src.interchange.schedule import Conflict, UnmetKind, UnmetRow
from src.solver.repair.when import grouped

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
        """The rows of other dates; what academic blocks leave open follows from the year plan."""
        return tuple(row for row in self._rows if (day := _date_of(row)) is not None and not asked(day))


def without_minima(program: Program) -> Program:
    """The program as far as it cannot be left open: what then still collides is no demand."""
    return replace(
        program,
        staffing=tuple(replace(row, min=0) for row in program.staffing),
        coverage=tuple(replace(row, min=0) for row in program.coverage),
        calls=tuple(replace(call, min=0) for call in program.calls),
    )


def asked_for(program: Program, rows: Iterable[UnmetRow]) -> list[Conflict]:
    """The input rows that ask for what stays open, each in words with its dates."""
    said = (
        ((file, number, f"{row.id} needs {row.needed}{where}"), row.date_or_block)
        for row in rows
        for file, number, where in _asking(program, row)
    )
    return [
        Conflict(file, number, f"{words} {'in block' if file == 'coverage.csv' else 'on'} {when}")
        for (file, number, words), when in grouped(said).items()
    ]


def _asking(program: Program, row: UnmetRow) -> Iterator[tuple[str, int | None, str]]:
    """File and number of each input row that asks for it, and more words."""
    if row.what is UnmetKind.CALL:
        yield "calls.csv", program.call_by_id[row.id].row, ""
    elif row.what is UnmetKind.STAFFING:
        day = date.fromisoformat(row.date_or_block)
        for staffing in program.staffing:
            is_on = not staffing.weekdays or day.weekday() in staffing.weekdays
            same = (staffing.rotation, staffing.session, staffing.pgys) == (row.id, row.session, row.pgys)
            if same and is_on and staffing.min == row.needed:
                yield "staffing.csv", staffing.row, f" at work in {row.session}"
    else:
        for coverage in program.coverage:
            is_on = not coverage.blocks or int(row.date_or_block) in coverage.blocks
            same = (coverage.rotation, coverage.pgys) == (row.id, row.pgys)
            if same and is_on and coverage.min == row.needed:
                yield "coverage.csv", coverage.row, ""


def key_of(row: UnmetRow) -> Key:
    return row.what, row.id, row.date_or_block, row.session, row.pgys


def _date_of(row: UnmetRow) -> date | None:
    return None if row.what is UnmetKind.COVERAGE else date.fromisoformat(row.date_or_block)
