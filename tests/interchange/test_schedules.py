"""Schedule folders read back as they were, their faults are named, and nothing foreign is overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from src.interchange.issues import ImportIssue, IssueSeverity, ScheduleRejectedError
from src.interchange.output import zip_bytes
from src.interchange.schedule import AssignmentRow, Conflict, ResultFile, Schedule, Scope, SolveStatus
from src.interchange.schedule_files import (
    FolderInUseError,
    ScheduleReading,
    assignment_csv_lines,
    check_schedule_folder,
    load_schedule,
    read_schedule,
    read_schedule_bytes,
    schedule_files,
    schedule_zip,
    write_schedule_folder,
)
from tests.factories.schedules import schedules, small_schedule
from tests.interchange.folders import place


def errors(issues: tuple[ImportIssue, ...]) -> list[str]:
    """The errors of a reading as `file:row:column:code`."""
    return [place(issue) for issue in issues if issue.severity is IssueSeverity.ERROR]


def reading_with(file: str, old: str, new: str) -> ScheduleReading:
    """The reading of the small schedule after one text in one file is replaced."""
    files = schedule_files(small_schedule())
    text = files[file].decode()
    assert old in text, f"{file} holds no {old!r}"
    return read_schedule_bytes("x.zip", zip_bytes(files | {file: text.replace(old, new, 1).encode()}))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schedules())
def test_any_schedule_is_the_same_after_a_zip(schedule: Schedule) -> None:
    reading = read_schedule_bytes("x.zip", schedule_zip(schedule))
    assert errors(reading.issues) == []
    assert reading.schedule == schedule


def test_a_schedule_is_the_same_after_a_folder(tmp_path: Path) -> None:
    write_schedule_folder(small_schedule(), tmp_path / "out")
    reading = read_schedule(tmp_path / "out")
    assert reading.issues == ()
    assert reading.schedule == small_schedule()
    assert load_schedule(tmp_path / "out") == small_schedule()


def test_a_finding_that_rests_on_a_whole_block_reads_back() -> None:
    """Thirty days of sessions are far more than a program's cell may hold."""
    given = small_schedule()
    assert given.findings
    assert given.denied
    entries = " ".join(f"2026-07-{day:02}/{part}/ICU-DAY" for day in range(1, 31) for part in ("AM", "PM"))
    long = replace(
        given,
        findings=(replace(given.findings[0], entries=entries),),
        denied=(replace(given.denied[0], blocking="; ".join(["staffing.csv row 4"] * 100)),),
    )
    reading = read_schedule_bytes("x.zip", schedule_zip(long))
    assert reading.issues == ()
    assert reading.schedule == long


def test_files_a_schedule_does_not_have_stay_absent() -> None:
    files = schedule_files(small_schedule(denied=None, findings=None, result=None, unmet=()))
    assert sorted(files) == ["assignments.csv", "unmet.csv", "vacations.csv", "year.csv"]
    assert files["unmet.csv"] == b"what,id,date_or_block,session,pgys,needed,got\n"
    del files["unmet.csv"]
    reading = read_schedule_bytes("x.zip", zip_bytes(files))
    assert reading.schedule is not None
    assert (reading.schedule.unmet, reading.schedule.denied, reading.schedule.findings) == ((), None, None)


def test_instants_have_seconds_and_the_offset_of_the_zone_asked_for() -> None:
    row = small_schedule().assignments[0]
    utc = replace(row, start_at=row.start_at.astimezone(UTC), end_at=row.end_at.astimezone(UTC))
    as_given = list(assignment_csv_lines([utc]))[1]
    local = list(assignment_csv_lines([utc], ZoneInfo("America/Chicago")))[1]
    assert "2026-07-04T12:00:00+00:00" in as_given
    assert "2026-07-04T07:00:00-05:00,2026-07-05T07:00:00-05:00" in local


def test_an_instant_without_an_offset_is_never_written() -> None:
    row = replace(small_schedule().assignments[0], start_at=datetime(2026, 7, 4, 7))  # noqa: DTZ001 - on purpose
    with pytest.raises(ValueError, match="no offset"):
        list(assignment_csv_lines([row]))


def test_assignment_lines_come_one_at_a_time() -> None:
    """An endless supply of rows can be streamed: nothing is gathered first."""

    def endless() -> Iterator[AssignmentRow]:
        while True:
            yield small_schedule().assignments[0]

    lines = list(islice(assignment_csv_lines(endless()), 3))
    assert lines[0] == "person,date,session,kind,id,start_at,end_at,duty_type\n"
    assert lines[1] == lines[2]


def test_assignment_lines_quote_what_needs_quotes() -> None:
    row = replace(small_schedule().assignments[0], id='a,"b"')
    assert ',"a,""b""",' in list(assignment_csv_lines([row]))[1]


def test_instants_without_seconds_are_read() -> None:
    reading = reading_with("assignments.csv", "T07:00:00-05:00", "T07:00-05:00")
    assert reading.schedule == small_schedule()


def test_rows_keep_the_number_of_their_line() -> None:
    files = schedule_files(small_schedule())
    header, first, second = files["year.csv"].decode().splitlines()
    files["year.csv"] = f"{header}\n{second}\n\n{first}\n".encode()
    reading = read_schedule_bytes("x.zip", zip_bytes(files))
    assert reading.schedule is not None
    assert [(row.block, row.row) for row in reading.schedule.year] == [(1, 4), (2, 2)]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("year.csv", "R1,1,", "R1,one,", "year.csv:2:block:bad_value"),
        ("year.csv", "R1,1,", ",1,", "year.csv:2:person:missing_value"),
        ("year.csv", "person,block", "person,blocks", "year.csv:1:block:missing_column"),
        ("vacations.csv", "2026-08-03", "03.08.2026", "vacations.csv:2:week_start_date:bad_value"),
        ("vacations.csv", ",1\n", ",first\n", "vacations.csv:2:request_rank:bad_value"),
        ("assignments.csv", "AM", "EVENING", "assignments.csv:2:session:bad_value"),
        ("assignments.csv", "call", "calls", "assignments.csv:2:kind:bad_value"),
        ("assignments.csv", "T07:00:00-05:00", "T07:00:00", "assignments.csv:2:start_at:bad_value"),
        ("assignments.csv", "in_house_call", "oncall", "assignments.csv:2:duty_type:bad_value"),
        ("assignments.csv", "2026-07-04,", "2026-02-30,", "assignments.csv:2:date:bad_value"),
        ("unmet.csv", "coverage", "cover", "unmet.csv:2:what:bad_value"),
        ("unmet.csv", "2,1\n", "2,\n", "unmet.csv:2:got:missing_value"),
        ("denied.csv", "day_off", "off", "denied.csv:2:kind:bad_value"),
        ("findings.csv", "hard", "must", "findings.csv:2:severity:bad_value"),
        ("result.json", '"feasible"', '"done"', "result.json:-:status:bad_value"),
        ("result.json", '"status"', '"state"', "result.json:-:status:missing_value"),
        ("result.json", '"both"', '["both"]', "result.json:-:scope:bad_value"),
        ("result.json", '"seed": 7', '"seed": true', "result.json:-:seed:bad_value"),
        ("result.json", '"seed": 7', '"seed": 7.5', "result.json:-:seed:bad_value"),
        ("result.json", '"gap": 0.25', '"gap": NaN', "result.json:-:-:bad_syntax"),
        ("result.json", '"gap": 0.25', '"gap": 1e999', "result.json:-:gap:bad_value"),
        ("result.json", '"gap": 0.25', '"gap": "small"', "result.json:-:gap:bad_value"),
        (
            "result.json",
            '"objective": -12',
            '"objective": null',
            "result.json:-:tiers.0.objective:missing_value",
        ),
        ("result.json", '"bound": -10.5', '"bound": []', "result.json:-:tiers.0.bound:bad_value"),
        (
            "result.json",
            '"whole_weekends": 4',
            '"whole_weekends": ""',
            "result.json:-:score_terms.whole_weekends:bad_value",
        ),
        ("result.json", '"gap": 0.25,', '"gap" 0.25,', "result.json:20:-:bad_syntax"),
        ("result.json", "{", "[" * 100_000, "result.json:-:-:bad_syntax"),
    ],
)
def test_a_fault_in_a_schedule_is_named_by_its_place(file: str, old: str, new: str, expected: str) -> None:
    reading = reading_with(file, old, new)
    assert reading.schedule is None
    assert errors(reading.issues) == [expected]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("year.csv", "WARD", "NOWHERE"),
        ("year.csv", "R1,1", "R 99,-5"),
        ("assignments.csv", "R2", "nobody at all"),
        ("assignments.csv", "2026-07-05T07:00:00", "2026-07-03T07:00:00"),
        ("vacations.csv", "2026-08-03", "2026-08-05"),
    ],
)
def test_what_only_the_program_can_judge_is_no_fault_of_the_file(file: str, old: str, new: str) -> None:
    reading = reading_with(file, old, new)
    assert reading.issues == ()
    assert reading.schedule is not None


def test_all_faults_of_a_schedule_come_at_once() -> None:
    files = schedule_files(small_schedule())
    files["year.csv"] = files["year.csv"].replace(b"R1,1", b"R1,x").replace(b"CLIN", b"\xff")
    files["result.json"] = b"[]"
    files["more.csv"] = b""
    del files["vacations.csv"]
    assert errors(read_schedule_bytes("x.zip", zip_bytes(files)).issues) == [
        "more.csv:-:-:unknown_file",
        "result.json:-:-:bad_syntax",
        "vacations.csv:-:-:missing_file",
        "year.csv:2:block:bad_value",
        "year.csv:3:rotation:not_utf8",
    ]


def test_loading_a_broken_schedule_raises_with_every_issue(tmp_path: Path) -> None:
    (tmp_path / "year.csv").write_text("person,block,rotation\nR1,x,WARD\n", encoding="utf-8")
    with pytest.raises(ScheduleRejectedError, match=r"year\.csv, row 2, column block") as raised:
        load_schedule(tmp_path)
    assert errors(raised.value.issues) == [
        "assignments.csv:-:-:missing_file",
        "vacations.csv:-:-:missing_file",
        "year.csv:2:block:bad_value",
    ]
    assert errors(read_schedule(tmp_path / "nowhere").issues)[0].endswith("unreadable")


def infeasible() -> Schedule:
    """A program without a schedule: a result with what collides, and nothing else."""
    conflicts = (Conflict("coverage.csv", 4, "ICU needs 3"), Conflict("program.toml", None, "weeks"))
    return Schedule(result=ResultFile(SolveStatus.INFEASIBLE, Scope.BOTH, (), conflicts=conflicts))


def test_an_infeasible_program_leaves_its_result_alone(tmp_path: Path) -> None:
    write_schedule_folder(small_schedule(), tmp_path)
    write_schedule_folder(infeasible(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
    found = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert found["conflicts"][0] == {"file": "coverage.csv", "row": 4, "message": "ICU needs 3"}
    assert load_schedule(tmp_path) == infeasible()


def test_a_result_that_claims_a_schedule_needs_its_tables() -> None:
    files = {"result.json": schedule_files(small_schedule())["result.json"]}
    assert errors(read_schedule_bytes("x.zip", zip_bytes(files)).issues) == [
        f"{file}:-:-:missing_file" for file in ("assignments.csv", "vacations.csv", "year.csv")
    ]


def test_a_result_of_another_maker_may_say_little() -> None:
    files = schedule_files(small_schedule()) | {"result.json": b'{"status": "optimal", "by": "hand"}'}
    schedule = read_schedule_bytes("x.zip", zip_bytes(files)).schedule
    assert schedule is not None
    assert schedule.result == ResultFile(SolveStatus.OPTIMAL, Scope.BOTH, (), extra={"by": "hand"})


@pytest.mark.parametrize("name", ["notes.txt", "year.csv.bak", "people.csv", ".git"])
def test_a_folder_that_holds_something_else_is_not_touched(tmp_path: Path, name: str) -> None:
    write_schedule_folder(infeasible(), tmp_path)
    (tmp_path / name).write_text("mine", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(FolderInUseError, match="something else"):
        write_schedule_folder(small_schedule(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / name).read_text("utf-8") == "mine"


def test_a_file_or_a_folder_of_that_name_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderInUseError, match="is no folder"):
        check_schedule_folder(tmp_path / "file")
    (tmp_path / "out" / "year.csv").mkdir(parents=True)
    with pytest.raises(FolderInUseError, match=r"year\.csv"):
        check_schedule_folder(tmp_path / "out")
    (tmp_path / "dangling").symlink_to(tmp_path / "absent")
    with pytest.raises(FolderInUseError):
        check_schedule_folder(tmp_path / "dangling")


def test_an_earlier_schedule_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    write_schedule_folder(small_schedule(), out)
    write_schedule_folder(small_schedule(findings=None, denied=None), out)
    assert "findings.csv" not in {path.name for path in out.iterdir()}
    assert load_schedule(out) == small_schedule(findings=None, denied=None)
    assert [path.name for path in out.parent.iterdir()] == ["out"]
