"""`rounds solve` and `rounds check`: their exit statuses, what they write and what they leave alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Scope, SolveStatus
from src.interchange.schedule_files import load_schedule, write_schedule_folder
from src.interchange.writer import write_program_folder
from tests.commands.conftest import Rounds, assert_sentence
from tests.factories.schedules_db import ward_program, ward_schedule
from tests.planning.wards import restless_ward, short_ward, stuck_ward

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
QUICK = ("--workers", "1", "--time-limit", "3")


def folder(path: Path, program: Program) -> str:
    write_program_folder(program, path)
    return str(path)


@pytest.fixture
def ward(tmp_path: Path) -> str:
    return folder(tmp_path / "ward", ward_program())


def test_what_is_solved_passes_the_check(rounds: Rounds, ward: str, tmp_path: Path) -> None:
    solved = rounds("solve", ward, "-o", "out", *QUICK)
    assert solved.exit_code == 0, solved.output
    assert "checked: 0 hard" in solved.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {
        *("year.csv", "vacations.csv", "assignments.csv", "unmet.csv", "denied.csv", "findings.csv"),
        "result.json",
    }
    checked = rounds("check", ward, "out", "--json")
    assert checked.exit_code == 0, checked.output
    report = json.loads(checked.stdout)
    assert (report["hard"], report["broken"]) == (0, [])
    assert set(report) == {"hard", "soft", "info", "findings", "score_terms", "figures", "broken"}
    again = rounds("solve", ward, "-o", "out", "--json", *QUICK)
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout) == json.loads((tmp_path / "out" / "result.json").read_text())


def test_days_are_solved_on_a_given_year_plan(rounds: Rounds, ward: str, tmp_path: Path) -> None:
    year = rounds("solve", ward, "-o", "year", "--scope", "year", *QUICK)
    assert year.exit_code == 0, year.output
    plan = load_schedule(tmp_path / "year")
    assert plan.year
    assert not plan.assignments
    days = rounds("solve", ward, "-o", "days", "--scope", "daily", "--year-plan", "year", *QUICK)
    assert days.exit_code == 0, days.output
    solved = load_schedule(tmp_path / "days")
    assert (solved.year, solved.vacations) == (plan.year, plan.vacations)
    assert rounds("check", ward, "days").exit_code == 0


@pytest.mark.parametrize("program", [stuck_ward(), short_ward()], ids=["proved", "counted"])
def test_an_infeasible_program_ends_with_3_and_its_conflicts(
    rounds: Rounds, tmp_path: Path, program: Program
) -> None:
    done = rounds("solve", folder(tmp_path / "given", program), "-o", "out", *QUICK)
    assert done.exit_code == 3, done.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["result.json"]
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["status"] == "infeasible"
    assert result["conflicts"][0]["row"] == 2
    assert f"conflict: {result['conflicts'][0]['file']}:2" in done.stdout


def test_a_limit_that_ends_with_nothing_ends_with_4(rounds: Rounds, tmp_path: Path) -> None:
    given = str(EXAMPLES / "prairie-im-xy")
    done = rounds("solve", given, "-o", "out", "--workers", "1", "--time-limit", "0.1")
    assert done.exit_code == 4, done.output
    assert json.loads((tmp_path / "out" / "result.json").read_text())["status"] == "unknown"


def test_solve_never_writes_into_a_folder_that_holds_something_else(
    rounds: Rounds, ward: str, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
    assert_sentence(rounds("solve", ward, "-o", "out"), "out holds something else (thesis.txt)")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert_sentence(rounds("solve", ward, "-o", "file"), "is no folder")


def test_days_alone_need_a_year_plan(rounds: Rounds, ward: str) -> None:
    assert_sentence(rounds("solve", ward, "-o", "out", "--scope", "daily"), "--year-plan")


def test_a_year_plan_that_cannot_be_read_is_said(rounds: Rounds, ward: str) -> None:
    done = rounds("solve", ward, "-o", "out", "--scope", "daily", "--year-plan", "nowhere")
    assert_sentence(done, "nowhere: does not exist")


@pytest.mark.parametrize("command", [("solve", "nowhere", "-o", "out"), ("check", "nowhere", "nowhere")])
def test_a_program_that_is_not_there_is_said(rounds: Rounds, command: tuple[str, ...]) -> None:
    assert_sentence(rounds(*command), "nowhere: does not exist")


@pytest.mark.parametrize("command", [("solve", "ward", "-o", "out"), ("check", "ward", "out")])
def test_every_error_of_a_broken_program_is_listed(
    rounds: Rounds, ward: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    for name, line in (("people.csv", "R9,Nine,resident,many,,,,"), ("staffing.csv", "NOWHERE,,AM,,1,")):
        with (tmp_path / "ward" / name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    assert_sentence(rounds(*command), "people.csv, row 5, column pgy", "staffing.csv, row 3, column rotation")
    assert not (tmp_path / "out").exists()


def test_an_unknown_rule_pack_is_said(rounds: Rounds, tmp_path: Path) -> None:
    given = folder(tmp_path / "given", replace(ward_program(), rule_packs=("mars-2040",)))
    assert_sentence(rounds("solve", given, "-o", "out", *QUICK), "mars-2040")
    write_schedule_folder(ward_schedule(), tmp_path / "made")
    assert_sentence(rounds("check", given, "made"), "mars-2040")


@pytest.mark.parametrize(
    "option", [("--time-limit", "0"), ("--workers", "0"), ("--seed", "-1"), ("--scope", "week")]
)
def test_an_option_out_of_range_is_said(rounds: Rounds, ward: str, option: tuple[str, str]) -> None:
    assert_sentence(rounds("solve", ward, "-o", "out", *option), option[0])


def test_a_schedule_that_breaks_what_must_hold_ends_with_1_and_names_it(
    rounds: Rounds, ward: str, tmp_path: Path
) -> None:
    content = ward_schedule()
    result = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, (1,))
    broken = replace(content, assignments=content.assignments[1:], denied=None, result=result)
    write_schedule_folder(broken, tmp_path / "made", ward_program().zone)
    done = rounds("check", ward, "made", "--json")
    assert done.exit_code == 1, done.output
    named = json.loads(done.stdout)["broken"]
    assert any("R1" in row["message"] for row in named)
    assert rounds("check", ward, "made").exit_code == 1


def test_a_schedule_that_is_not_there_is_said(rounds: Rounds, ward: str) -> None:
    assert_sentence(rounds("check", ward, "made"), "made: does not exist")


def test_one_worker_and_one_seed_give_one_schedule(rounds: Rounds, tmp_path: Path) -> None:
    given = folder(tmp_path / "given", restless_ward())
    limit = ("--workers", "1", "--deterministic-limit", "0.5", "--time-limit", "60", "--seed", "5")
    for out in ("first", "second"):
        assert rounds("solve", given, "-o", out, *limit).exit_code == 0
    first, second = (load_schedule(tmp_path / out) for out in ("first", "second"))
    assert first.assignments == second.assignments
    assert (first.year, first.vacations) == (second.year, second.vacations)


def test_a_place_that_cannot_be_written_is_told_before_anything_is_solved(
    rounds: Rounds, ward: str, tmp_path: Path
) -> None:
    """A file where a folder would have to be: a sentence at once."""
    (tmp_path / "file").write_text("here")
    assert_sentence(rounds("solve", ward, "-o", "file/schedule", *QUICK), "cannot be made")
