"""Blocks that were not solved stand as they are, and decide about the first dates of those that were."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.interchange.model import PostCall
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from tests.compliance.structure.world import (
    DESK_DATES,
    assert_names,
    broken,
    call,
    day,
    desk,
    handover,
    messages,
    nights,
    of_a,
    on_call,
    small_program,
)

SECOND_BLOCK = ResultFile(SolveStatus.FEASIBLE, Scope.DAILY, (2,))


def second(plan: Schedule) -> Schedule:
    return replace(plan, result=SECOND_BLOCK)


def test_a_night_of_the_block_before_leaves_no_morning() -> None:
    rested = of_a(nights("A", 6), desk("A", *DESK_DATES[6:]), rotations=("NF", "DESK"))
    worked = of_a(nights("A", 6), desk("A", *DESK_DATES[5:]), rotations=("NF", "DESK"))

    assert broken(small_program(), second(rested)) == ()
    assert_names(messages(small_program(), second(worked)), "a night ends on that date")


def test_a_call_of_the_block_before_closes_the_first_date() -> None:
    program = small_program(calls=(call(post_call=PostCall.OFF_AFTER, handover_minutes=60),))
    rows = (on_call("A", 6, "18:00", 12), handover("A", 7, "06:00", 1))

    assert broken(program, second(of_a(rows, desk("A", *DESK_DATES[6:])))) == ()
    assert_names(messages(program, second(of_a(rows, desk("A", *DESK_DATES[5:])))), "5 assignments.csv")


def test_the_handover_of_a_call_that_is_not_judged_may_be_missing() -> None:
    program = small_program(calls=(call(handover_minutes=60),))

    assert broken(program, second(of_a(on_call("A", 6, "18:00", 12), desk("A", *DESK_DATES[5:])))) == ()


@pytest.mark.parametrize("dates", [(), (0, 1), (0, 1, 2, 3, 4, 5)])
def test_what_the_block_before_lacks_is_not_named(dates: tuple[int, ...]) -> None:
    assert broken(small_program(), second(of_a(desk("A", *dates, *DESK_DATES[5:])))) == ()


def test_an_overlap_that_reaches_into_a_judged_date_is_named() -> None:
    program = small_program(calls=(call(minutes=15 * 60),))
    plan = of_a(on_call("A", 6, "18:00", 15), desk("A", *DESK_DATES[5:]))

    lines = messages(program, second(plan))

    assert f"3 assignments.csv:3 A {day(7)} AM DESK: overlaps row 2 (CALL)" in lines
