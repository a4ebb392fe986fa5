"""Counting before any search: each kind of shortage, named by file and row, with need and have."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    CallPin,
    Coverage,
    DutyType,
    HolidayRule,
    PostCall,
    Program,
    Requirement,
    RotationPin,
    Session,
    Staffing,
    Template,
)
from src.interchange.reader import load_program
from src.solver.precheck import find_shortages
from tests.compliance.structure.world import call
from tests.solver.year.tiny import ELEC, LEAVE, MONDAY, NF, OPEN, WARD, A, B, C, tiny

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "programs"
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())
MORNING = Template("WARD", (0, 1, 2, 3, 4), Session.AM, time(8), 240, DutyType.CLINICAL, row=2)


def needs(program: Program, *parts: str, blocks: tuple[int, ...] = ()) -> None:
    """Exactly one shortage is found, and its file, row and words hold the parts."""
    found = find_shortages(program, blocks)
    assert len(found) == 1, found
    text = f"{found[0].file}:{found[0].row} {found[0].message}"
    for part in parts:
        assert part in text


class TestNowhereToBe:
    def test_a_resident_for_whom_no_row_names_a_rotation(self) -> None:
        program = tiny(requirements=tuple(replace(row, track="research") for row in OPEN))
        needs(program, "people.csv:2", "A (PGY-1) has no rotation to be on in 3 blocks", "requirements.csv")
        needs(program, "people.csv:2", "in 1 block:", blocks=(2,))

    def test_pins_in_every_block_are_enough(self) -> None:
        pins = tuple(RotationPin("A", block, "WARD", row=block) for block in (1, 2, 3))
        others = tuple(replace(row, track="research") for row in OPEN)
        assert not find_shortages(tiny(requirements=others, rotation_pins=pins))

    def test_who_is_not_there_yet_needs_none(self) -> None:
        late = replace(A, start_date=MONDAY + timedelta(7))
        others = tuple(replace(row, track="research") for row in OPEN)
        assert not find_shortages(tiny(people=(late, B), requirements=others), (1,))


class TestCoverage:
    def test_more_than_there_are_residents_of_the_pgy(self) -> None:
        program = tiny(people=(A, B, C), coverage=(Coverage("WARD", (1,), (2,), 3, None, row=7),))
        needs(program, "coverage.csv:7", "WARD needs 3 of PGY-1 in block 2, only 2 can be there", "1 more")

    def test_exactly_as_many_as_there_are_is_no_shortage(self) -> None:
        assert not find_shortages(tiny(coverage=(Coverage("WARD", (1,), (2,), 2, None, row=7),)))

    def test_those_pinned_elsewhere_cannot_be_there(self) -> None:
        program = tiny(
            coverage=(Coverage("WARD", (), (2,), 2, None, row=7),),
            rotation_pins=(RotationPin("A", 2, "NF", row=2),),
        )
        needs(program, "coverage.csv:7", "needs 2 of any PGY in block 2, only 1 can")

    def test_those_not_yet_with_the_program_cannot_be_there(self) -> None:
        late = replace(B, start_date=MONDAY + timedelta(7))
        program = tiny(people=(A, late), coverage=(Coverage("WARD", (), (1,), 2, None, row=7),))
        needs(program, "coverage.csv:7", "in block 1, only 1 can")
        assert not find_shortages(replace(program, coverage=(Coverage("WARD", (), (2,), 2, None, row=7),)))

    def test_those_absent_are_there_all_the_same(self) -> None:
        absence = Absence("A", "loa", MONDAY, MONDAY + timedelta(6), AbsenceStatus.APPROVED, row=2)
        program = tiny(absences=(absence,), coverage=(Coverage("WARD", (), (1,), 2, None, row=7),))
        assert not find_shortages(program)

    def test_a_rotation_nobody_may_do(self) -> None:
        program = tiny(requirements=OPEN[:2], coverage=(Coverage("NF", (), (1,), 1, None, row=3),))
        found = find_shortages(program)
        assert {(one.file, one.row) for one in found} == {("coverage.csv", 3)}

    def test_a_maximum_below_those_who_are_pinned_there(self) -> None:
        program = tiny(
            coverage=(Coverage("@busy", (), (1,), 0, 1, row=4),),
            rotation_pins=(RotationPin("A", 1, "NF", row=2), RotationPin("B", 1, "WARD", row=3)),
        )
        needs(program, "coverage.csv:4", "at most 1 of any PGY in block 1, but 2 can be nowhere else", "A, B")

    def test_minima_that_together_ask_for_more_than_there_are(self) -> None:
        program = tiny(
            coverage=(
                Coverage("WARD", (), (3,), 1, None, row=2),
                Coverage("ELEC", (), (3,), 1, None, row=3),
                Coverage("NF", (), (3,), 1, None, row=4),
            )
        )
        found = find_shortages(program)
        assert [(one.file, one.row) for one in found] == [("coverage.csv", row) for row in (2, 3, 4)]
        assert all("block 3 ask for 3 residents" in one.message and "only 2" in one.message for one in found)

    def test_minima_that_one_resident_may_count_in_twice_are_not_added(self) -> None:
        program = tiny(
            coverage=(
                Coverage("WARD", (), (3,), 2, None, row=2),
                Coverage("@busy", (), (3,), 2, None, row=3),
                Coverage("WARD", (1,), (3,), 2, None, row=4),
            )
        )
        assert not find_shortages(program)

    def test_a_year_of_coverage_beyond_what_requirements_allow(self) -> None:
        program = tiny(
            requirements=(Requirement((), None, "WARD", 0, 1, row=2), *OPEN[1:]),
            coverage=(Coverage("WARD", (), (), 1, None, row=5),),
        )
        needs(program, "coverage.csv:5", "WARD needs 3 blocks of any PGY over the year", "allow only 2")

    def test_coverage_of_blocks_not_asked_for_is_left_aside(self) -> None:
        program = tiny(coverage=(Coverage("WARD", (), (2,), 3, None, row=7),))
        assert not find_shortages(program, [1, 3])
        assert find_shortages(program, [2])


class TestRequirements:
    def test_more_blocks_than_the_year_has(self) -> None:
        program = tiny(people=(A,), requirements=(*OPEN, Requirement((1,), None, "NF", 4, None, row=8)))
        needs(program, "requirements.csv:8", "A (PGY-1) must do 4 blocks of NF", "only 3")

    def test_more_blocks_than_lie_between_first_and_last(self) -> None:
        program = tiny(people=(A,), requirements=(*OPEN, Requirement((), None, "NF", 2, None, 3, 3, row=8)))
        needs(program, "requirements.csv:8", "must do 2 blocks of NF", "only 1")

    def test_more_blocks_than_somebody_is_there_for(self) -> None:
        late = replace(A, start_date=MONDAY + timedelta(14))
        program = tiny(people=(late,), requirements=(*OPEN, Requirement((), None, "NF", 2, None, row=8)))
        needs(program, "requirements.csv:8", "A", "only 1")

    def test_pins_beyond_the_maximum(self) -> None:
        pins = tuple(RotationPin("A", block, "NF", row=block + 1) for block in (1, 2))
        program = tiny(
            people=(A,),
            requirements=(*OPEN[:2], Requirement((), None, "NF", 0, 1, row=8)),
            rotation_pins=pins,
        )
        needs(program, "requirements.csv:8", "A (PGY-1) may do 1 block of NF, but is bound to 2 by pins")

    def test_requirements_of_another_track_or_pgy_bind_nobody_else(self) -> None:
        rows = (Requirement((2,), None, "NF", 9, None, row=8), Requirement((), "rural", "NF", 9, None, row=9))
        assert not find_shortages(tiny(requirements=(*OPEN, *rows)))

    def test_more_required_by_all_than_coverage_has_room_for(self) -> None:
        program = tiny(
            requirements=(*OPEN[:2], Requirement((), None, "NF", 2, None, row=8)),
            coverage=(Coverage("NF", (), (), 0, 1, row=5),),
        )
        needs(program, "coverage.csv:5", "4 blocks of NF are required over the year", "room for 3")

    def test_requirements_are_counted_over_whole_years_only(self) -> None:
        program = tiny(requirements=(*OPEN, Requirement((), None, "NF", 4, None, row=8)))
        assert not find_shortages(program, [1, 2])


class TestVacations:
    def test_more_weeks_than_may_be_away_at_once(self) -> None:
        program = tiny(
            vacation_weeks=MappingProxyType({1: 2}),
            max_on_vacation=1,
            rotations=(WARD, replace(ELEC, vacation_weeks_max=1), NF, LEAVE),
        )
        needs(
            program, "program.toml:None", "4 vacation weeks are due", "3 weeks with at most 1 away", "only 3"
        )

    def test_more_weeks_than_the_rotations_hold(self) -> None:
        pins = tuple(RotationPin("A", block, "WARD", row=block + 1) for block in (1, 2))
        program = tiny(
            people=(replace(A, row=2),), vacation_weeks=MappingProxyType({1: 2}), rotation_pins=pins
        )
        needs(program, "people.csv:2", "A (PGY-1) must get 2 vacation weeks", "at most 1")

    def test_as_many_weeks_as_there_is_room_for_is_no_shortage(self) -> None:
        program = tiny(vacation_weeks=MappingProxyType({1: 3}), max_on_vacation=2)
        assert not find_shortages(program)


class TestStaffingAndCalls:
    def test_a_session_that_no_template_holds(self) -> None:
        asked = Staffing("WARD", (0, 6), Session.AM, (), 1, row=3)
        program = tiny(templates=(MORNING,), staffing=(asked,))
        needs(program, "staffing.csv:3", "WARD needs 1 at work in the AM of weekday 6")

    def test_a_minimum_of_nobody_needs_no_template(self) -> None:
        assert not find_shortages(tiny(staffing=(Staffing("WARD", (), Session.AM, (), 0, row=3),)))

    def test_more_at_work_than_can_be_on_the_rotation(self) -> None:
        asked = Staffing("WARD", (0,), Session.AM, (1,), 3, row=3)
        found = find_shortages(tiny(templates=(MORNING,), staffing=(asked,)), [2])
        assert [(one.file, one.row) for one in found] == [("staffing.csv", 3)]
        assert "needs 3 of PGY-1" in found[0].message
        assert "only 2 can be on it in block 2" in found[0].message

    def test_a_call_that_too_few_may_take(self) -> None:
        asked = call(min=2, weekdays=(0,), pgys=(2,), row=6)
        found = find_shortages(tiny(people=(A, C), calls=(asked,)), [1])
        assert [(one.file, one.row) for one in found] == [("calls.csv", 6)]
        assert f"CALL needs 2 residents on {MONDAY} (block 1), only 1 may take it" in found[0].message

    def test_a_call_that_only_a_rotation_nobody_has_may_take(self) -> None:
        asked = call(min=1, weekdays=(0,), rotations=("LEAVE",), row=6)
        found = find_shortages(tiny(calls=(asked,)))
        assert {(one.file, one.row) for one in found} == {("calls.csv", 6)}

    def test_a_call_on_holidays_only_is_not_missed_on_other_dates(self) -> None:
        asked = call(min=3, holidays=HolidayRule.HOLIDAYS_ONLY, row=6)
        assert not find_shortages(tiny(calls=(asked,)))
        found = find_shortages(tiny(calls=(asked,), holidays=(MONDAY + timedelta(9),)))
        assert [(one.file, one.row) for one in found] == [("calls.csv", 6)]
        assert str(MONDAY + timedelta(9)) in found[0].message

    def test_a_call_that_reaches_into_an_absence(self) -> None:
        tuesday = MONDAY + timedelta(1)
        absence = Absence("A", "loa", tuesday, tuesday, AbsenceStatus.APPROVED, row=2)
        asked = call(min=2, weekdays=(0,), row=6)
        needs(tiny(calls=(asked,), absences=(absence,)), "calls.csv:6", f"on {MONDAY}", "only 1", blocks=(1,))
        over_at_midnight = replace(asked, minutes=360)
        assert not find_shortages(tiny(calls=(over_at_midnight,), absences=(absence,)), [1])

    def test_an_absence_that_is_only_asked_for_is_nobodys_shortage(self) -> None:
        absence = Absence("A", "loa", MONDAY, MONDAY, AbsenceStatus.REQUESTED, row=2)
        assert not find_shortages(tiny(calls=(call(min=2, row=6),), absences=(absence,)))


class TestCallPins:
    def test_on_a_date_without_the_call(self) -> None:
        pin = CallPin("A", MONDAY, "CALL", row=9)
        needs(
            tiny(calls=(call(weekdays=(5,)),), call_pins=(pin,)),
            "pins.csv:9",
            "CALL is not held on that date",
        )

    def test_by_someone_of_another_pgy(self) -> None:
        pin = CallPin("A", MONDAY, "CALL", row=9)
        needs(tiny(calls=(call(pgys=(2,)),), call_pins=(pin,)), "pins.csv:9", "PGY-1 may not take CALL")

    def test_by_someone_absent(self) -> None:
        absence = Absence("A", "loa", MONDAY, MONDAY, AbsenceStatus.APPROVED, row=2)
        pin = CallPin("A", MONDAY, "CALL", row=9)
        needs(tiny(calls=(call(),), call_pins=(pin,), absences=(absence,)), "pins.csv:9", "A is absent")

    def test_by_someone_whose_rotations_take_no_such_call(self) -> None:
        pin = CallPin("A", MONDAY, "CALL", row=9)
        program = tiny(calls=(call(rotations=("LEAVE",)),), call_pins=(pin,))
        needs(program, "pins.csv:9", "no rotation open to A in block 1 takes CALL")

    def test_one_that_can_be_kept_is_no_shortage(self) -> None:
        assert not find_shortages(tiny(calls=(call(),), call_pins=(CallPin("A", MONDAY, "CALL", row=9),)))


GONE = replace(A, end_date=MONDAY + timedelta(13))


def test_a_rotation_pinned_after_its_resident_has_gone() -> None:
    program = tiny(people=(GONE, B), rotation_pins=(RotationPin("A", 3, "WARD", row=4),))
    needs(program, "pins.csv:4", "A is pinned to WARD in block 3, but is not there then")


def test_a_rotation_pinned_where_its_resident_is_there_for_a_while_is_no_shortage() -> None:
    for block in (1, 2):
        program = tiny(people=(GONE, B), rotation_pins=(RotationPin("A", block, "WARD", row=4),))
        assert not find_shortages(program)


def test_a_pin_of_who_has_gone_matters_only_in_the_blocks_to_be_solved() -> None:
    program = tiny(people=(GONE, B), rotation_pins=(RotationPin("A", 3, "WARD", row=4),))
    assert not find_shortages(program, (1, 2))


def test_shortages_come_in_order_of_file_and_row_each_once() -> None:
    program = tiny(
        calls=(call(min=3, row=6),),
        coverage=(Coverage("WARD", (), (3,), 3, None, row=9), Coverage("NF", (), (1,), 3, None, row=8)),
    )
    found = find_shortages(program)
    assert [(one.file, one.row) for one in found] == sorted((one.file, one.row) for one in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_nothing_is_missing_in_the_examples(folder: Path) -> None:
    assert find_shortages(load_program(folder)) == ()


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["tiny", "fm-24", "im-60", "gs-35"])
def test_nothing_is_missing_in_the_shared_programs(name: str) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip("the shared data is not here")
    assert find_shortages(load_program(SHARED / name)) == ()


@pytest.mark.shared_data
def test_the_shortage_of_the_shared_infeasible_program_is_named() -> None:
    if not (SHARED / "infeasible-icu").is_dir():
        pytest.skip("the shared data is not here")
    found = find_shortages(load_program(SHARED / "infeasible-icu"))
    assert ("coverage.csv", 18) in {(one.file, one.row) for one in found}
    assert any("ICU needs 17 of PGY-1/2 in block 7, only 15 can be there" in one.message for one in found)


class TestPinnedCalls:
    LONG = call("LONG", minutes=24 * 60, start=time(7), post_call=PostCall.DAY_OFF, max=1, row=3)

    def pinned(self, *pins: CallPin, **changes: object) -> Program:
        return tiny(calls=(replace(self.LONG, **changes),), call_pins=pins)  # type: ignore[arg-type]

    def test_a_call_on_the_day_after_one_that_gives_the_day_off(self) -> None:
        day = MONDAY + timedelta(2)
        program = self.pinned(
            CallPin("A", day, "LONG", row=2), CallPin("A", day + timedelta(1), "LONG", row=3)
        )
        needs(program, "pins.csv:3", "A is pinned to LONG", "(pins.csv row 2)", "that day is off (post_call)")

    def test_calls_that_overlap(self) -> None:
        day = MONDAY + timedelta(2)
        program = self.pinned(
            CallPin("A", day, "LONG", row=2),
            CallPin("A", day + timedelta(1), "LONG", row=3),
            minutes=30 * 60,
            post_call=PostCall.NONE,
        )
        needs(program, "pins.csv:3", "the two overlap")

    def test_calls_two_days_apart_or_of_two_people_do_not_collide(self) -> None:
        day = MONDAY + timedelta(2)
        later = CallPin("A", day + timedelta(2), "LONG", row=3)
        other = CallPin("B", day + timedelta(1), "LONG", row=4)
        assert not find_shortages(self.pinned(CallPin("A", day, "LONG", row=2), later, other))

    def test_more_pinned_than_the_call_takes(self) -> None:
        day = MONDAY + timedelta(2)
        program = self.pinned(CallPin("A", day, "LONG", row=2), CallPin("B", day, "LONG", row=5))
        needs(program, "calls.csv:3", "at most 1", "2 are pinned to it: A, B (pins.csv rows 2 5)")

    def test_pins_in_blocks_that_are_not_asked_for_do_not_count(self) -> None:
        day = MONDAY + timedelta(2)
        program = self.pinned(CallPin("A", day, "LONG", row=2), CallPin("B", day, "LONG", row=5))
        assert not find_shortages(program, (2,))


def test_a_shortage_names_the_pins_and_absences_that_narrow_it() -> None:
    """The row alone would be no reason: without the pin or the absence somebody could take the call."""
    day = MONDAY + timedelta(2)
    night = call("NIGHT", min=1, rotations=("NF",), row=4, weekdays=(2,))
    program = tiny(
        calls=(night,),
        rotation_pins=(RotationPin("A", 1, "WARD", row=7),),
        absences=(Absence("B", "sick", day, day, AbsenceStatus.APPROVED, row=9),),
    )
    needs(
        program,
        "calls.csv:4",
        "Pinned elsewhere: A to WARD (pins.csv row 7).",
        "Absent: B (absences.csv row 9).",
    )
