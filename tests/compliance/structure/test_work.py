"""Item 3: exactly what template and clinic say, row by row and column by column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from src.interchange.model import Absence, AbsenceStatus, Clinic, DutyType, Template
from src.interchange.schedule import AssignmentKind, AssignmentRow
from tests.compliance.structure.world import (
    AM,
    CLINICAL,
    DESK,
    DESK_DATES,
    FACULTY,
    LEAVE,
    NF,
    PM,
    TEMPLATES,
    WARD,
    WEEKDAYS,
    A,
    B,
    assert_names,
    broken,
    clinic,
    day,
    desk,
    legal,
    messages,
    nights,
    of_a,
    shift,
    small_program,
)

MONDAYS_CLINIC = Clinic("A", 0, PM, time(13), 240, row=2)


def changed(**columns: object) -> tuple[AssignmentRow, ...]:
    """The legal rows with some columns of A's first one changed."""
    first, *rest = legal().assignments
    return (replace(first, **columns), *rest)


def test_a_dropped_row_is_named_by_person_date_and_session() -> None:
    assert_names(
        messages(small_program(), of_a(desk("A", *DESK_DATES[1:]))),
        "3 assignments.csv:None A 2026-07-06 AM DESK: clinical is to be worked and has no row (templates.csv",
    )


def test_a_doubled_row_is_named_at_both_rows() -> None:
    rows = legal().assignments
    plan = replace(legal(), assignments=(*rows, replace(rows[0], row=99)))

    assert_names(
        messages(small_program(), plan),
        "3 assignments.csv:2 A 2026-07-06 AM DESK: the same work as in row 99",
        "3 assignments.csv:99 A 2026-07-06 AM DESK: the same work as in row 2",
    )


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"session": PM}, "session is PM, not AM"),
        ({"kind": AssignmentKind.CLINIC}, "kind is clinic, not rotation"),
        ({"id": "WARD"}, "id is WARD, not DESK"),
        ({"id": ""}, "id is , not DESK"),
        (
            {"start_at": shift("A", 0, "08:01", 1).start_at},
            "start_at is 2026-07-06T08:01-05:00, not 2026-07-06T08:00",
        ),
        (
            {"end_at": shift("A", 0, "13:00", 1).start_at},
            "end_at is 2026-07-06T13:00-05:00, not 2026-07-06T12:00",
        ),
        ({"duty_type": DutyType.EDUCATION}, "duty_type is education, not clinical"),
        ({"end_at": legal().assignments[0].end_at + timedelta(seconds=1)}, "less than a minute"),
    ],
)
def test_a_changed_column_is_named_with_what_it_should_be(columns: dict[str, object], words: str) -> None:
    plan = replace(legal(), assignments=changed(**columns))

    lines = [line for line in messages(small_program(), plan) if line.startswith("3 assignments.csv:2 ")]

    assert len(lines) == 1
    assert words in lines[0]


@pytest.mark.parametrize(
    "columns",
    [
        {"date": day(1)},
        {"date": date.max},
        {"date": date.min},
        {"date": day(-1)},
        {"person": "X"},
        {"person": "F"},
        {"person": ""},
        {"kind": AssignmentKind.CALL},
        {"kind": AssignmentKind.JEOPARDY},
        {"start_at": datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo"))},
        {"end_at": datetime(9999, 12, 31, 23, tzinfo=ZoneInfo("America/Los_Angeles"))},
        {"end_at": legal().assignments[0].start_at},
        {"end_at": datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))},
    ],
)
def test_garbage_is_named_at_its_row_and_the_work_it_was_is_missed(columns: dict[str, object]) -> None:
    plan = replace(legal(), assignments=changed(**columns))

    found = broken(small_program(), plan)

    assert 2 in [one.row for one in found if one.file == "assignments.csv"]


def test_the_same_instants_with_another_offset_are_the_same_work() -> None:
    first = legal().assignments[0]
    tokyo = ZoneInfo("Asia/Tokyo")
    rows = changed(start_at=first.start_at.astimezone(tokyo), end_at=first.end_at.astimezone(tokyo))

    assert broken(small_program(), replace(legal(), assignments=rows)) == ()


def test_rows_of_strangers_and_faculty_are_named() -> None:
    plan = of_a(desk("A", *DESK_DATES), shift("X", 0, "08:00", 4), shift("F", 0, "08:00", 4))

    assert_names(
        messages(small_program(), plan),
        "X 2026-07-06 AM DESK: no such person",
        "F 2026-07-06 AM DESK: faculty",
    )


def test_a_session_that_is_on_no_template_is_named() -> None:
    plan = of_a(desk("A", *DESK_DATES), shift("A", 5, "08:00", 4))

    assert_names(
        messages(small_program(), plan), "A 2026-07-11 AM DESK: the rotation's template has no such session"
    )


def test_work_outside_the_year_is_named() -> None:
    plan = of_a(desk("A", *DESK_DATES), desk("A", 14))

    assert_names(messages(small_program(), plan), "A 2026-07-20 AM DESK: the date is not in the year")


def test_an_empty_list_of_weekdays_means_every_day() -> None:
    always = small_program(templates=(Template("DESK", (), AM, time(8), 240, CLINICAL),), people=(A,))
    rows = desk("A", *range(14))

    plan = replace(of_a(rows), year=legal().year[:2], assignments=tuple(rows))

    assert broken(always, plan) == ()


def test_a_session_not_held_on_holidays_is_not_worked_on_one() -> None:
    closed = small_program(
        templates=(replace(TEMPLATES[0], holidays=False), *TEMPLATES[1:]), holidays=(day(2),), people=(A,)
    )
    plan = replace(of_a(desk("A", *(on for on in DESK_DATES if on != 2))), year=legal().year[:2])
    rows = tuple(row for row in plan.assignments if row.person == "A")

    assert broken(closed, replace(plan, assignments=rows)) == ()
    assert_names(
        messages(closed, replace(plan, assignments=tuple(r for r in legal().assignments if r.person == "A"))),
        "A 2026-07-08 AM DESK: the rotation's template has no such session on that date",
    )


def test_a_session_held_on_holidays_is_worked_on_one() -> None:
    assert broken(small_program(holidays=(day(2),)), legal()) == ()


def test_several_rows_of_one_session_are_all_worked() -> None:
    lecture = Template("DESK", WEEKDAYS, AM, time(12), 60, DutyType.EDUCATION, row=6)
    rows = [
        *desk("A", *DESK_DATES),
        *(shift("A", d, "12:00", 1, session=AM, duty=DutyType.EDUCATION) for d in DESK_DATES),
    ]
    program = small_program(templates=(*TEMPLATES, lecture), people=(A,))
    plan = replace(of_a(rows), year=legal().year[:2])
    own = tuple(row for row in plan.assignments if row.person == "A")

    assert broken(program, replace(plan, assignments=own)) == ()
    assert_names(
        messages(program, replace(plan, assignments=own[:-1])), "A 2026-07-17 AM DESK: education is to be"
    )


class TestClinic:
    """A clinic is held on its weekday while the rotation continues it."""

    program = small_program(clinics=(MONDAYS_CLINIC,))

    def test_it_is_worked_beside_the_template(self) -> None:
        assert broken(self.program, of_a(desk("A", *DESK_DATES), clinic("A", 0), clinic("A", 7))) == ()

    def test_one_without_a_row_is_named(self) -> None:
        assert_names(
            messages(self.program, of_a(desk("A", *DESK_DATES), clinic("A", 0))),
            "3 assignments.csv:None A 2026-07-13 PM clinic: clinical is to be worked and has no row",
        )

    def test_one_nobody_asked_for_is_named(self) -> None:
        plan = of_a(desk("A", *DESK_DATES), clinic("A", 0), clinic("A", 7), clinic("A", 8))

        assert_names(messages(self.program, plan), "A 2026-07-14 PM clinic: the person has no such clinic")

    def test_its_id_is_clinic(self) -> None:
        plan = of_a(desk("A", *DESK_DATES), clinic("A", 0, work_id="DESK"), clinic("A", 7))

        assert_names(messages(self.program, plan), "id is DESK, not clinic")

    def test_it_replaces_the_templates_session_whatever_its_hours(self) -> None:
        mornings = small_program(clinics=(Clinic("A", 0, AM, time(9), 60),))
        rest = [on for on in DESK_DATES if on not in (0, 7)]
        held = (clinic("A", 0, "09:00", 1), clinic("A", 7, "09:00", 1))

        assert broken(mornings, of_a(desk("A", *rest), held)) == ()
        assert any(
            "not to be worked: the clinic replaces it" in line
            for line in messages(mornings, of_a(desk("A", 0, *rest), held))
        )

    def test_it_is_not_held_while_the_rotation_does_not_continue_it(self) -> None:
        without = small_program(
            clinics=(MONDAYS_CLINIC,), rotations=(replace(DESK, clinic=False), WARD, NF, LEAVE)
        )

        assert broken(without, legal()) == ()

    def test_it_is_never_held_on_a_holiday(self) -> None:
        program = small_program(clinics=(MONDAYS_CLINIC,), holidays=(day(7),))

        assert broken(program, of_a(desk("A", *DESK_DATES), clinic("A", 0))) == ()

    def test_it_is_not_held_on_an_absence(self) -> None:
        sick = Absence("A", "sick", day(7), day(7), AbsenceStatus.APPROVED)
        program = small_program(clinics=(MONDAYS_CLINIC,), absences=(sick,))

        assert broken(program, of_a(desk("A", *(d for d in DESK_DATES if d != 7)), clinic("A", 0))) == ()

    def test_faculty_have_none(self) -> None:
        program = small_program(clinics=(replace(MONDAYS_CLINIC, person=FACULTY.id),))

        assert broken(program, legal()) == ()


class TestReaching:
    """A session that would reach into a vacation or absence date is not worked."""

    def test_a_night_before_an_absence_is_not_worked(self) -> None:
        program = small_program(
            absences=(Absence("A", "sick", day(3), day(3), AbsenceStatus.APPROVED),),
            templates=(*TEMPLATES[:3], replace(TEMPLATES[3], may_be_off=False)),
        )
        without = of_a(nights("A", 0, 1, 4, 5, 6), desk("A", 8, 9, 10, 11), rotations=("NF", "DESK"))
        with_it = of_a(nights("A", 0, 1, 2, 4, 5, 6), desk("A", 8, 9, 10, 11), rotations=("NF", "DESK"))

        assert broken(program, without) == ()
        assert_names(
            messages(program, with_it),
            "2 assignments.csv:4 A 2026-07-08 NIGHT NF: not to be worked: the person is absent on 2026-07-09",
        )

    def test_a_session_that_ends_at_midnight_does_not_reach_into_the_next_date(self) -> None:
        evening = Template("DESK", WEEKDAYS, PM, time(20), 240, CLINICAL)
        program = small_program(
            people=(A,),
            templates=(evening,),
            absences=(Absence("A", "sick", day(1), day(4), AbsenceStatus.APPROVED),),
        )
        late = [shift("A", on, "20:00", 4, session=PM) for on in (0, *DESK_DATES[5:])]
        plan = replace(of_a(late), year=legal().year[:2])
        own = tuple(row for row in plan.assignments if row.person == "A")

        assert broken(program, replace(plan, assignments=own)) == ()

    def test_the_last_night_of_someone_who_leaves_is_not_worked(self) -> None:
        fixed = (*TEMPLATES[:3], replace(TEMPLATES[3], may_be_off=False))
        leaves = small_program(people=(replace(A, end_date=day(4)), B), templates=fixed)
        plan = of_a(nights("A", 0, 1, 2, 3), rotations=("NF", "DESK"))
        without_block_2 = tuple(row for row in plan.year if (row.person, row.block) != ("A", 2))

        assert broken(leaves, replace(plan, year=without_block_2)) == ()

    def test_a_night_may_reach_past_the_years_end(self) -> None:
        fixed = (*TEMPLATES[:3], replace(TEMPLATES[3], may_be_off=False))
        plan = of_a(desk("A", *DESK_DATES[:5]), nights("A", *range(7, 14)), rotations=("DESK", "NF"))

        assert broken(small_program(templates=fixed), plan) == ()
