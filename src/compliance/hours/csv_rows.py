"""Worked hours from a CSV file: every row read, every fault named by row and column. Pure.

The columns are those of `history.csv` with a reason: `person,start_at,end_at,duty_type,reason`. Instants
carry their offset. `reason` may be left out, `person` too where the file is one resident's. Cells are data: a
text that a spreadsheet would compute, such as `=1+1`, is the text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from src.compliance.hours.constants import MAX_IMPORT_ROWS
from src.compliance.hours.worked import Worked, problems_with
from src.interchange.cells import RowCells, read_rows
from src.interchange.columns import TableFormat
from src.interchange.frame import Frame
from src.interchange.issues import IssueCode, IssueLog
from src.interchange.model import DutyType
from src.interchange.tables import Table, csv_table
from src.spreadsheets import plain_text

FILE = "hours.csv"
COLUMNS = ("person", "start_at", "end_at", "duty_type", "reason")
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How zip archives (new workbooks are such) and old workbooks begin."""

_CODES = {
    "naive": IssueCode.BAD_VALUE,
    "zero_length": IssueCode.CONTRADICTION,
    "reversed": IssueCode.CONTRADICTION,
    "too_long": IssueCode.OUT_OF_RANGE,
    "in_the_future": IssueCode.OUT_OF_RANGE,
    "reason_missing": IssueCode.MISSING_VALUE,
}


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One row that reads well; `row` counts the header as 1."""

    row: int
    person: str
    worked: Worked


def read_hours(
    data: bytes, people: Collection[str], instant: dt.datetime, log: IssueLog, own: str | None = None
) -> tuple[HoursRow, ...]:
    """The rows that read well; what is wrong with all others is in the log.

    `people` are the residents whom the rows may name, `own` is the one whose file it is, if it is one's.
    `instant` is the present: what ends later is refused.
    """
    if data.startswith(_PACKED):
        log.reject(IssueCode.UNREADABLE, "is a workbook or an archive; save it as CSV UTF-8", file=FILE)
        return ()
    optional = frozenset({"reason"} if own is None else {"reason", "person"})
    table = csv_table(TableFormat("hours", COLUMNS, optional), FILE, data, log)
    if len(table.lines) > MAX_IMPORT_ROWS:
        message = f"has {len(table.lines):,} rows; at most {MAX_IMPORT_ROWS:,} are read at once"
        log.reject(IssueCode.TOO_LARGE, message, file=FILE)
        return ()
    return tuple(_first_of_each(_rows(table, people, instant, log, own), log))


def _rows(
    table: Table, people: Collection[str], instant: dt.datetime, log: IssueLog, own: str | None
) -> tuple[HoursRow, ...]:
    def build(cells: RowCells) -> HoursRow:
        return _row(cells, instant, own)

    return read_rows(table, build, Frame(people=frozenset(people)), log)


def _row(cells: RowCells, instant: dt.datetime, own: str | None) -> HoursRow:
    person = _person(cells, own)
    person_is_good, cells.is_good = cells.is_good, True
    worked = Worked(
        start_at=cells.instant("start_at"),
        end_at=cells.instant("end_at"),
        duty_type=cells.choice("duty_type", DutyType),
        reason=_reason(cells),
    )
    if cells.is_good:  # what stands in for a cell that says nothing is not judged as if it were written
        for problem in problems_with(worked, instant):
            cells.error(_CODES[problem.code], problem.field, problem.message)
    cells.is_good = cells.is_good and person_is_good
    return HoursRow(cells.row, person, worked)


def _reason(cells: RowCells) -> str | None:
    """The reason, without the apostrophe that an export puts before what a spreadsheet would compute."""
    text = cells.optional_text("reason")
    return None if text is None else plain_text(text)


def _person(cells: RowCells, own: str | None) -> str:
    if own is None:
        return cells.person("person")
    named = cells.optional_text("person")
    if named not in (None, own):
        cells.error(IssueCode.UNKNOWN_ID, "person", f"is not {own}, whose hours these are")
    return own


def _first_of_each(rows: tuple[HoursRow, ...], log: IssueLog) -> Iterator[HoursRow]:
    """The rows that are not there twice; the second of two identical ones is an error."""
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        earlier = first.setdefault((row.person, *row.worked.identity), row.row)
        if earlier == row.row:
            yield row
            continue
        message = f"says the same as row {earlier}"
        log.reject(IssueCode.DUPLICATE, message, file=FILE, row=row.row, column="start_at")
