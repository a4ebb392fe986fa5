"""Calls of one date that nobody can combine ask for as many residents as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from src.interchange.model import Call, DutyType
from src.solver.plan import YearPlan
from src.solver.year.demand import broken_by, demands
from src.solver.year.facts import YearFacts
from tests.compliance.structure.world import call
from tests.solver.small import MONDAY, program, resident, rotation

TUESDAY = MONDAY + timedelta(1)
MORNING = call("MORNING", weekdays=(1,), start=time(7), minutes=300, min=1, row=2)
"""To noon; what overlaps it depends on how long its handover takes."""


def asked_of_one(*calls: Call) -> set[str]:
    """The calls that a single resident for all of them leaves without somebody."""
    made = program([resident("A")], [rotation("WARD")], blocks=(7,), calls=calls)
    broken, _ = broken_by(demands(YearFacts(made)), YearPlan({("A", 1): "WARD"}), frozenset())
    return {demand.source.part for demand in broken}


def evening(start: str, **changes: object) -> Call:
    at = time.fromisoformat(start)
    return call("EVENING", **{"weekdays": (1,), "start": at, "minutes": 600, "min": 1, "row": 3, **changes})


BOTH = {f"{TUESDAY} MORNING and EVENING"}
TURNED = {f"{TUESDAY} EVENING and MORNING"}


@pytest.mark.parametrize(
    ("handover", "start", "together"),
    [
        (0, "12:00", True),
        (0, "11:59", False),
        (60, "13:00", True),
        (60, "12:59", False),
        (0, "07:00", False),
    ],
)
def test_calls_that_follow_each_other_can_be_one_residents(handover: int, start: str, together: bool) -> None:
    """The end of a call is the end of its handover; where the other begins then, nothing overlaps."""
    first = replace(MORNING, handover_minutes=handover)
    assert asked_of_one(first, evening(start)) == (set() if together else BOTH)
    assert asked_of_one(evening(start), first) == (set() if together else TURNED)


def test_a_call_before_the_other_with_its_handover_up_to_it_leaves_both_to_one() -> None:
    early = evening("05:00", minutes=60, handover_minutes=60)
    assert asked_of_one(MORNING, early) == set()
    assert asked_of_one(MORNING, replace(early, handover_minutes=61)) == BOTH


def test_jeopardy_is_nobodys_who_has_a_call_on_its_date() -> None:
    backup = evening("20:00", minutes=60, duty_type=DutyType.JEOPARDY)
    assert asked_of_one(MORNING, backup) == BOTH
    assert asked_of_one(backup, MORNING) == TURNED
    assert asked_of_one(MORNING, replace(backup, min=0)) == set()


@pytest.mark.parametrize(
    ("week", "together"), [(date(2026, 10, 26), True), (date(2026, 11, 2), False)], ids=["longer", "plain"]
)
def test_the_hour_that_clocks_go_back_may_let_one_take_both(week: date, together: bool) -> None:
    """Three hours from midnight on end at 02:00 for the second time, half an hour before the other."""
    night = call("NIGHT", weekdays=(6,), start=time(0), minutes=180, min=1, row=2)
    early = call("EARLY", weekdays=(6,), start=time(2, 30), minutes=120, min=1, row=3)
    made = program([resident("A")], [rotation("WARD")], blocks=(7,), calls=(night, early))
    made = replace(made, year_start_date=week)
    broken, _ = broken_by(demands(YearFacts(made)), YearPlan({("A", 1): "WARD"}), frozenset())
    assert [demand.source.part for demand in broken] == (
        [] if together else [f"{week + timedelta(6)} NIGHT and EARLY"]
    )
