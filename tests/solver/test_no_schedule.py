"""Rows alone prove that a run of some blocks has no schedule only where that rests on these blocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    CallPin,
    Program,
    Request,
    RequestKind,
    RotationPin,
)
from src.interchange.schedule import Schedule, SolveStatus
from src.planning.limits import limits_of
from src.solver.asked import Asked
from src.solver.deletion import Answer
from src.solver.engine import solve
from src.solver.no_schedule import NoSchedule
from src.solver.problem import Problem
from src.solver.shares import Shares
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from tests.solver.hospital import (
    DESK,
    MONDAY,
    PEOPLE,
    WARD,
    WEEKEND_CALL,
    assert_legal,
    hospital,
    run,
)
from tests.solver.world import silent

SATURDAY, SECOND = MONDAY + timedelta(5), MONDAY + timedelta(14)


@cache
def first_block() -> Schedule:
    """What was planned before, of which nothing is to be changed."""
    schedule = run(hospital(requests=())).schedule
    assert schedule is not None
    return schedule


def without_b_before_the_second_block(schedule: Schedule) -> Schedule:
    return replace(
        schedule,
        year=tuple(row for row in schedule.year if (row.person, row.block) != ("B", 1)),
        assignments=tuple(row for row in schedule.assignments if row.person != "B" or row.date >= SECOND),
    )


def late_b() -> Program:
    people = tuple(replace(each, start_date=SECOND) if each.id == "B" else each for each in PEOPLE)
    return hospital(requests=(), people=people, rotation_pins=(RotationPin("B", 1, "WARD", row=2),))


def pinned_call(person: str, **changes: object) -> Program:
    pin = CallPin(person, SATURDAY, WEEKEND_CALL.id, row=2)
    return hospital(requests=(), call_pins=(pin,), **changes)


def of_the_second_block(program: Program, base: Schedule) -> Problem:
    return Problem(program, limits_of(program), blocks=(2,), base=base, workers=1, deterministic_limit=2.0)


def is_proved(problem: Problem) -> bool:
    """Asked after a plan that left some date unstaffed."""
    stop, layer = Stop(60.0), YearLayer(problem)
    layer.posted = dict.fromkeys(layer.demands[:1])
    none = NoSchedule(problem, Asked(problem, stop), Shares(problem, stop), stop, lambda *_: Answer.UNKNOWN)
    return none.is_proved(layer)


SICK = Absence("A", "sick", SATURDAY, SATURDAY, AbsenceStatus.APPROVED, row=2)


@pytest.mark.parametrize(
    "program",
    [
        late_b(),
        pinned_call("A", absences=(SICK,)),
        pinned_call("A", calls=(replace(WEEKEND_CALL, pgys=(2,)),)),
    ],
    ids=["a rotation before somebody came", "a call in leave", "a call that others take"],
)
def test_pins_of_a_block_that_is_kept_prove_nothing(program: Program) -> None:
    """They came after it was planned; the run leaves it as it is, and finds a schedule."""
    base = first_block()
    if program.rotation_pins:
        base = without_b_before_the_second_block(base)
    problem = of_the_second_block(program, base)
    assert solve(problem, Stop(60.0), silent).status is SolveStatus.OPTIMAL
    assert not is_proved(problem)


def test_pins_of_the_blocks_that_are_solved_prove_that_there_is_none() -> None:
    """Three are, to a rotation on which coverage has room for two."""
    pins = tuple(RotationPin(who, 2, "WARD", row=row) for row, who in enumerate("ABD", start=2))
    assert is_proved(of_the_second_block(hospital(requests=(), rotation_pins=pins), first_block()))


def otherwise(base: Schedule) -> RotationPin:
    """A was on one rotation in block 1, and is pinned to the other now."""
    was = next(row.rotation for row in base.year if (row.person, row.block) == ("A", 1))
    return RotationPin("A", 1, "DESK" if was == "WARD" else "WARD", row=2)


def test_a_pin_that_came_after_a_kept_block_does_not_rule_out_the_next() -> None:
    base = first_block()
    program = hospital(requests=(), rotation_pins=(otherwise(base),))
    result = run(program, blocks=(2,), base=base)
    assert result.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)
    assert_legal(program, result, blocks=(2,))


def test_a_kept_week_stays_where_no_rotation_allows_one_now() -> None:
    """The weeks of PGY-1 lie in the first block; what rotations allow changed after it was planned."""
    early = tuple(Request(who, RequestKind.VACATION, 1, MONDAY, row=2 + row) for row, who in enumerate("AB"))
    base = run(hospital(requests=early[:1], max_on_vacation=2)).schedule
    assert base is not None
    kept = {row.person for row in base.vacations if row.week_start_date < SECOND}
    assert kept
    program = hospital(requests=(), rotations=(WARD, replace(DESK, vacation_weeks_max=0)))
    people = tuple(each for each in PEOPLE if each.pgy == 2 or each.id in kept)
    program = replace(program, people=people, coverage=(), staffing=(), calls=())
    base = replace(
        base,
        year=tuple(row for row in base.year if row.person in {each.id for each in people}),
        vacations=tuple(row for row in base.vacations if row.person in kept),
        assignments=tuple(row for row in base.assignments if row.person in {each.id for each in people}),
    )
    assert run(program, blocks=(2,), base=base).status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)
