"""The reader against the shared programs and the shared malformed folders."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from src.interchange.reader import load_program, read_program, read_program_bytes
from src.interchange.schedule_files import load_schedule, read_schedule, schedule_files, write_schedule_folder
from src.interchange.writer import program_files, program_workbook, write_program_folder
from tests.interchange.folders import places

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not beside this checkout"),
]

PROGRAMS = ("tiny", "fm-24", "im-60", "gs-35", "infeasible-icu")

# A doubled id takes the place of another, so that what refers to the other dangles: true errors as well.
_GONE = [
    "clinics.csv:4:person:unknown_id",
    "requests.csv:6:person:unknown_id",
    "requests.csv:7:person:unknown_id",
]

EXPECTED = {
    "dangling-rotation": ["coverage.csv:2:rotation:unknown_id"],
    "dangling-group": ["calls.csv:2:rotations:unknown_id"],
    "us-date": ["requests.csv:14:start_date:bad_value"],
    "duplicate-id": [*_GONE[:1], "people.csv:4:id:duplicate", *_GONE[1:]],
    "min-above-max": ["coverage.csv:4:min:contradiction"],
    "unknown-file": ["staffing_old.csv:-:-:unknown_file"],
    "not-utf8": ["people.csv:2:name:not_utf8"],
    "huge-cell": ["people.csv:2:name:too_large"],
    "bad-enum": ["rotations.csv:2:setting:bad_value"],
    "bad-weekday": ["templates.csv:2:weekdays:out_of_range"],
    "nul-byte": ["people.csv:2:name:bad_character"],
    "block-out-of-range": ["pins.csv:2:block:out_of_range"],
    "three-at-once": [
        "absences.csv:2:start_date:bad_value",
        _GONE[0],
        "coverage.csv:2:rotation:unknown_id",
        "people.csv:4:id:duplicate",
        *_GONE[1:],
    ],
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_shared_program_reads_without_an_issue_and_keeps_every_cell(name: str) -> None:
    """What is exported holds the same rows, cell by cell, only in canonical order."""
    folder = DATA / "programs" / name
    reading = read_program(folder)
    assert reading.issues == ()
    assert reading.program is not None
    for file, data in program_files(reading.program).items():
        if file.endswith(".csv"):
            ours = sorted(csv.reader(io.StringIO(data.decode(), newline="")))
            theirs = sorted(csv.reader(io.StringIO((folder / file).read_text("utf-8"), newline="")))
            assert ours == theirs


def test_a_shared_program_is_equal_after_folder_and_workbook(tmp_path: Path) -> None:
    program = load_program(DATA / "programs" / "fm-24")
    write_program_folder(program, tmp_path / "fm-24")
    assert load_program(tmp_path / "fm-24") == program
    reading = read_program_bytes("fm-24.xlsx", program_workbook(program))
    assert reading.issues == ()
    assert reading.program == program


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_malformed_folder_gets_its_errors_with_their_places(name: str) -> None:
    reading = read_program(DATA / "programs-broken" / name)
    assert reading.program is None
    assert places(reading) == EXPECTED[name]


def test_every_malformed_folder_is_expected() -> None:
    folders = {path.name for path in (DATA / "programs-broken").iterdir() if path.is_dir()}
    assert folders == set(EXPECTED)


def test_the_shared_schedules_are_equal_after_writing(tmp_path: Path) -> None:
    """The shared instants lack seconds; ours have them and are the same instants."""
    schedule = load_schedule(DATA / "schedules" / "tiny")
    write_schedule_folder(schedule, tmp_path / "tiny")
    reading = read_schedule(tmp_path / "tiny")
    assert reading.issues == ()
    assert reading.schedule == schedule
    assert b",2026-07-01T08:00:00-05:00," in schedule_files(schedule)["assignments.csv"]
