"""Rotations that move, or cannot, where some of the year lies before the range."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from src.interchange.model import (
    Coverage,
    Request,
    RequestKind,
    RotationPin,
    Session,
    Staffing,
    Succession,
)
from src.interchange.reader import load_program
from src.interchange.schedule import SolveStatus
from src.interchange.schedule_files import load_schedule
from src.solver.repair import repair
from tests.solver.hospital import hospital, run
from tests.solver.repair.test_repair import SHARED, assert_legal, day, mended, stood, without

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


def test_a_rotation_is_let_go_where_demand_would_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at other plans one by one had met none, and all rotations were kept with demand open."""
    for name in ("PLANS_TRIED", "SECONDS_OF_PLANS", "SECONDS_IN_PASSING", "SHARE_OF_ALL_PLANS"):
        monkeypatch.setattr(repair, name, 0)
    program, base = stood()
    there = next(row for row in base.year if row.block == 2 and row.rotation == "WARD")
    both = Staffing("WARD", (1, 3), Session.AM, (), 2, 2, row=3)
    asked = replace(program, staffing=(*program.staffing, both))
    found = mended(without(asked, there.person, 14, 27), base, from_date=day(14))
    assert found.status is SolveStatus.FEASIBLE
    assert found.alternatives
    for each in found.alternatives:
        assert each.schedule.unmet == ()
        assert (there.person, 2) in each.year_cells


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not there")
def test_two_ways_to_decide_the_same_work_are_one_alternative() -> None:
    """Demand that nobody can meet stays open: two alternatives without any change were told as two."""
    program = load_program(SHARED / "programs" / "tiny")
    base = replace(load_schedule(SHARED / "schedules" / "tiny"), denied=None, findings=None, result=None)
    first = date(2026, 9, 22)
    nights = tuple(replace(row, min=2) if row.rotation == "NF" else row for row in program.staffing)
    changed = replace(program, staffing=nights)
    found = mended(changed, base, from_date=first, to_date=first + timedelta(3), alternatives=2)
    one, other = (set(each.schedule.assignments) for each in found.alternatives)
    assert one != other


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ({"rotation_pins": tuple(RotationPin(who, 2, "WARD", row=2) for who in "ABC")}, ("coverage.csv", 2)),
        ({"max_on_vacation": 0}, ("program.toml", None)),
        (
            {"successions": (Succession("WARD", "WARD", (), row=2), Succession("WARD", "DESK", (), row=3))},
            ("successions.csv", 3),
        ),
    ],
    ids=["pins", "vacations", "successions"],
)
def test_what_may_stay_open_is_not_named_as_what_collides(
    rows: dict[str, object], named: tuple[str, int | None]
) -> None:
    """Three are asked for at the desk, where fewer can be: that could stay open, and was named."""
    program, base = stood()
    three = Coverage("DESK", (), (2,), 3, None, row=3)
    changed = replace(program, coverage=(*program.coverage, three), **rows)  # type: ignore[arg-type]
    found = mended(changed, base, from_date=day(0 if "max_on_vacation" in rows else 14))
    assert found.status is SolveStatus.INFEASIBLE
    places = {(each.file, each.row) for each in found.conflicts}
    assert named in places
    assert ("coverage.csv", 3) not in places
