"""Mornings after a night, and days off."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import Clinic, Template
from tests.compliance.structure.world import (
    CLINICAL,
    DESK,
    DESK_DATES,
    LEAVE,
    NF,
    NIGHT,
    PM,
    TEMPLATES,
    WARD,
    WEEKDAYS,
    A,
    assert_names,
    broken,
    clinic,
    desk,
    legal,
    messages,
    nights,
    of_a,
    shift,
    small_program,
    ward,
)

MONDAYS_CLINIC = Clinic("A", 0, PM, time(13), 240, row=2)


class TestPostNight:
    """The date a NIGHT session ends has no AM, no PM and no clinic."""

    def test_the_first_morning_of_the_next_rotation_is_not_worked(self) -> None:
        plan = of_a(nights("A", *range(7)), desk("A", 8, 9, 10, 11), rotations=("NF", "DESK"))
        with_it = of_a(nights("A", *range(7)), desk("A", 7, 8, 9, 10, 11), rotations=("NF", "DESK"))

        assert broken(small_program(), plan) == ()
        assert_names(messages(small_program(), with_it), "not to be worked: a night ends on that date")

    def test_it_is_worked_where_the_night_was_given_off(self) -> None:
        plan = of_a(nights("A", *range(6)), desk("A", 7, 8, 9, 10, 11), rotations=("NF", "DESK"))

        assert broken(small_program(), plan) == ()

    def test_a_clinic_is_not_held_after_a_night(self) -> None:
        program = small_program(
            clinics=(MONDAYS_CLINIC,), rotations=(DESK, WARD, replace(NF, clinic=True), LEAVE)
        )
        plan = of_a(
            nights("A", *range(1, 7)), clinic("A", 0), desk("A", 8, 9, 10, 11), rotations=("NF", "DESK")
        )

        # On day 0 the clinic is held, so the night of that date must be worked: a clinic held is no day off.
        assert_names(
            messages(program, plan), "A 2026-07-06 NIGHT NF: night_float is to be worked and has no row"
        )

    def test_a_night_that_ends_at_midnight_ends_on_its_own_date(self) -> None:
        evening = Template("DESK", WEEKDAYS, NIGHT, time(17), 420, CLINICAL)
        program = small_program(templates=(TEMPLATES[0], evening), people=(A,))
        late = [shift("A", on, "17:00", 7) for on in DESK_DATES]
        plan = replace(of_a(late), year=legal().year[:2])
        own = tuple(row for row in plan.assignments if row.person == "A")

        assert broken(program, replace(plan, assignments=own)) == ()

    def test_the_night_of_the_next_date_is_worked(self) -> None:
        assert (
            broken(
                small_program(),
                of_a(nights("A", *range(7)), desk("A", 8, 9, 10, 11), rotations=("NF", "DESK")),
            )
            == ()
        )


class TestDaysOff:
    """All sessions of a date are off together, as far as the rotation allows."""

    def test_a_whole_date_may_be_off(self) -> None:
        assert (
            broken(
                small_program(),
                of_a(ward("A", 0, 1, 2, 3, 4, 5), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK")),
            )
            == ()
        )

    def test_half_a_date_may_not(self) -> None:
        half = of_a(
            ward("A", *range(6)), ward("A", 6)[0], desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK")
        )

        assert_names(
            messages(small_program(), half),
            "3 assignments.csv:None A 2026-07-12 PM WARD: clinical is to be worked and has no row",
            "3 assignments.csv:14 A 2026-07-12 AM WARD: worked alone: all sessions of a date are off",
        )

    def test_a_date_with_a_session_that_may_not_be_off_is_no_day_off(self) -> None:
        fixed = (TEMPLATES[0], TEMPLATES[1], replace(TEMPLATES[2], may_be_off=False), TEMPLATES[3])
        plan = of_a(ward("A", *range(6)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

        assert_names(
            messages(small_program(templates=fixed), plan),
            "A 2026-07-12 AM WARD: clinical is to be worked",
            "A 2026-07-12 PM WARD: clinical is to be worked",
        )

    def test_a_date_on_which_a_clinic_is_held_is_no_day_off(self) -> None:
        program = small_program(
            clinics=(MONDAYS_CLINIC,), rotations=(DESK, replace(WARD, clinic=True), NF, LEAVE)
        )
        only_clinic = of_a(
            clinic("A", 0),
            clinic("A", 7),
            ward("A", *range(1, 7)),
            desk("A", *DESK_DATES[5:]),
            rotations=("WARD", "DESK"),
        )
        neither = of_a(
            clinic("A", 7), ward("A", *range(1, 7)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK")
        )

        assert_names(messages(program, only_clinic), "A 2026-07-06 AM WARD: clinical is to be worked")
        assert_names(
            messages(program, neither),
            "A 2026-07-06 PM clinic: clinical is to be worked",
            "A 2026-07-06 AM WARD: clinical is to be worked",
        )

    @pytest.mark.parametrize(("limit", "is_legal"), [(0, False), (1, False), (2, True), (None, True)])
    def test_no_more_dates_than_the_rotation_allows_in_one_block(
        self, limit: int | None, *, is_legal: bool
    ) -> None:
        program = small_program(rotations=(DESK, replace(WARD, max_days_off=limit), NF, LEAVE))
        plan = of_a(ward("A", 0, 1, 2, 3, 4), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))

        lines = messages(program, plan)

        assert_names(
            lines, *([] if is_legal else ["3 rotations.csv:3 A block 1: 2 days off on WARD, at most"])
        )

    def test_the_limit_counts_each_block_apart(self) -> None:
        program = small_program(rotations=(DESK, replace(WARD, max_days_off=1), NF, LEAVE))
        plan = of_a(ward("A", *range(6), *range(7, 13)), rotations=("WARD", "WARD"))

        assert broken(program, plan) == ()
