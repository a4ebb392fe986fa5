"""Reads the sheets of a workbook (`.xlsx`) as the text their cells stand for.

Formulas are data: `=SUM(A1)` is that text and nothing else; neither its value nor its cached result is read.
Numbers, dates, times and truth values become the text that the format writes for them.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError  # the error only: nothing is parsed with this module

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula

from src.interchange import limits
from src.interchange.columns import KEY_VALUE, PROGRAM_DOCUMENTS, PROGRAM_TABLES
from src.interchange.issues import IssueCode, IssueLog
from src.interchange.tables import Table, build_table

MAX_SHEET_ROWS = 100_000
MAX_SHEET_CELLS = 5_000_000
"""Rows may be as wide as their last cell says, which costs time though the cells between are empty."""

_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
    *(InvalidFileException, ParseError, ValueError, LookupError, ArithmeticError, TypeError, AttributeError),
)
"""What the workbook library raises on workbooks that are broken: it does not sort its errors."""

_DAY_SECONDS = 24 * 60 * 60


def read_sheets(name: str, archive: zipfile.ZipFile, data: bytes, log: IssueLog) -> dict[str, Table]:
    """The sheets of a workbook by name; a sheet the format does not know is an error.

    `archive` is the same bytes, already found harmless in size and names.
    """
    if not _has_plain_xml(name, archive, log):
        return {}
    forms = {form.name: form for form in PROGRAM_TABLES} | dict.fromkeys(PROGRAM_DOCUMENTS, KEY_VALUE)
    found: dict[str, Table] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns of decoration that it does not read
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            for sheet in workbook.worksheets:
                title = str(sheet.title).strip().casefold()
                sheet.reset_dimensions()
                cells = sheet.iter_rows(max_row=MAX_SHEET_ROWS + 1, values_only=True)
                records = list(_records(title, cells, log))
                if title in found:
                    log.reject(IssueCode.DUPLICATE, "is a sheet that is there twice", file=title)
                elif title in forms:
                    found[title] = build_table(forms[title], title, records, log)
                elif records:
                    log.reject(IssueCode.UNKNOWN_FILE, "is a sheet unknown to the format", file=title)
            workbook.close()
    except _FAULTS as error:
        log.reject(IssueCode.UNREADABLE, f"is no workbook that can be read: {error}", file=name)
    return found


def _records(title: str, rows: Iterator[Sequence[object]], log: IssueLog) -> Iterator[tuple[int, list[str]]]:
    """Row numbers and texts of the rows that hold anything; a sheet has no end of row, so all are padded."""
    width = count = 0
    for row, cells in enumerate(rows, start=1):
        count += len(cells)
        if row > MAX_SHEET_ROWS or count > MAX_SHEET_CELLS:
            message = f"has more than {MAX_SHEET_ROWS:,} rows or {MAX_SHEET_CELLS:,} cells"
            log.reject(IssueCode.TOO_LARGE, message, file=title, row=row)
            return
        if any(cell is not None for cell in cells[limits.MAX_COLUMNS :]):
            message = f"has more than {limits.MAX_COLUMNS} columns"
            log.reject(IssueCode.TOO_LARGE, message, file=title, row=row)
            continue
        texts = [_text(cell) for cell in cells[: limits.MAX_COLUMNS]]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            width = width or len(texts)
            yield row, texts + [""] * (width - len(texts))


def _text(value: object) -> str:
    """The text that the format writes for a cell's value."""
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            is_midnight = value.time() == time()
            return value.date().isoformat() if is_midnight else value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case time():
            return _clock(value.hour * 3600 + value.minute * 60 + value.second)
        case timedelta():
            return _clock(round(value.total_seconds()))
        case ArrayFormula():
            return str(value.text)
        case _:
            return str(value)


def _clock(seconds: int) -> str:
    """`HH:MM`, or with the seconds where there are any, so that they are refused and not lost."""
    if not 0 <= seconds < _DAY_SECONDS:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{rest:02d}" if rest else text


def _has_plain_xml(name: str, archive: zipfile.ZipFile, log: IssueLog) -> bool:
    """Whether no part declares entities, which can unfold without end, or hides them in another encoding."""
    try:
        for entry in archive.infolist():
            if not entry.filename.lower().endswith((".xml", ".rels")):
                continue
            part = archive.read(entry)
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\0" in part[:4]:
                message = f"the part '{entry.filename[:80]}' declares entities or is not UTF-8"
                log.reject(IssueCode.UNSAFE_ARCHIVE, message, file=name)
                return False
    except _FAULTS as error:
        log.reject(IssueCode.UNREADABLE, f"is broken: {error}", file=name)
        return False
    return True
