"""Requests about days as a year plan foresees them: never denied a hope that some schedule could grant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from src.interchange.model import Absence, AbsenceStatus, Clinic, Request, RequestKind, Session, Setting
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from src.solver.year.outcome import YearOutcome
from src.solver.year.search import Effort
from tests.solver.small import (
    MONDAY,
    nobody,
    program,
    resident,
    rotation,
    rotation_wish,
    weekday_session,
    year_tier,
)

WEDNESDAY = MONDAY + timedelta(days=2)
SECOND_BLOCK = MONDAY + timedelta(days=14)
DAY_OFF = 3


def planned(*templates: Any, wish: Request, **more: Any) -> YearOutcome:
    """The year plan of one resident who has WARD (nothing else) in both blocks."""
    weeks_due = more.pop("weeks_due", 0)
    made = program(
        [resident("A")],
        more.pop("rotations", [rotation("WARD")]),
        blocks=(14, 14),
        weeks_due=weeks_due,
        templates=templates,
        requests=(wish, *more.pop("requests", ())),
        objective=(year_tier(10, rotation_request=1, day_off_request=DAY_OFF, no_call_request=1),),
        **more,
    )
    return YearLayer(Problem(made, workers=1)).plan(Effort(5, workers=1), Stop(10), nobody)


def day_off(start: Any = WEDNESDAY, **more: Any) -> Request:
    return Request("A", RequestKind.DAY_OFF, start_date=start, row=9, **more)


def test_a_day_without_sessions_is_given() -> None:
    found = planned(weekday_session("WARD", weekdays=(0, 1)), wish=day_off())

    assert found.granted == {9}


def test_a_session_that_must_be_worked_denies_it() -> None:
    found = planned(weekday_session("WARD"), wish=day_off())

    assert (found.granted, found.hoped) == (frozenset(), (0,))


def test_a_session_that_may_be_off_leaves_hope() -> None:
    found = planned(weekday_session("WARD", may_be_off=True), wish=day_off())

    assert found.hoped == (DAY_OFF,)


def test_one_must_work_session_of_the_date_is_enough_to_deny() -> None:
    afternoon = weekday_session("WARD", Session.PM)

    found = planned(weekday_session("WARD", may_be_off=True), afternoon, wish=day_off())

    assert found.granted == frozenset()


def test_a_holiday_frees_from_sessions_not_held_on_it() -> None:
    template = weekday_session("WARD", holidays=False)

    assert planned(template, wish=day_off(), holidays=(WEDNESDAY,)).granted == {9}
    assert planned(template, wish=day_off()).granted == frozenset()


def test_an_absence_grants_it_whatever_the_rotation() -> None:
    absent = Absence("A", "sick", WEDNESDAY, WEDNESDAY, AbsenceStatus.APPROVED)

    assert planned(weekday_session("WARD"), wish=day_off(), absences=(absent,)).granted == {9}


def test_a_vacation_week_grants_it() -> None:
    """The week is chosen for the day off, though no request asks for the week itself."""
    light = [rotation("WARD", Setting.ELECTIVE, vacation_weeks_max=1)]

    found = planned(weekday_session("WARD"), wish=day_off(), rotations=light, weeks_due=1)

    assert found.granted == {9}
    assert found.plan is not None
    assert ("A", MONDAY) in found.plan.vacation_weeks


def test_every_date_of_the_request_must_be_free() -> None:
    wish = day_off(end_date=WEDNESDAY + timedelta(days=1))
    tuesdays_to_wednesdays = weekday_session("WARD", weekdays=(1, 2), may_be_off=True)

    assert planned(tuesdays_to_wednesdays, weekday_session("WARD", weekdays=(3,)), wish=wish).granted == set()
    assert planned(tuesdays_to_wednesdays, wish=wish).granted == {9}


def test_a_night_of_the_eve_denies_it() -> None:
    tuesday_night = weekday_session("WARD", Session.NIGHT, weekdays=(1,))

    assert planned(tuesday_night, wish=day_off()).granted == frozenset()
    may_be_off = weekday_session("WARD", Session.NIGHT, weekdays=(1,), may_be_off=True)
    assert planned(may_be_off, wish=day_off()).granted == {9}


def test_a_clinic_denies_it() -> None:
    clinic = Clinic("A", 2, Session.AM, weekday_session("WARD").start, 240)

    held = planned(wish=day_off(), rotations=[rotation("WARD", clinic=True)], clinics=(clinic,))
    not_held = planned(wish=day_off(), clinics=(clinic,))

    assert (held.granted, not_held.granted) == (frozenset(), {9})


@pytest.mark.parametrize(("weight", "expected"), [(DAY_OFF - 1, "CLIN"), (DAY_OFF + 1, "WARD")])
def test_rotation_and_day_off_are_weighed_in_one_tier(weight: int, expected: str) -> None:
    """The rotation wanted works on the date; the other one does not: the heavier wish wins."""
    rotations = [rotation("WARD"), rotation("CLIN", Setting.OUTPATIENT)]
    wanted = rotation_wish("A", "WARD", 1, weight, row=10)

    found = planned(weekday_session("WARD"), wish=day_off(), rotations=rotations, requests=(wanted,))

    assert found.plan is not None
    assert found.plan.rotation["A", 1] == expected


def test_a_call_wish_without_any_call_is_not_hoped_for() -> None:
    wish = Request("A", RequestKind.CALL, start_date=WEDNESDAY, row=9)

    assert planned(wish=wish).granted == frozenset()
