"""Each rule of a row: what breaks it is named by file, row and column, and keeps the program out."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from src.interchange.issues import IssueSeverity
from src.interchange.model import RequestKind
from tests.interchange.folders import places, reading_of, reading_with, reading_with_row, small_files

CALL = "X,Late,in_house_call,5,1,07:00,24,2,1,1,,WARD,2,off_after"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        # ids
        ("people.csv", "R1,Res", "R 1,Res", "people.csv:3:id:bad_value"),
        ("people.csv", "R1,Res", "R" * 65 + ",Res", "people.csv:3:id:bad_value"),
        ("people.csv", "R4,Res", "R3,Res", "people.csv:6:id:duplicate"),
        ("rotations.csv", "NF,Nights", "WARD,Nights", "rotations.csv:4:id:duplicate"),
        ("rotations.csv", "light", "li ght", "rotations.csv:2:group:bad_value"),
        # values that must be there
        ("people.csv", "Resident 1", "", "people.csv:3:name:missing_value"),
        ("people.csv", "resident,1", "resident,", "people.csv:3:pgy:missing_value"),
        ("people.csv", "faculty,", "faculty,3", "people.csv:2:pgy:contradiction"),
        ("staffing.csv", "WARD,", ",", "staffing.csv:2:rotation:missing_value"),
        ("absences.csv", "2026-08-02", "", "absences.csv:2:end_date:missing_value"),
        ("history_counts.csv", "2.5", "", "history_counts.csv:2:count:missing_value"),
        ("clinics.csv", "R1,0", "R1,", "clinics.csv:2:weekday:missing_value"),
        # words of a list
        ("people.csv", "faculty", "Faculty", "people.csv:2:kind:bad_value"),
        ("rotations.csv", "inpatient", "wards", "rotations.csv:4:setting:bad_value"),
        ("templates.csv", "NIGHT", "EVENING", "templates.csv:3:session:bad_value"),
        ("templates.csv", "night_float", "nights", "templates.csv:3:duty_type:bad_value"),
        ("calls.csv", "in_house_call", "clinical", "calls.csv:2:duty_type:bad_value"),
        ("calls.csv", "5,1,07", "5,2,07", "calls.csv:2:holidays:bad_value"),
        ("calls.csv", "5,1,07", "5,,07", "calls.csv:2:holidays:missing_value"),
        ("calls.csv", "off_after", "rest", "calls.csv:2:post_call:bad_value"),
        ("clinics.csv", "PM", "NIGHT", "clinics.csv:2:session:bad_value"),
        ("requests.csv", "vacation", "holiday", "requests.csv:2:kind:bad_value"),
        ("absences.csv", "approved", "yes", "absences.csv:2:status:bad_value"),
        ("history.csv", "clinical", "work", "history.csv:2:duty_type:bad_value"),
        ("history_counts.csv", "points", "calls", "history_counts.csv:2:kind:bad_value"),
        # numbers
        ("people.csv", "resident,1", "resident,one", "people.csv:3:pgy:bad_value"),
        ("people.csv", "resident,1", "resident,0", "people.csv:3:pgy:out_of_range"),
        ("people.csv", "resident,1", "resident,1.0", "people.csv:3:pgy:bad_value"),
        ("people.csv", "resident,1", "resident,١", "people.csv:3:pgy:bad_value"),
        ("people.csv", "resident,1", "resident,99999999999", "people.csv:3:pgy:bad_value"),
        ("rotations.csv", "Main,2,1", "Main,-2,1", "rotations.csv:2:vacation_weeks_max:out_of_range"),
        ("rotations.csv", "Main,2,1", "Main,2,yes", "rotations.csv:2:clinic:bad_value"),
        ("rotations.csv", "0,0,1,,", "0,0,0,,", "rotations.csv:3:max_consecutive:out_of_range"),
        ("staffing.csv", "1 2,1,", "1 2,x,", "staffing.csv:2:min:bad_value"),
        ("staffing.csv", "1 2,1,", "1 2,2,1", "staffing.csv:2:min:contradiction"),
        ("staffing.csv", "AM,1 2", 'AM,"1,2"', "staffing.csv:2:pgys:bad_value"),
        ("coverage.csv", "1,2\n", "3,2\n", "coverage.csv:3:min:contradiction"),
        ("requirements.csv", "WARD,1,3", "WARD,4,3", "requirements.csv:2:min_blocks:contradiction"),
        ("requirements.csv", "1,4", "4,1", "requirements.csv:3:first_block:contradiction"),
        ("requirements.csv", "1,4", "1,5", "requirements.csv:3:last_block:out_of_range"),
        ("calls.csv", "1,1,,", "2,1,,", "calls.csv:2:min:contradiction"),
        ("calls.csv", "WARD,2,", "WARD,-2,", "calls.csv:2:points:out_of_range"),
        ("calls.csv", "WARD,2,", "WARD,2e3,", "calls.csv:2:points:bad_value"),
        ("history_counts.csv", "2.5", '"2,5"', "history_counts.csv:2:count:bad_value"),
        # weekdays and blocks
        ("templates.csv", "0 1 2 3 4 5 6,AM", "0 1 2 3 4 5 7,AM", "templates.csv:4:weekdays:out_of_range"),
        ("templates.csv", "0 1 2 3 4 5 6,AM", "Mon,AM", "templates.csv:4:weekdays:bad_value"),
        ("clinics.csv", "R1,0", "R1,7", "clinics.csv:2:weekday:out_of_range"),
        ("coverage.csv", "1-4", "1-5", "coverage.csv:3:blocks:out_of_range"),
        ("coverage.csv", "1-4", "0-2", "coverage.csv:3:blocks:out_of_range"),
        ("coverage.csv", "1-4", "4-1", "coverage.csv:3:blocks:bad_value"),
        ("coverage.csv", "1-4", "1–4", "coverage.csv:3:blocks:bad_value"),
        ("pins.csv", "R1,1", "R1,5", "pins.csv:2:block:out_of_range"),
        ("requests.csv", "NF,2", "NF,0", "requests.csv:3:block:out_of_range"),
        # times and hours
        ("templates.csv", "08:00", "8:00", "templates.csv:2:start:bad_value"),
        ("templates.csv", "08:00", "24:00", "templates.csv:2:start:bad_value"),
        ("templates.csv", "08:00", "08:00:00", "templates.csv:2:start:bad_value"),
        ("templates.csv", "08:00,4", "08:00,4.33", "templates.csv:2:hours:bad_value"),
        ("templates.csv", "08:00,4", "08:00,0", "templates.csv:2:hours:out_of_range"),
        ("templates.csv", "08:00,4", "08:00,", "templates.csv:2:hours:missing_value"),
        ("templates.csv", "08:00,4", "08:00,4h", "templates.csv:2:hours:bad_value"),
        ("templates.csv", "08:00,4", "08:00,999999", "templates.csv:2:hours:out_of_range"),
        ("calls.csv", "24,2", "24,-2", "calls.csv:2:handover_hours:out_of_range"),
        # dates and instants
        ("requests.csv", "2026-08-03", "08/03/2026", "requests.csv:2:start_date:bad_value"),
        ("requests.csv", "2026-08-03", "2026-02-30", "requests.csv:2:start_date:bad_value"),
        ("requests.csv", "2026-08-03", "20260803", "requests.csv:2:start_date:bad_value"),
        ("requests.csv", "2026-08-03", "0001-01-01", "requests.csv:2:start_date:out_of_range"),
        ("requests.csv", "2026-08-09", "2026-08-02", "requests.csv:2:end_date:contradiction"),
        ("absences.csv", "2026-08-02", "2026-07-31", "absences.csv:2:end_date:contradiction"),
        ("people.csv", "1,,,,", "1,,,2026-09-01,2026-08-01", "people.csv:3:end_date:contradiction"),
        ("pins.csv", "2026-07-04", "2027-07-04", "pins.csv:3:date:out_of_range"),
        ("history.csv", "08:00:00-05:00", "08:00:00", "history.csv:2:start_at:bad_value"),
        ("history.csv", "T08:00:00-05:00", "", "history.csv:2:start_at:bad_value"),
        ("history.csv", "T17:00:00", "T07:00:00", "history.csv:2:end_at:contradiction"),
        ("history.csv", "T08:00:00-05:00", "T08:00:00-05:99", "history.csv:2:start_at:bad_value"),
        # references
        ("templates.csv", "CLIN", "CLIMB", "templates.csv:2:rotation:unknown_id"),
        ("staffing.csv", "WARD", "WRAD", "staffing.csv:2:rotation:unknown_id"),
        ("coverage.csv", "@light", "@lite", "coverage.csv:2:rotation:unknown_id"),
        ("requirements.csv", "@light", "light", "requirements.csv:3:rotation:unknown_id"),
        ("successions.csv", "NF,WARD", "NF,W", "successions.csv:2:to:unknown_id"),
        ("successions.csv", "NF,WARD", "N,WARD", "successions.csv:2:from:unknown_id"),
        ("calls.csv", "@light WARD", "@light WRAD", "calls.csv:2:rotations:unknown_id"),
        ("clinics.csv", "R1", "R9", "clinics.csv:2:person:unknown_id"),
        ("requests.csv", "NF,2", "FN,2", "requests.csv:3:rotation:unknown_id"),
        ("absences.csv", "R2", "r2", "absences.csv:2:person:unknown_id"),
        ("pins.csv", "WE", "XX", "pins.csv:3:call:unknown_id"),
        ("pins.csv", "WARD", "@none", "pins.csv:2:rotation:unknown_id"),
        ("history.csv", "R3", "R9", "history.csv:2:person:unknown_id"),
        ("history_counts.csv", "R3", "R9", "history_counts.csv:2:person:unknown_id"),
        # what a kind of row needs
        ("requests.csv", "NF,2,-1", "NF,,-1", "requests.csv:3:block:missing_value"),
        ("requests.csv", "NF,2,-1", ",2,-1", "requests.csv:3:rotation:missing_value"),
        ("requests.csv", "2026-08-03,2026-08-09", ",", "requests.csv:2:start_date:missing_value"),
        ("pins.csv", "R1,1,WARD", "R1,1,", "pins.csv:2:rotation:missing_value"),
        ("pins.csv", "2026-07-04,WE", "2026-07-04,", "pins.csv:3:call:missing_value"),
        ("pins.csv", "R1,1,WARD,,", "R1,1,WARD,2026-07-04,WE", "pins.csv:2:-:contradiction"),
        ("pins.csv", "R1,1,WARD,,", "R1,,,,", "pins.csv:2:-:contradiction"),
    ],
)
def test_a_fault_in_a_row_is_named_once(file: str, old: str, new: str, expected: str) -> None:
    reading = reading_with(file, old, new)
    assert reading.program is None
    assert [found for found in places(reading) if found.startswith(file)] == [expected]


@pytest.mark.parametrize(
    ("file", "row", "expected"),
    [
        ("calls.csv", CALL.replace("X", "WE", 1), "calls.csv:3:id:duplicate"),
        ("clinics.csv", "R1,0,PM,13:00,4,2", "clinics.csv:3:session:duplicate"),
        ("history_counts.csv", "R3,points,9", "history_counts.csv:3:kind:duplicate"),
    ],
)
def test_a_row_that_tells_again_in_another_way_is_refused(file: str, row: str, expected: str) -> None:
    assert places(reading_with_row(file, row)) == [expected]


def test_every_fault_of_a_row_is_named_not_only_the_first() -> None:
    reading = reading_with("people.csv", "R1,Resident 1,resident,1,,,,", "R 1,,nurse,x,,,2026-13-01,")
    named = [found for found in places(reading) if found.startswith("people.csv:3")]
    assert named == [
        "people.csv:3:id:bad_value",
        "people.csv:3:kind:bad_value",
        "people.csv:3:name:missing_value",
        "people.csv:3:pgy:bad_value",
        "people.csv:3:start_date:bad_value",
    ]


def test_a_person_with_a_fault_does_not_make_references_dangle() -> None:
    assert places(reading_with("people.csv", "R1,Resident 1,resident,1", "R1,Resident 1,resident,x")) == [
        "people.csv:3:pgy:bad_value"
    ]


def test_an_empty_list_stays_empty_and_means_all() -> None:
    reading = reading_with("staffing.csv", "0 1 2 3 4 5 6,AM,1 2", ",AM,")
    assert reading.program is not None
    assert (reading.program.staffing[0].weekdays, reading.program.staffing[0].pgys) == ((), ())


def test_blocks_may_be_numbers_and_spans_in_any_order() -> None:
    reading = reading_with("coverage.csv", "1-4", "4 1-2")
    assert reading.program is not None
    assert reading.program.coverage[1].blocks == (1, 2, 4)


def test_a_rotation_request_without_a_weight_has_weight_one() -> None:
    reading = reading_with("requests.csv", "NF,2,-1", "NF,2,")
    assert reading.program is not None
    wishes = [request for request in reading.program.requests if request.kind is RequestKind.ROTATION]
    assert [request.weight for request in wishes] == [1]


def test_empty_bounds_ask_for_nobody_and_cap_nothing() -> None:
    reading = reading_with("coverage.csv", "1-4,1,2", "1-4,,")
    assert reading.program is not None
    assert (reading.program.coverage[1].min, reading.program.coverage[1].max) == (0, None)


def test_a_template_of_a_group_is_the_template_of_each_of_its_rotations() -> None:
    reading = reading_with("templates.csv", "CLIN,0 1 2 3 4", "@light,0 1 2 3 4")
    assert reading.program is not None
    assert places(reading) == []
    assert [template.rotation for template in reading.program.templates] == ["CLIN", "NF", "WARD", "WARD"]


def test_hours_of_twenty_minutes_are_written_with_four_decimals() -> None:
    reading = reading_with("templates.csv", "08:00,4", "08:00,4.3333")
    assert reading.program is not None
    assert reading.program.templates[0].minutes == 260


def test_a_leap_day_and_decimal_points_are_read() -> None:
    reading = reading_with("program.toml", "2026-07-01", "2028-02-29")
    assert "program.toml" not in " ".join(places(reading))
    halves = reading_with("calls.csv", "WARD,2,", "WARD,0.50,")
    assert halves.program is not None
    assert halves.program.calls[0].points == Decimal("0.5")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("people.csv", "1,,,,", "1,,someone,,", "people.csv:3:email:no_effect"),
        ("people.csv", "1,,,,", "1,,,2027-08-01,", "people.csv:3:start_date:no_effect"),
        ("requests.csv", "NF,2,-1", "NF,2,0", "requests.csv:3:weight:no_effect"),
        ("requests.csv", "vacation,1,", "vacation,,", "requests.csv:2:rank:no_effect"),
        ("requests.csv", "vacation,1,", "day_off,,", None),
        ("requests.csv", "2026-08-09,,,", "2026-08-09,NF,,", "requests.csv:2:rotation:no_effect"),
        ("requests.csv", "2026-08-03,2026-08-09", "2026-07-01,", "requests.csv:2:start_date:no_effect"),
        (
            "absences.csv",
            "2026-08-01,2026-08-02",
            "2025-08-01,2025-08-02",
            "absences.csv:2:start_date:no_effect",
        ),
        ("coverage.csv", "WARD,1 2,", "WARD,5,", "coverage.csv:3:pgys:no_effect"),
        ("coverage.csv", "WARD,1 2,", "WARD,1 1,", "coverage.csv:3:pgys:no_effect"),
        ("requirements.csv", ",,WARD", ",research,WARD", "requirements.csv:2:track:no_effect"),
        ("templates.csv", "12:00,5.5", "11:59,5.5", "templates.csv:5:start:contradiction"),
        ("templates.csv", "CLIN,0 1 2 3 4", "NF,", "rotations.csv:2:id:no_effect"),
        ("staffing.csv", "6,AM", "6,NIGHT", "staffing.csv:2:weekdays:contradiction"),
        (
            "history.csv",
            "2026-06-03T08:00:00-05:00,2026-06-03",
            "2026-06-29T08:00:00-05:00,2026-06-29",
            "history.csv:-:-:no_effect",
        ),
        ("history.csv", "2026-06-03T17", "2026-07-03T17", None),
        ("clinics.csv", "R1", "F1", "clinics.csv:2:person:no_effect"),
        ("program.toml", "2026-09-07", "2026-12-25", "program.toml:9:holidays:no_effect"),
        ("program.toml", "{ 1 = 1, 2 = 1 }", "{ 1 = 1 }", "program.toml:-:vacation_weeks:no_effect"),
    ],
)
def test_what_has_no_effect_is_a_warning_and_no_more(
    file: str, old: str, new: str, expected: str | None
) -> None:
    reading = reading_with(file, old, new)
    assert places(reading) == []
    warnings = places(reading, IssueSeverity.WARNING)
    assert (expected in warnings) if expected else (warnings == [])


@pytest.mark.parametrize(
    ("file", "row", "expected"),
    [
        ("pins.csv", "R1,1,NF,,", "pins.csv:4:rotation:contradiction"),
        ("requests.csv", "R1,vacation,1,2026-08-03,2026-08-09,,,", "requests.csv:4:-:duplicate"),
        ("coverage.csv", "WARD,1 2,1-4,1,2", "coverage.csv:4:-:duplicate"),
        (
            "history.csv",
            "R3,2026-06-03T16:00:00-05:00,2026-06-03T18:00:00-05:00,clinical",
            "history.csv:3:start_at:contradiction",
        ),
    ],
)
def test_rows_against_each_other_are_a_warning(file: str, row: str, expected: str) -> None:
    reading = reading_with_row(file, row)
    assert places(reading) == []
    assert expected in places(reading, IssueSeverity.WARNING)


def test_asking_for_and_against_call_on_one_date_is_a_warning() -> None:
    reading = reading_with_row(
        "requests.csv", "R3,no_call,,2026-08-01,2026-08-05,,,\nR3,call,,2026-08-04,,,,"
    )
    assert places(reading, IssueSeverity.WARNING) == ["requests.csv:5:kind:contradiction"]


def test_the_handover_of_a_call_before_the_year_may_lie_in_it() -> None:
    reading = reading_with_row(
        "history.csv", "R4,2026-07-01T07:00:00-05:00,2026-07-01T09:00:00-05:00,transition"
    )
    assert reading.issues == ()
    work = reading_with_row("history.csv", "R4,2026-07-01T07:00:00-05:00,2026-07-01T09:00:00-05:00,clinical")
    assert places(work, IssueSeverity.WARNING) == ["history.csv:3:start_at:contradiction"]


def test_year_dates_are_local_dates() -> None:
    reading = reading_with("people.csv", "1,,,,", "1,,,2026-07-15,2026-09-30")
    assert reading.program is not None
    person = reading.program.people[1]
    assert not person.is_there(date(2026, 7, 14))
    assert person.is_there(date(2026, 7, 15))
    assert person.is_there(date(2026, 9, 30))
    assert not person.is_there(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("row", "weekday"), [("WARD,2 5,AM,06:00,1,clinical,0,1", 2), ("@light,4,AM,15:00,1,education,0,", 4)]
)
def test_a_session_that_two_rows_tell_of_is_an_error_that_names_both(row: str, weekday: int) -> None:
    """Both were worked, and counted once by staffing, or the other row decided who might be off."""
    reading = reading_with_row("templates.csv", row)
    assert reading.program is None
    (issue,) = (issue for issue in reading.issues if issue.severity is IssueSeverity.ERROR)
    assert (issue.file, issue.row, issue.column, issue.code) == ("templates.csv", 6, "session", "duplicate")
    assert re.fullmatch(
        rf"row \d already says what the AM session of \w+ on weekday {weekday} is", issue.message
    )


def test_a_session_may_have_another_row_for_other_weekdays() -> None:
    files = small_files()
    text = files["templates.csv"].decode()
    files["templates.csv"] = text.replace("CLIN,0 1 2 3 4", "CLIN,0 1 2", 1).encode()
    files["templates.csv"] += b"CLIN,3 4,AM,10:00,2,clinical,0,1\n"
    assert reading_of(files).program is not None
