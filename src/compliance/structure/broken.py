"""What a structural check names: one thing that must always hold and does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any


class Item(IntEnum):
    """The numbers of the list "What always holds in an output" of interchange.md."""

    YEAR = 1
    VACATIONS = 2
    WORK = 3
    STAFFING = 4
    POST_CALL = 5
    RESULTS = 6


YEAR_FILE = "year.csv"
VACATIONS_FILE = "vacations.csv"
ASSIGNMENTS_FILE = "assignments.csv"
UNMET_FILE = "unmet.csv"
DENIED_FILE = "denied.csv"
FINDINGS_FILE = "findings.csv"
RESULT_FILE = "result.json"


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that does not hold.

    `item` is its number in "What always holds". `file` and `row` name the schedule's row that is wrong (the
    header is row 1); where a row is missing, `row` is None; where a demand of the program is not met, they
    name the program's row that makes it.

    `person`, `blocks` (academic), `weeks` (vacation weeks, by their Mondays) and `dates` (local, on which
    sessions and calls start) say where: whom it is about, and all that one would look at to mend it. What
    names no place is said of the schedule as a whole; a rule of a pack names the date its window begins on.
    """

    item: int
    file: str
    row: int | None
    message: str
    person: str | None = None
    blocks: tuple[int, ...] = ()
    weeks: tuple[date, ...] = ()
    dates: tuple[date, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values of JSON, dates as ISO texts; each place once and in order."""
        return {
            "item": int(self.item),
            "file": self.file,
            "row": self.row,
            "message": self.message,
            "person": self.person,
            "blocks": sorted({*self.blocks}),
            "weeks": [monday.isoformat() for monday in sorted({*self.weeks})],
            "dates": [day.isoformat() for day in sorted({*self.dates})],
        }


def in_reading_order(found: Iterable[Broken]) -> tuple[Broken, ...]:
    """Everything once, by item, file and row; what is at one row in the order it was found."""
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.item, one.file, one.row or 0)))
