"""Bounds of terms against every schedule there is, against another maker's, and against random years."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from src.interchange.model import Coverage, Program, Requirement, Tier
from src.interchange.reader import load_program
from src.interchange.schedule import Schedule, Scope
from src.interchange.schedule_files import load_schedule
from src.solver.engine import solve
from src.solver.problem import Limits, Problem
from src.solver.scoring import Scorer
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from tests.solver.ceilings.years import TERMS, years
from tests.solver.daily.exhaustion import Days, TooManyError
from tests.solver.daily.test_against_exhaustion import weeks
from tests.solver.hospital import PEOPLE, WEEKEND_CALL, hospital, run
from tests.solver.small import resident
from tests.solver.world import silent

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
NO_LIMITS = Limits(keeps=frozenset(), advises=frozenset())
COVERED = (Coverage("WARD", (), (), 2, 2, row=2),)
BOTH_WAYS = tuple((term, Decimal(weight)) for term in TERMS for weight in (1, -1))


def one_by_one(program: Program) -> Program:
    """The program with a tier for each term, wanted and not."""
    return replace(program, objective=tuple(Tier((each,)) for each in BOTH_WAYS))


def bounds_of(problem: Problem) -> Iterator[tuple[str, Decimal, Decimal | None]]:
    """Term, weight, and what no legal schedule scores more than."""
    asked = replace(problem, program=one_by_one(problem.program))
    ceilings = YearLayer(asked).ceilings
    for (term, weight), gain in zip(BOTH_WAYS, ceilings.gains, strict=True):
        if term != "fair_heavy_blocks":
            best = ceilings.at_best(term, weight)
            yield term, weight, None if best is None else Decimal(float(best)) - gain
        elif weight > 0:
            yield term, weight, -Decimal(sum(ceilings.least_heavy_spreads.values()))


def counts_of(program: Program, schedule: Schedule) -> Mapping[str, Decimal]:
    return Scorer(one_by_one(program), schedule, Scope.BOTH, 0).score().terms


def score_of(term: str, weight: Decimal, counts: Mapping[str, Decimal]) -> Decimal:
    return weight * counts[term] * (-1 if term.startswith("fair_") else 1)


def assert_not_crossed(problem: Problem, counts: Mapping[str, Decimal]) -> None:
    for term, weight, bound in bounds_of(problem):
        score = score_of(term, weight, counts)
        assert bound is None or score <= bound, f"{term} {weight}: {score} of {bound}"


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(weeks())
def test_no_schedule_of_all_there_are_is_better(program: Program) -> None:
    asked = one_by_one(program)
    try:
        scores = Days(asked).scores
    except TooManyError:
        assume(condition=False)
    bounds = {(term, weight): bound for term, weight, bound in bounds_of(Problem(program))}
    assert any(bound is not None for bound in bounds.values())
    for score in scores:
        for key, reached in zip(BOTH_WAYS, score, strict=True):
            bound = bounds.get(key)
            assert bound is None or reached <= bound, key


def asking(program: Program, term: str, weight: int) -> Program:
    return replace(program, objective=(Tier(((term, Decimal(weight)),)),))


def schedule_of(problem: Problem) -> Schedule | None:
    return solve(problem, Stop(10.0), silent).schedule


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(years(), st.sampled_from(TERMS), st.integers(0, 4))
def test_no_schedule_that_is_found_is_better(program: Program, term: str, way: int) -> None:
    """Whole years, demand left open, some blocks solved again, days of a given plan."""
    asked = asking(program, term, 1)
    problem = Problem(asked, limits=NO_LIMITS, workers=1, deterministic_limit=0.15)
    found = schedule_of(problem)
    assume(found is not None)
    assert found is not None
    assert_not_crossed(problem, counts_of(program, found))
    again = (
        replace(problem, base=found, blocks=(1,)),
        replace(problem, base=found, blocks=(2,)),
        replace(problem, blocks=(2,)),
        replace(problem, allow_unmet=True),
        replace(problem, scope=Scope.DAILY, year_plan=found),
    )[way]
    other = schedule_of(again)
    if other is not None:
        assert_not_crossed(again, counts_of(program, other))


shared_data = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not there")


def read(name: str) -> tuple[Program, Schedule, dict[str, Any]]:
    folder = SHARED / "schedules" / name
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return load_program(SHARED / "programs" / name), load_schedule(folder), expected["score_terms"]


@pytest.mark.shared_data
@shared_data
@pytest.mark.parametrize(("name", "whole", "points"), [("tiny", 42, "0.5"), ("fm-24", 657, "1.5")])
def test_a_schedule_of_another_maker_is_no_better(name: str, whole: int, points: str) -> None:
    """And the bounds are as near as they were once seen to be."""
    program, schedule, expected = read(name)
    counts = counts_of(program, schedule)
    assert counts["whole_weekends"] == expected["whole_weekends"]
    known: dict[tuple[str, Decimal], Decimal | None] = {}
    for term, weight, bound in bounds_of(Problem(program)):
        known[term, weight] = bound
        assert bound is None or score_of(term, weight, counts) <= bound, term
    assert known["whole_weekends", Decimal(1)] == whole
    assert known["fair_call_points", Decimal(1)] == -Decimal(points)


def small(scope: Scope = Scope.BOTH, **changes: Any) -> YearLayer:
    made = replace(hospital(), **changes)
    return YearLayer(Problem(made, scope=scope))


def test_a_run_that_ends_with_the_year_plan_has_nothing_of_days_to_lose() -> None:
    assert set(small(Scope.YEAR).ceilings.gains) == {Decimal(0)}
    assert small().ceilings.gains[-1] > 0


def test_what_nobody_knows_stays_unknown() -> None:
    gains = small().ceilings.gains
    assert small().ceilings.lowered([None] * len(gains)) == (None,) * len(gains)


def test_soft_findings_that_are_wanted_have_no_bound() -> None:
    assert small().ceilings.at_best("advisories", Decimal(-1)) is None
    assert small().ceilings.at_best("advisories", Decimal(1)) == 0


def test_calls_that_take_points_away_leave_points_without_bound() -> None:
    calls = (replace(WEEKEND_CALL, points=Decimal(-1)),)
    assert small(calls=calls).ceilings.at_best("fair_call_points", Decimal(-1)) is None
    objective = (Tier((("fair_call_points", Decimal(1)),)),)
    assert small(calls=calls, objective=objective).ceilings.gains == (Decimal(0),)


def test_a_program_without_any_year_plan_loses_nothing() -> None:
    """What cannot be is not said to be bad."""
    nobody_can = Coverage("WARD", (), (), 9, None, row=2)
    objective = (Tier((("whole_weekends", Decimal(1)), ("fair_heavy_blocks", Decimal(1)))),)
    ceilings = small(coverage=(nobody_can,), objective=objective).ceilings
    assert ceilings.gains == (Decimal(0),)
    assert set(ceilings.least_heavy_spreads.values()) == {0}


def test_heavy_blocks_that_do_not_divide_cannot_be_even() -> None:
    """One of two residents of each PGY on the ward in each of three blocks, in one of them both."""
    objective = (Tier((("fair_heavy_blocks", Decimal(1)),)),)
    exact = tuple(Coverage("WARD", (pgy,), (), 1, 1, row=2) for pgy in (1, 2))
    made: dict[str, Any] = {"blocks": (14, 14, 14), "objective": objective, "coverage": exact}
    assert small(**made).ceilings.least_heavy_spreads == {1: 1, 2: 1}
    assert small(**made | {"blocks": (14, 14)}).ceilings.least_heavy_spreads == {1: 0, 2: 0}


def test_tracks_that_ask_for_other_blocks_are_apart() -> None:
    objective = (Tier((("fair_heavy_blocks", Decimal(1)),)),)
    people = tuple(replace(each, pgy=1, track="x" if each.id in "AB" else None) for each in PEOPLE)
    rows = (
        Requirement((), "x", "WARD", 2, 2, row=2),
        Requirement((), None, "WARD", 0, 2, row=3),
        Requirement((), None, "DESK", 0, None, row=4),
    )
    made = small(people=people, requirements=rows, objective=objective, coverage=COVERED)
    assert made.ceilings.least_heavy_spreads == {1: 2}


def test_where_tracks_are_many_only_what_all_must_do_is_counted_on() -> None:
    """Twenty residents with a track each, all but one of which asks for the ward."""
    people = tuple(resident(f"R{number}", 1, track=f"t{number}", row=number) for number in range(20))
    rows = tuple(Requirement((), f"t{number}", "WARD", 2, 2, row=number) for number in range(19))
    common = Requirement((), None, "WARD", 0, 2, row=30), Requirement((), None, "DESK", 0, None, row=31)
    objective = (Tier((("whole_weekends", Decimal(1)), ("fair_heavy_blocks", Decimal(1)))),)
    made: dict[str, Any] = {
        "people": people,
        "coverage": (),
        "objective": objective,
        "calls": (),
        "requests": (),
    }
    question = small(**made, requirements=(*rows, *common)).ceilings.question
    assert len(question.crowds) == 1
    assert question.crowds[0].requirements == common
    few = small(**made | {"people": people[:5]}, requirements=(*rows, *common)).ceilings.question
    assert [len(crowd.requirements) for crowd in few.crowds] == [3] * 5


def test_the_result_of_a_run_shows_the_bound() -> None:
    """Four residents, a call a weekend that touches both its dates, and a ward to be staffed."""
    found = run(hospital())
    bound = found.tiers[-1].bound
    assert bound is not None
    assert found.tiers[-1].objective <= bound < small().ceilings.weekends
