"""What two decisions a day imply: every sentence of interchange.md about work that follows, as a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Clinic,
    Person,
    PersonKind,
    PostCall,
    Session,
    Template,
)
from src.solver.expand import Decisions, expand
from tests.compliance.structure.world import (
    DESK_DATES,
    EVERY_DAY,
    NF,
    NIGHT_FLOAT,
    TEMPLATES,
    WARD,
    A,
    B,
    call,
    clinic,
    day,
    desk,
    nights,
    on_call,
    shift,
    small_program,
    ward,
)
from tests.solver.world import plan_of, said, works

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
MONDAY_CLINIC = Clinic("A", 0, PM, time(13), 240)
ALL_DAYS = tuple(range(14))


def days_but(*left_out: int) -> list[int]:
    return [on for on in ALL_DAYS if on not in left_out]


class TestTemplates:
    def test_every_session_of_the_template_is_worked(self) -> None:
        assert works(small_program()) == said(ward("A", *ALL_DAYS))

    def test_weekdays_of_the_template_count_from_monday(self) -> None:
        assert works(small_program(), ("DESK", "DESK")) == said(desk("A", *DESK_DATES))

    def test_an_empty_list_of_weekdays_means_every_day(self) -> None:
        every_day = replace(TEMPLATES[0], weekdays=())
        assert works(small_program(templates=(every_day,)), ("DESK", "DESK")) == said(desk("A", *ALL_DAYS))

    def test_each_block_follows_its_own_rotation(self) -> None:
        assert works(small_program(), ("WARD", "DESK")) == said(
            ward("A", *range(7)), desk("A", *range(7, 12))
        )

    def test_who_has_no_rotation_in_a_block_does_not_work_in_it(self) -> None:
        assert works(small_program(), (None, "WARD")) == said(ward("A", *range(7, 14)))

    def test_faculty_and_residents_without_a_plan_work_nothing(self) -> None:
        rows = expand(small_program(), plan_of(A=("WARD", "WARD")), Decisions())
        assert {row.person for row in rows} == {"A"}

    def test_a_day_off_takes_all_sessions_of_its_date_and_no_other(self) -> None:
        assert works(small_program(), off=[3, 9]) == said(ward("A", *days_but(3, 9)))

    def test_a_night_off_is_off_on_the_date_it_starts(self) -> None:
        assert works(small_program(), ("NF", "NF"), off=[4]) == said(nights("A", *days_but(4)))

    def test_holidays_0_is_not_worked_on_a_holiday(self) -> None:
        closed = tuple(replace(row, holidays=row.session is PM) for row in TEMPLATES)
        program = small_program(templates=closed, holidays=(day(2),))
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(2) or row.session is PM]
        assert works(program) == said(expected)

    def test_holidays_1_is_worked_on_a_holiday(self) -> None:
        assert works(small_program(holidays=(day(2),))) == said(ward("A", *ALL_DAYS))


class TestBlocksAsked:
    def test_only_the_rows_of_the_blocks_asked_for_come_back(self) -> None:
        assert works(small_program(), blocks=[2]) == said(ward("A", *range(7, 14)))

    def test_a_call_decided_outside_the_blocks_is_left_aside(self) -> None:
        program = small_program(calls=(call(post_call=PostCall.DAY_OFF),))
        assert works(program, calls=[(2, "CALL")], blocks=[2]) == said(ward("A", *range(7, 14)))

    def test_a_kept_night_makes_the_first_date_post_night(self) -> None:
        kept = nights("A", 5, 6)
        assert works(small_program(), ("NF", "WARD"), blocks=[2], kept=kept) == said(ward("A", *range(8, 14)))

    def test_a_kept_call_makes_the_first_date_post_call(self) -> None:
        program = small_program(calls=(call(post_call=PostCall.OFF_AFTER),))
        kept = [*ward("A", *range(7)), on_call("A", 6, "18:00", 12)]
        assert works(program, blocks=[2], kept=kept) == said(ward("A", *range(8, 14)))

    def test_kept_rows_of_somebody_else_change_nothing(self) -> None:
        rows = works(small_program(), blocks=[2], kept=nights("B", 6))
        assert rows == said(ward("A", *range(7, 14)))


class TestPostNight:
    def test_the_date_a_night_ends_has_no_am_and_no_pm(self) -> None:
        assert works(small_program(), ("NF", "WARD")) == said(
            nights("A", *range(7)), ward("A", *range(8, 14))
        )

    def test_the_date_a_night_ends_has_no_clinic(self) -> None:
        program = small_program(clinics=(MONDAY_CLINIC,))
        assert works(program, ("NF", "DESK")) == said(nights("A", *range(7)), desk("A", *range(8, 12)))

    def test_the_date_a_night_ends_may_have_the_next_night(self) -> None:
        assert works(small_program(), ("NF", "NF")) == said(nights("A", *ALL_DAYS))

    def test_a_night_given_off_makes_no_post_night(self) -> None:
        assert works(small_program(), ("NF", "WARD"), off=[6]) == said(
            nights("A", *range(6)), ward("A", *range(7, 14))
        )

    def test_a_night_that_ends_at_exactly_midnight_ends_on_the_date_before(self) -> None:
        late = Template("NF", EVERY_DAY, NIGHT, time(19), 300, NIGHT_FLOAT)
        rows = [shift("A", on, "19:00", 5, "NF", duty=NIGHT_FLOAT) for on in range(7)]
        program = small_program(templates=(*TEMPLATES[:3], late))
        assert works(program, ("NF", "WARD")) == said(rows, ward("A", *range(7, 14)))

    def test_a_night_that_ends_a_minute_past_midnight_ends_on_the_next_date(self) -> None:
        late = Template("NF", EVERY_DAY, NIGHT, time(19), 301, NIGHT_FLOAT)
        rows = [shift("A", on, "19:00", 301 / 60, "NF", duty=NIGHT_FLOAT) for on in range(7)]
        program = small_program(templates=(*TEMPLATES[:3], late))
        assert works(program, ("NF", "WARD")) == said(rows, ward("A", *range(8, 14)))

    def test_a_night_dropped_by_a_call_makes_no_post_night(self) -> None:
        """A night on the date a call with `day_off` ends is dropped, and so the date after is worked."""
        program = small_program(
            calls=(call(post_call=PostCall.DAY_OFF, start=time(7), minutes=720 + 600, rotations=("NF",)),)
        )
        assert works(program, ("NF", "WARD"), off=[0, 1, 2, 3, 4, 5], calls=[(5, "CALL")]) == said(
            on_call("A", 5, "07:00", 22), ward("A", *range(7, 14))
        )


class TestClinic:
    def test_clinic_replaces_the_templates_session_even_at_another_hour(self) -> None:
        program = small_program(
            rotations=(replace(WARD, clinic=True),), clinics=(replace(MONDAY_CLINIC, start=time(18)),)
        )
        expected = [
            row for row in ward("A", *ALL_DAYS) if row.date not in (day(0), day(7)) or row.session is AM
        ]
        assert works(program) == said(expected, *(clinic("A", on, "18:00", session=PM) for on in (0, 7)))

    def test_clinic_is_held_where_there_is_no_session_to_replace(self) -> None:
        program = small_program(clinics=(MONDAY_CLINIC,))
        assert works(program, ("DESK", "DESK")) == said(
            desk("A", *DESK_DATES), clinic("A", 0), clinic("A", 7)
        )

    def test_no_clinic_on_a_rotation_without(self) -> None:
        assert works(small_program(clinics=(MONDAY_CLINIC,))) == said(ward("A", *ALL_DAYS))

    def test_never_on_holidays_and_then_the_templates_session_is_worked(self) -> None:
        program = small_program(
            rotations=(replace(WARD, clinic=True),), clinics=(MONDAY_CLINIC,), holidays=(day(7),)
        )
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(0) or row.session is AM]
        assert works(program) == said(expected, clinic("A", 0))

    def test_not_by_someone_absent(self) -> None:
        program = small_program(
            clinics=(MONDAY_CLINIC,), absences=(Absence("A", "sick", day(7), day(7), AbsenceStatus.APPROVED),)
        )
        assert works(program, ("DESK", "DESK")) == said(
            desk("A", 0, 1, 2, 3, 4, 8, 9, 10, 11), clinic("A", 0)
        )

    def test_not_by_someone_on_vacation(self) -> None:
        program = small_program(clinics=(MONDAY_CLINIC,))
        assert works(program, ("DESK", "DESK"), vacations=[7]) == said(
            desk("A", 0, 1, 2, 3, 4), clinic("A", 0)
        )

    def test_the_clinic_of_somebody_else_changes_nothing(self) -> None:
        program = small_program(clinics=(replace(MONDAY_CLINIC, person="B"),))
        assert works(program, ("DESK", "DESK")) == said(desk("A", *DESK_DATES))

    def test_a_clinic_dropped_for_reaching_into_leave_does_not_replace(self) -> None:
        """It is not worked, so the template's session it would replace is."""
        late = Clinic("A", 6, PM, time(22), 180)
        program = small_program(
            rotations=(replace(WARD, clinic=True, vacation_weeks_max=1),), clinics=(late,)
        )
        assert works(program, vacations=[7]) == said(ward("A", *range(7)))


def test_an_unknown_call_is_no_decision_that_can_be_expanded() -> None:
    with pytest.raises(KeyError, match="NOPE"):
        works(small_program(), calls=[(3, "NOPE")])


def test_a_resident_of_any_pgy_is_expanded_alike() -> None:
    people = (A, B, Person("C", "Cy", PersonKind.RESIDENT, 7))
    rows = expand(small_program(people=people), plan_of(C=("WARD", "NF"), B=("NF", "NF")), Decisions())
    assert said(rows) == said(nights("B", *ALL_DAYS), ward("C", *range(7)), nights("C", *range(7, 14)))


def test_all_sessions_are_free_of_work_on_a_leave_rotation() -> None:
    assert works(small_program(), ("LEAVE", "WARD")) == said(ward("A", *range(7, 14)))


def test_a_rotation_without_templates_has_no_work() -> None:
    program = small_program(rotations=(WARD, NF), templates=TEMPLATES[3:])
    assert works(program) == []
