"""Item 1, row by row: one rotation per resident and block, theirs to do, leave by pin, pins kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from src.interchange.model import Requirement, RotationPin
from src.interchange.schedule import YearRow
from tests.compliance.structure.world import (
    DESK_DATES,
    A,
    B,
    assert_names,
    broken,
    day,
    desk,
    legal,
    messages,
    of_a,
    schedule,
    small_program,
    ward,
    year,
)


def test_the_fortnight_at_the_desk_is_legal() -> None:
    assert broken(small_program(), legal()) == ()


def test_a_block_without_a_rotation_is_named() -> None:
    plan = schedule(
        desk("A", *DESK_DATES), desk("B", *DESK_DATES), year=year(A=("DESK",), B=("DESK", "DESK"))
    )

    lines = messages(small_program(), plan)

    assert lines[0] == "1 year.csv:None A block 2: no rotation"
    assert all(
        line.startswith("3 assignments.csv") and "no rotation on that date" in line for line in lines[1:]
    )
    assert len(lines) == 6


def test_both_rows_of_a_block_with_two_rotations_are_named() -> None:
    rows = (*legal().year, YearRow("A", 1, "WARD", row=6))

    assert_names(
        messages(small_program(), replace(legal(), year=rows)),
        "1 year.csv:2 A block 1: not the only rotation; row 6 has WARD",
        "1 year.csv:6 A block 1: a second rotation, WARD; row 2 has DESK",
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (YearRow("X", 1, "DESK", row=9), "no such person"),
        (YearRow("F", 1, "DESK", row=9), "faculty have no rotation"),
        (YearRow("A", 0, "DESK", row=9), "the year has blocks 1 to 2"),
        (YearRow("A", 3, "DESK", row=9), "the year has blocks 1 to 2"),
        (YearRow("A", -(2**70), "DESK", row=9), "the year has blocks 1 to 2"),
        (YearRow("A", 1, "NOPE", row=9), "no such rotation in rotations.csv: NOPE"),
        (YearRow("", 1, "", row=9), "no such person"),
    ],
)
def test_a_row_that_speaks_of_nothing_in_the_program_is_named(row: YearRow, words: str) -> None:
    plan = replace(legal(), year=(*legal().year, row))

    assert_names(messages(small_program(), plan), words)
    assert broken(small_program(), plan)[0].row == 9


def test_a_rotation_that_no_requirement_names_for_the_pgy_is_not_theirs() -> None:
    only_pgy_2 = (Requirement((), None, "DESK", 0, None), Requirement((2,), None, "WARD", 0, None))
    plan = of_a(ward("A", *range(7)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

    assert_names(
        messages(small_program(requirements=only_pgy_2), plan),
        "1 year.csv:2 A block 1: no row of requirements.csv gives WARD",
    )


def test_a_pin_gives_a_rotation_that_no_requirement_names() -> None:
    program = small_program(
        requirements=(Requirement((), None, "DESK", 0, None),), rotation_pins=(RotationPin("A", 1, "WARD"),)
    )
    plan = of_a(ward("A", *range(7)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

    assert broken(program, plan) == ()


@pytest.mark.parametrize(("group", "holds"), [("all", True), ("others", False)])
def test_a_pin_may_name_a_group(group: str, *, holds: bool) -> None:
    rotations = tuple(
        replace(r, group="all" if r.id == "WARD" else "others") for r in small_program().rotations
    )
    program = small_program(
        rotations=rotations,
        requirements=(Requirement((), None, "DESK", 0, None),),
        rotation_pins=(RotationPin("A", 1, f"@{group}"),),
    )
    plan = of_a(ward("A", *range(7)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

    assert (broken(program, plan) == ()) is holds


def test_a_pin_of_another_block_or_person_gives_nothing() -> None:
    program = small_program(
        requirements=(Requirement((), None, "DESK", 0, None),),
        rotation_pins=(RotationPin("A", 2, "DESK"), RotationPin("B", 1, "DESK")),
    )
    plan = of_a(ward("A", *range(7)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

    assert_names(messages(program, plan), "no row of requirements.csv gives WARD")


@pytest.mark.parametrize(("track", "is_theirs"), [("research", True), ("primary", False), (None, False)])
def test_a_requirement_of_a_track_names_the_rotation_for_that_track_only(
    track: str | None, *, is_theirs: bool
) -> None:
    program = small_program(
        people=(replace(A, track=track), B),
        requirements=(Requirement((), None, "DESK", 0, None), Requirement((), "research", "WARD", 0, None)),
    )
    plan = of_a(ward("A", *range(7)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

    assert (broken(program, plan) == ()) is is_theirs


def test_a_group_in_a_requirement_names_each_of_its_rotations() -> None:
    rotations = tuple(replace(r, group="all") for r in small_program().rotations)
    program = small_program(rotations=rotations, requirements=(Requirement((), None, "@all", 0, None),))
    plan = of_a(ward("A", *range(7)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

    assert broken(program, plan) == ()


def test_leave_comes_by_pin_only_even_where_a_requirement_names_it() -> None:
    plan = of_a(desk("A", *DESK_DATES[5:]), rotations=("LEAVE", "DESK"))
    pinned = small_program(rotation_pins=(RotationPin("A", 1, "LEAVE"),))

    assert_names(
        messages(small_program(), plan), "1 year.csv:2 A block 1: LEAVE is leave and comes by pin only"
    )
    assert broken(pinned, plan) == ()


def test_a_pin_that_is_not_kept_is_named_at_the_row_that_breaks_it() -> None:
    program = small_program(rotation_pins=(RotationPin("A", 2, "WARD", row=7),))

    assert_names(
        messages(program, legal()), "1 year.csv:3 A block 2: pinned to WARD (pins.csv row 7), but has DESK"
    )


def test_someone_who_is_not_there_in_a_block_has_no_row_for_it() -> None:
    late = small_program(people=(replace(A, start_date=day(7)), B))
    without = schedule(
        desk("A", *DESK_DATES[5:]),
        desk("B", *DESK_DATES),
        year=(YearRow("A", 2, "DESK", row=2), *year(A=(), B=("DESK", "DESK"))),
    )
    with_row = of_a(desk("A", *DESK_DATES[5:]))

    assert broken(late, without) == ()
    assert_names(messages(late, with_row), "1 year.csv:2 A block 1: the person is not in the program")


def test_someone_there_on_the_last_date_of_a_block_has_a_row_for_it() -> None:
    late = small_program(people=(replace(A, start_date=day(6)), B))
    without = schedule(
        desk("A", *DESK_DATES[5:]),
        desk("B", *DESK_DATES),
        year=(YearRow("A", 2, "DESK", row=2), *year(B=("DESK", "DESK"))),
    )

    assert_names(messages(late, without), "A block 1: no rotation")
    assert broken(late, of_a(desk("A", *DESK_DATES[5:]))) == ()


def test_someone_whose_dates_are_all_outside_the_year_has_no_rows() -> None:
    gone = small_program(people=(replace(A, end_date=day(0) - timedelta(days=1)), B))
    plan = schedule(desk("B", *DESK_DATES), year=year(B=("DESK", "DESK")))

    assert broken(gone, plan) == ()


def test_the_row_of_a_rotation_nobody_works_is_named_itself() -> None:
    plan = replace(legal(), year=year(A=("DESK", "WARD"), B=("DESK", "DESK")))

    lines = messages(small_program(), plan)

    assert "3 year.csv:3 A block 2: WARD, but assignments.csv has DESK" in lines
