"""Demand that a schedule left open when it was made: a repair may leave it so, and says it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from src.interchange.model import Session
from src.interchange.schedule import UnmetKind, UnmetRow

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


def key_of(row: UnmetRow) -> Key:
    return row.what, row.id, row.date_or_block, row.session, row.pgys


def _date_of(row: UnmetRow) -> date | None:
    return None if row.what is UnmetKind.COVERAGE else date.fromisoformat(row.date_or_block)
