"""A second schedule judged by what is known of a first: the report is the whole check's, word for word."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from src.compliance.check import Checked, check, check_again, checked
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.interchange.schedule_files import load_schedule

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not there"),
]


@cache
def first() -> Checked:
    program = load_program(SHARED / "programs" / "tiny")
    schedule = load_schedule(SHARED / "schedules" / "tiny")
    result = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, (1, 2, 3, 4))
    return checked(program, replace(schedule, denied=None, findings=None, result=result))


def program() -> Program:
    return first().program


def spoilt(schedule: Schedule, seed: int) -> Schedule:
    """Some rows gone, and one call in other hands: findings and breaks of several kinds."""
    chance = random.Random(seed)  # noqa: S311  # a test that can be run again
    rows = list(schedule.assignments)
    for _ in range(chance.randint(1, 40)):
        rows.pop(chance.randrange(len(rows)))
    number = chance.choice([n for n, row in enumerate(rows) if row.id == "WE"])
    rows[number] = replace(rows[number], person=chance.choice(program().residents).id)
    return replace(schedule, assignments=tuple(rows))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_of_a_schedule_does_not_hang_on_what_was_judged_before(seed: int) -> None:
    other = spoilt(first().schedule, seed)
    whole = check(program(), other)
    assert check_again(first(), other).report == whole
    assert not whole.ok


def test_one_more_step_from_a_second_schedule_is_the_same_too() -> None:
    second = check_again(first(), spoilt(first().schedule, 7))
    third = spoilt(second.schedule, 8)
    assert check_again(second, third).report == check(program(), third)


def test_vacations_and_rotations_that_move_are_seen() -> None:
    schedule = first().schedule
    year = (replace(schedule.year[0], rotation=schedule.year[-1].rotation), *schedule.year[1:])
    other = replace(schedule, year=year, vacations=schedule.vacations[1:])
    assert check_again(first(), other).report == check(program(), other)


def test_other_blocks_are_judged_whole() -> None:
    schedule = first().schedule
    other = replace(schedule, result=ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, (2,)))
    assert check_again(first(), other).report == check(program(), other)


def test_an_equal_schedule_gets_an_equal_report() -> None:
    assert check_again(first(), first().schedule).report == first().report
