"""Item 2: exactly the weeks due, in allowed blocks, within caps, with the rank of the request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from src.interchange.model import Absence, AbsenceStatus, Program, Request, RequestKind
from src.interchange.schedule import VacationRow
from tests.compliance.structure.world import (
    DESK,
    DESK_DATES,
    LEAVE,
    MONDAY,
    NF,
    WARD,
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
    shift,
    small_program,
    ward,
)


def due(weeks: int = 1, **changes: object) -> Program:
    """A is due so many weeks, B none."""
    return small_program(vacation_weeks=MappingProxyType({1: weeks}), **changes)


AWAY_FIRST = of_a(desk("A", *DESK_DATES[5:]), vacations=[("A", 0, None)])


def test_a_week_due_and_taken_is_legal() -> None:
    assert broken(due(), AWAY_FIRST) == ()


def test_fewer_weeks_than_due_are_named() -> None:
    assert_names(messages(due(), legal()), "2 vacations.csv:None A: 0 vacation weeks, PGY-1 is due 1")


def test_more_weeks_than_due_are_named_also_for_a_pgy_that_is_due_none() -> None:
    assert_names(
        messages(small_program(), AWAY_FIRST), "2 vacations.csv:2 A week of 2026-07-06: 1 vacation week, PGY"
    )


def test_each_place_is_told_once_and_in_order() -> None:
    """The week too many stands among all that could be given back."""
    (found,) = broken(small_program(), AWAY_FIRST)
    assert found.to_json()["weeks"] == [monday.isoformat() for monday in sorted(small_program().weeks)]


def test_someone_there_for_part_of_the_year_is_due_all_weeks() -> None:
    part = due(people=(replace(A, end_date=day(9)), B))

    assert_names(messages(part, of_a(desk("A", *DESK_DATES[:8]))), "A: 0 vacation weeks, PGY-1 is due 1")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (VacationRow("X", MONDAY, None, row=9), "no such person"),
        (VacationRow("F", MONDAY, None, row=9), "faculty have no vacation weeks"),
        (VacationRow("A", day(1), None, row=9), "a vacation week starts on a Monday"),
        (VacationRow("A", day(14), None, row=9), "does not lie wholly in the year"),
        (VacationRow("A", day(-7), None, row=9), "does not lie wholly in the year"),
        (VacationRow("A", date.max, None, row=9), "a vacation week starts on a Monday"),
        (VacationRow("A", date.min, None, row=9), "does not lie wholly in the year"),
    ],
)
def test_a_row_that_names_no_week_of_a_trainee_is_named(row: VacationRow, words: str) -> None:
    assert_names(messages(small_program(), replace(legal(), vacations=(row,))), words)


def test_a_week_that_runs_past_the_year_is_no_week() -> None:
    short = due(blocks=(7, 6))
    plan = of_a(desk("A", *DESK_DATES[:5]), vacations=[("A", 7, None)])

    assert "2 vacations.csv:2 A week of 2026-07-13: the week does not lie wholly in the year" in messages(
        short, plan
    )


def test_the_same_week_twice_is_named_at_both_rows() -> None:
    plan = of_a(desk("A", *DESK_DATES[5:]), vacations=[("A", 0, None), ("A", 0, None)])

    assert_names(messages(due(), plan), "2 vacations.csv:2 A", "2 vacations.csv:3 A")


def test_a_rotation_without_vacation_weeks_allows_none() -> None:
    plan = of_a(ward("A"), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"), vacations=[("A", 0, None)])

    assert_names(
        messages(due(), plan), "2 vacations.csv:2 A week of 2026-07-06: WARD in block 1 allows no vacation"
    )


def test_a_week_that_runs_into_the_next_block_needs_that_rotation_to_allow_vacation() -> None:
    blocks = due(blocks=(9, 5))
    rows = [*desk("A", 0, 1, 2, 3, 4)]
    into_ward = of_a(rows, rotations=("DESK", "WARD"), vacations=[("A", 7, None)])
    into_desk = of_a(rows, vacations=[("A", 7, None)])

    assert_names(messages(blocks, into_ward), "A week of 2026-07-13: WARD in block 2 allows no vacation")
    assert broken(blocks, into_desk) == ()


def test_a_week_counts_in_the_block_of_its_monday_only() -> None:
    one_each = (replace(DESK, vacation_weeks_max=1), WARD, NF, LEAVE)
    program = due(2, blocks=(9, 12), rotations=one_each)
    plan = schedule(
        desk("A", 0, 1, 2, 3, 4),
        desk("B", *DESK_DATES, 14, 15, 16, 17, 18),
        vacations=[("A", 7, None), ("A", 14, None)],
    )

    assert broken(program, plan) == ()


def test_more_weeks_in_one_block_than_its_rotation_allows_are_named() -> None:
    one = (replace(DESK, vacation_weeks_max=1), WARD, NF, LEAVE)
    plan = schedule(
        desk("B", *DESK_DATES),
        vacations=[("A", 0, None), ("A", 7, None)],
        year=(replace(legal().year[0]), replace(legal().year[2], block=1)),
    )

    assert_names(
        messages(due(2, blocks=(14,), rotations=one), plan),
        "2 vacations.csv:3 A week of 2026-07-13: 2 weeks in block 1, DESK allows 1",
    )


def test_more_people_away_in_one_week_than_the_program_allows_are_named() -> None:
    everyone = MappingProxyType({1: 1, 2: 1})
    plan = schedule(
        desk("A", *DESK_DATES[5:]), desk("B", *DESK_DATES[5:]), vacations=[("A", 0, None), ("B", 0, None)]
    )

    assert broken(small_program(vacation_weeks=everyone, max_on_vacation=2), plan) == ()
    assert_names(
        messages(small_program(vacation_weeks=everyone, max_on_vacation=1), plan),
        "2 vacations.csv:3 B week of 2026-07-06: 2 are on vacation in that week, at most 1 may be",
    )


def wish(rank: int, on: int) -> Request:
    return Request("A", RequestKind.VACATION, rank, day(on), day(on + 6))


@pytest.mark.parametrize(
    ("rank", "names"),
    [(2, None), (None, "request_rank is none, requests.csv gives 2"), (1, "request_rank is 1"), (0, "is 0")],
)
def test_the_rank_is_that_of_the_request_for_the_week_that_holds_its_start_date(
    rank: int | None, names: str | None
) -> None:
    program = due(requests=(wish(1, 7), wish(2, 3)))
    plan = of_a(desk("A", *DESK_DATES[5:]), vacations=[("A", 0, rank)])

    assert_names(messages(program, plan), *([names] if names else []))


def test_a_week_nobody_asked_for_has_no_rank() -> None:
    plan = of_a(desk("A", *DESK_DATES[5:]), vacations=[("A", 0, 1)])
    of_b = Request("B", RequestKind.VACATION, 1, day(0), day(6))

    assert_names(messages(due(requests=(of_b,)), plan), "request_rank is 1, requests.csv gives none")


def test_work_on_vacation_is_named_under_item_2() -> None:
    plan = of_a(desk("A", 2, *DESK_DATES[5:]), vacations=[("A", 0, None)])

    assert_names(
        messages(due(), plan), "2 assignments.csv:2 A 2026-07-08 AM DESK: not to be worked: the person is on"
    )


def test_work_that_is_on_no_timetable_is_named_under_item_2_on_a_vacation_date() -> None:
    plan = of_a(shift("A", 5, "09:00", 1), desk("A", *DESK_DATES[5:]), vacations=[("A", 0, None)])

    assert_names(messages(due(), plan), "2 assignments.csv:2 A 2026-07-11 AM DESK: the person is on vacation")


@pytest.mark.parametrize("status", [s for s in AbsenceStatus if s is not AbsenceStatus.APPROVED])
def test_only_an_approved_absence_counts(status: AbsenceStatus) -> None:
    not_approved = small_program(absences=(Absence("A", "sick", day(0), day(4), status),))

    assert broken(not_approved, legal()) == ()


def test_nobody_works_on_an_approved_absence() -> None:
    absent = small_program(absences=(Absence("A", "sick", day(1), day(1), AbsenceStatus.APPROVED),))

    assert broken(absent, of_a(desk("A", 0, *DESK_DATES[2:]))) == ()
    assert_names(
        messages(absent, legal()),
        "2 assignments.csv:3 A 2026-07-07 AM DESK: not to be worked: the person is absent on 2026-07-07",
    )


def test_an_absence_without_end_is_looked_at_as_far_as_the_year_goes() -> None:
    forever = Absence("A", "leave", day(7), date.max, AbsenceStatus.APPROVED)
    always = Absence("A", "leave", date.min, day(-1), AbsenceStatus.APPROVED)

    assert broken(small_program(absences=(forever, always)), of_a(desk("A", *DESK_DATES[:5]))) == ()


def test_a_missing_row_after_a_vacation_is_no_vacation() -> None:
    plan = of_a(desk("A", *DESK_DATES[6:]), vacations=[("A", 0, None)])

    assert_names(messages(due(), plan), f"3 assignments.csv:None A {MONDAY + timedelta(days=7)} AM DESK")
