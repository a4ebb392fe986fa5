"""Whole runs: a status that means what it says, legal schedules only, and an end when asked for one."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    CallPin,
    Coverage,
    PostCall,
    Program,
    RequestKind,
    Requirement,
    RotationPin,
    Session,
    Staffing,
)
from src.interchange.reader import load_program
from src.interchange.schedule import AssignmentKind, Scope, SolveStatus, UnmetKind
from src.solver.problem import Progress
from src.solver.result import Result
from src.solver.scoring import Scorer
from src.solver.stop import Stop
from tests.solver.hospital import MONDAY, PEOPLE, REQUESTS, WARD, WEEKEND_CALL, assert_legal, hospital, run
from tests.solver.world import said

ROOT = Path(__file__).resolve().parents[2]
FOUND = (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)


@pytest.fixture(scope="module")
def whole() -> Result:
    """One run of the whole hospital, to be looked at from several sides."""
    return run(hospital())


def assert_honest(result: Result) -> None:
    """No bound lies below what was reached, and `optimal` is said where and only where all are proved."""
    assert all(tier.bound is None or tier.bound >= tier.objective for tier in result.tiers)
    proved = all(tier.bound == tier.objective for tier in result.tiers)
    assert result.status is (SolveStatus.OPTIMAL if proved else SolveStatus.FEASIBLE)


def test_a_program_without_residents_has_an_empty_schedule_which_is_the_best() -> None:
    nobody = hospital(people=(), clinics=(), requests=(), staffing=(), coverage=(), calls=())
    result = run(nobody, Stop(30.0))
    assert result.status is SolveStatus.OPTIMAL
    assert result.schedule is not None
    assert (result.schedule.year, result.schedule.assignments) == ((), ())


class TestWholeRun:
    def test_the_schedule_is_legal(self, whole: Result) -> None:
        assert_legal(hospital(), whole)

    def test_the_status_is_honest(self, whole: Result) -> None:
        assert_honest(whole)

    def test_the_run_tells_of_itself(self, whole: Result) -> None:
        assert whole.seed == 1
        assert whole.peak_memory_mb > 0
        assert whole.seconds_to_first is not None
        assert 0 <= whole.seconds_to_first <= whole.seconds
        assert whole.model_size["daily_variables"] > 0
        assert whole.model_size["year_variables"] > 0
        assert not whole.cancelled
        assert whole.incumbents
        assert not whole.conflicts

    def test_incumbents_come_in_order_of_time(self, whole: Result) -> None:
        for layer in ("year", "daily"):
            seconds = [one.seconds for one in whole.incumbents if one.layer == layer]
            assert seconds, f"no incumbent of the {layer} was told of"
            assert seconds == sorted(seconds)

    def test_the_requests_denied_are_exactly_those_not_granted(self, whole: Result) -> None:
        assert whole.schedule is not None
        scorer = Scorer(hospital(), whole.schedule, Scope.BOTH)
        due = [request for request in REQUESTS if not scorer.is_granted(request)]
        denied = whole.schedule.denied or ()
        assert [(row.person, row.kind, row.rank, row.start_date) for row in denied] == [
            (request.person, request.kind, request.rank, request.start_date) for request in due
        ]
        assert all(row.reason and row.blocking for row in denied)

    def test_two_vacation_wishes_for_one_week_due_deny_at_least_one(self, whole: Result) -> None:
        assert whole.schedule is not None
        assert whole.schedule.denied is not None
        assert any(row.person == "A" and row.kind is RequestKind.VACATION for row in whole.schedule.denied)

    def test_one_worker_and_one_seed_give_the_same_schedule_twice(self, whole: Result) -> None:
        again = run(hospital())
        assert whole.schedule is not None
        assert again.schedule is not None
        assert again.schedule.year == whole.schedule.year
        assert again.schedule.vacations == whole.schedule.vacations
        assert said(again.schedule.assignments) == said(whole.schedule.assignments)
        assert again.tiers == whole.tiers

    def test_progress_stays_within_its_bounds(self) -> None:
        told: list[Progress] = []
        run(hospital(), progress=told.append)
        assert told[-1].phase == "done"
        assert all(0.0 <= step.fraction <= 1.0 and step.phase for step in told)
        assert [step.seconds for step in told] == sorted(step.seconds for step in told)


class TestScopes:
    def test_a_year_plan_alone_has_no_days(self) -> None:
        result = run(hospital(), scope=Scope.YEAR)
        assert result.schedule is not None
        assert not result.schedule.assignments
        assert "whole_weekends" not in result.score_terms
        assert_legal(hospital(), result, Scope.YEAR)
        assert_honest(result)

    def test_days_alone_keep_the_year_plan_they_are_given(self, whole: Result) -> None:
        result = run(hospital(), scope=Scope.DAILY, year_plan=whole.schedule)
        assert result.schedule is not None
        assert whole.schedule is not None
        assert result.schedule.year == whole.schedule.year
        assert result.schedule.vacations == whole.schedule.vacations
        assert_legal(hospital(), result, Scope.DAILY)
        assert_honest(result)

    def test_days_alone_need_a_year_plan(self) -> None:
        with pytest.raises(ValueError, match="needs a year plan"):
            run(hospital(), scope=Scope.DAILY)

    @pytest.mark.parametrize(("solved", "kept"), [(1, 2), (2, 1)])
    def test_what_lies_outside_the_blocks_is_carried_over_untouched(
        self, whole: Result, solved: int, kept: int
    ) -> None:
        program = hospital()
        assert whole.schedule is not None
        result = run(program, blocks=(solved,), base=whole.schedule, seed=7)
        assert result.schedule is not None
        before = [row for row in whole.schedule.assignments if program.block_of(row.date) == kept]
        after = [row for row in result.schedule.assignments if program.block_of(row.date) == kept]
        assert said(after) == said(before)
        assert [r for r in result.schedule.year if r.block == kept] == [
            r for r in whole.schedule.year if r.block == kept
        ]
        assert_legal(program, result, blocks=(solved,))


class TestStopping:
    def test_cancelled_before_the_start_nothing_is_searched(self) -> None:
        stop = Stop(60.0)
        stop.cancel()
        result = run(hospital(), stop)
        assert result.cancelled
        assert result.schedule is None
        assert result.status is SolveStatus.UNKNOWN

    @pytest.mark.parametrize("phase", ["year plan", "days and calls"])
    def test_cancelled_while_it_runs_it_ends_with_a_legal_schedule_or_none(self, phase: str) -> None:
        stop = Stop(60.0)
        seen: list[float] = []

        def cancel_in_phase(progress: Progress) -> None:
            if progress.phase.startswith(phase) and not seen:
                seen.append(clock.monotonic())
                stop.cancel()

        result = run(hospital(), stop, cancel_in_phase, deterministic_limit=None)
        assert seen
        assert clock.monotonic() - seen[0] < 5.0
        assert result.cancelled
        if result.schedule is None:
            assert result.status is SolveStatus.UNKNOWN
        else:
            assert_legal(hospital(), result)

    def test_cancelled_from_another_thread_it_ends_soon(self) -> None:
        stop = Stop(60.0)
        timer = threading.Timer(1.5, stop.cancel)
        started = clock.monotonic()
        timer.start()
        result = run(hospital(), stop, deterministic_limit=None)
        timer.join()
        assert clock.monotonic() - started < 6.0
        if result.schedule is not None:
            assert_legal(hospital(), result)

    def test_without_time_nothing_is_found_and_nothing_is_claimed(self) -> None:
        result = run(hospital(), Stop(0.0), deterministic_limit=None)
        assert result.status is SolveStatus.UNKNOWN
        assert result.schedule is None
        assert not result.conflicts

    def test_without_time_an_infeasible_program_is_never_called_feasible(self) -> None:
        program = hospital(
            coverage=(Coverage("WARD", (), (), 3, 3, row=2), Coverage("DESK", (), (), 2, row=3))
        )
        result = run(program, Stop(0.0), deterministic_limit=None)
        assert result.status in (SolveStatus.UNKNOWN, SolveStatus.INFEASIBLE)
        assert result.schedule is None


class TestInfeasible:
    def test_rows_that_collide_are_named_and_none_is_superfluous(self) -> None:
        """Only A and B may do the ward, which takes two; A is pinned to the desk."""
        program = hospital(
            vacation_weeks=MappingProxyType({}),
            requirements=(
                Requirement((), None, "WARD", 0, None, row=2),
                Requirement((), None, "DESK", 0, None, row=3),
                Requirement((2,), None, "WARD", 0, 0, row=4),
            ),
            rotation_pins=(RotationPin("A", 1, "DESK", row=2),),
        )
        result = run(program)
        assert result.status is SolveStatus.INFEASIBLE
        assert result.schedule is None
        named = {(one.file, one.row) for one in result.conflicts}
        assert ("coverage.csv", 2) in named
        for file, row in named:
            assert run(_without(program, file, row), scope=Scope.YEAR).status in FOUND, f"{file}:{row}"

    def test_a_way_out_comes_with_sizes(self) -> None:
        program = hospital(
            coverage=(Coverage("WARD", (), (1,), 3, 3, row=2), Coverage("DESK", (), (1,), 2, row=3))
        )
        result = run(program)
        assert result.status is SolveStatus.INFEASIBLE
        assert {("coverage.csv", 2), ("coverage.csv", 3)} == {(one.file, one.row) for one in result.conflicts}
        assert any("by 1" in way for way in result.way_out), result.way_out

    def test_days_that_no_roster_fits_are_never_called_feasible(self) -> None:
        """Two on the ward, both needed every morning: free days cannot be given."""
        program = hospital(staffing=(Staffing("WARD", (), Session.AM, (), 2, None, row=2),))
        result = run(program, Stop(2.0), deterministic_limit=None)
        assert result.status in (SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN)
        assert result.schedule is None
        if result.status is SolveStatus.INFEASIBLE:
            assert ("staffing.csv", 2) in {(one.file, one.row) for one in result.conflicts}

    def test_a_call_that_nobody_may_take_is_named(self) -> None:
        result = run(hospital(calls=(replace(WEEKEND_CALL, pgys=(3,), row=9),)))
        assert result.status is SolveStatus.INFEASIBLE
        assert ("calls.csv", 9) in {(one.file, one.row) for one in result.conflicts}


def crowded(blocks: tuple[int, ...]) -> tuple[Coverage, ...]:
    """Coverage that asks for one resident more than there are."""
    return (Coverage("WARD", (), blocks, 3, 3, row=2), Coverage("DESK", (), blocks, 2, row=3))


def _without(program: Program, file: str, row: int | None) -> Program:
    """The program less one row of a file."""
    fields: Mapping[str, str] = {
        "coverage.csv": "coverage",
        "requirements.csv": "requirements",
        "pins.csv": "rotation_pins",
        "staffing.csv": "staffing",
        "calls.csv": "calls",
    }
    rows = getattr(program, fields[file])
    return replace(program, **{fields[file]: tuple(one for one in rows if one.row != row)})


class TestOpenDemand:
    def test_coverage_that_cannot_be_met_is_left_open_and_listed(self) -> None:
        program = hospital(coverage=(Coverage("WARD", (), (1,), 5, None, row=2),), staffing=())
        result = run(program, allow_unmet=True)
        assert result.schedule is not None
        assert [
            (row.what, row.id, row.date_or_block, row.needed, row.got) for row in result.schedule.unmet
        ] == [(UnmetKind.COVERAGE, "WARD", "1", 5, 4)]
        assert result.tiers[0].objective == -1000
        assert_legal(program, result)
        assert_honest(result)

    def test_calls_that_nobody_may_take_are_left_open_and_listed(self) -> None:
        program = hospital(calls=(replace(WEEKEND_CALL, pgys=(3,)),))
        result = run(program, allow_unmet=True)
        assert result.schedule is not None
        assert [(row.what, row.date_or_block) for row in result.schedule.unmet] == [
            (UnmetKind.CALL, str(MONDAY + timedelta(on))) for on in (5, 9, 12, 19, 26)
        ]
        assert_legal(program, result)

    def test_staffing_beyond_free_days_is_left_open_and_listed(self) -> None:
        program = hospital(staffing=(Staffing("WARD", (), Session.AM, (), 2, None, row=2),))
        result = run(program, allow_unmet=True)
        assert result.schedule is not None
        assert result.schedule.unmet
        assert UnmetKind.STAFFING in {row.what for row in result.schedule.unmet}
        assert_legal(program, result)
        assert_honest(result)

    def test_where_all_can_be_met_nothing_is_left_open(self) -> None:
        result = run(hospital(), allow_unmet=True)
        assert result.schedule is not None
        assert result.schedule.unmet == ()
        assert_legal(hospital(), result)


def test_pinned_calls_and_rotations_are_kept() -> None:
    program = hospital(
        rotation_pins=(RotationPin("D", 2, "WARD", row=2),),
        call_pins=(CallPin("D", MONDAY + timedelta(19), "CALL", row=3),),
    )
    result = run(program)
    assert result.schedule is not None
    assert ("D", 2, "WARD") in {(row.person, row.block, row.rotation) for row in result.schedule.year}
    taken = [
        row.person
        for row in result.schedule.assignments
        if row.kind is AssignmentKind.CALL and row.date == MONDAY + timedelta(19)
    ]
    assert taken == ["D"]
    assert_legal(program, result)


@st.composite
def hospitals(draw: st.DrawFn) -> Program:
    """The hospital with its limits moved about; some of them cannot be kept."""
    absences = tuple(
        Absence(
            name,
            "loa",
            first := MONDAY + timedelta(draw(st.integers(0, 20))),
            first + timedelta(4),
            AbsenceStatus.APPROVED,
            row=2,
        )
        for name in draw(st.sets(st.sampled_from(["A", "D"])))
    )
    low = draw(st.integers(1, 2))
    people = PEOPLE
    if draw(st.booleans()):
        people = (*PEOPLE[:3], replace(PEOPLE[3], start_date=MONDAY + timedelta(draw(st.integers(1, 16)))))
    return hospital(
        people=people,
        absences=absences,
        vacation_weeks=MappingProxyType({1: draw(st.integers(0, 1)), 2: draw(st.integers(0, 1))}),
        rotations=(replace(WARD, max_days_off=draw(st.sampled_from([None, 2, 4]))), hospital().rotations[1]),
        coverage=(Coverage("WARD", (), (), low, draw(st.sampled_from([None, 3])), row=2),),
        staffing=(Staffing("WARD", (), draw(st.sampled_from([Session.AM, Session.PM])), (), 1, None, row=2),),
        calls=(
            replace(
                WEEKEND_CALL,
                weekdays=draw(st.sampled_from([(5,), (2, 5), (4, 6)])),
                start=time(draw(st.sampled_from([7, 18]))),
                minutes=60 * draw(st.sampled_from([12, 24])),
                post_call=draw(st.sampled_from(PostCall)),
            ),
        ),
    )


@settings(max_examples=6, deadline=None)
@given(hospitals(), st.booleans())
def test_whatever_is_found_is_legal(program: Program, allow_unmet: bool) -> None:
    result = run(program, Stop(1.0), allow_unmet=allow_unmet, deterministic_limit=None)
    if result.schedule is None:
        assert result.status in (SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN)
        assert bool(result.conflicts) is (result.status is SolveStatus.INFEASIBLE)
    else:
        assert_legal(program, result)
        assert_honest(result)


def test_an_example_is_solved_for_its_first_blocks() -> None:
    """The year plan of a whole example keeps every rule of the year."""
    program = load_program(ROOT / "examples" / "bayview-psych")
    blocks = tuple(range(1, len(program.blocks) + 1))
    result = run(program, scope=Scope.YEAR, deterministic_limit=4.0)
    assert result.status in FOUND
    assert_legal(program, result, Scope.YEAR, blocks)
    assert_honest(result)
