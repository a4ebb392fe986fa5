"""Calls: what a row stands for, who may take one and when, what it replaces, what follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    CallPin,
    Clinic,
    DutyType,
    HolidayRule,
    Program,
)
from src.interchange.schedule import AssignmentKind
from tests.compliance.structure.world import (
    AM,
    DESK,
    DESK_DATES,
    HOME,
    LEAVE,
    NF,
    NIGHT,
    PM,
    TEMPLATES,
    WARD,
    assert_names,
    broken,
    call,
    clinic,
    day,
    desk,
    handover,
    messages,
    nights,
    of_a,
    on_call,
    small_program,
    ward,
)

SATURDAY, SUNDAY = 5, 6


def with_call(**changes: object) -> Program:
    return small_program(calls=(call(**changes),))


def without(*dates: int) -> list[int]:
    return [on for on in DESK_DATES if on not in dates]


class TestRows:
    """A call is a row of duty and, where it has a handover, a row of its own for that."""

    def test_a_call_without_handover_is_one_row(self) -> None:
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))

        assert broken(with_call(), plan) == ()

    def test_the_handover_is_a_row_on_its_own_date_in_its_own_session(self) -> None:
        program = with_call(handover_minutes=60)
        plan = of_a(
            desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12), handover("A", SUNDAY, "06:00", 1)
        )

        assert broken(program, plan) == ()

    def test_a_handover_without_a_row_is_named(self) -> None:
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))

        assert_names(
            messages(with_call(handover_minutes=60), plan),
            "3 assignments.csv:12 A 2026-07-12 AM CALL: transition is to be worked and has no row",
        )

    def test_a_handover_without_its_call_is_named(self) -> None:
        plan = of_a(desk("A", *DESK_DATES), handover("A", SUNDAY, "06:00", 1))

        assert_names(
            messages(with_call(handover_minutes=60), plan),
            "3 assignments.csv:12 A 2026-07-12 AM CALL: not the duty or handover of a call",
        )

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (
                on_call("A", SATURDAY, "18:00", 11),
                "end_at is 2026-07-12T05:00-05:00, not 2026-07-12T06:00-05:00",
            ),
            (on_call("A", SATURDAY, "19:00", 11), "start_at is 2026-07-11T19:00-05:00, not 2026-07-11T18:00"),
            (on_call("A", SATURDAY, "18:00", 12, session=PM), "session is PM, not NIGHT"),
            (on_call("A", SATURDAY, "18:00", 12, work_id="OTHER"), "no such call in calls.csv"),
            (
                on_call("A", SATURDAY, "18:00", 12, duty=DutyType.CLINICAL),
                "not the duty or handover of a call",
            ),
            (on_call("A", SATURDAY, "18:00", 12, kind=AssignmentKind.JEOPARDY), "not the duty or handover"),
            (on_call("A", 14, "18:00", 12), "the date is not in the year"),
        ],
    )
    def test_a_changed_column_is_named(self, row: object, words: str) -> None:
        plan = of_a(desk("A", *DESK_DATES), row)

        assert_names(messages(with_call(), plan), words)

    @pytest.mark.parametrize(
        ("start", "session"), [("11:59", AM), ("12:00", PM), ("16:59", PM), ("17:00", NIGHT), ("00:00", AM)]
    )
    def test_the_session_is_by_local_start(self, start: str, session: object) -> None:
        program = with_call(start=time.fromisoformat(start), minutes=60)
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, start, 1, session=session))

        assert broken(program, plan) == ()

    def test_a_call_on_the_last_date_may_end_after_the_year(self) -> None:
        plan = of_a(desk("A", *DESK_DATES), on_call("A", 13, "18:00", 12), handover("A", 14, "06:00", 1))

        assert broken(with_call(handover_minutes=60), plan) == ()

    def test_a_doubled_call_is_named_at_both_rows(self) -> None:
        row = on_call("A", SATURDAY, "18:00", 12)

        assert_names(
            messages(with_call(), of_a(desk("A", *DESK_DATES), row, row)),
            "3 assignments.csv:12 A 2026-07-11 NIGHT CALL: the same work as in row 13",
            "3 assignments.csv:13 A 2026-07-11 NIGHT CALL: the same work as in row 12",
        )


class TestWhoAndWhen:
    """On each matching date between min and max eligible residents take it."""

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"pgys": (2, 3)}, "PGY-1 may not take it (calls.csv row 2)"),
            ({"rotations": ("WARD",)}, "who is on DESK may not take it"),
            ({"rotations": ("@ward",)}, "who is on DESK may not take it"),
            ({"weekdays": (4, 6)}, "not held on that date"),
            ({"holidays": HolidayRule.HOLIDAYS_ONLY}, "not held on that date"),
        ],
    )
    def test_who_may_not_or_when_it_is_not_held_is_named(
        self, changes: dict[str, object], words: str
    ) -> None:
        program = small_program(
            calls=(call(**changes),), rotations=(DESK, replace(WARD, group="ward"), NF, LEAVE)
        )
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))

        assert_names(messages(program, plan), words)

    @pytest.mark.parametrize(
        "changes", [{"pgys": (1,)}, {"rotations": ("@light", "WARD")}, {"weekdays": (5,)}]
    )
    def test_who_may_and_when_it_is_held_is_legal(self, changes: dict[str, object]) -> None:
        program = small_program(
            calls=(call(**changes),), rotations=(replace(DESK, group="light"), WARD, NF, LEAVE)
        )

        assert broken(program, of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))) == ()

    def test_eligibility_is_by_the_rotation_of_the_start_date(self) -> None:
        program = with_call(rotations=("DESK",))
        plan = of_a(
            desk("A", *DESK_DATES[:5]),
            on_call("A", SUNDAY, "18:00", 12),
            ward("A", *range(7, 14)),
            rotations=("DESK", "WARD"),
        )

        assert broken(program, plan) == ()

    @pytest.mark.parametrize(
        ("rule", "on_weekday", "on_holiday"),
        [
            (HolidayRule.WEEKDAYS_ONLY, True, False),
            (HolidayRule.WEEKDAYS_AND_HOLIDAYS, True, True),
            (HolidayRule.HOLIDAYS_ONLY, False, True),
        ],
    )
    def test_the_holiday_rule_decides_about_saturdays_and_a_sunday_holiday(
        self, rule: HolidayRule, *, on_weekday: bool, on_holiday: bool
    ) -> None:
        program = small_program(
            calls=(call(weekdays=(5,), holidays=rule),),
            holidays=(day(SUNDAY), day(12)),
        )
        saturday = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))
        holiday_on_its_weekday = of_a(desk("A", *DESK_DATES), on_call("A", 12, "18:00", 12))
        holiday_on_another = of_a(desk("A", *DESK_DATES), on_call("A", SUNDAY, "18:00", 12))

        assert (broken(program, saturday) == ()) is on_weekday
        assert (broken(program, holiday_on_its_weekday) == ()) is on_holiday
        assert (broken(program, holiday_on_another) == ()) is on_holiday

    def test_fewer_than_the_minimum_are_named_on_each_matching_date(self) -> None:
        program = with_call(weekdays=(5,), min=1)
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))

        assert_names(
            messages(program, plan),
            "4 calls.csv:2 2026-07-18: 0 on CALL, at least 1 are needed, and unmet.csv",
        )

    def test_someone_who_may_not_take_it_does_not_fill_the_minimum(self) -> None:
        program = with_call(weekdays=(5,), min=1, pgys=(2,))
        plan = of_a(
            desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12), on_call("B", 12, "18:00", 12)
        )

        assert_names(messages(program, plan), "PGY-1 may not take it", "2026-07-11: 0 of PGY 2 on CALL")

    def test_more_than_the_maximum_are_named(self) -> None:
        plan = of_a(
            desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12), on_call("B", SATURDAY, "18:00", 12)
        )

        assert broken(with_call(max=2), plan) == ()
        assert_names(
            messages(with_call(max=1), plan),
            "4 assignments.csv:12 A 2026-07-11 CALL: 2 take it (A, B), at most 1 may (calls.csv row 2)",
            "4 assignments.csv:13 B 2026-07-11 CALL: 2 take it (A, B), at most 1 may (calls.csv row 2)",
        )

    def test_a_pinned_call_nobody_took_is_named(self) -> None:
        program = small_program(calls=(call(),), call_pins=(CallPin("A", day(SATURDAY), "CALL", row=5),))
        taken = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12))

        assert broken(program, taken) == ()
        assert_names(
            messages(program, of_a(desk("A", *DESK_DATES), on_call("B", SATURDAY, "18:00", 12))),
            "1 pins.csv:5 A 2026-07-11: pinned to CALL and does not take it",
        )

    def test_faculty_take_no_call(self) -> None:
        plan = of_a(desk("A", *DESK_DATES), on_call("F", SATURDAY, "18:00", 12))

        assert_names(messages(with_call(), plan), "faculty are not scheduled")


class TestAway:
    """No call on, or reaching into, a vacation or absence date."""

    @pytest.mark.parametrize(
        ("handover_hours", "absent", "is_legal"),
        [(0, SATURDAY, False), (0, SUNDAY, False), (0, 7, True), (18, 7, True), (19, 7, False)],
    )
    def test_the_call_and_its_handover_stay_off_absence_dates(
        self, handover_hours: int, absent: int, *, is_legal: bool
    ) -> None:
        program = small_program(
            calls=(call(handover_minutes=60 * handover_hours),),
            absences=(Absence("A", "sick", day(absent), day(absent), AbsenceStatus.APPROVED),),
        )
        rest = handover("A", SUNDAY, "06:00", handover_hours)
        rows = [on_call("A", SATURDAY, "18:00", 12), *([rest] if handover_hours else [])]
        replaced = {7} if absent == 7 else set()
        plan = of_a(desk("A", *without(*replaced)), rows)

        names = [] if is_legal else [f"A 2026-07-11 CALL: the person is absent on {day(absent)}"]
        assert_names([line for line in messages(program, plan) if line.startswith("2 ")], *names)


class TestReplaced:
    """An AM or PM session that overlaps a call or its handover is replaced; a NIGHT session excludes it."""

    def test_the_session_a_call_starts_in_is_replaced(self) -> None:
        program = with_call(start=time(11), minutes=60)
        replaced = of_a(desk("A", *without(0)), on_call("A", 0, "11:00", 1))
        both = of_a(desk("A", *DESK_DATES), on_call("A", 0, "11:00", 1))

        assert broken(program, replaced) == ()
        assert any("CALL of 2026-07-06 replaces it" in line for line in messages(program, both))

    def test_the_session_the_handover_overlaps_is_replaced(self) -> None:
        program = with_call(handover_minutes=150)
        plan = of_a(desk("A", *without(1)), on_call("A", 0, "18:00", 12), handover("A", 1, "06:00", 2.5))

        assert broken(program, plan) == ()

    def test_a_session_that_starts_as_the_call_ends_is_worked(self) -> None:
        program = with_call(handover_minutes=120)
        plan = of_a(desk("A", *DESK_DATES), on_call("A", 0, "18:00", 12), handover("A", 1, "06:00", 2))

        assert broken(program, plan) == ()
        assert_names(
            messages(
                program,
                of_a(desk("A", *without(1)), on_call("A", 0, "18:00", 12), handover("A", 1, "06:00", 2)),
            ),
            "A 2026-07-07 AM DESK: clinical is to be worked",
        )

    def test_a_clinic_is_replaced_too(self) -> None:
        program = small_program(
            calls=(call(start=time(16), minutes=60),), clinics=(Clinic("A", 0, PM, time(13), 240),)
        )
        plan = of_a(desk("A", *DESK_DATES), on_call("A", 0, "16:00", 1), clinic("A", 7))

        assert broken(program, plan) == ()

    def test_a_home_call_replaces_like_any_other(self) -> None:
        program = with_call(start=time(11), minutes=60, duty_type=HOME)
        plan = of_a(desk("A", *without(0)), on_call("A", 0, "11:00", 1, duty=HOME))

        assert broken(program, plan) == ()

    def test_a_night_excludes_the_call(self) -> None:
        fixed = small_program(
            calls=(call(),), templates=(*TEMPLATES[:3], replace(TEMPLATES[3], may_be_off=False))
        )
        plan = of_a(
            nights("A", 0, 1, 2, 3, 4, 6),
            on_call("A", SATURDAY, "18:00", 12),
            desk("A", 8, 9, 10, 11),
            rotations=("NF", "DESK"),
        )

        assert_names(
            messages(fixed, plan),
            "3 assignments.csv:None A 2026-07-11 NIGHT NF: night_float is to be worked",
            "3 assignments.csv:8 A 2026-07-11 CALL: the NIGHT session of NF on 2026-07-11 excludes it",
        )

    def test_a_date_on_which_a_call_starts_is_no_day_off(self) -> None:
        plan = of_a(
            ward("A", 0, 1, 2, 3, 4, SATURDAY),
            on_call("A", SUNDAY, "18:00", 12),
            desk("A", *DESK_DATES[5:]),
            rotations=("WARD", "DESK"),
        )

        assert_names(
            messages(with_call(), plan),
            "A 2026-07-12 AM WARD: clinical is to be worked",
            "A 2026-07-12 PM WARD: clinical is to be worked",
        )

    def test_the_tail_of_yesterdays_call_does_not_prevent_a_day_off(self) -> None:
        program = with_call(minutes=14 * 60)
        plan = of_a(
            ward("A", *range(6)),
            on_call("A", SATURDAY, "18:00", 14),
            desk("A", *DESK_DATES[5:]),
            rotations=("WARD", "DESK"),
        )

        assert broken(program, plan) == ()

    def test_overlapping_rows_are_named(self) -> None:
        two = small_program(calls=(call("ONE"), call("TWO", row=3)))
        plan = of_a(
            desk("A", *DESK_DATES),
            on_call("A", SATURDAY, "18:00", 12, work_id="ONE"),
            on_call("A", SATURDAY, "18:00", 12, work_id="TWO"),
        )

        assert_names(
            messages(two, plan), "3 assignments.csv:13 A 2026-07-11 NIGHT TWO: overlaps row 12 (ONE)"
        )
