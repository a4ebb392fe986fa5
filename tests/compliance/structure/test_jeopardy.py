"""Jeopardy: no work unless activated, but its start date is kept free."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    DutyType,
    HistoryInterval,
)
from src.interchange.schedule import AssignmentKind
from tests.compliance.structure.world import (
    DESK_DATES,
    JEOPARDY,
    assert_names,
    broken,
    call,
    day,
    desk,
    jeopardy,
    messages,
    nights,
    of_a,
    on_call,
    shift,
    small_program,
    ward,
)

SATURDAY, SUNDAY = 5, 6


def without(*dates: int) -> list[int]:
    return [on for on in DESK_DATES if on not in dates]


class TestJeopardy:
    """No work unless activated: it replaces nothing, but wants its start date free of calls and nights."""

    JEO = call("JEO", duty_type=JEOPARDY, start=time(7), minutes=24 * 60)

    def test_it_may_overlap_work_and_prevents_no_day_off(self) -> None:
        program = small_program(calls=(self.JEO,))
        working = of_a(desk("A", *DESK_DATES), jeopardy("A", 0), jeopardy("A", 1))
        off = of_a(
            ward("A", *range(6)),
            jeopardy("A", SUNDAY),
            desk("A", *DESK_DATES[5:]),
            rotations=("WARD", "DESK"),
        )

        assert broken(program, working) == ()
        assert broken(program, off) == ()

    def test_it_is_not_on_an_absence_date_but_may_reach_into_one(self) -> None:
        program = small_program(
            calls=(self.JEO,), absences=(Absence("A", "sick", day(1), day(1), AbsenceStatus.APPROVED),)
        )

        assert broken(program, of_a(desk("A", *without(1)), jeopardy("A", 0))) == ()
        assert_names(
            messages(program, of_a(desk("A", *without(1)), jeopardy("A", 1))),
            "2 assignments.csv:11 A 2026-07-07 JEO: the person is absent",
        )

    @pytest.mark.parametrize(
        ("on", "is_free"), [(SATURDAY - 1, True), (SATURDAY, False), (SUNDAY, False), (7, True)]
    )
    def test_its_date_is_free_of_calls_that_start_or_end_on_it(self, on: int, *, is_free: bool) -> None:
        program = small_program(calls=(call(), self.JEO))
        plan = of_a(desk("A", *DESK_DATES), on_call("A", SATURDAY, "18:00", 12), jeopardy("A", on))

        names = [] if is_free else ["CALL of 2026-07-11 starts or ends on that date"]
        assert_names(messages(program, plan), *names)

    @pytest.mark.parametrize(("on", "is_free"), [(3, True), (4, False), (5, False), (6, True)])
    def test_its_date_is_free_of_nights_that_start_or_end_on_it(self, on: int, *, is_free: bool) -> None:
        program = small_program(calls=(self.JEO,))
        plan = of_a(nights("A", 4), jeopardy("A", on), desk("A", *DESK_DATES[5:]), rotations=("NF", "DESK"))

        names = [] if is_free else ["the NIGHT session of 2026-07-10 starts or ends on that date"]
        assert_names(messages(program, plan), *names)

    def test_last_years_night_takes_the_first_date(self) -> None:
        last = shift("A", -1, "19:00", 12)
        program = small_program(
            calls=(self.JEO,),
            history=(HistoryInterval("A", last.start_at, last.end_at, DutyType.NIGHT_FLOAT),),
        )

        assert_names(
            messages(program, of_a(desk("A", *without(0)), jeopardy("A", 0))),
            "last year's duty ends on that date",
        )

    def test_one_person_has_one_jeopardy_a_date(self) -> None:
        program = small_program(calls=(self.JEO, replace(self.JEO, id="JEO2")))
        plan = of_a(desk("A", *DESK_DATES), jeopardy("A", 0), jeopardy("A", 0, work_id="JEO2"))

        assert_names(
            messages(program, plan), "A 2026-07-06 JEO2: a second jeopardy on that date, beside row 12"
        )

    def test_it_counts_against_minimum_and_maximum(self) -> None:
        program = small_program(calls=(replace(self.JEO, weekdays=(0,), min=1, max=1),))
        plan = of_a(desk("A", *DESK_DATES), jeopardy("A", 0), jeopardy("B", 0))

        assert_names(
            messages(program, plan),
            "JEO: 2 take it (A, B), at most 1",
            "JEO: 2 take it (A, B), at most 1",
            "calls.csv:2 2026-07-13: 0 on JEO",
        )

    def test_a_row_of_the_wrong_kind_is_named(self) -> None:
        program = small_program(calls=(self.JEO,))
        plan = of_a(desk("A", *DESK_DATES), jeopardy("A", SATURDAY, kind=AssignmentKind.CALL))

        assert_names(messages(program, plan), "not the duty or handover of a call that the person takes")
