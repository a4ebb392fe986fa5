"""Stretches of blocks built side by side: cut where little binds, legal where they meet, honest."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from src.compliance.check import check
from src.interchange.model import Absence, AbsenceStatus, Program, Session, Staffing, Template
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.solver.daily.lanes import Lane, lanes_of, side_by_side
from src.solver.daily.layer import DailyOutcome, solve_daily
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import CLINICAL, A, B, day, small_program
from tests.solver.world import plan_of, silent

BLOCKS = 12
C = replace(A, id="C", name="Cem", row=5)
IN_TURN: dict[str, Any] = {
    person: tuple("WARD" if number % 3 == turn else "DESK" for number in range(BLOCKS))
    for turn, person in enumerate("ABC")
}
"""Rotations by person: one alone on the ward in each block."""


def ties(_: int) -> int:
    return 0


def one_week_ward(**changes: object) -> Program:
    """Twelve weeks; one at work on the ward each morning, who must be free one day in seven."""
    return small_program(
        **{
            "people": (A, B, C),
            "rule_packs": ("acgme-cpr-2023",),
            "blocks": (7,) * BLOCKS,
            "templates": (
                Template("WARD", (), Session.AM, time(7), 300, CLINICAL, may_be_off=True, row=3),
                Template("DESK", (0, 1, 2, 3, 4), Session.AM, time(8), 240, CLINICAL, row=2),
            ),
            "staffing": (Staffing("WARD", (0, 1, 2, 3, 4, 5), Session.AM, (), 1, row=7),),
            **changes,
        }
    )


def first_days(program: Program, plan: YearPlan, stop: Stop | None = None) -> DailyOutcome:
    return solve_daily(Problem(program, workers=4), plan, stop or Stop(60.0), silent, first_only=True)


def test_four_workers_walk_away_from_two_beginnings() -> None:
    walks = [lane.blocks for lane in lanes_of(range(1, 13), 4, ties)]
    assert walks == [(4, 5, 6), (3, 2, 1), (10, 11, 12), (9, 8, 7)]


def test_pairs_are_parted_where_little_binds() -> None:
    lanes = lanes_of(range(1, 27), 4, lambda block: 0 if block == 16 else 5)
    assert min(lanes[3].blocks) == 16
    assert sorted(block for lane in lanes for block in lane.blocks) == list(range(1, 27))


@pytest.mark.parametrize(("blocks", "workers"), [(26, 1), (5, 4), (1, 8)])
def test_one_worker_or_few_blocks_go_one_after_another(blocks: int, workers: int) -> None:
    (lane,) = lanes_of(range(blocks), workers, ties)
    assert lane == Lane(tuple(range(blocks)), workers)
    assert lane.is_alone


def test_lanes_are_walked_at_the_same_time() -> None:
    """Each lane waits for the other: one after another they would never end."""
    meeting = threading.Barrier(2)

    def wait(block: int, _: Lane) -> int:
        meeting.wait(timeout=20)
        return block

    assert side_by_side([Lane((1,), 1), Lane((2,), 1)], wait) == [1, 2]


def test_what_ends_one_lane_ends_all() -> None:
    ended = threading.Event()

    def say(block: int, _: Lane) -> int | None:
        if block == 1:
            ended.set()
            return 1
        assert ended.wait(timeout=20)
        return None if block < 100 else block

    lanes = [Lane((1,), 1), Lane((2, 100), 1)]
    assert side_by_side(lanes, say, ends=lambda block: block == 1) in ([1], [1, 100])


def test_a_lane_that_fails_is_not_swallowed() -> None:
    def fail(block: int, _: Lane) -> None:
        if block == 2:
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        side_by_side([Lane((1,), 1), Lane((2,), 1)], fail)


def test_a_year_built_side_by_side_is_legal_and_whole() -> None:
    program, plan = one_week_ward(), plan_of(**IN_TURN)
    outcome = first_days(program, plan)
    assert outcome.assignments is not None
    schedule = Schedule(plan.year_rows(), plan.vacation_rows(), outcome.assignments)
    blocks = tuple(range(1, BLOCKS + 1))
    report = check(program, replace(schedule, result=ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, blocks)))
    assert report.ok, [one.message for one in report.broken]
    assert {program.block_of(row.date) for row in outcome.assignments} == set(blocks)


def test_all_blocks_that_are_impossible_by_themselves_are_found() -> None:
    """A and B are away for a week twice, each alone on the ward then: nothing else is wrong."""
    away = (
        Absence("A", "sick", day(3 * 7), day(3 * 7 + 6), AbsenceStatus.APPROVED),
        Absence("B", "sick", day(10 * 7), day(10 * 7 + 6), AbsenceStatus.APPROVED),
    )
    rotations: dict[str, Any] = {
        "A": tuple("WARD" if number in (3, 4) else "DESK" for number in range(BLOCKS)),
        "B": tuple("WARD" if number == 10 else "DESK" for number in range(BLOCKS)),
        "C": tuple("DESK" if number in (3, 4, 10) else "WARD" for number in range(BLOCKS)),
    }
    outcome = first_days(one_week_ward(absences=away), plan_of(**rotations))
    assert outcome.assignments is None
    assert {failure.block for failure in outcome.failures} == {4, 11}


def test_a_cancelled_build_ends_without_a_schedule_and_blames_nobody() -> None:
    stop = Stop(60.0)
    stop.cancel()
    outcome = first_days(one_week_ward(), plan_of(**IN_TURN), stop)
    assert outcome.assignments is None
    assert not outcome.failures
