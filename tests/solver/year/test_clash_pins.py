"""Pins that collide with each other, or with what they pin: told by rows, and dropping one is the way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from src.interchange.model import Call, CallPin, Person, PersonKind, Program, RotationPin
from src.interchange.schedule import SolveStatus
from src.planning.limits import limits_of
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.solver.small import MONDAY, nobody
from tests.solver.test_days_that_collide import AT_DESK, LONG_CALL, WEEKDAYS, hospital, solved, told

CALL = replace(LONG_CALL, rotations=(), min=0, max=1)


def on(day: int) -> date:
    return MONDAY + timedelta(day)


def pinned(*pins: CallPin, call: Call = CALL) -> Program:
    """Three residents on a desk, a day's call that nobody must take, and these pins."""
    return hospital(3, WEEKDAYS, AT_DESK, blocks=(14, 14), calls=(call,), call_pins=pins)


def has_schedule(program: Program) -> bool:
    """Whether a run finds any: it ends with the first."""
    stop = Stop(100.0)
    problem = Problem(program, limits_of(program), workers=1, kept=lambda _: stop.cancel())
    return solve(problem, stop, nobody).schedule is not None


def assert_each_is_needed(program: Program, result: Result, rows: set[tuple[str, int | None]]) -> None:
    """The rows are named, and without any one of the pins among them there is a schedule."""
    assert result.status is SolveStatus.INFEASIBLE
    assert told(result)[0] == rows
    for file, row in rows:
        if file == "pins.csv":
            kept = tuple(pin for pin in program.call_pins if pin.row != row)
            fewer = replace(program, call_pins=kept)
            rotations = tuple(pin for pin in program.rotation_pins if pin.row != row)
            assert has_schedule(replace(fewer, rotation_pins=rotations))


def test_two_pins_that_nobody_can_keep_are_both_named_and_either_may_go() -> None:
    program = pinned(CallPin("R0", on(3), "LONG", row=2), CallPin("R0", on(4), "LONG", row=3))
    result = solved(program)
    assert_each_is_needed(program, result, {("pins.csv", 2), ("pins.csv", 3)})
    assert "that day is off (post_call)" in told(result)[1]
    assert result.way_out == (
        "Drop the pin of pins.csv row 2 (R0 to LONG on 2026-07-02).",
        "Drop the pin of pins.csv row 3 (R0 to LONG on 2026-07-03).",
    )


def test_two_pins_with_a_day_between_collide_with_nothing() -> None:
    program = pinned(CallPin("R0", on(2), "LONG", row=2), CallPin("R0", on(4), "LONG", row=3))
    assert has_schedule(program)


def test_more_pinned_than_a_call_takes_name_its_maximum() -> None:
    program = pinned(CallPin("R0", on(3), "LONG", row=2), CallPin("R1", on(3), "LONG", row=3))
    result = solved(program)
    assert_each_is_needed(program, result, {("calls.csv", 2), ("pins.csv", 2), ("pins.csv", 3)})
    assert "Raise the maximum of calls.csv row 2 by 1, to 2 (LONG)." in result.way_out
    assert has_schedule(replace(program, calls=(replace(CALL, max=2),)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (replace(CALL, weekdays=(0,)), "but LONG is not held on that date"),
        (replace(CALL, pgys=(3,)), "but PGY-1 may not take LONG"),
    ],
)
def test_a_pin_to_a_call_that_is_not_theirs_says_why(call: Call, words: str) -> None:
    program = pinned(CallPin("R0", on(3), "LONG", row=2), call=call)
    result = solved(program)
    assert_each_is_needed(program, result, {("pins.csv", 2)})
    assert words in told(result)[1]
    assert result.way_out == ("Drop the pin of pins.csv row 2 (R0 to LONG on 2026-07-02).",)


def test_a_pin_to_a_block_before_somebody_comes_names_them() -> None:
    program = pinned()
    late = replace(program.people[0], start_date=on(14), row=7)
    program = replace(
        program, people=(late, *program.people[1:]), rotation_pins=(RotationPin("R0", 1, "DESK", row=2),)
    )
    result = solved(program)
    assert_each_is_needed(program, result, {("people.csv", 7), ("pins.csv", 2)})
    assert "R0 is there from 2026-07-13, not in block 1" in told(result)[1]


def test_who_has_no_rotation_at_all_is_named() -> None:
    program = pinned()
    nobodys = tuple(replace(row, pgys=(1,)) for row in program.requirements)
    stranger = Person("X", "X", PersonKind.RESIDENT, 3, row=9)
    result = solved(replace(program, requirements=nobodys, people=(*program.people, stranger)))
    assert result.status is SolveStatus.INFEASIBLE
    assert told(result)[0] == {("people.csv", 9)}


def test_clashes_that_have_nothing_to_do_with_each_other_are_told_apart() -> None:
    """One minimal set among the conflicts; the other in the notice; the way out is one out of both."""
    program = pinned(
        CallPin("R0", on(3), "LONG", row=2),
        CallPin("R0", on(4), "LONG", row=3),
        CallPin("R1", on(9), "LONG", row=4),
        CallPin("R2", on(9), "LONG", row=5),
    )
    result = solved(program)
    assert result.status is SolveStatus.INFEASIBLE
    pair, crowd = {2, 3}, {4, 5}
    rows = {row for file, row in told(result)[0] if file == "pins.csv"}
    assert rows in (pair, crowd)
    assert result.notice is not None
    assert result.notice.startswith("Impossible on its own, beside this: ")
    dropped = {
        int(word) for way in result.way_out for word in way.replace("(", " ").split() if word.isdigit()
    }
    assert dropped & pair
    assert dropped & crowd
