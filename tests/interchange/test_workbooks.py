"""Workbooks as people make them: typed cells, formulas, extra sheets, and broken ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from src.interchange.issues import IssueCode, IssueSeverity
from src.interchange.reader import ProgramReading, read_program_bytes
from src.interchange.writer import program_workbook
from tests.factories.programs import small_program
from tests.interchange.folders import places


def reading_after(change: Callable[[openpyxl.Workbook], None]) -> ProgramReading:
    """The reading of the small program's workbook after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO(program_workbook(small_program())))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return read_program_bytes("small.xlsx", buffer.getvalue())


def put(sheet: str, cell: str, value: object) -> Callable[[openpyxl.Workbook], None]:
    """A change of one cell."""

    def change(book: openpyxl.Workbook) -> None:
        book[sheet][cell].number_format = "General"
        book[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("sheet", "cell", "value"),
    [
        ("people", "D3", 1),
        ("people", "D3", 1.0),
        ("requests", "D2", date(2026, 8, 3)),
        ("requests", "D2", datetime(2026, 8, 3)),  # noqa: DTZ001 - a workbook knows no zones
        ("templates", "D2", time(8, 0)),
        ("templates", "D2", timedelta(hours=8)),
        ("templates", "E5", 5.5),
        ("templates", "G2", False),
        ("rotations", "F2", True),
        ("history_counts", "C2", 2.5),
        ("program", "B7", date(2026, 7, 1)),
        ("program", "B2", 1),
        ("program", "B8", "[28, 28, 28, 29]"),
        ("objective", "B2", 1000.0),
        ("objective", "B3", "10, 7.5"),
    ],
)
def test_a_typed_cell_is_the_text_it_stands_for(sheet: str, cell: str, value: object) -> None:
    reading = reading_after(put(sheet, cell, value))
    assert reading.issues == ()
    assert reading.program == small_program()


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "expected"),
    [
        ("people", "D3", 1.5, "people:3:pgy:bad_value"),
        ("people", "D3", "=1+0", "people:3:pgy:bad_value"),
        ("requests", "D2", datetime(2026, 8, 3, 9), "requests:2:start_date:bad_value"),  # noqa: DTZ001 - as above
        ("templates", "D2", time(8, 0, 30), "templates:2:start:bad_value"),
        ("templates", "D2", timedelta(hours=30), "templates:2:start:bad_value"),
        ("templates", "D2", 0.3333333, "templates:2:start:bad_value"),
        ("coverage", "A2", "@lite", "coverage:2:rotation:unknown_id"),
        ("people", "B3", "x" * 1001, "people:3:name:too_large"),
        ("people", "Z3", "stray", "people:3:-:ragged_row"),
        ("people", "DZ3", "stray", "people:3:-:too_large"),
        ("people", "A1", None, "people:1:id:missing_column"),
        ("program", "A2", None, "program:2:key:missing_value"),
        ("program", "A3", "format", "program:3:key:duplicate"),
        ("program", "B2", "one", "program:2:format:bad_value"),
        ("program", "B8", "28 x", "program:8:blocks:bad_value"),
        ("objective", "A4", "tier.4.rotation_request", "objective:-:tier.3:out_of_range"),
        ("objective", "A3", "tiers.2.vacation_rank", None),
    ],
)
def test_a_fault_in_a_sheet_is_named_by_sheet_row_and_column(
    sheet: str, cell: str, value: object, expected: str | None
) -> None:
    found = places(reading_after(put(sheet, cell, value)))
    assert (expected in found) if expected else (found == [])


@pytest.mark.parametrize(
    "formula", ["=1+1", '=HYPERLINK("https://example.org","x")', "=SUM(A1:A3)", "+1", "@x", "-2"]
)
def test_a_formula_is_the_text_of_itself(formula: str) -> None:
    """Neither evaluated nor replaced by a cached result: what stands in the cell is the name."""
    reading = reading_after(put("people", "B3", formula))
    assert reading.program is not None
    assert reading.program.people[1].name == formula
    again = read_program_bytes("again.xlsx", program_workbook(reading.program))
    assert again.program == reading.program
    sheet = openpyxl.load_workbook(io.BytesIO(program_workbook(reading.program)))["people"]
    assert sheet["B3"].data_type == "s"


def test_an_array_formula_is_its_text_too() -> None:
    reading = reading_after(put("people", "B3", ArrayFormula("B3", "=A1:A3")))
    assert reading.program is not None
    assert reading.program.people[1].name == "=A1:A3"


def test_an_empty_weight_is_one_and_an_empty_tier_keeps_its_number() -> None:
    reading = reading_after(put("objective", "B2", None))
    assert reading.program is not None
    assert reading.program.objective[0].weights == (("unmet_staffing", 1),)
    bare = reading_after(put("objective", "A2", "tier.1"))
    assert places(bare) == []


def test_an_unknown_sheet_with_cells_is_an_error_and_an_empty_one_is_not() -> None:
    def add(book: openpyxl.Workbook) -> None:
        book.create_sheet("Sheet1")
        book.create_sheet("notes")["A1"] = "hello"

    assert places(reading_after(add)) == ["notes:-:-:unknown_file"]


def test_two_sheets_of_one_name_are_not_mixed() -> None:
    def add(book: openpyxl.Workbook) -> None:
        book.create_sheet("people ")["A1"] = "id"

    assert places(reading_after(add)) == ["people:-:-:duplicate"]


def test_a_missing_required_sheet_is_an_error() -> None:
    def remove(book: openpyxl.Workbook) -> None:
        del book["rotations"]
        del book["calls"]
        book["pins"]["E3"] = None
        book["pins"]["D3"] = None
        book["pins"]["A3"] = None

    assert places(reading_after(remove)) == ["rotations:-:-:missing_file"]


def test_sheet_names_may_be_capitalised_and_rows_may_be_left_blank() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["people"]
        sheet.title = "People "
        sheet.insert_rows(3, 2)
        sheet["B6"] = None

    reading = reading_after(change)
    assert places(reading) == ["people:6:name:missing_value"]


def test_an_unknown_column_of_a_sheet_is_a_warning() -> None:
    reading = reading_after(put("people", "I1", "shoe size"))
    assert places(reading, IssueSeverity.WARNING) == ["people:1:shoe size:unknown_column"]
    assert reading.program == small_program()


def rewritten(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The small workbook with one of its parts replaced."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(program_workbook(small_program()))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == part else data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet3.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"<a>" + data,
        lambda data: data.replace(b"UTF-8", b"UTF-88"),
    ],
)
def test_a_workbook_with_a_spoilt_part_is_refused_without_a_traceback(
    part: str, spoil: Callable[[bytes], bytes]
) -> None:
    reading = read_program_bytes("x.xlsx", rewritten(part, spoil))
    assert reading.program is None
    assert IssueCode.UNREADABLE in {issue.code for issue in reading.issues}


def test_entities_are_refused_before_they_unfold() -> None:
    lol = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    reading = read_program_bytes("x.xlsx", rewritten("xl/sharedStrings.xml", lambda _: lol))
    assert [issue.code for issue in reading.issues] == [IssueCode.UNSAFE_ARCHIVE]
    hidden = read_program_bytes(
        "x.xlsx", rewritten("xl/sharedStrings.xml", lambda _: lol.decode().encode("utf-16"))
    )
    assert [issue.code for issue in hidden.issues] == [IssueCode.UNSAFE_ARCHIVE]


def test_a_row_number_in_the_billions_costs_nothing() -> None:
    def far(data: bytes) -> bytes:
        return data.replace(b'<row r="4"', b'<row r="2000000000"').replace(b'r="A4"', b'r="A2000000000"')

    reading = read_program_bytes("x.xlsx", rewritten("xl/worksheets/sheet3.xml", far))
    assert reading.program is None
    assert IssueCode.TOO_LARGE in {issue.code for issue in reading.issues}
