"""How far a repair looks before it says that there is none, and what it leaves open where that helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from src.interchange.model import (
    CallPin,
    Clinic,
    Coverage,
    Person,
    PersonKind,
    Program,
    Requirement,
    RotationPin,
    Session,
    Staffing,
)
from src.interchange.schedule import Schedule, SolveStatus, UnmetKind
from tests.solver.hospital import TEMPLATES, WARD, WEEKEND_CALL, hospital, run
from tests.solver.repair.test_repair import assert_legal, away, day, mended, stood

SUNDAY, MONDAY, TUESDAY = day(13), day(14), day(15)


def on_two_calls() -> Program:
    """D and E share the calls of Sundays and Mondays; C or D works Tuesday mornings, when E has a clinic."""
    levels = (("C", 1), ("D", 2), ("E", 2))
    return hospital(
        people=tuple(Person(name, name, PersonKind.RESIDENT, pgy, row=2) for name, pgy in levels),
        rotations=(replace(WARD, clinic=True),),
        templates=TEMPLATES[:1],
        staffing=(Staffing("WARD", (1,), Session.AM, (), 1, None, row=2),),
        coverage=(),
        requirements=(Requirement((), None, "WARD", 0, None, row=2),),
        calls=(replace(WEEKEND_CALL, weekdays=(6, 0), pgys=(2,)),),
        call_pins=(CallPin("E", SUNDAY, "CALL", row=2), CallPin("D", MONDAY, "CALL", row=3)),
        holidays=(),
        clinics=(Clinic("E", 1, Session.AM, time(8), 240, row=2),),
        requests=(),
        vacation_weeks={},
        objective=(),
    )


def made(program: Program) -> Schedule:
    schedule = run(program).schedule
    assert schedule is not None
    return replace(schedule, denied=None)


def holder(schedule: Schedule, when: date) -> str:
    return next(row.person for row in schedule.assignments if row.id == "CALL" and row.date == when)


def test_a_mend_in_the_block_before_is_found_and_none_is_denied() -> None:
    """C is sick on a Tuesday: D works it after E's Monday call, so the Sunday, in block 1, has to be D's."""
    program = on_two_calls()
    base = made(program)
    assert [holder(base, when) for when in (SUNDAY, MONDAY)] == ["E", "D"]
    changed = replace(program, call_pins=(), absences=(away("C", TUESDAY, TUESDAY),))
    found = mended(changed, base, allow_unmet=False)
    assert_legal(changed, found)
    assert holder(found.alternatives[0].schedule, SUNDAY) == "D"


def test_where_the_block_before_may_not_move_there_is_none() -> None:
    program = on_two_calls()
    changed = replace(program, call_pins=(), absences=(away("C", TUESDAY, TUESDAY),))
    found = mended(changed, made(program), allow_unmet=False, from_date=MONDAY)
    assert found.status is SolveStatus.INFEASIBLE


def test_what_was_short_before_the_range_proves_nothing_of_it() -> None:
    program = on_two_calls()
    gone = [away(person.id, day(1), day(1)) for person in program.residents]
    changed = replace(program, call_pins=(), absences=(*gone, away("C", TUESDAY, TUESDAY)))
    found = mended(changed, made(program), allow_unmet=False, from_date=day(7))
    assert found.status is SolveStatus.FEASIBLE
    assert holder(found.alternatives[0].schedule, SUNDAY) == "D"


def without_first_years() -> Program:
    """Block 2 wants a first-year on the ward, and both are elsewhere."""
    return hospital(
        rotation_pins=tuple(RotationPin(person, 2, "DESK", row=2) for person in "AB"),
        coverage=(Coverage("WARD", (1,), (2,), 1, None, row=2), Coverage("WARD", (), (), 2, 2, row=3)),
    )


def test_coverage_that_nobody_can_meet_stays_open_and_is_told() -> None:
    base, changed = stood()[1], without_first_years()
    found = mended(changed, base)
    assert_legal(changed, found)
    for each in found.alternatives:
        (left,) = each.schedule.unmet
        assert (left.what, left.id, left.date_or_block) == (UnmetKind.COVERAGE, "WARD", "2")
        assert (left.pgys, left.needed, left.got) == ((1,), 1, 0)
    assert any(conflict.file == "coverage.csv" for conflict in found.conflicts)
    assert any("lacks 1 of 1" in sentence for sentence in found.way_out)
    assert mended(changed, base, allow_unmet=False).status is SolveStatus.INFEASIBLE


def test_coverage_left_open_is_told_no_longer_once_it_is_met() -> None:
    """The first-years are back, but one has the ward only by another rotation than stood."""
    short = mended(without_first_years(), stood()[1]).alternatives[0].schedule
    changed = replace(without_first_years(), rotation_pins=(RotationPin("A", 2, "WARD", row=2),))
    found = mended(changed, short)
    assert_legal(changed, found)
    assert all(not each.schedule.unmet for each in found.alternatives)


def test_a_pin_that_nobody_can_keep_is_no_demand_that_may_stay_open() -> None:
    program, base = stood()
    pins, absences = (CallPin("A", day(5), "CALL", row=9),), (away("A", day(5), day(5)),)
    found = mended(replace(program, call_pins=pins, absences=absences), base)
    assert found.status is SolveStatus.INFEASIBLE
    assert any(conflict.file == "pins.csv" for conflict in found.conflicts)
