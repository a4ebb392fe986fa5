"""Why there is no schedule: minimal conflicts, and ways out with their sizes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    Program,
    Requirement,
    RotationPin,
    Session,
    Setting,
    Staffing,
    Succession,
)
from src.interchange.reader import load_program
from src.interchange.schedule import Scope, SolveStatus
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from src.solver.year import explain, ways_out
from tests.compliance.structure.world import call
from tests.solver.small import MONDAY, covers, may_do, nobody, program, resident, rotation, weekday_session

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "programs"
AMPLE_SECONDS = 100.0
WARD, CLIN = rotation("WARD"), rotation("CLIN", Setting.OUTPATIENT, vacation_weeks_max=1)


def answer(made: Program, scope: Scope = Scope.YEAR, **more: Any) -> Result:
    return solve(Problem(made, scope=scope, workers=1, **more), Stop(30), nobody)


def named(result: Result) -> set[tuple[str, int | None]]:
    return {(conflict.file, conflict.row) for conflict in result.conflicts}


def test_rows_that_collide_are_named_and_no_others() -> None:
    """WARD must be covered by two in block 1, but each may do it in block 2 only."""
    made = program(
        [resident("A"), resident("B")],
        [WARD, CLIN],
        requirements=(
            Requirement((), None, "CLIN", 1, None, row=2),
            Requirement((), None, "WARD", 0, 0, 1, 1, row=3),
        ),
        coverage=(covers("CLIN", 0, 2, row=2), covers("WARD", 1, row=3)),
    )

    result = answer(made)

    assert result.status is SolveStatus.INFEASIBLE
    assert named(result) == {("coverage.csv", 3), ("requirements.csv", 3)}


def test_each_way_out_says_how_much() -> None:
    made = program(
        [resident("A"), resident("B")],
        [WARD, CLIN],
        requirements=(
            Requirement((), None, "CLIN", 2, None, row=2),
            Requirement((), None, "WARD", 0, None, row=3),
        ),
        coverage=(covers("WARD", 1, row=2, blocks=(1,)),),
    )

    ways = answer(made).way_out

    assert ways == (
        "Lower the minimum of coverage.csv row 2 by 1, to 0 (WARD).",
        "Lower the minimum of requirements.csv row 2 by 1, to 1 (CLIN).",
    )


def test_without_any_one_of_the_conflicts_there_is_a_plan() -> None:
    """Three rows collide together and no two of them do."""
    requirements = (
        Requirement((), None, "WARD", 1, None, row=2),
        Requirement((), None, "CLIN", 1, None, row=3),
    )
    made = program(
        [resident("A")],
        [WARD, CLIN],
        requirements=requirements,
        successions=(Succession("WARD", "CLIN", (), row=2), Succession("CLIN", "WARD", (), row=3)),
    )

    result = answer(made)

    assert named(result) == {
        ("requirements.csv", 2),
        ("requirements.csv", 3),
        ("successions.csv", 2),
        ("successions.csv", 3),
    }
    for row in requirements:
        rest = replace(
            made, requirements=tuple(replace(r, min_blocks=0) if r is row else r for r in requirements)
        )
        assert answer(rest).status is not SolveStatus.INFEASIBLE
    assert answer(replace(made, successions=made.successions[:1])).status is not SolveStatus.INFEASIBLE


def test_a_pin_takes_part_in_a_conflict() -> None:
    made = program(
        [resident("A")],
        [WARD, CLIN],
        requirements=(*may_do("WARD"), Requirement((), None, "CLIN", 2, None, row=5)),
        rotation_pins=(RotationPin("A", 1, "WARD", row=2),),
    )

    result = answer(made)

    assert ("requirements.csv", 5) in named(result)
    assert result.status is SolveStatus.INFEASIBLE


def test_staffing_that_absence_makes_impossible_is_named() -> None:
    """One of two is absent on a date that needs two: no year plan can staff it."""
    made = program(
        [resident("A"), resident("B")],
        [WARD, CLIN],
        templates=(weekday_session("WARD"),),
        staffing=(Staffing("WARD", (0,), Session.AM, (), 2, row=4),),
        absences=(Absence("A", "sick", MONDAY, MONDAY, AbsenceStatus.APPROVED, row=2),),
    )

    result = answer(made, Scope.BOTH)

    assert result.status is SolveStatus.INFEASIBLE
    assert named(result) == {("staffing.csv", 4), ("absences.csv", 2)}
    assert "Lower the minimum of staffing.csv row 4 by 1, to 1 (WARD, AM)." in result.way_out


def test_a_call_that_counting_finds_short_names_the_absence_too() -> None:
    """Without the absence somebody could take it: the row of the call alone is no clash."""
    night = call("NIGHT", weekdays=(2,), min=1, max=1, pgys=(1,), row=4)
    day = MONDAY + timedelta(2)
    made = program(
        [resident("A"), resident("B", pgy=2)],
        [CLIN],
        calls=(night,),
        absences=(Absence("A", "sick", day, day, AbsenceStatus.APPROVED, row=9),),
    )

    result = answer(made, Scope.BOTH)

    assert result.status is SolveStatus.INFEASIBLE
    assert named(result) == {("calls.csv", 4), ("absences.csv", 9)}
    assert "Lower the minimum of calls.csv row 4 by 1, to 0 (NIGHT, PGY-1)." in result.way_out
    assert any(way.startswith("Move the absence of A") for way in result.way_out)


def test_open_demand_is_no_conflict_where_it_is_allowed() -> None:
    made = program([resident("A")], [WARD, CLIN], coverage=(covers("WARD", 2, row=2),))

    assert answer(made).status is SolveStatus.INFEASIBLE
    assert answer(made, allow_unmet=True).status is not SolveStatus.INFEASIBLE


def test_too_many_vacation_weeks_are_a_conflict_of_the_program() -> None:
    made = program([resident("A"), resident("B")], [CLIN], weeks_due=2, max_on_vacation=0)

    result = answer(made)

    assert named(result) == {("program.toml", None)}


@pytest.mark.shared_data
def test_the_shared_infeasible_program_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row that asks for 17 is named, with what is missing and a way out, however slow the machine."""
    if not SHARED.exists():
        pytest.skip("../shared/data is not here")
    monkeypatch.setattr(explain, "SECONDS_TO_NAME", AMPLE_SECONDS)
    monkeypatch.setattr(explain, "SECONDS_IN_ALL", AMPLE_SECONDS)
    monkeypatch.setattr(ways_out, "SECONDS_A_WAY", AMPLE_SECONDS)

    result = solve(Problem(load_program(SHARED / "infeasible-icu")), Stop(AMPLE_SECONDS), nobody)

    assert result.status is SolveStatus.INFEASIBLE
    assert named(result) == {("coverage.csv", 18)}
    assert result.schedule is None
    assert any("coverage.csv row 18" in way for way in result.way_out)
