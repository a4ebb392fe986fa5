"""Whom jeopardy could bring in for what is open: who is on it that date, of the PGY asked for, not away."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from src.interchange.model import Absence, AbsenceStatus, DutyType, PostCall, Program, Session
from src.interchange.schedule import Schedule, UnmetKind, UnmetRow
from src.planning.limits import limits_of
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.repair.jeopardy import ways_out
from src.solver.swaps.standing import Standing
from tests.compliance.structure.world import call
from tests.solver.hospital import MONDAY, hospital
from tests.solver.swaps.small import ROTATIONS, VACATIONS

BACKUP = call(
    "BACKUP",
    duty_type=DutyType.JEOPARDY,
    weekdays=(),
    start=time(7),
    minutes=600,
    post_call=PostCall.NONE,
    row=3,
)


def standing(*backups: tuple[str, int], program: Program | None = None) -> Standing:
    """The hospital with residents on jeopardy on days of the year."""
    made = program or hospital()
    made = replace(made, calls=(*made.calls, BACKUP))
    plan = YearPlan(ROTATIONS, VACATIONS)
    taken = frozenset((person, MONDAY + timedelta(day), "BACKUP") for person, day in backups)
    rows = expand(made, plan, Decisions(calls=taken))
    return Standing(made, Schedule(plan.year_rows(), plan.vacation_rows(), rows), limits_of(made))


def lacking(day: int, *pgys: int) -> UnmetRow:
    on = (MONDAY + timedelta(day)).isoformat()
    return UnmetRow(UnmetKind.STAFFING, "WARD", on, Session.AM, pgys, 2, 1)


@pytest.mark.parametrize(
    ("pgys", "who"), [((), "B or D"), ((1,), "B"), ((2,), "D"), ((1, 2), "B or D"), ((3,), None)]
)
def test_backups_of_the_date_and_the_pgys_are_named(pgys: tuple[int, ...], who: str | None) -> None:
    [said] = ways_out(standing(("B", 3), ("D", 3), ("C", 4)), [lacking(3, *pgys)], ())
    assert f"WARD AM on {MONDAY + timedelta(3)} lacks 1 of 2" in said
    if who is None:
        assert "nobody who might do it is on jeopardy" in said
    else:
        assert said.endswith(f": activate jeopardy, {who}.")


def test_who_is_away_on_the_date_is_no_help() -> None:
    day = MONDAY + timedelta(3)
    absent = Absence("B", "sick", day, day, AbsenceStatus.APPROVED, row=2)
    before = standing(("B", 3))
    away = Standing(replace(before.program, absences=(absent,)), before.schedule, limits_of(before.program))
    [said] = ways_out(away, [lacking(3)], ())
    assert "nobody who might do it is on jeopardy" in said
