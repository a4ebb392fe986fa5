"""What nobody can do under a pack is said at once, with the rule and the row; what somebody can is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Clinic,
    Coverage,
    PostCall,
    Program,
    Requirement,
    Rotation,
    RuleOverride,
    Session,
    Setting,
    Staffing,
    Template,
)
from src.interchange.schedule import Conflict, Scope, SolveStatus
from src.planning.limits import limits_of
from src.solver.engine import solve
from src.solver.impossible import Impossible, impossible_demands
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import CLINICAL, EVERY_DAY, NF, NIGHT_FLOAT, A, B, call, small_program
from tests.solver.world import silent

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
WARD = Rotation("WARD", "Ward", Setting.INPATIENT, row=3)
DAY = Template("WARD", EVERY_DAY, AM, time(8), 480, CLINICAL, may_be_off=True, row=2)
NIGHTS = Template("NF", (6, 0, 1, 2, 3), NIGHT, time(21), 600, NIGHT_FLOAT, may_be_off=False, row=3)
LONG_CALL = call(
    "LONG", weekdays=(2,), start=time(8), minutes=14 * 60, min=1, post_call=PostCall.DAY_OFF, row=5
)
FITTING = replace(LONG_CALL, id="FITS", minutes=13 * 60)


def hospital(*packs: str, **changes: object) -> Program:
    """Two residents for four weeks, one always on the ward; no clinic, no vacation."""
    given = {
        "blocks": (14, 14),
        "people": (A, B),
        "rotations": (WARD, NF),
        "templates": (DAY, NIGHTS),
        "requirements": (
            Requirement((), None, "WARD", 0, None, row=2),
            Requirement((), None, "NF", 0, None, row=3),
        ),
        "rule_packs": packs,
        **changes,
    }
    return small_program(**given)


def found(program: Program, **options: object) -> Impossible | None:
    return impossible_demands(Problem(program, limits_of(program), **options), Stop(30.0))  # type: ignore[arg-type]


def rules_and_rows(impossible: Impossible | None) -> list[tuple[str, int | None, str]]:
    """File, row and the rule that is named, of each conflict."""
    assert impossible is not None
    words = ("UK-13", "UK-NIGHT", "NZ-16", "NZ-WE", "UK-48")
    return [
        (one.file, one.row, next((each for each in words if each in one.message), ""))
        for one in impossible.conflicts
    ]


def test_a_call_longer_than_any_shift_is_named_with_the_rule() -> None:
    impossible = found(hospital("uk-2019", calls=(LONG_CALL,)))
    assert rules_and_rows(impossible) == [("calls.csv", 5, "UK-13"), ("program.toml", None, "UK-13")]
    assert impossible is not None
    assert impossible.conflicts[1].message.endswith("A shift lasts at most 13 hours.")
    assert impossible.way_out == (
        "Lower the minimum of calls.csv row 5 by 1, to 0 (LONG).",
        "Shorten LONG by 1 h, to 13 h (calls.csv row 5).",
        "Set UK-13 otherwise, with a reason (rule_overrides.csv).",
    )


def test_a_call_that_just_fits_is_none() -> None:
    assert found(hospital("uk-2019", calls=(FITTING,))) is None


def test_a_call_that_need_not_be_taken_is_none() -> None:
    assert found(hospital("uk-2019", calls=(replace(LONG_CALL, min=0),))) is None


def test_five_nights_in_a_row_are_impossible_where_four_are_the_most() -> None:
    impossible = found(hospital("uk-2019", coverage=(Coverage("NF", (), (2,), 1, None, row=4),)))
    assert rules_and_rows(impossible) == [
        ("coverage.csv", 4, "UK-NIGHT"),
        ("program.toml", None, "UK-NIGHT"),
    ]


def test_nights_that_may_be_off_are_possible() -> None:
    lighter = replace(NIGHTS, may_be_off=True)
    coverage = (Coverage("NF", (), (2,), 1, None, row=4),)
    assert found(hospital("uk-2019", templates=(DAY, lighter), coverage=coverage)) is None


def test_somebody_who_may_be_away_is_not_counted_against() -> None:
    """Ada's leave could spare her the nights; whether it does is for a search to say."""
    coverage = (Coverage("NF", (1,), (2,), 1, None, row=4),)
    away = (Absence("A", "loa", date(2026, 7, 22), date(2026, 7, 23), AbsenceStatus.APPROVED),)
    assert found(hospital("uk-2019", coverage=coverage)) is not None
    assert found(hospital("uk-2019", coverage=coverage, absences=away)) is None


def test_a_required_rotation_that_one_resident_cannot_do_is_named() -> None:
    required = (Requirement((2,), None, "NF", 1, 1, row=7), Requirement((), None, "WARD", 0, None, row=8))
    impossible = found(hospital("uk-2019", requirements=required))
    assert rules_and_rows(impossible)[0] == ("requirements.csv", 7, "UK-NIGHT")


def test_a_rotation_where_vacation_may_fall_is_judged_by_the_one_duty_alone() -> None:
    """A week off could break the run of nights, though nobody can shorten a call by it."""
    open_nights = replace(NF, vacation_weeks_max=1)
    coverage = (Coverage("NF", (), (2,), 1, None, row=4),)
    program = hospital(
        "uk-2019", rotations=(replace(WARD, vacation_weeks_max=1), open_nights), coverage=coverage
    )
    assert found(program) is None
    with_call = replace(program, calls=(LONG_CALL,))
    assert rules_and_rows(found(with_call))[0] == ("calls.csv", 5, "UK-13")


def overnight(**changes: object) -> Program:
    """A call from 20:00 to 10:00 on Wednesdays, where vacation may fall and Ada is away once."""
    call_in_the_night = replace(LONG_CALL, start=time(20), rotations=("WARD",))
    away = (Absence("A", "loa", date(2026, 7, 22), date(2026, 7, 23), AbsenceStatus.APPROVED),)
    open_ward = (replace(WARD, vacation_weeks_max=1), NF)
    given = {"calls": (call_in_the_night,), "rotations": open_ward, "absences": away, **changes}
    return hospital("eu-wtd", **given)


def test_no_leave_eases_the_rest_in_the_night_of_a_call() -> None:
    """Fourteen hours leave ten of the day, and nobody is away on a date that the call reaches into."""
    impossible = found(overnight())
    assert impossible is not None
    assert [one.row for one in impossible.conflicts if "EU-11" in one.message] == [5, None]
    assert impossible.conflicts[0].message.endswith("nobody can keep EU-11 doing it.")


def test_a_call_in_the_night_that_leaves_eleven_hours_is_none() -> None:
    shorter = replace(LONG_CALL, start=time(20), minutes=13 * 60, rotations=("WARD",))
    free = replace(DAY, weekdays=(0, 1, 3, 4))
    assert found(overnight(calls=(shorter,), templates=(free, NIGHTS))) is None
    longer = replace(shorter, minutes=13 * 60 + 1)
    assert found(overnight(calls=(longer,), templates=(free, NIGHTS))) is not None


def test_a_call_that_ends_on_its_date_may_be_eased_by_leave_on_the_next() -> None:
    """From 08:00 to 22:00; the ward at 08:00 comes too soon after it, but for who is away by then."""
    long = Template("WARD", EVERY_DAY, AM, time(8), 480, CLINICAL, row=2)
    day_call = replace(
        LONG_CALL, start=time(8), minutes=14 * 60, post_call=PostCall.NONE, rotations=("WARD",)
    )
    kept = {"templates": (long, NIGHTS), "calls": (day_call,)}
    assert found(overnight(**kept)) is None
    without_leave = overnight(absences=(), rotations=(WARD, NF), **kept)
    assert found(without_leave) is not None


def test_a_rule_that_does_not_hold_on_the_date_of_the_call_bars_nothing() -> None:
    """An agreement on ten hours for that summer: the date of the call is judged by it."""
    shorter = RuleOverride(
        "eu-wtd", "EU-11", "minutes", 600, "agreed", "DIO", date(2026, 7, 1), date(2026, 7, 31), row=2
    )
    free = replace(DAY, weekdays=(0, 1, 3, 4))
    assert found(overnight(rule_overrides=(shorter,), templates=(free, NIGHTS))) is None


def test_a_clinic_that_replaces_a_session_may_make_it_possible() -> None:
    """Fourteen hours on Wednesdays are too long, but not for who has clinic that day."""
    long = Template("WARD", (2,), PM, time(12), 14 * 60, CLINICAL, may_be_off=False, row=4)
    ward = replace(WARD, clinic=True)
    given = {"templates": (long, NIGHTS), "coverage": (Coverage("WARD", (), (1,), 1, None, row=4),)}
    assert found(hospital("uk-2019", **given)) is not None
    clinic = Clinic("B", 2, PM, time(13), 240)
    assert found(hospital("uk-2019", rotations=(ward, NF), clinics=(clinic,), **given)) is None


def test_a_call_that_no_rule_stands_against_is_left_to_the_search() -> None:
    """Who has nights can take no call in them, whatever the pack says."""
    evening = replace(LONG_CALL, start=time(20), minutes=600, weekdays=(0,), rotations=("NF",))
    nights = replace(NIGHTS, weekdays=(0,))
    assert found(hospital("uk-2019", templates=(DAY, nights), calls=(evening,))) is None


def test_the_common_requirements_alone_are_left_to_the_search() -> None:
    assert found(hospital("acgme-cpr-2023", calls=(replace(LONG_CALL, minutes=30 * 60),))) is None


@pytest.mark.parametrize("options", [{"blocks": (1,)}, {"scope": Scope.YEAR}, {"allow_unmet": True}])
def test_parts_of_a_year_and_open_demand_are_left_to_the_search(options: dict[str, object]) -> None:
    assert found(hospital("uk-2019", calls=(LONG_CALL,)), **options) is None


def test_a_stop_that_is_reached_claims_nothing() -> None:
    program = hospital("uk-2019", calls=(LONG_CALL,))
    assert impossible_demands(Problem(program, limits_of(program)), Stop(0.0)) is None


def test_an_override_with_its_reason_lifts_the_conflict() -> None:
    longer = RuleOverride(
        "uk-2019", "UK-13", "minutes", 840, "agreed", "DIO", date(2026, 1, 1), date(2027, 1, 1), row=2
    )
    assert found(hospital("uk-2019", calls=(LONG_CALL,), rule_overrides=(longer,))) is None


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        (
            "America/Chicago",
            date(2027, 2, 22),
            ["BC needs 1 on 2027-03-13, and nobody can keep CA-BC-OUT doing it."],
        ),
        ("America/Phoenix", date(2027, 2, 22), []),
        ("America/Chicago", date(2027, 3, 15), []),
    ],
)
def test_a_call_is_tried_where_clocks_change_too(zone: str, start: date, expected: list[str]) -> None:
    """24 hours from 06:00 and four of hand-over end at 10:00, as they must; one Sunday in March at 11:00."""
    day_and_night = replace(
        LONG_CALL, id="BC", weekdays=(5,), start=time(6), minutes=24 * 60, handover_minutes=240
    )
    impossible = found(hospital("ca-bc", calls=(day_and_night,), time_zone=zone, year_start_date=start))
    assert [one.message for one in (impossible.conflicts if impossible else ()) if one.row] == expected


def test_a_run_ends_with_the_rule_and_the_row_in_its_result() -> None:
    program = hospital(
        "uk-2019", calls=(LONG_CALL,), staffing=(Staffing("WARD", (), AM, (), 0, None, row=2),)
    )
    result = solve(Problem(program, limits_of(program), time_limit_seconds=20.0), Stop(20.0), silent)
    assert result.status is SolveStatus.INFEASIBLE
    expected = Conflict("calls.csv", 5, "LONG needs 1 on 2026-07-15, and nobody can keep UK-13 doing it.")
    assert result.conflicts[0] == expected


def test_ways_out_of_a_call_that_is_too_long_are_ways_out() -> None:
    """Each is carried out in turn, and nothing is impossible then."""
    fewer = hospital("uk-2019", calls=(replace(LONG_CALL, min=0),))
    shorter = hospital("uk-2019", calls=(replace(LONG_CALL, minutes=13 * 60),))
    assert found(fewer) is None
    assert found(shorter) is None
    assert found(hospital("uk-2019", calls=(replace(LONG_CALL, minutes=13 * 60 + 30),))) is not None


def test_clashes_of_two_rows_are_told_apart() -> None:
    """The call with its rule among the conflicts, the nights in the notice."""
    nights = (Coverage("NF", (), (2,), 1, None, row=4),)
    impossible = found(hospital("uk-2019", calls=(LONG_CALL,), coverage=nights))
    assert rules_and_rows(impossible) == [("calls.csv", 5, "UK-13"), ("program.toml", None, "UK-13")]
    assert impossible is not None
    assert impossible.notice is not None
    assert "coverage.csv:4: NF needs 1 in block 2, and nobody can keep UK-NIGHT" in impossible.notice
    assert not any("UK-NIGHT" in way for way in impossible.way_out)
