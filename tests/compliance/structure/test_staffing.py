"""Item 4: who is at work session by session, who is in clinic at once, and demand left open."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from src.interchange.model import Clinic, Coverage, Program, Session, Staffing
from src.interchange.schedule import UnmetKind, UnmetRow
from tests.compliance.structure.world import (
    AM,
    DESK_DATES,
    PM,
    TEMPLATES,
    WEEKDAYS,
    assert_names,
    broken,
    call,
    clinic,
    day,
    desk,
    legal,
    messages,
    of_a,
    schedule,
    small_program,
    ward,
    year,
)


def staffed(*rules: Staffing, **changes: object) -> Program:
    return small_program(staffing=rules, **changes)


def rule(low: int, high: int | None = None, **changes: object) -> Staffing:
    made = Staffing("DESK", WEEKDAYS, AM, (), low, high, row=3)
    return replace(made, **changes)


ON_WARD = of_a(ward("A", *range(6)), desk("A", *DESK_DATES[5:]), rotations=("WARD", "DESK"))


@pytest.mark.parametrize(("low", "high"), [(2, None), (2, 2), (0, 2), (1, 3)])
def test_as_many_as_the_rule_says_are_enough(low: int, high: int | None) -> None:
    assert broken(staffed(rule(low, high)), legal()) == ()


@pytest.mark.parametrize(("low", "high", "holds"), [(2, 2, True), (3, None, False), (0, 1, False)])
def test_a_group_is_staffed_by_all_its_rotations(low: int, high: int | None, *, holds: bool) -> None:
    rotations = tuple(replace(r, group="days") for r in small_program().rotations if r.id in {"DESK", "WARD"})
    others = tuple(r for r in small_program().rotations if r.id not in {"DESK", "WARD"})
    program = staffed(rule(low, high, rotation="@days"), rotations=(*rotations, *others))

    assert (broken(program, legal()) == ()) is holds


def test_a_shortage_is_named_at_the_rule_for_each_date() -> None:
    lines = messages(staffed(rule(3)), legal())

    assert len(lines) == 10
    assert lines[0] == (
        "4 staffing.csv:3 2026-07-06 AM: 2 on DESK, at least 3 are needed, and unmet.csv does not list it"
    )


def test_too_many_are_named_at_the_last_row() -> None:
    lines = messages(staffed(rule(0, 1)), legal())

    assert len(lines) == 10
    assert lines[0] == (
        "4 assignments.csv:12 2026-07-06 AM DESK: 2 at work (A, B), at most 1 may be (staffing.csv row 3)"
    )


def test_only_the_named_pgys_weekdays_and_sessions_count() -> None:
    assert broken(staffed(rule(1, 1, pgys=(1,)), rule(1, 1, pgys=(2,))), legal()) == ()
    assert broken(staffed(rule(0, 0, session=PM)), legal()) == ()
    assert_names(
        messages(staffed(rule(2, weekdays=(0,), pgys=(2, 3))), legal()),
        "2026-07-06 AM: 1 of PGY 2 3 on DESK",
        "2026-07-13 AM: 1 of PGY 2 3 on DESK",
    )


def test_an_empty_list_of_weekdays_means_every_day() -> None:
    assert len(messages(staffed(rule(1, weekdays=())), legal())) == 4


def test_a_day_off_that_leaves_too_few_is_named() -> None:
    every_day = rule(1, rotation="WARD", weekdays=(), pgys=(1,), session=AM)
    first_week = messages(staffed(every_day), ON_WARD)[:1]

    assert_names(first_week, "4 staffing.csv:3 2026-07-12 AM: 0 of PGY 1 on WARD, at least 1 are needed")


def test_who_is_at_clinic_instead_does_not_count() -> None:
    mornings = Clinic("A", 0, AM, time(9), 60)
    program = staffed(rule(2, weekdays=(0,)), clinics=(mornings,))
    plan = of_a(
        desk("A", *(on for on in DESK_DATES if on not in (0, 7))),
        clinic("A", 0, "09:00", 1),
        clinic("A", 7, "09:00", 1),
    )

    assert_names(messages(program, plan), "2026-07-06 AM: 1 on DESK", "2026-07-13 AM: 1 on DESK")


@pytest.mark.parametrize("holidays", [True, False])
def test_nobody_is_needed_on_a_holiday_on_which_the_session_is_not_held(*, holidays: bool) -> None:
    program = staffed(
        rule(2),
        holidays=(day(0),),
        templates=(replace(TEMPLATES[0], holidays=holidays), *TEMPLATES[1:]),
    )
    at_home = schedule(desk("A", *DESK_DATES[1:]), desk("B", *DESK_DATES[1:]))

    shortages = [line for line in messages(program, at_home) if "at least" in line]

    assert len(shortages) == (1 if holidays else 0)


class TestClinicsAtOnce:
    """`max_at_once` caps residents in clinic in a session."""

    PLAN = of_a(desk("A", *DESK_DATES), [clinic(who, on) for who in "AB" for on in (0, 7)])

    @pytest.mark.parametrize(
        ("caps", "is_legal"),
        [((2, 2), True), ((0, 0), True), ((1, 1), False), ((1, 2), False), ((0, 1), False), ((3, 0), True)],
    )
    def test_the_least_cap_of_the_session_holds_and_0_is_none(
        self, caps: tuple[int, int], *, is_legal: bool
    ) -> None:
        clinics = tuple(Clinic(who, 0, PM, time(13), 240, cap) for who, cap in zip("AB", caps, strict=True))

        lines = messages(small_program(clinics=clinics), self.PLAN)

        names = (
            []
            if is_legal
            else ["2026-07-06 PM clinic: 2 at work (A, B), at most 1 may be in clinic", "2026-07-13"]
        )
        assert_names(lines, *names)

    def test_another_sessions_cap_does_not_bind(self) -> None:
        clinics = (
            *(Clinic(who, 0, PM, time(13), 240, 2) for who in "AB"),
            Clinic("A", 5, PM, time(13), 60, 1),
        )

        plan = of_a(
            desk("A", *DESK_DATES),
            [clinic(w, on) for w in "AB" for on in (0, 7)],
            clinic("A", 5, hours=1),
            clinic("A", 12, hours=1),
        )

        assert broken(small_program(clinics=clinics), plan) == ()


class TestUnmet:
    """`unmet.csv` lists every shortage there is, truly, once."""

    PROGRAM = staffed(rule(3, weekdays=(0,)))
    FIRST = UnmetRow(UnmetKind.STAFFING, "DESK", "2026-07-06", AM, (), 3, 2, row=2)
    SECOND = replace(FIRST, date_or_block="2026-07-13", row=3)

    def lines(self, *rows: UnmetRow, program: Program = PROGRAM) -> list[str]:
        return messages(program, replace(legal(), unmet=rows))

    def test_shortages_that_are_listed_are_allowed(self) -> None:
        assert self.lines(self.FIRST, self.SECOND) == []

    def test_a_dropped_row_is_named(self) -> None:
        assert_names(self.lines(self.SECOND), "4 staffing.csv:3 2026-07-06 AM: 2 on DESK")

    def test_a_doubled_row_is_named(self) -> None:
        assert_names(
            self.lines(self.FIRST, self.SECOND, replace(self.FIRST, row=4)), "4 unmet.csv:4 staffing DESK"
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"id": "WARD"},
            {"date_or_block": "2026-07-07"},
            {"date_or_block": "1"},
            {"date_or_block": "tomorrow"},
            {"session": PM},
            {"session": None},
            {"pgys": (1,)},
            {"what": UnmetKind.CALL},
            {"what": UnmetKind.COVERAGE},
        ],
    )
    def test_a_changed_row_is_named_and_so_is_the_shortage(self, change: dict[str, object]) -> None:
        assert_names(
            self.lines(replace(self.FIRST, **change), self.SECOND),
            "4 staffing.csv:3 2026-07-06 AM: 2 on DESK",
            "4 unmet.csv:2",
        )

    @pytest.mark.parametrize(("needed", "got"), [(3, 1), (4, 2), (2, 3), (0, 0), (-5, 2)])
    def test_wrong_numbers_are_named(self, needed: int, got: int) -> None:
        row = replace(self.FIRST, needed=needed, got=got)

        assert_names(
            self.lines(row, self.SECOND), f"says needed {needed}, got {got}; in truth needed 3, got 2"
        )

    def test_every_pgy_there_is_says_the_same_as_none(self) -> None:
        assert self.lines(replace(self.FIRST, pgys=(1, 2)), self.SECOND) == []

    @pytest.mark.parametrize("session", [None, Session.NIGHT])
    def test_calls_are_listed_by_date(self, session: Session | None) -> None:
        program = small_program(calls=(call(weekdays=(5,), min=1, pgys=(2,)),))
        rows = [UnmetRow(UnmetKind.CALL, "CALL", str(day(on)), session, (2,), 1, 0, row=on) for on in (5, 12)]

        assert self.lines(*rows, program=program) == []
        assert_names(
            self.lines(replace(rows[0], session=AM), rows[1], program=program), "calls.csv:2", "unmet.csv:5"
        )

    def test_coverage_is_listed_by_block(self) -> None:
        program = small_program(coverage=(Coverage("WARD", (1,), (2,), 1, row=5),))
        row = UnmetRow(UnmetKind.COVERAGE, "WARD", "2", None, (1,), 1, 0, row=2)

        assert self.lines(row, program=program) == []
        assert_names(
            self.lines(replace(row, date_or_block="1"), program=program), "1 coverage.csv:5", "4 unmet.csv:2"
        )

    def test_too_many_cannot_be_excused(self) -> None:
        row = UnmetRow(UnmetKind.COVERAGE, "DESK", "1", None, (), 1, 2, row=2)
        program = small_program(coverage=(Coverage("DESK", (), (1,), 0, 1),))

        assert_names(self.lines(row, program=program), "1 year.csv:4 block 1: 2 on DESK", "4 unmet.csv:2")

    def test_a_schedule_without_shortages_lists_none(self) -> None:
        assert_names(
            messages(
                small_program(),
                replace(legal(), unmet=(self.FIRST,), year=year(A=("DESK", "DESK"), B=("DESK", "DESK"))),
            ),
            "4 unmet.csv:2 staffing DESK 2026-07-06 AM: there is no such shortage",
        )
