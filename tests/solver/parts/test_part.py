"""Parts of a year solved elsewhere: taken over where every rule allows it, solved here where not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from src.compliance.check import check
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.solver.daily.construct import Constructor, Stuck
from src.solver.daily.gathering import Proposal
from src.solver.daily.layer import DailyOutcome, solve_daily
from src.solver.parts.part import LEAST_BLOCKS_A_PART, DayPart, PartAnswer, parts_of, solve_part
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.daily.test_lanes import BLOCKS, IN_TURN, one_week_ward
from tests.solver.world import plan_of, silent

PLAN = plan_of(**IN_TURN)
NOBODY = plan_of(A=("DESK",) * BLOCKS, B=("DESK",) * BLOCKS, C=("DESK",) * BLOCKS)
"""Of all who could be on the ward."""
Answer = Callable[[DayPart], PartAnswer | None]


class Others:
    """Two who answer as a test says; remembers what was asked and whether it was withdrawn."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.parts: tuple[DayPart, ...] = ()
        self.gathered: list[int] = []
        self.stops: list[Stop] = []
        self.withdrawn = 0

    def helpers(self) -> int:
        return 2

    def offer(self, parts: Sequence[DayPart]) -> Others:
        self.parts = tuple(parts)
        return self

    def gather(self, part: DayPart, stop: Stop) -> PartAnswer | None:
        self.stops.append(stop)
        self.gathered.append(part.number)
        return self._answer(part)

    def withdraw(self) -> None:
        self.withdrawn += 1


def problem(**options: Any) -> Problem:
    return Problem(one_week_ward(), **{"workers": 2, **options})


def solved_with(others: Others, stop: Stop | None = None, **options: Any) -> DailyOutcome:
    asked = problem(elsewhere=others, **options)
    return solve_daily(asked, PLAN, stop or Stop(60.0), silent, first_only=True)


def assert_legal(outcome: DailyOutcome, plan: YearPlan = PLAN) -> None:
    assert outcome.assignments is not None
    schedule = Schedule(plan.year_rows(), plan.vacation_rows(), outcome.assignments)
    result = ResultFile(SolveStatus.FEASIBLE, Scope.BOTH, tuple(range(1, BLOCKS + 1)))
    report = check(one_week_ward(), replace(schedule, result=result))
    assert report.ok, [one.message for one in report.broken]


def nothing(part: DayPart) -> PartAnswer:
    return PartAnswer(part.number, None)


def test_a_part_is_solved_as_it_was_asked_and_taken_over_row_by_row() -> None:
    def solve(part: DayPart) -> PartAnswer:
        answers.append(solve_part(problem(), part, Stop(60.0)))
        return answers[-1]

    answers: list[PartAnswer] = []
    others = Others(solve)
    outcome = solved_with(others)
    assert_legal(outcome)
    assert [part.blocks for part in others.parts] == [(3, 4, 5, 6, 7), (8, 9, 10, 11, 12)]
    assert others.gathered == [1, 2]
    assert others.withdrawn == 1
    proposed = {row for answer in answers for row in answer.assignments or ()}
    assert outcome.assignments is not None
    assert {
        row for row in outcome.assignments if one_week_ward().block_of(row.date) in (4, 5, 6, 9, 10, 11, 12)
    } <= proposed


@pytest.mark.parametrize("answer", [lambda _: None, nothing], ids=["nobody took it", "nothing found"])
def test_what_nobody_solved_is_solved_here(answer: Answer) -> None:
    assert_legal(solved_with(Others(answer)))


def test_an_answer_that_breaks_the_rules_is_not_taken_over() -> None:
    """The rows are those of a year in which everyone is on the other rotation."""
    turned: dict[str, Any] = {
        person: tuple("DESK" if name == "WARD" else "WARD" for name in names)
        for person, names in IN_TURN.items()
    }

    def another(part: DayPart) -> PartAnswer:
        return solve_part(problem(), replace(part, plan=plan_of(**turned)), Stop(60.0))

    assert_legal(solved_with(Others(another)))


def test_some_blocks_are_shared_like_a_year() -> None:
    others = Others(nothing)
    assert solved_with(others, blocks=(7, 8, 9, 10)).assignments is not None
    assert [part.blocks for part in others.parts] == [(9, 10)]


@pytest.mark.parametrize(
    "options", [{"deterministic_limit": 5.0}, {"base": Schedule()}], ids=["repeatable", "with a base"]
)
def test_what_must_repeat_and_what_starts_from_a_schedule_is_not_shared(options: dict[str, Any]) -> None:
    others = Others(nothing)
    assert solved_with(others, **options).assignments is not None
    assert others.parts == ()


def schedule_of(outcome: DailyOutcome, plan: YearPlan) -> Schedule:
    return Schedule(plan.year_rows(), plan.vacation_rows(), outcome.assignments or ())


def test_the_days_of_a_better_plan_are_shared_as_those_of_the_first_were() -> None:
    turned: dict[str, Any] = {
        "A": IN_TURN["B"],
        "B": IN_TURN["C"],
        "C": IN_TURN["A"],
    }
    first, others = solve_daily(problem(), PLAN, Stop(60.0), silent, first_only=True), Others(nothing)
    better = plan_of(**turned)
    outcome = solve_daily(
        problem(elsewhere=others),
        better,
        Stop(60.0),
        silent,
        hint=schedule_of(first, PLAN),
        first_only=True,
    )
    assert_legal(outcome, better)
    assert len(others.parts) == 2


@pytest.mark.parametrize("is_given", [True, False], ids=["handed in", "of this very plan"])
def test_days_to_stay_near_to_are_not_shared(is_given: bool) -> None:
    """A schedule that was handed in to start from, or the run's own under the same plan."""
    first, others = solve_daily(problem(), PLAN, Stop(60.0), silent, first_only=True), Others(nothing)
    start = schedule_of(first, NOBODY if is_given else PLAN)
    asked = problem(elsewhere=others, start=start if is_given else None)
    assert_legal(solve_daily(asked, PLAN, Stop(60.0), silent, hint=start, first_only=True))
    assert others.parts == ()


@pytest.mark.parametrize("plan", [NOBODY, PLAN], ids=["rows say so", "the search says so"])
def test_a_part_without_a_roster_is_not_explained(plan: YearPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run waits for the answer, and looks for reasons itself."""

    def fail(*_: object) -> None:
        raise AssertionError("reasons were looked for")

    monkeypatch.setattr("src.solver.daily.layer._Run._explainer", fail)
    monkeypatch.setattr(Constructor, "build", lambda *_: [Stuck(5, (5,), proved=True)])
    assert solve_part(problem(), DayPart(1, plan, (5, 6), 30.0, 1), Stop(30.0)) == PartAnswer(1, None)


def test_a_cancelled_run_offers_nothing() -> None:
    stop = Stop(60.0)
    stop.cancel()
    others = Others(nothing)
    assert solved_with(others, stop).assignments is None
    assert others.parts == ()


def test_a_run_cancelled_while_parts_are_out_withdraws_them() -> None:
    stop = Stop(60.0)

    def cancel(_: DayPart) -> None:
        stop.cancel()

    others = Others(cancel)
    assert solved_with(others, stop).assignments is None
    assert others.withdrawn == 1


def test_what_gathering_raises_is_not_swallowed_and_the_parts_are_withdrawn() -> None:
    def fail(_: DayPart) -> PartAnswer:
        raise ArithmeticError

    others = Others(fail)
    with pytest.raises(ArithmeticError):
        solved_with(others)
    assert others.withdrawn == 1


@pytest.mark.parametrize(
    ("blocks", "helpers", "expected"),
    [
        (12, 0, []),
        (3, 5, []),
        (4, 5, [(3, 4)]),
        (5, 5, [(3, 4, 5)]),
        (12, 2, [(3, 4, 5, 6, 7), (8, 9, 10, 11, 12)]),
        (13, 1, [tuple(range(6, 14))]),
        (26, 1, [tuple(range(12, 27))]),
    ],
)
def test_the_caller_keeps_the_first_and_the_shorter_stretch(
    blocks: int, helpers: int, expected: list[tuple[int, ...]]
) -> None:
    parts = parts_of(range(1, blocks + 1), PLAN, helpers, 30.0, 7)
    assert [part.blocks for part in parts] == expected
    assert len({part.seed for part in parts} | {7}) == len(parts) + 1


@pytest.mark.parametrize("helpers", range(12))
@pytest.mark.parametrize("blocks", [1, 2, 4, 5, 12, 13, 26])
def test_every_block_is_somebodys_and_no_stretch_is_too_short(blocks: int, helpers: int) -> None:
    parts = parts_of(range(1, blocks + 1), PLAN, helpers, 30.0, 7)
    asked = [block for part in parts for block in part.blocks]
    own = blocks - len(asked)
    assert asked == list(range(own + 1, blocks + 1))
    assert len(parts) <= helpers
    assert all(len(part.blocks) >= LEAST_BLOCKS_A_PART for part in parts)
    assert not parts or own >= LEAST_BLOCKS_A_PART


def test_a_stretch_that_breaks_a_rule_in_one_block_is_taken_over_in_the_others() -> None:
    """Block 10 comes back without anybody on call."""

    def solve(part: DayPart) -> PartAnswer:
        answer = solve_part(problem(), part, Stop(60.0))
        rows = tuple(row for row in answer.assignments or () if one_week_ward().block_of(row.date) != 10)
        answers.append(PartAnswer(part.number, rows))
        return answers[-1]

    answers: list[PartAnswer] = []
    outcome = solved_with(Others(solve))
    assert_legal(outcome)
    assert outcome.assignments is not None
    assert {row for row in outcome.assignments if one_week_ward().block_of(row.date) in (4, 5, 6, 12)} <= {
        row for answer in answers for row in answer.assignments or ()
    }


@pytest.mark.parametrize(
    ("settled", "expected"),
    [
        ((), (5, 6, 7)),
        ((4,), (6, 7)),
        ((8,), (5, 6)),
        ((4, 8), (6,)),
        ((1, 2, 3, 9), (5, 6, 7)),
    ],
)
def test_blocks_that_border_on_settled_ones_are_solved_between_both_sides(
    settled: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert Proposal((5, 6, 7), {}).blocks_apart_from(settled) == expected


def test_a_proposal_between_settled_blocks_may_have_nothing_to_follow() -> None:
    assert Proposal((5, 6), {}).blocks_apart_from({4, 7}) == ()


def test_a_part_without_a_roster_is_answered_with_nothing() -> None:
    part = DayPart(1, NOBODY, (5, 6), 30.0, 1)
    assert solve_part(problem(), part, Stop(30.0)) == PartAnswer(1, None)
