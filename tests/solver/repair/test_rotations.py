"""Rotations that move, or cannot, where some of the year lies before the range."""

from __future__ import annotations

from dataclasses import replace

from src.interchange.model import Request, RequestKind, RotationPin, Session, Staffing
from src.interchange.schedule import SolveStatus
from tests.solver.hospital import hospital, run
from tests.solver.repair.test_repair import assert_legal, day, mended, stood

VACATION = RequestKind.VACATION


def test_rotations_move_though_vacation_weeks_lie_before_the_range() -> None:
    """Two weeks that stood were one constant, hinted at twice, and no plan was looked for at all."""
    first, second = Request("A", VACATION, 1, day(7), row=2), Request("B", VACATION, 1, day(0), row=3)
    program = hospital(requests=(first, second))
    base = run(program).schedule
    assert base is not None
    assert {row.week_start_date for row in base.vacations} == {day(0), day(7)}
    there = next(row for row in base.year if row.block == 2 and row.rotation == "WARD")
    pinned = replace(program, rotation_pins=(RotationPin(there.person, 2, "DESK", row=2),))
    found = mended(pinned, replace(base, denied=None), from_date=day(14))
    assert found.status is SolveStatus.FEASIBLE
    assert all((there.person, 2) in each.year_cells for each in found.alternatives)
    assert_legal(pinned, found)


def test_that_a_range_within_a_block_holds_no_repair_is_proved() -> None:
    """There are no rotations to move: it said `unknown`."""
    program, base = stood()
    everybody = replace(program, staffing=(Staffing("WARD", (), Session.AM, (), 4, 4, row=2),))
    found = mended(everybody, base, from_date=day(20), to_date=day(22), allow_unmet=False)
    assert found.status is SolveStatus.INFEASIBLE
    assert found.conflicts
