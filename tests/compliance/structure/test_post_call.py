"""Post-call, and what last year's duty leaves of the first date."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import (
    DutyType,
    HistoryInterval,
    PostCall,
    Program,
    Template,
)
from tests.compliance.structure.world import (
    CLINICAL,
    DESK_DATES,
    HANDOVER,
    HOME,
    PM,
    TEMPLATES,
    WEEKDAYS,
    assert_names,
    broken,
    call,
    desk,
    handover,
    messages,
    nights,
    of_a,
    on_call,
    shift,
    small_program,
)

SATURDAY, SUNDAY = 5, 6


def without(*dates: int) -> list[int]:
    return [on for on in DESK_DATES if on not in dates]


class TestPostCall:
    """`off_after` closes the rest of the date a call ends on, `day_off` all of it after the call's start."""

    AFTERNOONS = small_program(
        templates=(*TEMPLATES, Template("DESK", WEEKDAYS, PM, time(13), 240, CLINICAL, row=6)),
        people=small_program().people[:1],
    )

    def program(self, **changes: object) -> Program:
        return replace(self.AFTERNOONS, calls=(call(**changes),))

    def plan(self, *rows: object, mornings: list[int], afternoons: list[int]) -> object:
        made = of_a(desk("A", *mornings), (shift("A", on, "13:00", 4) for on in afternoons), *rows)
        own = tuple(row for row in made.assignments if row.person == "A")
        return replace(made, assignments=own, year=made.year[:2])

    @pytest.mark.parametrize(
        ("post_call", "mornings", "afternoons"),
        [
            (PostCall.NONE, list(DESK_DATES), list(DESK_DATES)),
            (PostCall.OFF_AFTER, without(1), without(1)),
            (PostCall.DAY_OFF, without(1), without(1)),
        ],
    )
    def test_the_date_a_night_call_ends_on(
        self, post_call: PostCall, mornings: list[int], afternoons: list[int]
    ) -> None:
        program = self.program(post_call=post_call)
        row = on_call("A", 0, "18:00", 12)

        assert broken(program, self.plan(row, mornings=mornings, afternoons=afternoons)) == ()
        if post_call is not PostCall.NONE:
            worked = self.plan(row, mornings=list(DESK_DATES), afternoons=afternoons)
            assert_names(
                messages(program, worked), "5 assignments.csv:3 A 2026-07-07 AM DESK: not to be worked: it"
            )

    def test_a_call_that_ends_at_midnight_closes_its_own_date_only(self) -> None:
        program = self.program(minutes=6 * 60, post_call=PostCall.OFF_AFTER)
        row = on_call("A", 0, "18:00", 6)

        assert broken(program, self.plan(row, mornings=list(DESK_DATES), afternoons=list(DESK_DATES))) == ()

    def test_off_after_leaves_what_comes_before_the_call_on_the_same_date(self) -> None:
        program = self.program(start=time(12, 30), minutes=30, post_call=PostCall.OFF_AFTER)
        row = on_call("A", 0, "12:30", 0.5)

        assert broken(program, self.plan(row, mornings=list(DESK_DATES), afternoons=without(0))) == ()

    def test_day_off_closes_what_starts_after_the_calls_own_start_on_the_date_it_ends(self) -> None:
        program = self.program(
            start=time(12, 30), minutes=30, handover_minutes=30, post_call=PostCall.DAY_OFF
        )
        rows = (on_call("A", 0, "12:30", 0.5), handover("A", 0, "13:00", 0.5))

        assert broken(program, self.plan(rows, mornings=list(DESK_DATES), afternoons=without(0))) == ()

    @pytest.mark.parametrize("post_call", [PostCall.OFF_AFTER, PostCall.DAY_OFF])
    def test_another_call_on_a_closed_date_is_named(self, post_call: PostCall) -> None:
        program = replace(
            self.AFTERNOONS,
            calls=(
                call(post_call=post_call),
                call("PHONE", duty_type=HOME, start=time(20), minutes=60, row=3),
            ),
        )
        phone = on_call("A", 1, "20:00", 1, work_id="PHONE", duty=HOME)
        plan = self.plan(on_call("A", 0, "18:00", 12), phone, mornings=without(1), afternoons=without(1))

        found = messages(program, plan)

        assert_names(found, "5 assignments.csv:21 A 2026-07-07 PHONE: starts in ")

    def test_a_night_on_a_closed_date_is_not_worked(self) -> None:
        program = small_program(calls=(call(post_call=PostCall.OFF_AFTER, rotations=("DESK",)),))
        plan = of_a(
            desk("A", *DESK_DATES[:5]),
            on_call("A", SUNDAY, "18:00", 12),
            nights("A", *range(8, 14)),
            rotations=("DESK", "NF"),
        )
        with_night = of_a(
            desk("A", *DESK_DATES[:5]),
            on_call("A", SUNDAY, "18:00", 12),
            nights("A", *range(7, 14)),
            rotations=("DESK", "NF"),
        )

        assert broken(program, plan) == ()
        assert_names(
            messages(program, with_night), "5 assignments.csv:8 A 2026-07-13 NIGHT NF: not to be worked"
        )

    @pytest.mark.parametrize("duty", [DutyType.IN_HOUSE_CALL, HANDOVER])
    def test_last_years_call_makes_the_first_date_post_call(self, duty: DutyType) -> None:
        last = on_call("A", -1, "18:00", 14.5)
        history = (HistoryInterval("A", last.start_at, last.end_at, duty),)
        program = replace(self.AFTERNOONS, history=history)

        rested = self.plan(mornings=without(0), afternoons=without(0))
        worked = self.plan(mornings=without(0), afternoons=list(DESK_DATES))

        assert broken(program, rested) == ()
        assert_names(
            messages(program, worked),
            "5 assignments.csv:11 A 2026-07-06 PM DESK: not to be worked: it starts",
        )

    def test_last_years_night_makes_the_first_date_post_night(self) -> None:
        last = shift("A", -1, "19:00", 12)
        history = (HistoryInterval("A", last.start_at, last.end_at, DutyType.NIGHT_FLOAT),)
        program = replace(self.AFTERNOONS, history=history)

        assert broken(program, self.plan(mornings=without(0), afternoons=without(0))) == ()
        assert_names(
            messages(program, self.plan(mornings=list(DESK_DATES), afternoons=without(0))),
            "a night ends on that date",
        )

    @pytest.mark.parametrize(
        ("start", "hours", "duty"),
        [("08:00", 9, DutyType.IN_HOUSE_CALL), ("12:00", 12, HANDOVER), ("19:00", 12, CLINICAL)],
    )
    def test_other_duty_of_last_year_leaves_the_first_date_alone(
        self, start: str, hours: float, duty: DutyType
    ) -> None:
        last = shift("A", -1, start, hours)
        program = replace(self.AFTERNOONS, history=(HistoryInterval("A", last.start_at, last.end_at, duty),))

        assert broken(program, self.plan(mornings=list(DESK_DATES), afternoons=list(DESK_DATES))) == ()

    def test_a_call_that_overlaps_last_years_duty_is_named(self) -> None:
        last = shift("A", -1, "19:00", 12)
        history = (HistoryInterval("A", last.start_at, last.end_at, DutyType.NIGHT_FLOAT, row=3),)
        program = replace(self.AFTERNOONS, history=history, calls=(call(start=time(6), minutes=30),))
        plan = self.plan(on_call("A", 0, "06:00", 0.5), mornings=without(0), afternoons=without(0))

        assert_names(messages(program, plan), "overlaps last year's duty (history.csv row 3)")
