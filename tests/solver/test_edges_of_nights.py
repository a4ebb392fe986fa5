"""Rotations whose work comes too soon after another's nights are kept apart beforehand, and no others are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import product

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Clinic,
    Program,
    Requirement,
    Rotation,
    RotationPin,
    RuleOverride,
    Session,
    Setting,
    Template,
)
from src.planning.limits import limits_of
from src.solver.edges_of_nights import cuts_after_nights
from src.solver.engine import solve
from src.solver.plan import Cut, YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import CLINICAL, MONDAY, NIGHT_FLOAT, WEEKDAYS, A, call, small_program
from tests.solver.world import plan_of, silent

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
NF = Rotation("NF", "Nights", Setting.NIGHT_FLOAT, row=2)
OFFICE = Rotation("OFFICE", "Office", Setting.OUTPATIENT, row=3)
WARD = Rotation("WARD", "Ward", Setting.INPATIENT, row=4)
NIGHTS = Template("NF", (4, 5, 6), NIGHT, time(20), 600, NIGHT_FLOAT, row=2)
"""The last ends on Monday at 06:00; the United Kingdom asks for 46 hours then, until Wednesday at 04:00."""
MORNINGS = Template("OFFICE", WEEKDAYS, AM, time(8), 480, CLINICAL, row=3)
ANY_DAY = Template("WARD", WEEKDAYS, AM, time(8), 480, CLINICAL, may_be_off=True, row=4)


def program(*templates: Template, **changes: object) -> Program:
    """Ada for two weeks of nights, office hours, or a ward that lets her off."""
    given: dict[str, object] = {
        "people": (A,),
        "rotations": (NF, OFFICE, WARD),
        "templates": templates or (NIGHTS, MORNINGS, ANY_DAY),
        "requirements": tuple(
            Requirement((), None, name, 0, None, row=row)
            for row, name in enumerate(("NF", "OFFICE", "WARD"), start=2)
        ),
        "rule_packs": ("uk-2019",),
        **changes,
    }
    return small_program(**given)


def cuts(of: Program, **options: object) -> tuple[Cut, ...]:
    problem = Problem(of, limits_of(of), **options)  # type: ignore[arg-type]  # blocks or nothing
    return cuts_after_nights(problem, Stop(30.0))


def keeps(of: Program, plan: YearPlan) -> bool:
    return all(cut.is_kept_by(plan) for cut in cuts(of))


def test_nights_up_to_the_edge_are_not_followed_by_office_hours() -> None:
    (cut,) = cuts(program())
    assert cut.proved
    assert cut.words == "A cannot keep UK-46 from NF in block 1 to OFFICE in the next"
    assert [ground.words[:18] for ground in cut.grounds] == ["rule_packs: UK-46 "]
    assert not keeps(program(), plan_of(A=("NF", "OFFICE")))
    for free in (("OFFICE", "NF"), ("NF", "WARD"), ("NF", "NF"), ("WARD", "OFFICE")):
        assert keeps(program(), plan_of(A=free))


@pytest.mark.parametrize("pack", ["uk-2016", "nz-rmo", "acgme-cpr-2023"])
def test_packs_that_let_single_nights_pass_cut_nothing(pack: str) -> None:
    """The terms of 2016 ask for rest after three or four nights; two are none of those."""
    assert cuts(program(replace(NIGHTS, weekdays=(5, 6)), MORNINGS, ANY_DAY, rule_packs=(pack,))) == ()


def test_three_nights_are_cut_by_the_older_terms_too() -> None:
    assert len(cuts(program(rule_packs=("uk-2016",)))) == 1


def test_nights_that_may_be_off_bind_nobody() -> None:
    assert cuts(program(replace(NIGHTS, may_be_off=True), MORNINGS, ANY_DAY)) == ()


def test_nights_that_end_early_enough_bind_nobody() -> None:
    assert cuts(program(replace(NIGHTS, weekdays=(3, 4)), MORNINGS, ANY_DAY)) == ()


def test_a_clinic_that_must_be_held_binds_who_has_it_on_the_ward() -> None:
    """Tuesday's clinic lets Ada have no day off then, and comes 30 hours after the last night."""
    ward = replace(WARD, clinic=True)
    clinic = Clinic("A", 1, PM, time(13), 240)
    bound = program(rotations=(NF, OFFICE, ward), clinics=(clinic,))
    assert not keeps(bound, plan_of(A=("NF", "WARD")))
    later = replace(clinic, weekday=3)
    assert keeps(program(rotations=(NF, OFFICE, ward), clinics=(later,)), plan_of(A=("NF", "WARD")))
    assert keeps(program(clinics=(clinic,)), plan_of(A=("NF", "WARD")))


def test_vacation_around_the_edge_lifts_it() -> None:
    assert keeps(program(), plan_of([("A", 7)], A=("NF", "OFFICE")))
    assert keeps(program(), plan_of([("A", 0)], A=("NF", "OFFICE")))


def test_who_is_away_at_the_edge_is_not_cut() -> None:
    away = Absence("A", "loa", MONDAY + timedelta(8), MONDAY + timedelta(8), AbsenceStatus.APPROVED)
    assert cuts(program(absences=(away,))) == ()
    assert cuts(program(people=(replace(A, end_date=MONDAY + timedelta(8)),))) == ()


def test_calls_that_come_too_soon_themselves_lift_nothing() -> None:
    """It would have to free both days, and itself come late enough: neither of these does."""
    daily = call("DAY", weekdays=(1, 2), start=time(8), minutes=300)
    assert len(cuts(program(calls=(daily,)))) == 1
    before = call("EVE", weekdays=(6,), start=time(12), minutes=300)
    assert len(cuts(program(calls=(before,)))) == 1


def test_a_rule_that_holds_for_some_dates_binds_on_those_alone() -> None:
    shorter = RuleOverride(
        "uk-2019", "UK-46", "rest_minutes", 600, "agreed", "DIO", date(2026, 7, 1), date(2026, 7, 31), row=2
    )
    assert cuts(program(rule_overrides=(shorter,))) == ()


def test_only_edges_between_blocks_to_be_solved_are_looked_at() -> None:
    assert cuts(program(), blocks=(1,)) == ()


def test_a_stop_that_is_reached_claims_nothing() -> None:
    asked = program()
    assert cuts_after_nights(Problem(asked, limits_of(asked)), Stop(0.0)) == ()


@pytest.mark.parametrize("begins", [time(5), time(8), time(14)])
def test_no_plan_that_has_days_is_cut(begins: time) -> None:
    """Every plan of the fortnight is solved with its rotations pinned: none that has days is cut."""
    asked = program(NIGHTS, replace(MORNINGS, start=begins, minutes=360), ANY_DAY)
    for order in product(("NF", "OFFICE", "WARD"), repeat=2):
        pins = tuple(RotationPin("A", block, name, row=block + 1) for block, name in enumerate(order, 1))
        pinned = replace(asked, rotation_pins=pins, rule_overrides=())
        problem = Problem(pinned, limits_of(pinned), workers=1, deterministic_limit=2.0)
        has_days = solve(problem, Stop(20.0), silent).schedule is not None
        assert keeps(asked, plan_of(A=order)) or not has_days, order
    assert not keeps(asked, plan_of(A=("NF", "OFFICE")))
