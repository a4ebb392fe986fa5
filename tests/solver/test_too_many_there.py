"""Programs that staffing maxima, room in the clinic or pinned calls rule out: infeasible, with their rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from src.interchange.model import CallPin, Clinic, PostCall, Program, RotationPin, Session, Staffing
from src.interchange.schedule import Schedule, Scope, SolveStatus, YearRow
from src.planning.limits import limits_of
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.small import MONDAY, covers, nobody
from tests.solver.test_days_that_collide import (
    AT_DESK,
    DAILY,
    DESK,
    LONG_CALL,
    ONE_A_DAY,
    WARD,
    WEEKDAYS,
    hospital,
    solved,
    told,
)

ONE_AT_MOST = replace(ONE_A_DAY, min=0, max=1)


def clinic(person: str, row: int, most: int) -> Clinic:
    return Clinic(person, 0, Session.PM, time(13), 240, most, row=row)


def crowded_ward(**more: object) -> Program:
    """Two residents must be on a ward on which one may work each day, with few days off to give."""
    given = {
        "staffing": (ONE_AT_MOST,),
        "coverage": (covers("WARD", 2, row=2),),
        "blocks": (14,),
        **more,
    }
    program = hospital(3, DAILY, AT_DESK, **given)
    ward = replace(WARD, max_days_off=3)
    return replace(program, rotations=(ward, *(each for each in program.rotations if each.id != "WARD")))


def test_a_staffing_maximum_that_the_days_off_cannot_keep_is_named_with_both_rows() -> None:
    result = solved(crowded_ward())
    assert result.status is SolveStatus.INFEASIBLE
    rows, words = told(result)
    assert rows == {("staffing.csv", 2), ("coverage.csv", 2), ("rotations.csv", 2)}
    assert "WARD takes at most 1 at work in the AM" in words
    assert "WARD gives at most 3 days off in a block (max_days_off)" in words
    assert "Raise the maximum of staffing.csv row 2 by 1, to 2 (WARD, AM)." in result.way_out
    assert "Lower the minimum of coverage.csv row 2 by 1, to 1 (WARD)." in result.way_out


@pytest.mark.parametrize(
    "maximum",
    [replace(ONE_AT_MOST, max=2), replace(ONE_AT_MOST, weekdays=(5, 6)), replace(ONE_AT_MOST, max=None)],
)
def test_a_maximum_that_can_be_kept_is_nobodys_fault(maximum: Staffing) -> None:
    assert solved(crowded_ward(staffing=(maximum,))).schedule is not None


def excused_ward(most: int) -> Program:
    """Three are due each Wednesday morning; one may be kept from it by the call of the night before."""
    night = replace(
        LONG_CALL, id="NIGHT", start=time(18), minutes=840, min=0, max=1, post_call=PostCall.OFF_AFTER
    )
    at_most = replace(ONE_AT_MOST, weekdays=(2,), max=most)
    coverage = (covers("WARD", 3, row=2),)
    return hospital(
        3, WEEKDAYS, AT_DESK, staffing=(at_most,), coverage=coverage, calls=(night,), blocks=(14,)
    )


def test_no_more_are_kept_from_a_session_than_a_call_takes() -> None:
    result = solved(excused_ward(most=1))
    assert result.status is SolveStatus.INFEASIBLE
    rows, words = told(result)
    assert rows >= {("staffing.csv", 2), ("coverage.csv", 2), ("calls.csv", 2)}
    assert "NIGHT takes at most 1, so that no more are kept from a session by it" in words


def test_those_whom_the_calls_do_keep_from_it_are_not_too_many() -> None:
    assert solved(excused_ward(most=2)).schedule is not None


def test_room_in_the_clinic_is_counted_and_the_way_out_has_its_size() -> None:
    """Three on a desk with clinic on the same afternoon, and room for one."""
    desk = replace(DESK, clinic=True)
    program = hospital(3, AT_DESK, blocks=(14,), clinics=tuple(clinic(f"R{n}", 2 + n, 1) for n in range(3)))
    program = replace(program, rotations=(desk,), requirements=program.requirements[:1])
    result = solved(program)
    assert result.status is SolveStatus.INFEASIBLE
    rows, words = told(result)
    assert rows == {("clinics.csv", 2), ("rotations.csv", 3)}, "vacation would make room, were it allowed"
    assert "At most 1 are in clinic at once" in words
    assert result.way_out == (
        "Raise max_at_once by 2, to 3 (clinics.csv row 2 and the others of weekday 0, PM).",
    )
    roomy = tuple(replace(row, max_at_once=3) for row in program.clinics)
    assert solved(replace(program, clinics=roomy)).schedule is not None


def test_calls_may_empty_a_clinic_that_is_too_small() -> None:
    """Who is on call from the morning is not in the clinic: two calls leave room for the third resident."""
    desk = replace(DESK, clinic=True)
    day_call = replace(LONG_CALL, weekdays=(0,), minutes=600, min=0, max=2, rotations=("DESK",))
    clinics = tuple(clinic(f"R{n}", 2 + n, 1) for n in range(3))
    program = hospital(3, AT_DESK, blocks=(14,), clinics=clinics, calls=(day_call,))
    program = replace(program, rotations=(desk,), requirements=program.requirements[:1])
    assert solved(program).schedule is not None


def pinned_saturdays(*weeks: int) -> Program:
    """A resident pinned to a desk and to a day's call on those Saturdays."""
    saturday = replace(LONG_CALL, weekdays=(5,), rotations=(), min=0)
    pins = tuple(
        CallPin("R0", MONDAY + timedelta(5 + 7 * week), "LONG", row=3 + number)
        for number, week in enumerate(weeks)
    )
    program = hospital(2, WEEKDAYS, AT_DESK, blocks=(28,), calls=(saturday,), call_pins=pins)
    return replace(program, rotation_pins=(RotationPin("R0", 1, "DESK", row=2),))


def test_pinned_calls_that_leave_no_free_day_are_all_named_and_one_fewer_helps() -> None:
    result = solved(pinned_saturdays(0, 1, 2, 3))
    assert result.status is SolveStatus.INFEASIBLE
    rows, words = told(result)
    four = {("pins.csv", row) for row in (3, 4, 5, 6)}
    assert rows == {*four, ("program.toml", None)}, "weekdays are worked on the other rotation, too"
    assert "US-FREE7" in words
    assert any(way.startswith("Drop the pin of pins.csv row 3") for way in result.way_out)


def test_pinned_calls_with_a_weekend_between_are_kept() -> None:
    assert solved(pinned_saturdays(0)).schedule is not None


def under_a_plan(program: Program, rows: tuple[YearRow, ...]) -> Problem:
    """The days of a year plan that is handed in."""
    return Problem(
        program,
        limits=limits_of(program),
        scope=Scope.DAILY,
        year_plan=Schedule(year=rows),
        workers=1,
        deterministic_limit=20.0,
    )


def test_a_plan_handed_in_that_puts_nobody_on_a_ward_is_told_to_put_somebody_there() -> None:
    program = hospital(2, DAILY, AT_DESK, staffing=(ONE_A_DAY,), blocks=(14,))
    rows = (YearRow("R0", 1, "WARD"), YearRow("R1", 1, "DESK"))
    given = under_a_plan(program, rows)
    result = solve(given, Stop(20.0), nobody)
    assert result.status is SolveStatus.INFEASIBLE
    assert {("staffing.csv", 2), ("year.csv", None)} <= told(result)[0]
    assert "On WARD in block 1 is R0 (row 2), and none of 1 other." in told(result)[1]
    assert "Put 1 more on WARD in block 1 (year.csv)." in result.way_out
    elsewhere = (YearRow("R0", 1, "WARD", row=7), YearRow("R1", 1, "DESK", row=4))
    read = solve(replace(given, year_plan=Schedule(year=elsewhere)), Stop(20.0), nobody)
    assert "On WARD in block 1 is R0 (row 7), and none of 1 other." in told(read)[1]
    both = replace(given, year_plan=Schedule(year=(rows[0], YearRow("R1", 1, "WARD"))))
    assert solve(both, Stop(20.0), nobody).schedule is not None


def test_a_plan_handed_in_that_puts_too_many_on_a_ward_is_infeasible_and_says_which_rows_collide() -> None:
    program = replace(crowded_ward(), coverage=())
    rows = tuple(YearRow(f"R{number}", 1, "WARD" if number < 2 else "DESK") for number in range(3))
    given = under_a_plan(program, rows)
    result = solve(given, Stop(20.0), nobody)
    assert result.status is SolveStatus.INFEASIBLE
    of_program = {("staffing.csv", 2), ("rotations.csv", 2)}
    assert told(result)[0] == {*of_program, ("year.csv", 2), ("year.csv", 3)}
    assert "R1 is on WARD in block 1." in told(result)[1]
    assert "Put R1 elsewhere than on WARD in block 1 (year.csv row 3)." in result.way_out
    apart = (YearRow("R0", 1, "WARD"), YearRow("R1", 1, "DESK"), YearRow("R2", 1, "DESK"))
    fewer = replace(given, year_plan=Schedule(year=apart))
    assert solve(fewer, Stop(20.0), nobody).schedule is not None
