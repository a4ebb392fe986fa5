"""How many residents a block has room for: whom a maximum counts, and whom its cut speaks of."""

from __future__ import annotations

from dataclasses import replace

from src.interchange.model import Program
from src.planning.limits import limits_of
from src.solver.daily.rooms import Rooms
from src.solver.plan import Cut, Present, YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.small import covers, resident
from tests.solver.test_days_that_collide import AT_DESK, DAILY, ONE_A_DAY, WARD, hospital

JUNIORS, SENIORS = ("A", "B", "C"), ("X", "Y")


def ward(pgys: tuple[int, ...] = (1,)) -> Program:
    """A ward on which one of those PGYs may work each morning, with few days off to give."""
    people = tuple(
        resident(name, pgy, row=row)
        for row, (name, pgy) in enumerate(
            [(one, 1) for one in JUNIORS] + [(one, 2) for one in SENIORS], start=2
        )
    )
    most = replace(ONE_A_DAY, min=0, max=1, pgys=pgys)
    program = hospital(0, DAILY, AT_DESK, staffing=(most,), blocks=(14,))
    others = tuple(each for each in program.rotations if each.id != "WARD")
    return replace(program, people=people, rotations=(replace(WARD, max_days_off=3), *others))


def rooms(program: Program) -> Rooms:
    return Rooms(Problem(program, limits_of(program), workers=1, deterministic_limit=20.0), Stop(60.0))


def counted(cut: Cut) -> set[str]:
    return {fact.person for _, fact in cut.terms if isinstance(fact, Present)}


def on_the_ward(*names: str) -> YearPlan:
    return YearPlan({(name, 1): "WARD" if name in names else "DESK" for name in (*JUNIORS, *SENIORS)})


def test_a_maximum_of_one_pgy_is_room_for_residents_of_that_pgy_alone() -> None:
    (cut,) = rooms(ward()).of_block(1)
    assert counted(cut) == set(JUNIORS)
    assert cut.is_kept_by(on_the_ward("A", *SENIORS))
    assert not cut.is_kept_by(on_the_ward("A", "B"))


def test_a_maximum_of_all_pgys_counts_everybody() -> None:
    (cut,) = rooms(ward(())).of_block(1)
    assert counted(cut) == {*JUNIORS, *SENIORS}
    assert not cut.is_kept_by(on_the_ward("A", "X"))


def test_coverage_asks_for_more_than_there_is_room_for_only_where_it_asks_for_that_pgy() -> None:
    """Two seniors on the ward are none too many for a maximum that counts juniors."""
    juniors, seniors = (covers("WARD", 2, pgys=(pgy,), row=2) for pgy in (1, 2))
    (cut,) = rooms(replace(ward(), coverage=(juniors,))).crowded(1)
    assert counted(cut) == set(JUNIORS)
    assert rooms(replace(ward(), coverage=(seniors,))).crowded(1) == ()
