"""`rounds solve --start`: a schedule folder to start from, and folders that are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import src.solver.engine
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.interchange.schedule_files import write_schedule_folder
from src.interchange.writer import write_program_folder
from src.solver.problem import Problem, ProgressSink
from src.solver.result import Result
from src.solver.stop import Stop
from tests.commands.conftest import Rounds, assert_sentence
from tests.factories.schedules_db import ward_program, ward_schedule

QUICK = ("--workers", "1", "--time-limit", "3")


@pytest.fixture
def ward(tmp_path: Path) -> str:
    write_program_folder(ward_program(), tmp_path / "ward")
    return "ward"


def test_the_engine_starts_from_the_folder_and_makes_a_legal_schedule(
    rounds: Rounds, ward: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = src.solver.engine.solve
    starts: list[Schedule | None] = []

    def watched(problem: Problem, stop: Stop, progress: ProgressSink) -> Result:
        starts.append(problem.start)
        return honest(problem, stop, progress)

    monkeypatch.setattr(src.solver.engine, "solve", watched)
    write_schedule_folder(ward_schedule(), tmp_path / "yesterday")
    done = rounds("solve", ward, "-o", "out", "--start", "yesterday", *QUICK)
    assert done.exit_code == 0, done.output
    assert starts[0] is not None
    assert len(starts[0].assignments) == len(ward_schedule().assignments)
    assert rounds("check", ward, "out").exit_code == 0


def test_a_start_of_another_program_is_refused(rounds: Rounds, ward: str, tmp_path: Path) -> None:
    strangers = tuple(replace(row, person=f"X{row.person}") for row in ward_schedule().year)
    write_schedule_folder(Schedule(year=strangers), tmp_path / "other")
    done = rounds("solve", ward, "-o", "out", "--start", "other", *QUICK)
    assert_sentence(done)
    assert "--start other" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_start_without_a_schedule_is_refused(rounds: Rounds, ward: str, tmp_path: Path) -> None:
    alone = Schedule(result=ResultFile(SolveStatus.INFEASIBLE, Scope.BOTH, (1,)))
    write_schedule_folder(alone, tmp_path / "nothing")
    done = rounds("solve", ward, "-o", "out", "--start", "nothing", *QUICK)
    assert_sentence(done)
    assert "holds nothing" in done.stderr


def test_a_start_that_is_not_there_is_told(rounds: Rounds, ward: str) -> None:
    done = rounds("solve", ward, "-o", "out", "--start", "nowhere", *QUICK)
    assert_sentence(done)
    assert "nowhere" in done.stderr
