"""The rows kept of the engine's measurements: merged by program and solver, in a settled order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.engine.cases import CASES, UnknownCaseError, case_of
from benchmarks.engine.pictures import draw, gap_lines, growth
from benchmarks.engine.results import has_row, merged, read_rows, write_rows

FIRST_SEEN, BETTER = [1.0, "year", 2, 50.0, 110.0], [2.0, "year", 2, 100.0, 105.0]


def row(program: str, solver: str, **more: Any) -> dict[str, Any]:
    return {"program": program, "solver": solver, "commit": "abc1234", "seconds": 1.0} | more


def test_a_new_row_takes_the_place_of_the_old_one_alone() -> None:
    rows = [row("tiny", "engine"), row("tiny", "plain"), row("fm-24", "engine")]
    after = merged(rows, row("tiny", "plain", seconds=2.0))
    assert [(each["program"], each["solver"], each["seconds"]) for each in after] == [
        ("tiny", "engine", 1.0),
        ("tiny", "plain", 2.0),
        ("fm-24", "engine", 1.0),
    ]


def test_rows_stand_in_the_order_of_the_programs_and_strangers_last() -> None:
    rows: list[dict[str, Any]] = []
    for name in ("of-others", "im-60", "tiny"):
        rows = merged(rows, row(name, "engine"))
    assert [each["program"] for each in rows] == ["tiny", "im-60", "of-others"]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    rows = [row("tiny", "engine"), row("fm-24", "engine")]
    write_rows(tmp_path / "engine.json", rows)
    assert read_rows(tmp_path / "engine.json") == rows
    assert len((tmp_path / "engine.json").read_text().splitlines()) == 4


def test_there_are_no_rows_before_the_first(tmp_path: Path) -> None:
    assert read_rows(tmp_path / "engine.json") == []


def test_a_file_that_is_no_json_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_text("[{")
    with pytest.raises(json.JSONDecodeError):
        read_rows(tmp_path / "engine.json")


def test_a_row_of_another_commit_is_missing() -> None:
    rows = [row("tiny", "engine")]
    assert has_row(rows, "tiny", "engine", "abc1234")
    assert not has_row(rows, "tiny", "engine", "fff0000")
    assert not has_row(rows, "tiny", "plain", "abc1234")


def test_a_case_may_have_seconds_of_its_own() -> None:
    assert case_of("fm-24").seconds == 58
    assert case_of("fm-24:20").seconds == 20
    assert case_of("im-60-by-160:20").residents == 160


def test_a_folder_is_a_case(tmp_path: Path) -> None:
    assert (case_of(f"{tmp_path}:5").name, case_of(f"{tmp_path}:5").seconds) == (tmp_path.name, 5)


def test_a_name_of_nothing_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownCaseError, match="fm-42 is neither one of tiny, fm-24"):
        case_of("fm-42")


@pytest.mark.parametrize("seconds", ["0", "-3", "nan", "soon"])
def test_seconds_that_are_none_are_refused(seconds: str) -> None:
    with pytest.raises(ValueError, match=r"seconds must be above 0|could not convert"):
        case_of(f"fm-24:{seconds}")


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_gaps_over_time_are_to_the_bound_then_and_to_that_proved_in_the_end() -> None:
    measured = row(
        "fm-24",
        "engine",
        scored=2,
        year_tiers=[[0.0, 0.0], [100.0, 102.0]],
        incumbents=[FIRST_SEEN, [1.5, "year", 3, -9.0, 0.0], [1.7, "daily", 2, 7.0, None], BETTER],
    )
    then, proved = gap_lines(measured)
    assert then.points == [(1.0, 100.0), (2.0, pytest.approx(5.0))]
    assert proved.points == [(1.0, 100.0), (2.0, pytest.approx(2.0))]


def test_one_moment_is_no_line() -> None:
    assert gap_lines(row("fm-24", "engine", scored=2, year_tiers=[], incumbents=[BETTER])) == []
    assert gap_lines(row("fm-24", "plain", scored=2)) == []


def test_programs_without_a_schedule_are_no_points_of_growth() -> None:
    rows = [
        row("a", "engine", residents=60, tiers=[[1.0, None]], first=9.0),
        row("b", "engine", residents=24, tiers=[[1.0, None]], first=4.0),
        row("c", "engine", residents=30, tiers=[], first=None),
        row("a", "plain", residents=60, tiers=[[1.0, None]], first=50.0),
    ]
    assert growth(rows, "engine", "first") == [(24, 4.0), (60, 9.0)]


def test_pictures_are_drawn_of_what_there_is(tmp_path: Path) -> None:
    fields = {"scored": 2, "year_tiers": [[0.0, 0.0], [100.0, 100.0]], "incumbents": [FIRST_SEEN, BETTER]}
    rows = [
        row("a", "engine", residents=60, tiers=[[1.0, None]], first=9.0, peak_mb=500, **fields),
        row("b", "engine", residents=24, tiers=[[1.0, None]], first=4.0, peak_mb=300, **fields),
    ]
    names = draw(rows, tmp_path)
    assert names == ["engine_gap_a.svg", "engine_gap_b.svg", "engine_time.svg", "engine_memory.svg"]
    assert all("<svg" in (tmp_path / name).read_text() for name in names)
    assert draw(rows[:1], tmp_path) == ["engine_gap_a.svg"]
