"""The example programs read without a word of complaint, are canonical, and cover the format between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.interchange.model import (
    AbsenceStatus,
    DutyType,
    HolidayRule,
    PostCall,
    Program,
    RequestKind,
    Session,
    Setting,
)
from src.interchange.reader import load_program, read_program, read_program_bytes
from src.interchange.writer import program_files, program_workbook

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("bayview-psych", "canyon-fm-52", "harbor-im", "prairie-im-xy", "summit-em", "willow-peds")


@pytest.fixture(scope="module")
def programs() -> list[Program]:
    """All example programs."""
    return [load_program(EXAMPLES / name) for name in NAMES]


def test_the_examples_are_these_and_each_is_described() -> None:
    folders = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
    assert folders == list(NAMES)
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in readme for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_reads_without_an_issue_and_is_canonical(name: str) -> None:
    reading = read_program(EXAMPLES / name)
    assert reading.issues == ()
    assert reading.program is not None
    assert reading.program.id == name
    files = {path.name: path.read_bytes() for path in (EXAMPLES / name).iterdir()}
    assert program_files(reading.program) == files
    book = read_program_bytes(f"{name}.xlsx", program_workbook(reading.program))
    assert (book.issues, book.program) == ((), reading.program)


def test_the_examples_differ_in_their_calendars(programs: list[Program]) -> None:
    assert {len(program.blocks) for program in programs} == {12, 13, 26, 52}
    assert {days for program in programs for days in program.blocks} == {7, 14, 15, 28, 29, 30, 31}
    assert 366 in {sum(program.blocks) for program in programs}
    assert len({program.time_zone for program in programs}) == len(programs)
    assert len({program.specialty for program in programs}) == 5


def test_the_examples_use_every_word_of_the_format(programs: list[Program]) -> None:
    assert {request.kind for program in programs for request in program.requests} == set(RequestKind)
    assert {absence.status for program in programs for absence in program.absences} == set(AbsenceStatus)
    assert {rotation.setting for program in programs for rotation in program.rotations} == set(Setting)
    assert {template.session for program in programs for template in program.templates} == set(Session)
    assert {call.holidays for program in programs for call in program.calls} == set(HolidayRule)
    assert {call.post_call for program in programs for call in program.calls} == set(PostCall)
    assert {call.duty_type for program in programs for call in program.calls} == {
        DutyType.IN_HOUSE_CALL,
        DutyType.HOME_CALL_AVAILABILITY,
        DutyType.JEOPARDY,
    }


def test_the_examples_hold_what_is_easily_forgotten(programs: list[Program]) -> None:
    """People for part of the year, pins of both kinds, and a call that ends on the year's first day."""
    by_id = {program.id: program for program in programs}
    psychiatry = by_id["bayview-psych"]
    assert any(person.start_date for person in psychiatry.residents)
    assert any(person.end_date for person in psychiatry.residents)
    assert all(program.rotation_pins for program in programs)
    assert any(program.call_pins for program in programs)
    harbor = by_id["harbor-im"]
    assert any(
        interval.duty_type is DutyType.IN_HOUSE_CALL
        and interval.end_at.astimezone(harbor.zone).date() == harbor.year_start_date
        for interval in harbor.history
    )
