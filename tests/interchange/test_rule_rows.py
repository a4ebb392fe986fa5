"""Overrides and approvals of rules: read with every fault named, and what a pack is called by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from src.interchange.difference import difference
from src.interchange.issues import IssueSeverity
from src.interchange.model import Program, RuleApproval, RuleApprovalKind
from src.interchange.reader import ProgramReading, read_program_files
from src.interchange.snapshot import program_of_snapshot, program_snapshot
from src.interchange.writer import program_files
from tests.factories.programs import APPROVAL, OVERRIDE, ruled_program, small_program
from tests.interchange.folders import places

OVERRIDES, APPROVALS = "rule_overrides.csv", "rule_approvals.csv"


def reading_with(file: str, old: str, new: str, program: Program | None = None) -> ProgramReading:
    """The reading of the ruled program's folder with a text of one file replaced."""
    files = program_files(program or ruled_program())
    assert old.encode() in files[file]
    return read_program_files({**files, file: files[file].replace(old.encode(), new.encode(), 1)})


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (OVERRIDES, "acgme-cpr-2023,", "uk-2019,", ["rule_overrides.csv:2:pack:unknown_id"]),
        (OVERRIDES, "acgme-cpr-2023,", ",", ["rule_overrides.csv:2:pack:missing_value"]),
        (OVERRIDES, "2023,,min", "2023,US 80,min", ["rule_overrides.csv:2:rule:bad_value"]),
        (OVERRIDES, "min_rest_minutes", "", ["rule_overrides.csv:2:parameter:missing_value"]),
        (OVERRIDES, "min_rest_minutes", "min rest", ["rule_overrides.csv:2:parameter:bad_value"]),
        (OVERRIDES, ",540,", ",,", ["rule_overrides.csv:2:value:missing_value"]),
        (OVERRIDES, ",540,", ",9 h,", ["rule_overrides.csv:2:value:bad_value"]),
        (OVERRIDES, ",540,", ",9.5,", ["rule_overrides.csv:2:value:bad_value"]),
        (OVERRIDES, ",540,", ",-1,", ["rule_overrides.csv:2:value:out_of_range"]),
        (OVERRIDES, "The hospital's own rule", "", ["rule_overrides.csv:2:reason:missing_value"]),
        (OVERRIDES, "GMEC", "", ["rule_overrides.csv:2:approved_by:missing_value"]),
        (OVERRIDES, "2026-12-31", "", ["rule_overrides.csv:2:end_date:missing_value"]),
        (OVERRIDES, "2026-12-31", "never", ["rule_overrides.csv:2:end_date:bad_value"]),
        (OVERRIDES, "2026-12-31", "2026-06-30", ["rule_overrides.csv:2:end_date:contradiction"]),
        (OVERRIDES, "end_date", "until", ["rule_overrides.csv:1:end_date:missing_column"]),
        (
            OVERRIDES,
            "acgme-cpr-2023,,min_rest_minutes,540,The",
            "x,,y z,q,The",
            [
                "rule_overrides.csv:2:pack:unknown_id",
                "rule_overrides.csv:2:parameter:bad_value",
                "rule_overrides.csv:2:value:bad_value",
            ],
        ),
        (APPROVALS, "moonlighting,", "moonlight,", ["rule_approvals.csv:2:kind:bad_value"]),
        (APPROVALS, "R3,", "R9,", ["rule_approvals.csv:2:person:unknown_id"]),
        (APPROVALS, "R3,", ",", ["rule_approvals.csv:2:person:missing_value"]),
        (APPROVALS, "2026-09-30", "", ["rule_approvals.csv:2:end_date:missing_value"]),
        (
            APPROVALS,
            "moonlighting,R3,,,",
            "hours_exception,,,,",
            [
                "rule_approvals.csv:2:rotation:missing_value",
                "rule_approvals.csv:2:weekly_hours:missing_value",
            ],
        ),
        (
            APPROVALS,
            "moonlighting,R3,,,",
            "hours_exception,,ICU,0,",
            ["rule_approvals.csv:2:rotation:unknown_id", "rule_approvals.csv:2:weekly_hours:out_of_range"],
        ),
    ],
)
def test_a_fault_is_named_by_its_place(file: str, old: str, new: str, expected: list[str]) -> None:
    reading = reading_with(file, old, new)
    assert (reading.program, places(reading)) == (None, expected)


def test_a_parameter_is_overridden_once_on_any_date() -> None:
    again = replace(OVERRIDE, value=600, start_date=date(2026, 12, 31), end_date=date(2027, 3, 31))
    reading = read_program_files(program_files(small_program(rule_overrides=(OVERRIDE, again))))
    assert places(reading) == ["rule_overrides.csv:3:start_date:duplicate"]


def test_one_override_may_follow_another() -> None:
    later = replace(OVERRIDE, value=600, start_date=date(2027, 1, 1), end_date=date(2027, 3, 31))
    program = small_program(rule_overrides=(later, OVERRIDE))
    assert read_program_files(program_files(program)).program == program
    assert [row.value for row in program.rule_overrides] == [540, 600]


def test_a_yes_or_no_is_written_as_a_word() -> None:
    chosen = replace(OVERRIDE, rule="US-80", parameter="moonlighting_is_work", value=False)
    reading = read_program_files(program_files(small_program(rule_overrides=(chosen,))))
    assert reading.program is not None
    assert reading.program.rule_overrides[0].value is False
    assert b",false," in program_files(reading.program)[OVERRIDES]


def test_an_exception_to_the_hours_is_in_hours_of_a_week_and_may_speak_of_a_group() -> None:
    exception = RuleApproval(
        RuleApprovalKind.HOURS_EXCEPTION,
        *(None, "@light", 5280, "Granted for burns", "Review Committee"),
        *(date(2026, 7, 1), date(2027, 6, 30)),
    )
    program = small_program(rule_approvals=(exception,))
    assert b",@light,88," in program_files(program)[APPROVALS]
    assert read_program_files(program_files(program)).program == program


def test_what_says_nothing_of_the_year_is_a_warning() -> None:
    past = replace(APPROVAL, start_date=date(2020, 1, 1), end_date=date(2020, 12, 31))
    reading = read_program_files(program_files(small_program(rule_approvals=(past,))))
    assert reading.program is not None
    assert places(reading, IssueSeverity.WARNING) == ["rule_approvals.csv:2:start_date:no_effect"]


@pytest.mark.parametrize("packs", [("acgme-cpr-2023@2023.3",), ("a", "b@1_x.2-3"), ()])
def test_a_pack_is_named_with_or_without_its_version(packs: tuple[str, ...]) -> None:
    program = small_program(rule_packs=packs)
    assert read_program_files(program_files(program)).program == program


@pytest.mark.parametrize(
    ("packs", "code"),
    [
        ('"acgme@"', "bad_value"),
        ('"@2023.3"', "bad_value"),
        ('"a@1@2"', "bad_value"),
        ('"a@1 2"', "bad_value"),
        ('"a", "a@1"', "duplicate"),
        ('"a@1", "a@2"', "duplicate"),
    ],
)
def test_a_name_that_names_no_pack_is_refused(packs: str, code: str) -> None:
    reading = reading_with("program.toml", '"acgme-cpr-2023"', packs, small_program())
    assert places(reading) == [f"program.toml:8:rule_packs:{code}"]


def test_overrides_of_a_program_that_cannot_be_read_are_not_called_dangling() -> None:
    reading = reading_with("program.toml", '["acgme-cpr-2023"]', "7")
    assert places(reading) == ["program.toml:8:rule_packs:bad_value"]


def test_a_snapshot_keeps_overrides_and_approvals_and_changes_with_them() -> None:
    files, digest = program_snapshot(ruled_program())
    assert program_of_snapshot(files) == ruled_program()
    other = ruled_program(rule_overrides=(replace(OVERRIDE, value=600),))
    assert program_snapshot(other)[1] != digest


def test_a_changed_override_is_told_as_a_change() -> None:
    later = ruled_program(rule_overrides=(replace(OVERRIDE, value=600, reason="Again"),))
    found = difference(ruled_program(), later).of(OVERRIDES)
    assert (found.added, found.removed) == ((), ())
    assert [dict(row.after) for row in found.changed] == [{"value": "600", "reason": "Again"}]


def test_an_approval_come_and_gone_is_told() -> None:
    assert difference(small_program(), ruled_program()).of(APPROVALS).added[0]["person"] == "R3"
    assert difference(ruled_program(), small_program()).of(APPROVALS).removed[0]["person"] == "R3"
