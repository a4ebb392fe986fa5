"""A schedule to start from: taken as far as it fits, never a rule, never in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.interchange.schedule import Schedule, Scope
from src.solver.result import Result
from tests.solver.hospital import assert_legal, hospital, run


@pytest.fixture(scope="module")
def before() -> Schedule:
    """What another run, with another seed, has made of the same hospital."""
    made = run(hospital(), seed=5).schedule
    assert made is not None
    return made


def reached(result: Result) -> tuple[object, ...]:
    return tuple(tier.objective for tier in result.tiers)


@pytest.mark.parametrize("scope", [Scope.BOTH, Scope.YEAR])
def test_a_run_from_a_schedule_is_legal(before: Schedule, scope: Scope) -> None:
    found = run(hospital(), start=before, scope=scope)

    assert found.schedule is not None
    if scope is Scope.BOTH:
        assert_legal(hospital(), found)


def test_rows_of_people_and_rotations_that_are_no_more_are_passed_over(before: Schedule) -> None:
    strange = replace(
        before,
        year=tuple(
            replace(row, person="GONE")
            if at % 3 == 0
            else replace(row, rotation="CLOSED")
            if at % 3 == 1
            else row
            for at, row in enumerate(before.year)
        ),
        assignments=tuple(replace(row, person="GONE") for row in before.assignments),
    )

    assert_legal(hospital(), run(hospital(), start=strange))


def test_an_empty_schedule_is_no_start(before: Schedule) -> None:
    assert reached(run(hospital(), start=Schedule())) == reached(run(hospital()))


def test_little_work_from_a_good_schedule_reaches_what_it_reached() -> None:
    good = run(hospital(), seed=5, deterministic_limit=2.0)

    assert reached(run(hospital(), deterministic_limit=0.06, start=good.schedule)) == reached(good)
    assert reached(run(hospital(), deterministic_limit=0.06)) != reached(good)
