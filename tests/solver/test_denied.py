"""What stood in the way of each request that was not granted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from src.interchange.model import (
    Clinic,
    DutyType,
    Program,
    Request,
    RequestKind,
    Requirement,
    RotationPin,
    Session,
    Setting,
    Staffing,
)
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    DeniedRow,
    Schedule,
    Scope,
    VacationRow,
    YearRow,
)
from src.solver.denied import denied_rows
from tests.compliance.structure.world import call
from tests.solver.small import (
    MONDAY,
    covers,
    program,
    resident,
    rotation,
    rotation_wish,
    vacation_wish,
    weekday_session,
)

TUESDAY = MONDAY + timedelta(days=1)


def made_for(*requests: Request, **more: Any) -> Program:
    more.setdefault("max_on_vacation", 1)
    return program(
        [resident("A", row=2), resident("B", row=3)],
        [
            rotation("WARD", row=2),
            rotation("CLIN", Setting.OUTPATIENT, vacation_weeks_max=1, clinic=True, row=3),
        ],
        blocks=(14, 14),
        weeks_due=1,
        requests=requests,
        **more,
    )


def year(a: tuple[str, str], b: tuple[str, str] = ("CLIN", "CLIN"), **more: Any) -> Schedule:
    rows = [YearRow("A", 1, a[0]), YearRow("A", 2, a[1]), YearRow("B", 1, b[0]), YearRow("B", 2, b[1])]
    return Schedule(tuple(rows), **more)


def only(made: Program, schedule: Schedule, scope: Scope = Scope.BOTH) -> DeniedRow:
    (row,) = denied_rows(made, schedule, scope)
    return row


def test_what_is_granted_is_not_listed() -> None:
    made = made_for(
        vacation_wish("A", MONDAY, 1), rotation_wish("A", "CLIN", 1), rotation_wish("A", "WARD", 1, -1)
    )
    schedule = year(("CLIN", "CLIN"), vacations=(VacationRow("A", MONDAY, 1),))

    assert denied_rows(made, schedule, Scope.BOTH) == ()


def test_a_rotation_without_vacation_is_named_by_its_row() -> None:
    row = only(made_for(vacation_wish("A", MONDAY, 1)), year(("WARD", "CLIN")))

    assert (row.kind, row.rank, row.start_date) == (RequestKind.VACATION, 1, MONDAY)
    assert row.reason == "WARD in block 1 allows no vacation."
    assert "rotations.csv:2" in row.blocking


def test_what_holds_the_person_on_the_rotation_is_named_too() -> None:
    made = made_for(
        vacation_wish("A", MONDAY, 1),
        coverage=(covers("WARD", 1, row=5),),
        rotation_pins=(RotationPin("A", 1, "WARD", row=7),),
    )

    row = only(made, year(("WARD", "CLIN")))

    assert row.blocking == "rotations.csv:2 pins.csv:7 coverage.csv:5"


def test_a_full_week_names_who_is_away() -> None:
    schedule = year(("CLIN", "CLIN"), vacations=(VacationRow("B", MONDAY),))

    row = only(made_for(vacation_wish("A", MONDAY, 1)), schedule)

    assert row.reason == "1 of at most 1 are on vacation that week."
    assert row.blocking == "program.toml B"


def test_weeks_given_elsewhere_are_named() -> None:
    later = MONDAY + timedelta(weeks=2)
    schedule = year(("CLIN", "CLIN"), vacations=(VacationRow("A", later),))

    row = only(made_for(vacation_wish("A", MONDAY, 1)), schedule)

    assert row.reason == "The vacation week due lies elsewhere."
    assert later.isoformat() in row.blocking


def test_a_week_outside_the_year_cannot_be_given() -> None:
    row = only(made_for(vacation_wish("A", MONDAY - timedelta(weeks=1), 1)), year(("CLIN", "CLIN")))

    assert row.reason == "The week does not lie wholly in the year."


@pytest.mark.parametrize(
    ("more", "reason", "blocking"),
    [
        (
            {"rotation_pins": (RotationPin("A", 1, "CLIN", row=4),)},
            "A pin keeps A on CLIN in block 1.",
            "pins.csv:4",
        ),
        ({"coverage": (covers("WARD", 0, 1, row=4),)}, "WARD is full in block 1.", "coverage.csv:4"),
        (
            {"requirements": (Requirement((), None, "CLIN", 0, None, row=2),)},
            "No requirement lets A do WARD.",
            "requirements.csv",
        ),
        (
            {
                "requirements": (
                    Requirement((), None, "CLIN", 0, None, row=2),
                    Requirement((), None, "WARD", 0, 1, row=3),
                )
            },
            "A does all of WARD that is allowed in other blocks.",
            "requirements.csv:3",
        ),
    ],
)
def test_why_a_rotation_wanted_was_not_given(more: dict[str, Any], reason: str, blocking: str) -> None:
    made = made_for(rotation_wish("A", "WARD", 1), **more)

    row = only(made, year(("CLIN", "WARD"), ("WARD", "CLIN")))

    assert (row.reason, row.blocking) == (reason, blocking)


def test_a_rotation_not_wanted_names_what_needs_the_person() -> None:
    made = made_for(rotation_wish("A", "WARD", 1, -2), coverage=(covers("WARD", 1, row=4),))

    row = only(made, year(("WARD", "CLIN")))

    assert (row.reason, row.blocking) == ("WARD in block 1 needs A.", "coverage.csv:4")


def worked(kind: AssignmentKind = AssignmentKind.ROTATION, name: str = "WARD") -> AssignmentRow:
    start = datetime(TUESDAY.year, TUESDAY.month, TUESDAY.day, 13, tzinfo=UTC)
    end = start + timedelta(hours=4)
    return AssignmentRow("A", TUESDAY, Session.AM, kind, name, start, end, DutyType.CLINICAL)


def test_a_day_off_is_denied_by_the_staffing_that_needs_the_person() -> None:
    wish = Request("A", RequestKind.DAY_OFF, start_date=TUESDAY)
    made = made_for(
        wish,
        templates=(weekday_session("WARD", may_be_off=True, row=2),),
        staffing=(Staffing("WARD", (), Session.AM, (), 1, row=6),),
    )

    row = only(made, year(("WARD", "CLIN"), assignments=(worked(),)))

    assert (row.reason, row.blocking) == (f"WARD needs A on {TUESDAY} AM.", "staffing.csv:6")


def test_a_session_that_gives_no_day_off_is_named_by_its_template() -> None:
    wish = Request("A", RequestKind.DAY_OFF, start_date=TUESDAY)
    made = made_for(wish, templates=(weekday_session("WARD", row=2),))

    row = only(made, year(("WARD", "CLIN"), assignments=(worked(),)))

    assert row.blocking == "templates.csv:2"


def test_a_clinic_is_named_by_its_row() -> None:
    wish = Request("A", RequestKind.DAY_OFF, start_date=TUESDAY)
    clinic = Clinic("A", 1, Session.AM, weekday_session("WARD").start, 240, row=8)
    made = made_for(wish, clinics=(clinic,))

    row = only(made, year(("CLIN", "CLIN"), assignments=(worked(AssignmentKind.CLINIC, "clinic"),)))

    assert (row.reason, row.blocking) == (f"Continuity clinic is held on {TUESDAY} AM.", "clinics.csv:8")


def test_a_call_wished_for_that_is_open_to_nobody_is_said() -> None:
    made = made_for(Request("A", RequestKind.CALL, start_date=TUESDAY))

    row = only(made, year(("WARD", "CLIN")))

    assert row.reason == "No call of those dates is open to the person's PGY and rotation."


def test_without_days_requests_about_days_are_still_open() -> None:
    wish = Request("A", RequestKind.DAY_OFF, start_date=TUESDAY)
    made = replace(made_for(wish), templates=(weekday_session("WARD"),))

    assert denied_rows(made, year(("WARD", "CLIN")), Scope.YEAR) == ()


def test_only_calls_of_the_dates_stand_in_the_way_of_none() -> None:
    """A call of another date, earlier in the schedule, is no reason."""
    wish = Request("A", RequestKind.NO_CALL, start_date=TUESDAY)
    night = call(start=time(17), minutes=720, row=6)
    made = made_for(wish, calls=(replace(night, id="LATE"), replace(night, row=7)))
    other = taken("LATE", TUESDAY - timedelta(days=1))

    row = only(made, year(("WARD", "CLIN"), assignments=(other, taken("CALL", TUESDAY))))

    assert (row.reason, row.blocking) == (f"CALL of {TUESDAY} needs A.", "calls.csv:7")


def taken(name: str, on: date) -> AssignmentRow:
    start = datetime.combine(on, time(22), UTC)
    end = start + timedelta(hours=12)
    kind, duty = AssignmentKind.CALL, DutyType.IN_HOUSE_CALL
    return AssignmentRow("A", on, Session.NIGHT, kind, name, start, end, duty)
