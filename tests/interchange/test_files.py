"""Files as files: encodings, line ends, headers, ragged rows, TOML, and what is missing or unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.interchange import limits
from src.interchange.issues import MAX_ISSUES, IssueCode, IssueSeverity, ProgramRejectedError
from src.interchange.reader import load_program, read_program
from src.interchange.writer import write_program_folder
from tests.factories.programs import small_program
from tests.interchange.folders import places, reading_of, reading_with, reading_with_row, small_files


def test_a_byte_order_mark_and_dos_line_ends_change_nothing() -> None:
    files = {name: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") for name, data in small_files().items()}
    reading = reading_of(files)
    assert reading.issues == ()
    assert reading.program == small_program()


def test_old_mac_line_ends_change_nothing() -> None:
    files = small_files()
    files["people.csv"] = files["people.csv"].replace(b"\n", b"\r")
    assert reading_of(files).program == small_program()


def test_blank_lines_are_rows_of_nothing() -> None:
    """A row's number stays its number, also after rows without anything in them."""
    files = small_files()
    files["people.csv"] = files["people.csv"].replace(
        b"R4,Resident 4,resident,2", b"\n,,,,,,,\nR4,,resident,2"
    )
    assert places(reading_of(files)) == ["people.csv:8:name:missing_value"]


def test_a_quoted_line_end_does_not_shift_the_rows_below() -> None:
    files = small_files()
    files["people.csv"] = (
        files["people.csv"].replace(b"Resident 1", b'"Resident\n1"').replace(b"R4,", b"R 4,")
    )
    assert places(reading_of(files)) == ["people.csv:6:id:bad_value"]


def test_a_file_in_another_encoding_is_named_with_every_row() -> None:
    files = small_files()
    text = files["people.csv"].decode().replace("Resident 1", "José").replace("Resident 3", "Zoë")
    files["people.csv"] = text.encode("latin-1")
    assert places(reading_of(files)) == ["people.csv:3:name:not_utf8", "people.csv:5:name:not_utf8"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_utf_16_file_is_one_error(encoding: str) -> None:
    files = small_files()
    mark = b"" if encoding == "utf-16" else b"\xfe\xff"
    files["people.csv"] = mark + files["people.csv"].decode().encode(encoding)
    assert places(reading_of(files)) == ["people.csv:1:-:not_utf8"]


@pytest.mark.parametrize(
    ("character", "code"),
    [
        ("\0", "bad_character"),
        ("\x07", "bad_character"),
        ("\x85", "bad_character"),
        ("\uffff", "bad_character"),
    ],
)
def test_characters_that_no_text_holds_are_refused(character: str, code: str) -> None:
    reading = reading_with("people.csv", "Resident 1", f"Resident{character}1")
    assert places(reading) == [f"people.csv:3:name:{code}"]


def test_a_huge_cell_is_named_by_its_place() -> None:
    reading = reading_with("people.csv", "Resident 1", "x" * 200_000)
    assert places(reading) == ["people.csv:3:name:too_large"]
    longest = "x" * limits.MAX_CELL_LENGTH
    assert places(reading_with("people.csv", "Resident 1", longest)) == []
    assert places(reading_with("people.csv", "Resident 1", longest + "x")) == ["people.csv:3:name:too_large"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id,name", "id,title", ["people.csv:1:name:missing_column"]),
        ("id,name", "ID,name", ["people.csv:1:id:missing_column"]),
        ("kind,pgy", "kind,kind", ["people.csv:1:kind:duplicate_column", "people.csv:1:pgy:missing_column"]),
        ("id,", "\0,", ["people.csv:1:column 1:bad_character"]),
    ],
)
def test_a_header_that_lacks_something_is_named(old: str, new: str, expected: list[str]) -> None:
    assert places(reading_with("people.csv", old, new)) == expected


def test_a_missing_column_does_not_hide_the_other_faults_of_its_file() -> None:
    files = small_files()
    files["people.csv"] = (
        b"id,kind,pgy\nR1,nurse,1\nR2,resident,x\nR3,resident,2\nR4,resident,2\nF1,faculty,\n"
    )
    assert places(reading_of(files)) == [
        "people.csv:1:name:missing_column",
        "people.csv:2:kind:bad_value",
        "people.csv:3:pgy:bad_value",
    ]


def test_columns_that_may_be_empty_may_be_absent() -> None:
    files = small_files()
    files["people.csv"] = b"pgy,kind,name,id\n,faculty,F,F1\n" + b"".join(
        f"1,resident,Name,R{number}\n".encode() for number in (1, 2, 3, 4)
    )
    reading = reading_of(files)
    assert reading.issues == ()


def test_a_semicolon_file_is_told_to_use_commas() -> None:
    files = small_files()
    files["people.csv"] = files["people.csv"].replace(b",", b";")
    messages = [issue.message for issue in reading_of(files).issues if issue.code is IssueCode.MISSING_COLUMN]
    assert messages
    assert all("commas" in message for message in messages)


def test_an_unknown_column_is_a_warning_and_not_read() -> None:
    files = small_files()
    files["successions.csv"] = b"from,to,pgys,why\nNF,WARD,1,tired\n"
    reading = reading_of(files)
    assert places(reading, IssueSeverity.WARNING) == ["successions.csv:1:why:unknown_column"]
    assert reading.program == small_program()


def test_a_row_with_too_many_cells_is_an_error() -> None:
    assert places(reading_with_row("successions.csv", "WARD,NF,1,2")) == ["successions.csv:3:-:ragged_row"]
    assert places(reading_with_row("successions.csv", "WARD,NF,1,,,")) == []


def test_a_row_with_too_few_cells_is_a_warning() -> None:
    reading = reading_with_row("successions.csv", "WARD,NF")
    assert places(reading, IssueSeverity.WARNING) == ["successions.csv:3:-:ragged_row"]
    assert reading.program is not None


@pytest.mark.parametrize("rest", ['"WARD', 'N"F" x,"WA"RD,1'])
def test_a_quote_out_of_place_is_named_with_its_row(rest: str) -> None:
    assert places(reading_with_row("successions.csv", rest)) in (
        ["successions.csv:3:-:bad_syntax"],
        ["successions.csv:3:from:unknown_id", "successions.csv:3:to:unknown_id"],
    )


def test_an_empty_file_lacks_its_header() -> None:
    files = small_files() | {"people.csv": b""}
    assert places(reading_of(files)) == ["people.csv:1:-:missing_column"]


def test_blank_lines_above_the_header_shift_it_down() -> None:
    files = small_files()
    files["people.csv"] = b"\n,,\n" + files["people.csv"].replace(b"pgy", b"PGY").replace(b"R4,", b"R 4,")
    assert places(reading_of(files)) == [
        "people.csv:3:pgy:missing_column",
        "people.csv:8:id:bad_value",
    ]


def test_a_file_with_a_header_alone_is_an_empty_table() -> None:
    files = small_files() | {"successions.csv": b"from,to,pgys\n"}
    reading = reading_of(files)
    assert reading.program is not None
    assert reading.program.successions == ()


@pytest.mark.parametrize("file", ["program.toml", "people.csv", "rotations.csv", "templates.csv"])
def test_a_required_file_that_is_absent_is_one_error(file: str) -> None:
    files = small_files()
    del files[file]
    assert places(reading_of(files)) == [f"{file}:-:-:missing_file"]


def test_every_other_file_may_be_absent() -> None:
    kept = ("program.toml", "people.csv", "rotations.csv", "templates.csv")
    reading = reading_of({name: data for name, data in small_files().items() if name in kept})
    assert reading.issues == ()
    assert reading.program is not None
    assert (reading.program.calls, reading.program.objective) == ((), ())


@pytest.mark.parametrize(
    "name", ["staffing_old.csv", "extra.toml", "People.csv", "PEOPLE.CSV", "old/people.csv"]
)
def test_an_unknown_table_is_an_error(name: str) -> None:
    files = small_files() | {name: b"id\n1\n"}
    if name.lower() == "people.csv":
        del files["people.csv"]
    assert f"{name}:-:-:unknown_file" in places(reading_of(files))


@pytest.mark.parametrize("name", ["README.md", "notes.txt", ".hidden.csv", "__MACOSX/._people.csv"])
def test_files_of_other_kinds_are_left_alone(name: str) -> None:
    assert reading_of(small_files() | {name: b"words"}).issues == ()


def test_errors_of_all_files_come_at_once_and_in_order() -> None:
    files = small_files()
    files["people.csv"] = files["people.csv"].replace(b"faculty,", b"nurse,", 1)
    files["absences.csv"] = files["absences.csv"].replace(b"2026-08-01", b"2026-02-30")
    files["program.toml"] = files["program.toml"].replace(b"format = 1", b"format = 2")
    files["junk.csv"] = b"a\n"
    assert places(reading_of(files)) == [
        "absences.csv:2:start_date:bad_value",
        "junk.csv:-:-:unknown_file",
        "people.csv:2:kind:bad_value",
        "program.toml:1:format:bad_value",
    ]


def test_a_flood_of_errors_is_counted_beyond_a_limit() -> None:
    files = small_files()
    files["successions.csv"] += b"X,WARD,1\n" * (MAX_ISSUES + 5)
    issues = reading_of(files).issues
    assert len(issues) == MAX_ISSUES + 1
    assert issues[-1].code is IssueCode.MORE
    assert issues[-1].message.startswith("5 more error")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("format = 1", "format = 2", ["program.toml:1:format:bad_value"]),
        ("format = 1\n", "", ["program.toml:-:format:missing_value"]),
        ("format = 1", "format = true", ["program.toml:1:format:bad_value"]),
        ('id = "small"', 'id = "sm all"', ["program.toml:2:id:bad_value"]),
        ('id = "small"', "id = 7", ["program.toml:2:id:bad_value"]),
        ('name = "Small Hospital"', 'name = ""', ["program.toml:3:name:missing_value"]),
        ('name = "Small Hospital"', f'name = "{"x" * 1001}"', ["program.toml:3:name:bad_value"]),
        ("America/Chicago", "America/Chikago", ["program.toml:5:time_zone:bad_value"]),
        ("America/Chicago", "../../etc/passwd", ["program.toml:5:time_zone:bad_value"]),
        ("America/Chicago", "America", ["program.toml:5:time_zone:bad_value"]),
        ("= 2026-07-01", '= "07/01/2026"', ["program.toml:6:year_start_date:bad_value"]),
        ("= 2026-07-01", "= 2026-07-01T00:00:00", ["program.toml:6:year_start_date:bad_value"]),
        ("= 2026-07-01", "= 0001-01-01", ["program.toml:6:year_start_date:out_of_range"]),
        ("blocks = [28, 28, 28, 29]", "blocks = []", ["program.toml:7:blocks:missing_value"]),
        ("blocks = [28, 28, 28, 29]", "blocks = 4", ["program.toml:7:blocks:bad_value"]),
        ('"acgme-cpr-2023"', "2023", ["program.toml:8:rule_packs:bad_value"]),
        ("[2026-09-07]", '["2026-09-31"]', ["program.toml:9:holidays:bad_value"]),
        ("{ 1 = 1, 2 = 1 }", "{ 0 = 1, 2 = 1 }", ["program.toml:10:vacation_weeks.0:bad_value"]),
        ("{ 1 = 1, 2 = 1 }", '{ 1 = "1", 2 = 1 }', ["program.toml:10:vacation_weeks.1:bad_value"]),
        ("{ 1 = 1, 2 = 1 }", "3", ["program.toml:10:vacation_weeks:bad_value"]),
        ("max_on_vacation = 2", "max_on_vacation = -1", ["program.toml:11:max_on_vacation:out_of_range"]),
        ("max_on_vacation = 2", "max_on_vacation = 2.5", ["program.toml:11:max_on_vacation:bad_value"]),
        (
            "max_on_vacation = 2",
            f"max_on_vacation = 0x{'f' * 9000}",
            ["program.toml:11:max_on_vacation:bad_value"],
        ),
        ("max_on_vacation = 2", "max_on_vacation = ", ["program.toml:11:-:bad_syntax"]),
        ("max_on_vacation = 2", "max_on_vacation = nan", ["program.toml:-:-:bad_syntax"]),
        ("max_on_vacation = 2", f"max_on_vacation = {'[' * 5000}", ["program.toml:-:-:bad_syntax"]),
    ],
)
def test_a_fault_in_the_program_document_is_named_by_line_and_key(
    old: str, new: str, expected: list[str]
) -> None:
    found = [place for place in places(reading_with("program.toml", old, new)) if place.startswith("program")]
    assert found == expected


def test_a_block_of_no_days_is_refused_with_the_years_that_are_none() -> None:
    assert "program.toml:7:blocks:out_of_range" in places(reading_with("program.toml", "28, 28", "0, 28"))
    endless = ", ".join(["366"] * 4)
    assert "program.toml:7:blocks:out_of_range" in places(
        reading_with("program.toml", "28, 28, 28, 29", endless)
    )


def test_an_unknown_key_is_a_warning() -> None:
    reading = reading_with("program.toml", "max_on_vacation", "max_on_vacations")
    assert places(reading, IssueSeverity.WARNING) == ["program.toml:11:max_on_vacations:unknown_key"]
    assert reading.program is not None
    assert reading.program.max_on_vacation is None


def test_a_document_that_is_not_utf8_is_named_with_its_line() -> None:
    files = small_files()
    files["program.toml"] = files["program.toml"].replace(b"Small", b"Sm\xe5ll")
    assert places(reading_of(files)) == ["program.toml:3:-:not_utf8"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "unmet_staffing = 1000",
            'unmet_staffing = "much"',
            ["objective.toml:2:tier.1.unmet_staffing:bad_value"],
        ),
        (
            "unmet_staffing = 1000",
            "unmet_staffing = true",
            ["objective.toml:2:tier.1.unmet_staffing:bad_value"],
        ),
        (
            "vacation_rank = [10, 7.5]",
            "vacation_rank = 10",
            ["objective.toml:5:tier.2.vacation_rank:bad_value"],
        ),
        (
            "vacation_rank = [10, 7.5]",
            'vacation_rank = ["a"]',
            ["objective.toml:5:tier.2.vacation_rank:bad_value"],
        ),
        ("unmet_staffing = 1000", "unmet_staffing = 1e99", ["objective.toml:-:-:bad_syntax"]),
        ("unmet_staffing = 1000", "unmet_staffing = inf", ["objective.toml:-:-:bad_syntax"]),
        (
            "[[tier]]\nunmet_staffing = 1000",
            "[[tier]\nunmet_staffing = 1000",
            ["objective.toml:1:-:bad_syntax"],
        ),
        (
            "[[tier]]\nunmet_staffing = 1000\n\n[[tier]]",
            "[tier]",
            ["objective.toml:2:tier.vacation_rank:bad_value"],
        ),
    ],
)
def test_a_fault_in_the_objective_is_named_by_line_and_key(old: str, new: str, expected: list[str]) -> None:
    found = places(reading_with("objective.toml", old, new))
    assert found[: len(expected)] == expected
    assert all(place.startswith("objective.toml") for place in found)


def test_an_unknown_term_is_a_warning_and_does_not_count() -> None:
    reading = reading_with("objective.toml", "rotation_request", "rotation_requests")
    assert places(reading, IssueSeverity.WARNING) == ["objective.toml:6:tier.2.rotation_requests:unknown_key"]
    assert reading.program is not None
    assert reading.program.objective[1].weights == ()


def test_a_cost_with_a_negative_weight_is_a_warning() -> None:
    reading = reading_with("objective.toml", "1000", "-1000")
    assert places(reading, IssueSeverity.WARNING) == ["objective.toml:2:tier.1.unmet_staffing:no_effect"]


def test_a_folder_is_read_like_an_archive_of_it(tmp_path: Path) -> None:
    write_program_folder(small_program(), tmp_path / "small")
    (tmp_path / "small" / "people.csv").write_bytes(b"id\n\xff\n")
    (tmp_path / "small" / "notes").mkdir()
    reading = read_program(tmp_path / "small")
    assert "people.csv:2:id:not_utf8" in places(reading)
    with pytest.raises(ProgramRejectedError) as raised:
        load_program(tmp_path / "small")
    assert raised.value.issues == reading.issues
    assert "people.csv, row 2, column id: is not UTF-8" in str(raised.value)


def test_a_path_that_is_not_there_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    reading = read_program(tmp_path / "nowhere")
    assert [issue.code for issue in reading.issues] == [IssueCode.UNREADABLE]
    assert "does not exist" in str(reading.issues[0])


def test_a_folder_in_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    write_program_folder(small_program(), tmp_path / "small")
    (tmp_path / "small" / "calls.csv").unlink()
    (tmp_path / "small" / "calls.csv").mkdir()
    assert places(read_program(tmp_path / "small"))[0] == "calls.csv:-:-:unreadable"


def test_an_empty_folder_lacks_every_required_file(tmp_path: Path) -> None:
    assert places(read_program(tmp_path)) == [
        f"{file}:-:-:missing_file"
        for file in ("people.csv", "program.toml", "rotations.csv", "templates.csv")
    ]
