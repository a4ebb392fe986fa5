"""What is written reads back as the same program, whatever the form."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.interchange import texts, values
from src.interchange.canonical import canonical, numbered
from src.interchange.issues import IssueSeverity
from src.interchange.model import Program
from src.interchange.output import csv_bytes, zip_bytes
from src.interchange.reader import ProgramReading, load_program, read_program, read_program_bytes
from src.interchange.writer import (
    PROGRAM_FILES,
    program_files,
    program_workbook,
    program_zip,
    write_program_folder,
)
from tests.factories.programs import OVERRIDE, ruled_program, small_program
from tests.factories.random_programs import programs

_FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
_FEWER = settings(_FEW, max_examples=20)


def program_of(reading: ProgramReading) -> Program:
    """The program of a reading, or a failure that shows its errors."""
    errors = [str(issue) for issue in reading.issues if issue.severity is IssueSeverity.ERROR]
    assert errors == []
    assert reading.program is not None
    return reading.program


@_FEW
@given(programs())
def test_any_program_is_the_same_after_a_zip(program: Program) -> None:
    assert program_of(read_program_bytes("program.zip", program_zip(program))) == program


@_FEWER
@given(programs())
def test_any_program_is_the_same_after_a_workbook(program: Program) -> None:
    assert program_of(read_program_bytes("program.xlsx", program_workbook(program))) == program


@_FEWER
@given(program=programs())
def test_any_program_is_the_same_after_a_folder(
    program: Program, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("program") / "folder"
    write_program_folder(program, folder)
    assert program_of(read_program(folder)) == program


@_FEWER
@given(programs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(program: Program, random: Random) -> None:
    """Two folders are equal when they say the same, in whatever order their rows stand."""
    files = program_files(program)
    shuffled = {
        name: _shuffled(data, random) if name.endswith(".csv") else data for name, data in files.items()
    }
    again = program_of(read_program_bytes("program.zip", zip_bytes(shuffled)))
    assert again == program
    assert program_files(again) == files


def _shuffled(data: bytes, random: Random) -> bytes:
    header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    random.shuffle(rows)
    return csv_bytes(header, rows)


def test_the_small_program_reads_back_without_a_warning(tmp_path: Path) -> None:
    write_program_folder(small_program(), tmp_path / "small")
    reading = read_program(tmp_path / "small")
    assert reading.issues == ()
    assert reading.program == small_program()


def test_zip_and_workbook_files_read_from_disk(tmp_path: Path) -> None:
    (tmp_path / "small.zip").write_bytes(program_zip(small_program()))
    (tmp_path / "small.xlsx").write_bytes(program_workbook(small_program()))
    assert load_program(tmp_path / "small.zip") == small_program()
    assert read_program(tmp_path / "small.xlsx").issues == ()
    assert load_program(tmp_path / "small.xlsx") == small_program()


def test_equal_programs_give_equal_bytes_in_every_form() -> None:
    mixed = replace(small_program(), people=tuple(reversed(small_program().people)))
    assert program_files(mixed) == program_files(small_program())
    assert program_zip(mixed) == program_zip(small_program())
    assert program_workbook(mixed) == program_workbook(small_program())


def test_an_export_holds_every_file_of_the_format() -> None:
    assert tuple(program_files(ruled_program())) == PROGRAM_FILES


def test_a_program_without_overrides_and_approvals_is_written_as_it_always_was() -> None:
    """Whoever reads the format without these two files reads such a program still."""
    assert set(PROGRAM_FILES) - set(program_files(small_program())) == {
        "rule_overrides.csv",
        "rule_approvals.csv",
    }
    one = small_program(rule_overrides=(OVERRIDE,))
    assert set(PROGRAM_FILES) - set(program_files(one)) == {"rule_approvals.csv"}


def test_rows_are_numbered_as_the_export_numbers_them(tmp_path: Path) -> None:
    """A program from the database names the rows that its export has."""
    write_program_folder(small_program(), tmp_path / "small")
    read = load_program(tmp_path / "small")
    own = numbered(replace(small_program(), people=tuple(reversed(small_program().people))))
    for table in (
        "people",
        "rotations",
        "templates",
        "calls",
        "requests",
        "rotation_pins",
        "call_pins",
        "history",
    ):
        assert [row.row for row in getattr(own, table)] == [row.row for row in getattr(read, table)]


def test_canonical_form_is_reached_at_once() -> None:
    assert canonical(small_program()) == small_program()


def minutes_read(text: str) -> int | None:
    hours = values.parse_decimal(text)
    return None if hours is None else values.minutes_of(hours)


@pytest.mark.parametrize("minutes", [1, 7, 10, 20, 100, 333, 10_079, 10_080])
def test_any_minute_has_hours_that_read_back(minutes: int) -> None:
    assert minutes_read(texts.hours(minutes)) == minutes


@given(st.integers(0, 7 * 24 * 60))
def test_every_minute_of_a_week_has_hours_that_read_back(minutes: int) -> None:
    assert minutes_read(texts.hours(minutes)) == minutes


@pytest.mark.parametrize(
    ("weekdays", "written"),
    [
        ({0, 1, 2, 3, 4}, "0 1 2 3 4"),
        ({0, 1, 2, 3, 6}, "6 0 1 2 3"),
        ({5, 6}, "5 6"),
        ({6}, "6"),
        (set(), ""),
    ],
)
def test_weekdays_read_as_a_week_on_duty_does(weekdays: set[int], written: str) -> None:
    assert texts.listing(values.weekday_order(weekdays)) == written


@pytest.mark.parametrize(
    ("blocks", "written"), [((), ""), ((1, 2, 3), "1-3"), ((1, 3, 5), "1 3 5"), ((1, 2, 3, 7, 8), "1-3 7 8")]
)
def test_blocks_are_written_as_spans(blocks: tuple[int, ...], written: str) -> None:
    assert texts.spans(blocks) == written
