"""What leave, history and the clocks do to the work of a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Clinic,
    DutyType,
    Session,
    Template,
)
from src.solver.expand import Decisions, expand
from tests.compliance.structure.world import (
    CLINICAL,
    EVERY_DAY,
    HANDOVER,
    IN_HOUSE,
    JEOPARDY,
    NIGHT_FLOAT,
    TEMPLATES,
    A,
    B,
    day,
    desk,
    nights,
    shift,
    small_program,
    ward,
)
from tests.solver.world import before, plan_of, said, works

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
MONDAY_CLINIC = Clinic("A", 0, PM, time(13), 240)
ALL_DAYS = tuple(range(14))


def days_but(*left_out: int) -> list[int]:
    return [on for on in ALL_DAYS if on not in left_out]


class TestLeave:
    def test_nobody_works_on_vacation(self) -> None:
        assert works(small_program(), vacations=[7]) == said(ward("A", *range(7)))

    def test_nobody_works_on_an_approved_absence(self) -> None:
        absence = Absence("A", "sick", day(2), day(4), AbsenceStatus.APPROVED)
        assert works(small_program(absences=(absence,))) == said(ward("A", *days_but(2, 3, 4)))

    @pytest.mark.parametrize(
        "status", [status for status in AbsenceStatus if status is not AbsenceStatus.APPROVED]
    )
    def test_only_approved_absences_count(self, status: AbsenceStatus) -> None:
        absence = Absence("A", "sick", day(2), day(4), status)
        assert works(small_program(absences=(absence,))) == said(ward("A", *ALL_DAYS))

    def test_the_absence_of_somebody_else_changes_nothing(self) -> None:
        absence = Absence("B", "sick", day(2), day(4), AbsenceStatus.APPROVED)
        assert works(small_program(absences=(absence,))) == said(ward("A", *ALL_DAYS))

    def test_a_session_that_would_reach_into_vacation_is_not_worked(self) -> None:
        assert works(small_program(), ("NF", "NF"), vacations=[7]) == said(nights("A", *range(6)))

    def test_a_session_that_would_reach_into_an_absence_is_not_worked(self) -> None:
        absence = Absence("A", "sick", day(4), day(4), AbsenceStatus.APPROVED)
        assert works(small_program(absences=(absence,)), ("NF", "NF")) == said(nights("A", *days_but(3, 4)))

    def test_a_session_that_ends_at_exactly_midnight_before_leave_is_worked(self) -> None:
        late = Template("NF", EVERY_DAY, NIGHT, time(19), 300, NIGHT_FLOAT)
        program = small_program(templates=(late,))
        rows = [shift("A", on, "19:00", 5, "NF", duty=NIGHT_FLOAT) for on in range(7)]
        assert works(program, ("NF", "NF"), vacations=[7]) == said(rows)

    def test_dates_outside_a_persons_own_count_as_absence(self) -> None:
        program = small_program(people=(replace(A, start_date=day(3), end_date=day(9)), B))
        assert works(program) == said(ward("A", *range(3, 10)))

    def test_no_session_reaches_past_a_persons_last_date(self) -> None:
        program = small_program(people=(replace(A, end_date=day(9)), B))
        assert works(program, ("NF", "NF")) == said(nights("A", *range(9)))

    def test_no_session_reaches_past_a_last_date_that_is_the_years_last(self) -> None:
        program = small_program(people=(replace(A, end_date=day(13)), B))
        assert works(program, ("NF", "NF")) == said(nights("A", *range(13)))

    def test_a_session_may_reach_past_the_years_last_date(self) -> None:
        assert works(small_program(), ("NF", "NF")) == said(nights("A", *ALL_DAYS))


class TestHistory:
    def test_an_in_house_call_that_ends_on_the_first_day_makes_it_post_call(self) -> None:
        program = small_program(history=(before(-1, "18:00", 0, "06:00", IN_HOUSE),))
        assert works(program) == said(ward("A", *days_but(0)))

    def test_a_transition_that_ends_on_the_first_day_makes_it_post_call(self) -> None:
        program = small_program(history=(before(-1, "23:00", 0, "01:00", HANDOVER),))
        assert works(program) == said(ward("A", *days_but(0)))

    def test_a_post_call_first_day_has_no_night_and_no_clinic(self) -> None:
        program = small_program(
            history=(before(-1, "18:00", 0, "06:00", IN_HOUSE),), clinics=(MONDAY_CLINIC,)
        )
        assert works(program, ("NF", "NF")) == said(nights("A", *days_but(0)))
        assert works(program, ("DESK", "NF"))[:1] == said(desk("A", 1))

    def test_a_night_float_that_ends_on_the_first_day_makes_it_post_night(self) -> None:
        program = small_program(
            history=(before(-1, "19:00", 0, "07:00", NIGHT_FLOAT),), clinics=(MONDAY_CLINIC,)
        )
        assert works(program) == said(ward("A", *days_but(0)))
        assert works(program, ("DESK", "WARD"))[:1] == said(desk("A", 1))

    def test_a_post_night_first_day_may_have_a_night(self) -> None:
        program = small_program(history=(before(-1, "19:00", 0, "07:00", NIGHT_FLOAT),))
        assert works(program, ("NF", "NF")) == said(nights("A", *ALL_DAYS))

    @pytest.mark.parametrize("duty", [IN_HOUSE, HANDOVER, NIGHT_FLOAT])
    def test_what_ends_at_exactly_midnight_before_the_year_leaves_the_first_day(self, duty: DutyType) -> None:
        program = small_program(history=(before(-1, "12:00", 0, "00:00", duty),))
        assert works(program) == said(ward("A", *ALL_DAYS))

    @pytest.mark.parametrize("duty", [CLINICAL, DutyType.HOME_CALL_AVAILABILITY, JEOPARDY])
    def test_other_work_that_ends_on_the_first_day_leaves_it(self, duty: DutyType) -> None:
        program = small_program(history=(before(-1, "20:00", 0, "06:00", duty),))
        assert works(program) == said(ward("A", *ALL_DAYS))

    def test_history_of_somebody_else_changes_nothing(self) -> None:
        other = replace(before(-1, "18:00", 0, "06:00", IN_HOUSE), person="B")
        assert works(small_program(history=(other,))) == said(ward("A", *ALL_DAYS))


class TestClocks:
    """Hours are elapsed: an interval ends `hours` after its start instant, also when the clocks change."""

    FALL = date(2026, 10, 26)
    SPRING = date(2027, 3, 8)

    def words_of(self, monday: date, row: Template) -> list[str]:
        program = small_program(year_start_date=monday, templates=(row,))
        rows = expand(program, plan_of(A=(row.rotation, row.rotation)), Decisions())
        return [f"{found.start_at.isoformat()} {found.end_at.isoformat()}" for found in rows]

    def test_a_night_of_the_fall_change_ends_an_hour_earlier_by_the_clock(self) -> None:
        row = replace(TEMPLATES[3], weekdays=(5,))
        assert self.words_of(self.FALL, row)[0] == "2026-10-31T19:00:00-05:00 2026-11-01T06:00:00-06:00"

    def test_a_night_of_the_spring_change_ends_an_hour_later_by_the_clock(self) -> None:
        row = replace(TEMPLATES[3], weekdays=(5,))
        assert self.words_of(self.SPRING, row)[0] == "2027-03-13T19:00:00-06:00 2027-03-14T08:00:00-05:00"

    def test_a_start_in_the_hour_that_comes_twice_is_the_first_of_the_two(self) -> None:
        row = Template("WARD", (6,), AM, time(1, 30), 240, CLINICAL)
        assert self.words_of(self.FALL, row)[0] == "2026-11-01T01:30:00-05:00 2026-11-01T04:30:00-06:00"

    def test_a_start_in_the_hour_that_is_left_out_is_the_first_instant_after_it(self) -> None:
        row = Template("WARD", (6,), AM, time(2, 30), 240, CLINICAL)
        assert self.words_of(self.SPRING, row)[0] == "2027-03-14T03:00:00-05:00 2027-03-14T07:00:00-05:00"

    def test_a_night_that_ends_at_midnight_after_25_hours_of_date_ends_on_that_date(self) -> None:
        """1 November has 25 hours: 24 of them from 00:00 end at 23:00, the 25th at exactly 00:00."""
        row = Template("NF", (6,), NIGHT, time(0), 25 * 60, NIGHT_FLOAT)
        program = small_program(year_start_date=self.FALL, templates=(row, TEMPLATES[1]))
        rows = expand(program, plan_of(A=("NF", "WARD")), Decisions())
        assert [found.date for found in rows][1] == date(2026, 11, 2)
