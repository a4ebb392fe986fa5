"""What of a schedule fits a program."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from src.interchange.model import DutyType, Request, RequestKind
from src.interchange.schedule import Schedule, VacationRow, YearRow
from src.planning.generation.fitting import fitting
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from tests.factories.schedules_db import START, ward_program, ward_schedule


def test_a_schedule_of_the_program_fits_as_it_is() -> None:
    whole = ward_schedule()
    found = fitting(ward_program(), whole)
    assert found is not None
    assert (found.year, found.assignments) == (whole.year, whole.assignments)
    assert found.denied is None


@pytest.mark.parametrize(
    "row",
    [YearRow("NOBODY", 1, "WARD"), YearRow("R1", 2, "WARD"), YearRow("R1", 0, "WARD"), YearRow("R1", 1, "X")],
)
def test_rotations_of_people_blocks_and_names_that_are_not_there_are_left_out(row: YearRow) -> None:
    found = fitting(ward_program(), Schedule(year=(YearRow("R2", 1, "WARD"), row)))
    assert found is not None
    assert found.year == (YearRow("R2", 1, "WARD"),)


def test_work_that_the_program_does_not_know_is_left_out() -> None:
    row = ward_schedule().assignments[0]
    strange = (
        replace(row, person="NOBODY"),
        replace(row, id="NOWHERE"),
        replace(row, date=START - dt.timedelta(days=1)),
    )
    found = fitting(ward_program(), Schedule(assignments=(row, *strange)))
    assert found is not None
    assert found.assignments == (row,)


def test_vacations_of_other_years_are_left_out() -> None:
    weeks = (VacationRow("R1", dt.date(2026, 7, 6), None), VacationRow("R1", dt.date(2025, 7, 7), None))
    found = fitting(ward_program(), Schedule(year=(YearRow("R1", 1, "WARD"),), vacations=weeks))
    assert found is not None
    assert found.vacations == weeks[:1]


@pytest.mark.parametrize("schedule", [None, Schedule(), Schedule(year=(YearRow("NOBODY", 1, "WARD"),))])
def test_where_nothing_fits_there_is_no_start(schedule: Schedule | None) -> None:
    assert fitting(ward_program(), schedule) is None


def test_vacation_weeks_have_the_ranks_of_todays_requests() -> None:
    week = dt.date(2026, 7, 6)
    wish = Request("R1", RequestKind.VACATION, 2, week + dt.timedelta(days=2))
    program = replace(ward_program(), requests=(wish, replace(wish, rank=1), replace(wish, person="R3")))
    weeks = tuple(VacationRow(person, week, 5) for person in ("R1", "R2", "R3"))
    found = fitting(program, Schedule(year=(YearRow("R1", 1, "WARD"),), vacations=weeks))
    assert found is not None
    assert [row.request_rank for row in found.vacations] == [1, None, 2]


def test_the_handover_of_the_years_last_night_goes_with_its_call() -> None:
    ward = replace(ward_program(), calls=(replace(ward_program().calls[0], weekdays=()),))
    last = ward.year_end_date
    plan = YearPlan.of_schedule(ward_schedule())
    rows = expand(ward, plan, Decisions(calls=frozenset({("R1", last, "WE")})))
    after = [row for row in rows if row.date > last]
    assert [row.duty_type for row in after] == [DutyType.TRANSITION]
    found = fitting(ward, Schedule(year=ward_schedule().year, assignments=rows))
    assert found is not None
    assert found.assignments == rows
