"""Rotations that leave too little rest from one academic block to the next are kept apart beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Program,
    Rotation,
    Session,
    Setting,
    Template,
)
from src.planning.limits import limits_of
from src.solver.edges import edge_cuts
from src.solver.plan import Cut, YearPlan
from src.solver.problem import Problem
from tests.compliance.structure.world import CLINICAL, EVERY_DAY, MONDAY, NIGHT_FLOAT, A, call, small_program
from tests.solver.world import plan_of

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
LATE = Rotation("LATE", "Late", Setting.INPATIENT, row=2)
EARLY = Rotation("EARLY", "Early", Setting.INPATIENT, row=3)
FREE = Rotation("FREE", "Free", Setting.ELECTIVE, row=4)
EVENING = Template("LATE", EVERY_DAY, PM, time(13), 9 * 60, CLINICAL, row=2)
"""Until 22:00."""
MORNING = Template("EARLY", EVERY_DAY, AM, time(8), 240, CLINICAL, row=3)
"""Ten hours later; the United Kingdom asks for eleven."""


def program(*templates: Template, **changes: object) -> Program:
    """Ada for two weeks, on rotations of which two bind every day."""
    given = {
        "people": (A,),
        "rotations": (LATE, EARLY, FREE),
        "templates": templates or (EVENING, MORNING),
        "rule_packs": ("uk-2019",),
        **changes,
    }
    return small_program(**given)


def cuts(of: Program, **options: object) -> tuple[Cut, ...]:
    return edge_cuts(Problem(of, limits_of(of), **options))  # type: ignore[arg-type]  # blocks or nothing


def keeps(of: Program, plan: YearPlan) -> bool:
    return all(cut.is_kept_by(plan) for cut in cuts(of))


def test_a_late_rotation_is_not_followed_by_an_early_one() -> None:
    (cut,) = cuts(program())
    assert cut.proved
    assert cut.words == "A cannot keep UK-11 from LATE on 2026-07-12 to EARLY on 2026-07-13"
    assert not keeps(program(), plan_of(A=("LATE", "EARLY")))


def test_other_orders_are_free() -> None:
    for order in (("EARLY", "LATE"), ("LATE", "LATE"), ("LATE", "FREE"), ("FREE", "EARLY")):
        assert keeps(program(), plan_of(A=order))


def test_exactly_eleven_hours_are_enough() -> None:
    assert cuts(program(replace(EVENING, minutes=8 * 60), MORNING)) == ()


def test_a_pack_that_asks_for_less_rest_cuts_nothing() -> None:
    assert cuts(program(rule_packs=("nz-rmo",))) == ()
    assert cuts(program(rule_packs=("acgme-cpr-2023",))) == ()


def test_vacation_on_either_date_lifts_it() -> None:
    assert keeps(program(), plan_of([("A", 7)], A=("LATE", "EARLY")))
    assert keeps(program(), plan_of([("A", 0)], A=("LATE", "EARLY")))


def test_who_is_absent_at_the_edge_is_not_cut() -> None:
    away = Absence("A", "loa", MONDAY + timedelta(7), MONDAY + timedelta(7), AbsenceStatus.APPROVED)
    assert cuts(program(absences=(away,))) == ()


def test_days_that_may_be_off_bind_nobody() -> None:
    assert cuts(program(EVENING, replace(MORNING, may_be_off=True))) == ()


def test_a_call_that_may_take_the_sessions_place_lifts_it() -> None:
    evening_call = call("EVE", start=time(12), minutes=600)
    assert cuts(program(calls=(evening_call,))) == ()
    assert cuts(program(calls=(replace(evening_call, pgys=(3,)),))) != ()


def test_after_nights_the_morning_falls_away() -> None:
    nights = Template("LATE", EVERY_DAY, NIGHT, time(20), 660, NIGHT_FLOAT, row=2)
    assert cuts(program(nights, MORNING)) == ()


def test_only_edges_between_blocks_to_be_solved_are_looked_at() -> None:
    assert cuts(program(), blocks=(1,)) == ()
    three = program(blocks=(7, 7, 7))
    assert {cut.words[-10:] for cut in cuts(three, blocks=(2, 3))} == {str(date(2026, 7, 20))}
