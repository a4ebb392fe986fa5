"""Sets of rows held against every schedule there is: together none, and without any one of them some."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.interchange.model import Coverage, Program
from src.interchange.schedule import Conflict
from src.planning.limits import limits_of
from src.solver.deletion import Answer, Deletion
from src.solver.left_out import rows_of, with_limit, without
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.clash_rows import Key
from src.solver.year.explain import Explanation
from src.solver.year.model import Side
from tests.solver.honest.every import Every
from tests.solver.honest.test_every_program import made, solved
from tests.solver.test_days_that_collide import told


def problem_of(program: Program) -> Problem:
    return Problem(program, limits_of(program))


def has_schedule(problem: Problem) -> bool:
    return bool(Every(problem.program, False).scores)


def named_rows(program: Program) -> set[tuple[str, int | None]]:
    return {(file, row) for file, row in told(solved(program))[0] if row is not None}


@pytest.mark.parametrize(
    ("seed", "rows"),
    [
        (22, {("pins.csv", 2), ("staffing.csv", 2)}),
        (32, {("rotations.csv", 2), ("rotations.csv", 3)}),
        (84, {("staffing.csv", 2)}),
    ],
)
def test_rows_that_days_rest_on_collide_and_without_any_of_them_there_is_a_schedule(
    seed: int, rows: set[tuple[str, int | None]]
) -> None:
    """The rules of the pack stay throughout; what each row asks is left out, row by row."""
    program = made(seed)
    assert named_rows(program) == rows
    problem = problem_of(program)
    words = rows_of(problem)
    others = [key for key in words if key.about[:4] != "rule" and (key.file, key.row) not in rows]
    assert not has_schedule(without(problem, others))
    for file, row in rows:
        gone = [key for key in words if (key.file, key.row) == (file, row)]
        assert has_schedule(without(problem, [*others, *gone])), f"{file} row {row} is not needed"


def test_ways_out_of_days_that_collide_leave_a_schedule() -> None:
    program = made(32)
    ways = solved(program).way_out
    assert "Raise max_consecutive of LAB by 1, to 2 (rotations.csv row 3)." in ways
    assert not any("requirements.csv" in way for way in ways), "that row was not needed"
    wider = with_limit(problem_of(program), Key("rotations.csv", 3, "max_consecutive"), Side.MOST, 1)
    assert wider is not None
    assert has_schedule(wider)


def test_what_no_try_decides_is_not_claimed() -> None:
    """Nothing is known to be left out then: no set is told."""

    def undecided(problem: Problem, stop: Stop) -> Answer:
        assert problem.program.residents
        assert not stop.cancelled
        return Answer.UNKNOWN

    assert Deletion(problem_of(made(32)), undecided, Stop(5.0)).explanation() is None


def test_a_stop_that_was_cancelled_tries_nothing() -> None:
    stop = Stop(5.0)
    stop.cancel()

    def never(problem: Problem, inner: Stop) -> Answer:
        raise AssertionError((problem, inner))

    assert Deletion(problem_of(made(32)), never, stop).explanation() is None


def test_a_row_without_a_limit_of_that_side_has_no_wider_one() -> None:
    problem = problem_of(made(22))
    assert with_limit(problem, Key("requirements.csv", 2), Side.MOST, 1) is None
    assert with_limit(problem, Key("program.toml", 0, "rule of a pack"), Side.LEAST, 1) is None


def test_a_way_out_of_a_row_goes_with_it_and_that_of_a_row_whose_number_begins_alike_stays() -> None:
    """Row 2 is not needed; the row that is, is row 22."""
    program = made(32)
    two = tuple(Coverage("LAB", (), (), 0, 9, row=row) for row in (2, 22))

    def collides_by_row_22(problem: Problem, _: Stop) -> Answer:
        return Answer.NONE if any(row.row == 22 for row in problem.program.coverage) else Answer.SOME

    found = Explanation(
        tuple(Conflict("coverage.csv", row, "Collides.") for row in (2, 22)),
        ("Lower coverage.csv row 2 by 1.", "Lower coverage.csv row 22 by 1."),
        is_minimal=False,
    )
    problem = problem_of(replace(program, coverage=two))
    thinned = Deletion(problem, collides_by_row_22, Stop(5.0)).thinned(found)
    assert thinned is not None
    assert [row.row for row in thinned.conflicts] == [22]
    assert thinned.way_out == ("Lower coverage.csv row 22 by 1.",)


def test_no_row_is_named_where_there_is_no_schedule_without_any() -> None:
    """What people may do is no row that could be left out: the last one tried is not to blame for it."""

    def never(problem: Problem, _: Stop) -> Answer:
        assert problem.program.residents
        return Answer.NONE

    found = Explanation((Conflict("staffing.csv", 2, "Collides."),), (), is_minimal=True)
    assert Deletion(problem_of(made(84)), never, Stop(5.0)).thinned(found) is None
    assert Deletion(problem_of(made(84)), never, Stop(5.0)).explanation() is None


@pytest.mark.parametrize(("limit", "most"), [(None, 13.0), (1.0, 100.0)])
def test_tries_end_soon_after_the_time_of_the_run(limit: float | None, most: float) -> None:
    """Also where a deterministic limit ends each of them: there may be hundreds."""
    now = 0.0

    def slow(problem: Problem, _: Stop) -> Answer:
        nonlocal now
        assert problem.program.residents
        now += 2.0
        return Answer.UNKNOWN if now > 2.0 else Answer.NONE

    problem = replace(problem_of(made(32)), deterministic_limit=limit)
    rows = tuple(Coverage("LAB", (), (), 0, 9, row=row) for row in range(2, 200))
    problem = replace(problem, program=replace(problem.program, coverage=rows))
    suspects = [key for key in rows_of(problem) if key.file == "coverage.csv"]
    Deletion(problem, slow, Stop(5.0, lambda: now)).explanation(suspects)
    assert now < most
