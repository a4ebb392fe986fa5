"""Runs of nights from before the year, foreseen from the plan and counted in the finished rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    DutyType,
    HistoryInterval,
    Program,
    Session,
    Setting,
)
from src.solver.advisories import count_advisories
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.problem import Limits
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.nights import runs_going_on
from tests.solver.small import MONDAY, program, resident, rotation, weekday_session

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def nights_before(count: int, *, until: date = MONDAY) -> tuple[HistoryInterval, ...]:
    """So many nights of A in a row, the last of them on the eve of a date."""
    zone = program().zone
    starts = [datetime.combine(until - timedelta(days=back), time(19), zone) for back in range(1, count + 1)]
    return tuple(
        HistoryInterval("A", start, start + timedelta(hours=12), DutyType.NIGHT_FLOAT) for start in starts
    )


def made(before: int, weekdays: tuple[int, ...] = EVERY_DAY, *, may_be_off: bool = False) -> Program:
    """One resident, on nights or at a desk, who has so many nights behind them."""
    return program(
        [resident("A")],
        [rotation("NF", Setting.NIGHT_FLOAT), rotation("DESK", Setting.ELECTIVE)],
        blocks=(28,),
        templates=(
            weekday_session("NF", Session.NIGHT, weekdays=weekdays, may_be_off=may_be_off),
            weekday_session("DESK"),
        ),
        history=nights_before(before),
    )


def foreseen(one: Program, limits: Limits | None = None, frozen: Frozen | None = None) -> dict[str, int]:
    year = YearModel(YearFacts(one), frozen=frozen)
    return {literal.name: many for many, literal in runs_going_on(year, limits or Limits())}


@pytest.mark.parametrize(
    ("before", "weekdays", "findings"),
    [
        (6, (0, 1), 2),  # eight in a row: too many (NF-6), and a week of them without rest (NF-7)
        (6, (0,), 2),
        (5, (0,), 0),
        (9, (1, 2), 0),  # the first night of the year is free
    ],
)
def test_a_run_that_goes_on_costs_what_its_rows_have(
    before: int, weekdays: tuple[int, ...], findings: int
) -> None:
    one = made(before, weekdays)
    assert foreseen(one) == ({"on A 1 NF": findings} if findings else {})
    plan = YearPlan({("A", 1): "NF"})
    assert count_advisories(one, plan, expand(one, plan, Decisions()), Limits()) == findings


def test_what_no_pack_advises_costs_nothing() -> None:
    assert foreseen(made(8), Limits(advises=frozenset({"rest_between"}))) == {}


def test_a_pack_may_advise_one_of_both() -> None:
    assert foreseen(made(8), Limits(advises=frozenset({"nights_in_row"}))) == {"on A 1 NF": 1}


def test_nights_that_may_be_given_off_are_left_to_the_days() -> None:
    assert foreseen(made(8, may_be_off=True)) == {}


def test_nights_long_ago_are_no_run() -> None:
    one = made(0)
    assert foreseen(replace(one, history=nights_before(9, until=MONDAY - timedelta(days=1)))) == {}


def test_who_is_absent_on_the_first_date_works_no_night_then() -> None:
    away = Absence("A", "sick", MONDAY, MONDAY, AbsenceStatus.APPROVED)
    assert foreseen(replace(made(8), absences=(away,))) == {}


def test_who_may_be_on_vacation_then_has_a_way_out() -> None:
    one = made(8)
    nights = replace(one.rotations[0], vacation_weeks_max=1)
    one = replace(one, rotations=(nights, one.rotations[1]), vacation_weeks={1: 1})
    assert foreseen(one) == {}


def test_a_block_that_is_kept_is_not_chosen() -> None:
    assert foreseen(made(8), frozen=Frozen({("A", 1): "NF"})) == {}
