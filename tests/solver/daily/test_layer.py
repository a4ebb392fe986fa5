"""The days of a given year plan: legal, scored as anyone would score them, repeatable, stoppable."""

from __future__ import annotations

import time as clock
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest

from src.compliance.check import CheckReport, check
from src.interchange.model import CallPin, Program, Session, Staffing
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus, UnmetKind
from src.solver.daily.layer import DailyOutcome, solve_daily
from src.solver.plan import YearPlan
from src.solver.problem import Problem, Progress
from src.solver.stop import Stop
from tests.solver.hospital import MONDAY, hospital
from tests.solver.world import silent

PLAN = YearPlan(
    MappingProxyType(
        {
            ("A", 1): "WARD",
            ("A", 2): "DESK",
            ("B", 1): "DESK",
            ("B", 2): "WARD",
            ("C", 1): "WARD",
            ("C", 2): "DESK",
            ("D", 1): "DESK",
            ("D", 2): "WARD",
        }
    ),
    frozenset({("A", MONDAY + timedelta(14), 2), ("B", MONDAY + timedelta(7), None)}),
)


def days(program: Program, stop: Stop | None = None, **options: object) -> DailyOutcome:
    """The days of PLAN, by one worker and a deterministic limit unless told otherwise."""
    given = {"workers": 1, "deterministic_limit": 0.5, **options}
    return solve_daily(Problem(program, **given), PLAN, stop or Stop(60.0), silent)  # type: ignore[arg-type]


def report_on(program: Program, outcome: DailyOutcome, blocks: tuple[int, ...] = (1, 2)) -> CheckReport:
    assert outcome.assignments is not None
    schedule = Schedule(PLAN.year_rows(), PLAN.vacation_rows(), outcome.assignments, outcome.unmet)
    return check(program, replace(schedule, result=ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, blocks)))


@pytest.fixture(scope="module")
def outcome() -> DailyOutcome:
    return days(hospital())


def test_the_days_are_legal(outcome: DailyOutcome) -> None:
    report = report_on(hospital(), outcome)
    assert report.ok, [one.message for one in report.broken]


def test_the_daily_share_of_the_score_is_what_the_checker_counts(outcome: DailyOutcome) -> None:
    """Terms of the year layer apart: vacation ranks and rotation requests, heavy blocks."""
    terms = report_on(hospital(), outcome).score_terms
    assert outcome.scores == (
        Decimal(0),
        3 * terms["day_off_request"] + 3 * terms["no_call_request"],
        -5 * terms["fair_call_points"] - 2 * terms["advisories"],
        terms["whole_weekends"],
    )


def test_no_score_exceeds_its_bound(outcome: DailyOutcome) -> None:
    assert all(score <= bound for score, bound in zip(outcome.scores, outcome.bounds, strict=True))


def test_a_small_program_is_solved_to_its_first_bounds(outcome: DailyOutcome) -> None:
    assert outcome.scores[:2] == outcome.bounds[:2]


def test_one_worker_and_one_seed_give_the_same_days_twice(
    outcome: DailyOutcome,
) -> None:
    again = days(hospital())
    assert again.assignments == outcome.assignments
    assert again.deterministic == outcome.deterministic


def test_the_deterministic_limit_ends_the_search() -> None:
    assert days(hospital(), deterministic_limit=0.05).deterministic < 3.0


def test_a_pinned_call_is_taken() -> None:
    pin = CallPin("C", MONDAY + timedelta(12), "CALL", row=2)
    program = hospital(call_pins=(pin,))
    pin = replace(pin, call=program.calls[0].id)
    outcome = days(replace(program, call_pins=(pin,)))
    assert outcome.assignments is not None
    taken = {(row.person, row.date) for row in outcome.assignments if row.id == pin.call}
    assert ("C", pin.date) in taken


def test_a_pin_that_leave_forbids_has_no_days_and_is_named() -> None:
    call = hospital().calls[0].id
    saturday_on_vacation = MONDAY + timedelta(12)
    outcome = days(hospital(call_pins=(CallPin("B", saturday_on_vacation, call, row=2),)))
    assert outcome.assignments is None
    assert f"B cannot take {call} on {saturday_on_vacation} (pins.csv)" in outcome.failures[0].words


def test_demand_left_open_is_listed_with_what_is_there() -> None:
    """Two on the ward cannot be three at work; everything else still holds."""
    program = hospital(staffing=(Staffing("WARD", (), Session.AM, (), 3, row=2),))
    outcome = days(program, allow_unmet=True)
    assert report_on(program, outcome).ok
    staffing = [row for row in outcome.unmet if row.what is UnmetKind.STAFFING]
    assert len(staffing) == 28
    assert all(row.needed == 3 and row.got <= 2 for row in staffing)


def test_without_leave_to_the_same_demand_has_no_days() -> None:
    program = hospital(staffing=(Staffing("WARD", (), Session.AM, (), 3, row=2),))
    outcome = days(program)
    assert outcome.assignments is None
    assert outcome.failures
    assert not outcome.unmet


class TestBlocks:
    def test_only_rows_of_the_blocks_asked_for_come_back(self, outcome: DailyOutcome) -> None:
        base = Schedule(PLAN.year_rows(), PLAN.vacation_rows(), outcome.assignments or ())
        second = days(hospital(), blocks=(2,), base=base)
        assert second.assignments
        assert {hospital().block_of(row.date) for row in second.assignments} == {2}

    def test_with_what_is_kept_the_whole_stays_legal(self, outcome: DailyOutcome) -> None:
        first = tuple(row for row in outcome.assignments or () if hospital().block_of(row.date) == 1)
        base = Schedule(PLAN.year_rows(), PLAN.vacation_rows(), first)
        second = days(hospital(), blocks=(2,), base=base)
        whole = replace(second, assignments=(*first, *(second.assignments or ())))
        assert report_on(hospital(), whole).ok

    def test_one_block_alone_is_legal_by_itself(self) -> None:
        assert report_on(hospital(), days(hospital(), blocks=(1,)), blocks=(1,)).ok

    def test_a_schedule_to_start_from_loses_nothing(self, outcome: DailyOutcome) -> None:
        base = Schedule(PLAN.year_rows(), PLAN.vacation_rows(), outcome.assignments or ())
        assert days(hospital(), base=base).scores >= outcome.scores


class TestStopping:
    def test_cancelled_before_the_start_nothing_is_built(self) -> None:
        stop = Stop(60.0)
        stop.cancel()
        outcome = days(hospital(), stop)
        assert outcome.assignments is None
        assert not outcome.failures

    @pytest.mark.parametrize("moment", range(3))
    def test_cancelled_at_any_moment_it_ends_with_legal_days_or_none(self, moment: int) -> None:
        stop = Stop(60.0)
        told: list[Progress] = []

        def cancel_at(progress: Progress) -> None:
            told.append(progress)
            if len(told) == moment + 1:
                stop.cancel()

        problem = Problem(hospital(), workers=2)
        started = clock.monotonic()
        outcome = solve_daily(problem, PLAN, stop, cancel_at)
        assert clock.monotonic() - started < 20.0
        assert stop.cancelled
        assert outcome.assignments is None or report_on(hospital(), outcome).ok
        assert not outcome.failures

    def test_without_time_nothing_is_found_and_nothing_is_blamed(self) -> None:
        outcome = solve_daily(Problem(hospital()), PLAN, Stop(0.0), silent)
        assert outcome.assignments is None
        assert not outcome.failures

    def test_a_first_schedule_is_given_back_at_once_when_no_more_is_asked(self) -> None:
        started = clock.monotonic()
        outcome = solve_daily(Problem(hospital(), workers=2), PLAN, Stop(60.0), silent, first_only=True)
        assert clock.monotonic() - started < 20.0
        assert report_on(hospital(), outcome).ok

    def test_improvement_ends_when_told(self) -> None:
        stop = Stop(60.0)
        outcome = solve_daily(Problem(hospital(), workers=2), PLAN, stop, silent, until=2.0)
        assert stop.seconds < 20.0
        assert outcome.assignments is not None
