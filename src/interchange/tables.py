"""Turns the bytes of a CSV file, or the cells of a sheet, into rows of clean text.

Everything that is wrong with a file as text is named here: what is not UTF-8, NUL and control characters,
oversized cells, ragged rows, unknown and missing columns. A cell whose fault is already named is None from
here on, so that nobody names it twice.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from src.interchange import limits
from src.interchange.columns import TableFormat
from src.interchange.issues import IssueCode, IssueLog
from src.quantities import count

# The csv module refuses cells above a limit of the whole process and says no more about where. The limit of
# a file's size takes its place, and an oversized cell is named by its row and column.
csv.field_size_limit(limits.MAX_FILE_BYTES)

_ALLOWED_CONTROLS = frozenset("\n\t")
_NOT_IN_XML = frozenset("\ufffe\uffff")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number (the header is 1) and its cells by column; None = its fault is named already."""

    row: int
    cells: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows. `is_whole` is False where a part could not be read, so that ids may be missing."""

    file: str
    lines: tuple[Line, ...] = ()
    is_whole: bool = True


def csv_table(form: TableFormat, file: str, data: bytes, log: IssueLog) -> Table:
    """Read a CSV file: UTF-8 with or without a byte order mark, any line ends, comma, header row."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        log.reject(IssueCode.NOT_UTF8, "is UTF-16; save it as CSV UTF-8", file=file, row=1)
        return Table(file, is_whole=False)
    # What is no UTF-8 becomes a lone surrogate, which `_clean` finds again in its row and column.
    text = data.decode("utf-8-sig", errors="surrogateescape")
    records: list[tuple[int, Sequence[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    row = 0
    is_whole = True
    while True:
        row += 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            log.reject(IssueCode.BAD_SYNTAX, f"is no CSV from here on: {error}", file=file, row=row)
            is_whole = False
            break
        if record is None:
            break
        if row > limits.MAX_ROWS:
            log.reject(IssueCode.TOO_LARGE, f"has more than {limits.MAX_ROWS:,} rows", file=file, row=row)
            is_whole = False
            break
        records.append((row, record))
    return build_table(form, file, records, log, is_whole=is_whole)


def build_table(
    form: TableFormat,
    file: str,
    records: Iterable[tuple[int, Sequence[str]]],
    log: IssueLog,
    *,
    is_whole: bool = True,
) -> Table:
    """Match numbered records, the first that holds anything being the header, with the format's columns."""
    numbered = ((row, cells) for row, cells in records if any(cell and not cell.isspace() for cell in cells))
    first = next(numbered, None)
    if first is None:
        if is_whole:
            log.reject(IssueCode.MISSING_COLUMN, "is empty: the header row is missing", file=file, row=1)
        return Table(file, is_whole=False)
    header_row, titles = first
    header = _header(form, file, header_row, titles, log)
    if header is None:
        return Table(file, is_whole=False)
    absent: dict[str, str | None] = {
        column: "" if column in form.optional else None
        for column in form.columns
        if column not in header.values()
    }
    lines = tuple(_lines(form, file, header, len(titles), absent, numbered, log))
    return Table(file, lines, is_whole)


def _header(
    form: TableFormat, file: str, row: int, cells: Sequence[str], log: IssueLog
) -> dict[int, str] | None:
    """Which position holds which known column; None where the header itself cannot be read."""
    found: dict[int, str] = {}
    is_legible = True
    for position, raw in enumerate(cells):
        name = _clean(raw, file, row, f"column {position + 1}", log, limits.MAX_CELL_LENGTH)
        if name is None:
            is_legible = False
        elif name in found.values():
            message = f"has the column {name} twice"
            log.reject(IssueCode.DUPLICATE_COLUMN, message, file=file, row=row, column=name)
        elif name in form.columns:
            found[position] = name
        elif name:
            message = f"the column {name} is unknown and is not read"
            log.remark(IssueCode.UNKNOWN_COLUMN, message, file=file, row=row, column=name)
    if not is_legible:
        return None
    for column in form.columns:
        if column not in found.values() and column not in form.optional:
            hint = "; separate the columns by commas" if len(cells) == 1 and ";" in cells[0] else ""
            message = f"the required column {column} is missing{hint}"
            log.reject(IssueCode.MISSING_COLUMN, message, file=file, row=row, column=column)
    return found


def _lines(
    form: TableFormat,
    file: str,
    header: Mapping[int, str],
    width: int,
    absent: Mapping[str, str | None],
    records: Iterable[tuple[int, Sequence[str]]],
    log: IssueLog,
) -> Iterator[Line]:
    for row, record in records:
        if any(cell.strip() for cell in record[width:]):
            message = (
                f"has {count(len(record), 'cell')}, the header only {width}; quote a cell that holds a comma"
            )
            log.reject(IssueCode.RAGGED_ROW, message, file=file, row=row)
            continue
        if len(record) < width:
            message = (
                f"has {count(len(record), 'cell')}, the header {width}; the missing ones are taken as empty"
            )
            log.remark(IssueCode.RAGGED_ROW, message, file=file, row=row)
        cells = dict(absent)
        for position, column in header.items():
            raw = record[position] if position < len(record) else ""
            is_plain = raw.isalnum() and raw.isascii() and len(raw) <= limits.MAX_CELL_LENGTH
            cells[column] = raw if is_plain else _clean(raw, file, row, column, log, form.limit_of(column))
        yield Line(row, cells)


def _clean(raw: str, file: str, row: int, column: str, log: IssueLog, limit: int) -> str | None:
    """The cell without blanks around it, or None where it cannot be text; the fault is then in the log."""
    if len(raw) > limit:
        message = f"holds {len(raw):,} characters; at most {limit:,} are allowed"
        log.reject(IssueCode.TOO_LARGE, message, file=file, row=row, column=column)
        return None
    text = raw.strip()
    if text.isprintable():
        return text
    if any("\ud800" <= character <= "\udfff" for character in text):
        log.reject(IssueCode.NOT_UTF8, "is not UTF-8", file=file, row=row, column=column)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for character in text:
        if is_forbidden(character):
            name = "a NUL byte" if character == "\0" else f"the character U+{ord(character):04X}"
            message = f"holds {name}, which cannot be in a text"
            log.reject(IssueCode.BAD_CHARACTER, message, file=file, row=row, column=column)
            return None
    return text


def is_forbidden(character: str) -> bool:
    """Whether no text may hold it: control characters but line end and tab, and what XML cannot carry."""
    is_control = character < " " or "\x7f" <= character <= "\x9f"
    return (is_control and character not in _ALLOWED_CONTROLS) or character in _NOT_IN_XML
