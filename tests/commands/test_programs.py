"""`rounds import` and `rounds export`: what goes in comes out, and every mistake is a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import Result

from src.interchange.reader import load_program
from src.interchange.writer import program_files, write_program_folder
from tests.commands.conftest import Rounds, assert_sentence, rows
from tests.factories.programs import small_program
from tests.factories.schedules_db import ward_program


@pytest.fixture
def ward_folder(tmp_path: Path) -> Path:
    write_program_folder(ward_program(), tmp_path / "ward")
    return tmp_path / "ward"


def imported(done: Result) -> str:
    """The id of the program that an import told of."""
    assert done.exit_code == 0, done.stderr
    return done.stdout.strip().rpartition(" ")[2]


@pytest.mark.parametrize("name", ["out", "out.zip", "out.xlsx"])
def test_what_is_imported_is_exported_equal(
    rounds: Rounds, fresh_database_url: str, ward_folder: Path, tmp_path: Path, name: str
) -> None:
    program_id = imported(rounds("import", str(ward_folder), DATABASE_URL=fresh_database_url))
    by = {"out": "ward", "out.zip": program_id, "out.xlsx": "ward"}[name]
    done = rounds("export", by, "-o", name, DATABASE_URL=fresh_database_url)
    assert done.exit_code == 0, done.stderr
    assert program_files(load_program(tmp_path / name)) == program_files(load_program(ward_folder))
    told = rows(fresh_database_url, "SELECT actor_name, action FROM audit_entry")
    assert told == [("command line", "program.imported")]


def test_an_import_over_a_program_replaces_its_inputs(
    rounds: Rounds, fresh_database_url: str, ward_folder: Path, tmp_path: Path
) -> None:
    program_id = imported(rounds("import", str(ward_folder), DATABASE_URL=fresh_database_url))
    write_program_folder(small_program(), tmp_path / "small")
    again = rounds("import", "small", "--program", program_id, DATABASE_URL=fresh_database_url)
    assert imported(again) == program_id
    rounds("export", program_id, "-o", "out", DATABASE_URL=fresh_database_url)
    assert program_files(load_program(tmp_path / "out")) == program_files(small_program())
    assert rows(fresh_database_url, "SELECT count(*) FROM program") == [(1,)]


def test_every_error_of_a_broken_program_is_listed_and_nothing_imported(
    rounds: Rounds, fresh_database_url: str, ward_folder: Path
) -> None:
    with (ward_folder / "people.csv").open("a", encoding="utf-8") as file:
        file.write("R9,Nine,resident,many,,,,\n")
    with (ward_folder / "staffing.csv").open("a", encoding="utf-8") as file:
        file.write("NOWHERE,,AM,,1,\n")
    done = rounds("import", str(ward_folder), DATABASE_URL=fresh_database_url)
    assert_sentence(done, "people.csv, row 5, column pgy", "staffing.csv, row 3, column rotation")
    assert rows(fresh_database_url, "SELECT count(*) FROM program") == [(0,)]


@pytest.mark.parametrize(
    "arguments",
    [("import", "nowhere"), ("export", "nobody", "-o", "out"), ("import", "ward", "--program", "x")],
)
def test_what_is_not_there_is_said(
    rounds: Rounds, fresh_database_url: str, ward_folder: Path, arguments: tuple[str, ...]
) -> None:
    assert_sentence(rounds(*arguments, DATABASE_URL=fresh_database_url))


def test_a_code_that_two_programs_have_needs_an_id(
    rounds: Rounds, fresh_database_url: str, ward_folder: Path
) -> None:
    ids = [imported(rounds("import", str(ward_folder), DATABASE_URL=fresh_database_url)) for _ in range(2)]
    assert_sentence(rounds("export", "ward", "-o", "out", DATABASE_URL=fresh_database_url), *ids)
    assert rounds("export", ids[1], "-o", "out", DATABASE_URL=fresh_database_url).exit_code == 0


@pytest.mark.parametrize("name", ["out", "out.zip", "out.xlsx"])
def test_an_export_never_writes_over_something_else(
    rounds: Rounds, fresh_database_url: str, ward_folder: Path, tmp_path: Path, name: str
) -> None:
    rounds("import", str(ward_folder), DATABASE_URL=fresh_database_url)
    there = tmp_path / name
    if there.suffix:
        there.write_text("mine", encoding="utf-8")
    else:
        there.mkdir()
        (there / "thesis.txt").write_text("mine", encoding="utf-8")
    assert_sentence(
        rounds("export", "ward", "-o", name, DATABASE_URL=fresh_database_url), "nothing was written"
    )
    kept = there if there.suffix else there / "thesis.txt"
    assert kept.read_text(encoding="utf-8") == "mine"


def test_a_database_that_is_away_is_said_by_both(rounds: Rounds, ward_folder: Path) -> None:
    away = "postgresql://rounds:wrong@127.0.0.1:9/rounds"
    assert_sentence(rounds("import", str(ward_folder), DATABASE_URL=away), "database")
    assert_sentence(rounds("export", "ward", "-o", "out", DATABASE_URL=away), "database")
