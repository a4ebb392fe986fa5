"""`rounds repair`: folders in, folders out, and what it says when there is nothing to be had."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from src.cli import app
from src.interchange.model import Absence, AbsenceStatus, Program
from src.interchange.schedule_files import load_schedule, write_schedule_folder
from src.interchange.writer import program_files
from tests.factories.schedules_db import SATURDAY, START, ward_program
from tests.planning.swaps.test_swaps import ward_on_call


def write(program: Program, folder: Path) -> Path:
    folder.mkdir()
    for name, data in program_files(program).items():
        (folder / name).write_bytes(data)
    return folder


def out_for_three_weeks(*people: str) -> Program:
    away = tuple(
        Absence(person, "sick", SATURDAY, SATURDAY + timedelta(20), AbsenceStatus.APPROVED)
        for person in people
    )
    return replace(ward_program(), absences=away)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    write_schedule_folder(replace(ward_on_call(), denied=None), folder, ward_program().zone)
    return folder


def run(*arguments: object) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["repair", *map(str, arguments)])
    return answer.exit_code, answer.output


def test_alternatives_are_written_and_pass_the_check(tmp_path: Path, base: Path) -> None:
    program, out = write(out_for_three_weeks("R1"), tmp_path / "program"), tmp_path / "out"
    status, told = run(program, base, "-o", out, "--from", START, "--json", "--workers", 2)
    assert status == 0, told
    answer = json.loads(told)
    assert answer["status"] == "feasible"
    assert answer["alternatives"]
    for made in answer["alternatives"]:
        checked = CliRunner().invoke(app, ["check", str(program), made["folder"]])
        assert checked.exit_code == 0, checked.output
        assert made["by_person"].keys() == set(made["people"])


def test_it_says_in_words_what_changes(tmp_path: Path, base: Path) -> None:
    program, out = write(out_for_three_weeks("R1"), tmp_path / "program"), tmp_path / "out"
    status, told = run(program, base, "-o", out, "--from", START, "--alternatives", 1)
    assert status == 0
    assert "the change breaks: R1 cannot work as planned" in told
    assert "as few as can be" in told
    assert load_schedule(out / "1").assignments


def test_three_means_proved_that_there_is_none(tmp_path: Path, base: Path) -> None:
    program, out = write(out_for_three_weeks("R1", "R2", "R3"), tmp_path / "program"), tmp_path / "out"
    status, told = run(program, base, "-o", out, "--no-allow-unmet")
    assert status == 3, told
    assert "conflict: staffing.csv" in told
    assert not out.exists()


def test_two_means_that_a_date_or_folder_is_wrong(tmp_path: Path, base: Path) -> None:
    program, out = write(out_for_three_weeks("R1"), tmp_path / "program"), tmp_path / "out"
    assert run(program, base, "-o", out, "--from", "tomorrow")[0] == 2
    status, told = run(program, base, "-o", out, "--from", "2031-01-01")
    assert (status, "no date of the year" in told) == (2, True)
    assert run(program, tmp_path / "nowhere", "-o", out)[0] == 2
    assert run(program, base, "-o", program / "program.toml")[0] == 2
    assert not out.exists()
