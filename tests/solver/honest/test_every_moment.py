"""However and whenever a run is ended, it leaves a checked schedule, or nothing and no claim."""

from __future__ import annotations

import random
from functools import cache

import pytest

from src.interchange.schedule import SolveStatus
from src.planning.generation.solve_program import Solved
from tests.solver.honest.asking import assert_honest
from tests.solver.honest.runs import ENDS, KINDS, Asked, CountedStop, asked

SEEDS = (223,)
"""Programs with many schedules, several blocks, calls and wishes."""
MOMENTS = 2


@cache
def looks_of(kind: str, seed: int) -> tuple[Asked, int]:
    """What is asked, and how often a run that nobody ends looks at the clock."""
    one, stop = asked(kind, seed), CountedStop()
    assert_left_honestly(one, one.answer(stop))
    return one, stop.looks


def assert_left_honestly(one: Asked, solved: Solved) -> None:
    """All of these have a schedule, so that nothing else than `unknown` can be said where none was found."""
    if solved.schedule is None:
        assert solved.file.status is SolveStatus.UNKNOWN
        assert not solved.file.tiers
        assert not solved.file.conflicts
    else:
        assert_honest(one.program, solved, one.scores)


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_end_at_any_moment_leaves_a_checked_schedule_or_none(seed: int, kind: str, how: str) -> None:
    one, looks = looks_of(kind, seed)
    dice = random.Random(f"{seed} {kind} {how}")  # noqa: S311 - a test's choice, no secret
    for moment in dice.sample(range(2, looks + 1), MOMENTS):
        stop = CountedStop(moment, ENDS[how])
        solved = one.answer(stop)
        assert_left_honestly(one, solved)
        said = {
            "cancelled": solved.result.cancelled,
            "out of memory": "memory limit" in str(solved.file.extra),
        }
        assert {name for name, is_said in said.items() if is_said} <= {how}, "another end is told"
        if solved.schedule is None:  # then the run was surely cut short
            assert said.get(how, True)
