"""Writes a program as a folder, a zip archive or a workbook, always the same bytes for the same program."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from src.interchange.canonical import canonical
from src.interchange.columns import (
    KEY_VALUE,
    OBJECTIVE_DOCUMENT,
    PROGRAM_DOCUMENT,
    PROGRAM_DOCUMENTS,
    PROGRAM_TABLES,
    TABLES_WHERE_THERE_ARE_ROWS,
    TableFormat,
)
from src.interchange.model import Program
from src.interchange.output import csv_bytes, write_folder, zip_bytes
from src.interchange.program_cells import Row, table_rows
from src.interchange.program_document import (
    objective_entries,
    objective_toml,
    program_entries,
    program_toml,
)

PROGRAM_FILES = (*(f"{name}.toml" for name in PROGRAM_DOCUMENTS), *(form.file for form in PROGRAM_TABLES))
"""Every file a program folder may have, in the order they are written."""

_WORKBOOK_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed mark for equal bytes, not a time
_COLUMN_WIDTH = 18


def program_files(program: Program) -> dict[str, bytes]:
    """The files of the program's folder by name, in canonical order; a table without rows has its header.

    Overrides and approvals of rules have no file where there are none.
    """
    ordered = canonical(program)
    rows = table_rows(ordered)
    files = {
        f"{PROGRAM_DOCUMENT}.toml": program_toml(ordered).encode(),
        f"{OBJECTIVE_DOCUMENT}.toml": objective_toml(ordered).encode(),
    }
    for form in _written(rows):
        files[form.file] = csv_bytes(form.columns, rows[form.name])
    return files


def _written(rows: Mapping[str, Sequence[Row]]) -> Iterator[TableFormat]:
    """The tables that an export has: all, but those that came later only where they hold rows."""
    for form in PROGRAM_TABLES:
        if rows[form.name] or form.name not in TABLES_WHERE_THERE_ARE_ROWS:
            yield form


def write_program_folder(program: Program, path: Path) -> None:
    """Write the program's folder; it may be absent, empty, or hold a program that is then replaced.

    Raises `FolderInUseError` where it holds anything else.
    """
    write_folder(path, program_files(program), PROGRAM_FILES)


def program_zip(program: Program) -> bytes:
    """The program's folder as a zip archive."""
    return zip_bytes(program_files(program))


def program_workbook(program: Program) -> bytes:
    """The program as a workbook: one sheet per file; every cell is text, never a formula."""
    ordered = canonical(program)
    rows = table_rows(ordered)
    sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[str]]]] = {
        PROGRAM_DOCUMENT: (KEY_VALUE.columns, program_entries(ordered)),
        OBJECTIVE_DOCUMENT: (KEY_VALUE.columns, objective_entries(ordered)),
    }
    for form in _written(rows):
        sheets[form.name] = (form.columns, rows[form.name])
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": _WORKBOOK_TIME})
    bold = workbook.add_format({"bold": True})
    text = workbook.add_format({"num_format": "@"})
    for name, (header, lines) in sheets.items():
        sheet = workbook.add_worksheet(name)
        # Whole columns are text, so that what a coordinator types ("0 1", "2026-07-01") stays as typed.
        sheet.set_column(0, len(header) - 1, _COLUMN_WIDTH, text)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for row, cells in enumerate(lines, start=1):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(row, column, cell, text)
    workbook.close()
    return buffer.getvalue()
