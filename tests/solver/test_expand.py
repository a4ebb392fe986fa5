"""What two decisions a day imply: every sentence of interchange.md about work that follows, as a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Clinic,
    DutyType,
    Person,
    PersonKind,
    PostCall,
    Session,
    Template,
)
from src.solver.expand import Decisions, expand
from tests.compliance.structure.world import (
    CLINICAL,
    DESK_DATES,
    EVERY_DAY,
    HANDOVER,
    IN_HOUSE,
    JEOPARDY,
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
    handover,
    jeopardy,
    nights,
    on_call,
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


class TestPostCall:
    @pytest.mark.parametrize("post_call", list(PostCall))
    def test_a_call_without_post_call_leaves_the_next_date_as_it_is(self, post_call: PostCall) -> None:
        program = small_program(calls=(call(post_call=post_call),))
        left = ALL_DAYS if post_call is PostCall.NONE else days_but(4)
        assert works(program, calls=[(3, "CALL")]) == said(ward("A", *left), on_call("A", 3, "18:00", 12))

    def test_off_after_leaves_what_started_before_the_calls_end(self) -> None:
        """A call of the morning, 12:30 … 14:00, replaces the overlapping PM; the AM before it stays."""
        short = call(post_call=PostCall.OFF_AFTER, start=time(12, 30), minutes=90)
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(3) or row.session is AM]
        assert works(small_program(calls=(short,)), calls=[(3, "CALL")]) == said(
            expected, on_call("A", 3, "12:30", 1.5)
        )

    def test_off_after_bars_what_starts_exactly_at_the_calls_end(self) -> None:
        until_noon = call(post_call=PostCall.OFF_AFTER, start=time(7), minutes=300)
        assert works(small_program(calls=(until_noon,)), calls=[(3, "CALL")]) == said(
            ward("A", *days_but(3)), on_call("A", 3, "07:00", 5)
        )

    def test_without_post_call_what_starts_exactly_at_the_calls_end_is_worked(self) -> None:
        until_noon = call(post_call=PostCall.NONE, start=time(7), minutes=300)
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(3) or row.session is PM]
        assert works(small_program(calls=(until_noon,)), calls=[(3, "CALL")]) == said(
            expected, on_call("A", 3, "07:00", 5)
        )

    def test_day_off_leaves_the_handover_and_nothing_else_on_the_date_it_ends(self) -> None:
        with_handover = call(post_call=PostCall.DAY_OFF, handover_minutes=60)
        assert works(small_program(calls=(with_handover,)), calls=[(3, "CALL")]) == said(
            ward("A", *days_but(4)), on_call("A", 3, "18:00", 12), handover("A", 4, "06:00", 1)
        )

    def test_day_off_of_a_call_within_one_date_bars_only_what_starts_after_its_start(self) -> None:
        evening = call(post_call=PostCall.DAY_OFF, start=time(11, 30), minutes=15)
        morning = Template("WARD", EVERY_DAY, AM, time(7), 240, CLINICAL, may_be_off=True)
        program = small_program(templates=(morning, TEMPLATES[2]), calls=(evening,))
        expected = [
            row
            for on in ALL_DAYS
            for row in (shift("A", on, "07:00", 4, "WARD"), shift("A", on, "12:00", 5, "WARD"))
            if on != 3 or row.session is AM
        ]
        assert works(program, calls=[(3, "CALL")]) == said(expected, on_call("A", 3, "11:30", 0.25))

    def test_the_handover_moves_the_calls_end_to_the_next_date(self) -> None:
        """Duty ends at 23:00, its handover at 01:00: the date after is post-call."""
        late = call(post_call=PostCall.OFF_AFTER, start=time(18), minutes=300, handover_minutes=120)
        assert works(small_program(calls=(late,)), calls=[(3, "CALL")]) == said(
            ward("A", *days_but(4)), on_call("A", 3, "18:00", 5), handover("A", 3, "23:00", 2)
        )

    @pytest.mark.parametrize("post_call", [PostCall.OFF_AFTER, PostCall.DAY_OFF])
    def test_a_call_that_ends_at_exactly_midnight_ends_on_the_date_before(self, post_call: PostCall) -> None:
        until_midnight = call(post_call=post_call, start=time(18), minutes=300, handover_minutes=60)
        assert works(small_program(calls=(until_midnight,)), calls=[(3, "CALL")]) == said(
            ward("A", *ALL_DAYS), on_call("A", 3, "18:00", 5), handover("A", 3, "23:00", 1)
        )

    @pytest.mark.parametrize("post_call", [PostCall.OFF_AFTER, PostCall.DAY_OFF])
    def test_post_call_bars_a_night_too(self, post_call: PostCall) -> None:
        program = small_program(calls=(call(post_call=post_call, start=time(7)),))
        off_before = [0, 1, 2, 3]
        assert works(program, ("NF", "WARD"), off=off_before, calls=[(4, "CALL")]) == said(
            on_call("A", 4, "07:00", 12), nights("A", 5, 6), ward("A", *range(8, 14))
        )

    def test_post_call_bars_clinic(self) -> None:
        program = small_program(clinics=(MONDAY_CLINIC,), calls=(call(post_call=PostCall.OFF_AFTER),))
        rows = works(program, ("DESK", "DESK"), calls=[(6, "CALL")])
        assert rows == said(
            desk("A", 0, 1, 2, 3, 4, 8, 9, 10, 11), clinic("A", 0), on_call("A", 6, "18:00", 12)
        )


class TestCallReplaces:
    def test_a_call_replaces_am_and_pm_that_it_overlaps(self) -> None:
        all_day = call(start=time(11, 59), minutes=2)
        assert works(small_program(calls=(all_day,)), calls=[(3, "CALL")]) == said(
            ward("A", *days_but(3)), on_call("A", 3, "11:59", 2 / 60)
        )

    def test_a_handover_replaces_what_it_overlaps(self) -> None:
        with_handover = call(minutes=720, handover_minutes=61)
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(4) or row.session is PM]
        assert works(small_program(calls=(with_handover,)), calls=[(3, "CALL")]) == said(
            expected, on_call("A", 3, "18:00", 12), handover("A", 4, "06:00", 61 / 60)
        )

    def test_a_session_that_starts_as_the_handover_ends_is_worked(self) -> None:
        with_handover = call(minutes=720, handover_minutes=60)
        assert works(small_program(calls=(with_handover,)), calls=[(3, "CALL")]) == said(
            ward("A", *ALL_DAYS), on_call("A", 3, "18:00", 12), handover("A", 4, "06:00", 1)
        )

    def test_a_call_replaces_a_clinic_that_it_overlaps(self) -> None:
        program = small_program(clinics=(MONDAY_CLINIC,), calls=(call(start=time(16)),))
        assert works(program, ("DESK", "DESK"), calls=[(7, "CALL")]) == said(
            desk("A", *DESK_DATES),
            clinic("A", 0),
            on_call("A", 7, "16:00", 12, session=PM),
        )

    def test_a_call_never_replaces_a_night(self) -> None:
        """The two exclude each other; that is the solver's to keep, and nothing is dropped here."""
        rows = works(small_program(calls=(call(),)), ("NF", "NF"), calls=[(3, "CALL")])
        assert rows == said(nights("A", *ALL_DAYS), on_call("A", 3, "18:00", 12))

    def test_home_call_replaces_as_any_call_does(self) -> None:
        home = call(duty_type=DutyType.HOME_CALL_AVAILABILITY, start=time(12), minutes=60)
        expected = [row for row in ward("A", *ALL_DAYS) if row.date != day(3) or row.session is AM]
        assert works(small_program(calls=(home,)), calls=[(3, "CALL")]) == said(
            expected, on_call("A", 3, "12:00", 1, duty=DutyType.HOME_CALL_AVAILABILITY)
        )


class TestCallRows:
    @pytest.mark.parametrize(
        ("start", "session"), [("11:59", AM), ("12:00", PM), ("16:59", PM), ("17:00", NIGHT), ("00:00", AM)]
    )
    def test_the_session_of_a_call_is_by_its_local_start(self, start: str, session: Session) -> None:
        program = small_program(calls=(call(start=time.fromisoformat(start), minutes=30),), templates=())
        assert works(program, calls=[(3, "CALL")]) == said(on_call("A", 3, start, 0.5, session=session))

    def test_a_handover_has_a_row_of_its_own_with_its_own_date_and_session(self) -> None:
        program = small_program(calls=(call(minutes=1440, handover_minutes=60),), templates=())
        rows = expand(
            program, plan_of(A=("WARD", "WARD")), Decisions(calls=frozenset({("A", day(3), "CALL")}))
        )
        assert [(row.date, row.session, row.duty_type) for row in rows] == [
            (day(3), NIGHT, IN_HOUSE),
            (day(4), NIGHT, HANDOVER),
        ]

    def test_a_call_without_handover_has_one_row(self) -> None:
        program = small_program(calls=(call(),), templates=())
        assert len(works(program, calls=[(3, "CALL")])) == 1


class TestJeopardy:
    JEO = call("JEO", duty_type=JEOPARDY, start=time(7), minutes=1440, post_call=PostCall.NONE)

    def test_jeopardy_replaces_nothing_and_may_overlap_work(self) -> None:
        program = small_program(calls=(self.JEO,))
        assert works(program, calls=[(3, "JEO")]) == said(ward("A", *ALL_DAYS), jeopardy("A", 3))

    @pytest.mark.parametrize("post_call", [PostCall.OFF_AFTER, PostCall.DAY_OFF])
    def test_jeopardy_makes_no_post_call(self, post_call: PostCall) -> None:
        program = small_program(calls=(replace(self.JEO, post_call=post_call),))
        assert works(program, calls=[(3, "JEO")]) == said(ward("A", *ALL_DAYS), jeopardy("A", 3))

    def test_jeopardy_does_not_prevent_a_day_off(self) -> None:
        program = small_program(calls=(self.JEO,))
        assert works(program, off=[3], calls=[(3, "JEO")]) == said(ward("A", *days_but(3)), jeopardy("A", 3))


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
