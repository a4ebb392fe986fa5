"""Improving a schedule with others: what they propose is judged here, and costs time but never legality."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from src.solver.daily import improve, prove, together
from src.solver.daily.assemble import DailyModel, assemble
from src.solver.daily.budget import Budget
from src.solver.daily.construct import blended
from src.solver.daily.improve import Improver
from src.solver.daily.layer import DailyOutcome, solve_daily
from src.solver.daily.named import Named
from src.solver.daily.settle import settle_rest
from src.solver.daily.subsolve import Part, State
from src.solver.daily.together import Meeting, begin_of, help_improve
from src.solver.expand import Decisions
from src.solver.parts.company import Changes, Task
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.daily.test_layer import PLAN, report_on
from tests.solver.hospital import hospital
from tests.solver.world import plan_of, silent

DESK = ("DESK", "DESK")
NOTHING = Decisions()
FOREIGN = Changes(
    Decisions(frozenset({("nobody", date(1999, 1, 1))}), frozenset({("A", date(1999, 1, 1), "none")})),
    NOTHING,
)


@pytest.fixture(scope="module")
def daily() -> DailyModel:
    return assemble(Problem(hospital()), PLAN, (), ())


def poor_days(daily: DailyModel) -> State:
    """A legal schedule that asks to be bettered: days off and calls as the objective would not have them."""
    state = State(daily.model)
    free = [each for each in range(daily.model.size) if state.is_open(each)]
    part = Part(state, free)
    part.maximise({variable: -weight for variable, weight in blended(daily).items() if variable in free})
    part.hint(dict.fromkeys(free, 0))
    state.take(part.solve(budget().effort(0.5), Stop(60.0)).values)
    assert settle_rest(daily, state, blended(daily), budget())
    return state


def budget(deterministic: float = 1.0) -> Budget:
    return Budget(Stop(60.0), 1, 1, deterministic, 60.0)


def meeting_of(daily: DailyModel, state: State, seed: int = 1) -> tuple[Meeting, Improver]:
    spent = budget()
    improver = Improver(daily, state, spent, seed, lambda _: None)
    return Meeting(daily, state, spent, improver), improver


@pytest.fixture(scope="module")
def better(daily: DailyModel) -> Decisions:
    """What another has made of the poor days."""
    state = poor_days(daily)
    improver = Improver(daily, state, budget(0.6), 2, lambda _: None)
    before = improver.scores
    improver.run()
    assert improver.scores > before
    return Named(daily).decisions(state)


def assert_whole(state: State) -> None:
    """Every row holds, and nothing is open."""
    assert not state.breaks(range(state.model.size))
    assert not any(map(state.is_open, range(state.model.size)))


def test_decisions_are_known_by_name_in_any_model(daily: DailyModel, better: Decisions) -> None:
    named = Named(assemble(Problem(hospital()), PLAN, (), ()))
    here = Named(daily)
    other = here.decisions(poor_days(daily))
    changes = here.between(other, better)
    assert named.changed(changes) == {
        variable: value
        for variable, value in named.values(better).items()
        if named.values(other)[variable] != value
    }
    assert here.between(better, better) == Changes(NOTHING, NOTHING)


def test_what_is_better_and_fits_is_taken_over_whole(daily: DailyModel, better: Decisions) -> None:
    state = poor_days(daily)
    meeting, improver = meeting_of(daily, state)
    before = improver.scores
    assert meeting.adopt(meeting.named.changed(Named.between(meeting.decisions, better)))
    assert meeting.decisions == better
    assert improver.scores == state.scores() > before
    assert_whole(state)


def test_what_is_worse_is_left(daily: DailyModel, better: Decisions) -> None:
    state = poor_days(daily)
    worse = Named(daily).decisions(state)
    meeting, improver = meeting_of(daily, state)
    meeting.adopt(meeting.named.values(better))
    scores = improver.scores
    meeting.adopt(meeting.named.values(worse))
    assert improver.scores >= scores
    assert_whole(state)


@pytest.mark.parametrize(
    "wished",
    [NOTHING, Decisions(days_off=frozenset({("A", date(2026, 7, 6))})), FOREIGN.given],
    ids=["nobody takes a call", "one day off alone", "names of another program"],
)
def test_what_breaks_a_rule_is_not_taken(daily: DailyModel, wished: Decisions) -> None:
    state = poor_days(daily)
    meeting, improver = meeting_of(daily, state)
    before = improver.scores
    meeting.adopt(meeting.named.values(wished))
    assert improver.scores >= before
    assert_whole(state)


def test_what_fits_in_part_is_taken_in_part(daily: DailyModel, better: Decisions) -> None:
    """The proposal leaves one of its calls to nobody."""
    state = poor_days(daily)
    meeting, improver = meeting_of(daily, state)
    before = improver.scores
    missing = sorted(better.calls - meeting.decisions.calls)[:1]
    assert meeting.adopt(meeting.named.values(replace(better, calls=better.calls - set(missing))))
    assert improver.scores > before
    assert_whole(state)


def test_who_helps_stands_where_the_run_stands_be_it_worse(daily: DailyModel, better: Decisions) -> None:
    state = poor_days(daily)
    first = Named(daily).decisions(state)
    meeting, improver = meeting_of(daily, state)
    meeting.adopt(meeting.named.values(better))
    meeting.follow(meeting.named.values(first))
    assert meeting.decisions == first
    assert improver.scores == state.scores()
    meeting.follow(meeting.named.values(NOTHING))
    assert meeting.decisions == first
    assert_whole(state)


def other_days(daily: DailyModel, seed: int) -> State:
    """A legal schedule of which chance decides who is off and on call when."""
    state, drawn = State(daily.model), random.Random(seed)  # noqa: S311  # a search, not a secret
    free = [each for each in range(daily.model.size) if state.is_open(each)]
    part = Part(state, free)
    part.maximise({each: drawn.randrange(-9, 9) for each in free if daily.model.is_decision[each]})
    state.take(part.solve(budget().effort(0.2), Stop(60.0)).values)
    assert settle_rest(daily, state, blended(daily), budget())
    return state


def test_who_helps_can_stand_wherever_the_run_stands(daily: DailyModel) -> None:
    """Other days off ask for other free days in windows whose own decisions stay as they are."""
    runs = [Named(daily).decisions(other_days(daily, seed)) for seed in (5, 3, 5, 7, 8)]
    meeting, _ = meeting_of(daily, other_days(daily, 1))
    for there in runs:
        meeting.follow(meeting.named.values(there))
        assert meeting.decisions == there


class Board:
    """A run and one who searches beside it, in one process; either side may be played by a test."""

    def __init__(self, shown: Iterable[Decisions] = (), found: Iterable[Changes] = ()) -> None:
        self.shown_to: list[Decisions] = list(shown)
        self.all_told: list[Changes] = []
        self._found = list(found)
        self._seen = 0
        self.withdrawn = 0
        self.judged_to_be: list[bool] = []
        self.told_once = threading.Event()

    def show(self, decisions: Decisions) -> None:
        self.shown_to.append(decisions)

    def found(self) -> Sequence[Changes]:
        found, self._found = self._found, []
        return found

    def judged(self, *, bettered: bool) -> None:
        self.judged_to_be.append(bettered)

    def withdraw(self) -> None:
        self.withdrawn += 1

    def shown(self) -> Decisions | None:
        if self._seen == len(self.shown_to):
            return None
        self._seen = len(self.shown_to)
        return self.shown_to[-1]

    def tell(self, changes: Changes) -> None:
        self.all_told.append(changes)
        self._found.append(changes)
        self.told_once.set()


class Others:
    """Says what was asked of whom."""

    def __init__(self, board: Board | None) -> None:
        self.board = board
        self.asked: list[tuple[YearPlan, float, int]] = []

    def helpers(self) -> int:
        return 0

    def offer(self, _: object) -> None:
        raise AssertionError("nobody is there to take a part")

    def improve(self, plan: YearPlan, seconds: float, seed: int) -> Board | None:
        self.asked.append((plan, seconds, seed))
        return self.board


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small as it is, the hospital is not proved whole nor too small to share; few searches are enough."""
    monkeypatch.setattr(improve, "PLATEAU_SEARCHES", 10)
    monkeypatch.setattr(together, "LEAST_CELLS", 0)
    monkeypatch.setattr(together, "LEAST_SECONDS", 0.5)
    monkeypatch.setattr(prove, "MOST_VARIABLES", 0)


def solved(others: Others, seconds: float = 60.0, stop: Stop | None = None, **options: Any) -> DailyOutcome:
    problem = Problem(hospital(), **{"workers": 1, "elsewhere": others, **options})
    return solve_daily(problem, PLAN, stop or Stop(60.0), silent, until=seconds, first_only=False)


@pytest.mark.usefixtures("shares")
def test_changes_of_any_kind_leave_a_legal_schedule(daily: DailyModel, better: Decisions) -> None:
    nobody = Changes(NOTHING, better)
    others = Others(Board(found=(FOREIGN, nobody, Changes(better, NOTHING), Changes(better, better))))
    outcome = solved(others)
    assert report_on(hospital(), outcome).ok
    assert others.board is not None
    assert others.board.withdrawn == 1
    assert others.board.shown_to
    assert len(others.board.judged_to_be) == 4
    assert others.board.judged_to_be[:2] == [False, False]  # of another program; and nobody on call any more
    assert [plan for plan, _, _ in others.asked] == [PLAN]


@pytest.mark.usefixtures("shares")
@pytest.mark.parametrize(("seconds_between", "is_shown_again"), [(0.0, True), (1e9, False)])
def test_how_the_run_stands_is_shown_no_more_often_than_it_is_carried(
    seconds_between: float, is_shown_again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "SECONDS_BETWEEN_SHOWS", seconds_between)
    board = Board()
    solved(Others(board))
    assert (len(board.shown_to) > 1) is is_shown_again


def test_helpers_begin_far_apart_from_each_other_and_from_the_run() -> None:
    assert [begin_of(number) for number in range(8)] == [0, 1 / 2, 1 / 4, 3 / 4, 1 / 8, 5 / 8, 3 / 8, 7 / 8]


@pytest.mark.usefixtures("shares")
def test_nobody_there_is_as_good_as_nobody_asked() -> None:
    others = Others(None)
    assert report_on(hospital(), solved(others)).ok
    assert others.asked


@pytest.mark.parametrize(
    ("options", "seconds"),
    [({}, 30.0), ({"deterministic_limit": 0.2}, 30.0)],
    ids=["too small", "must repeat"],
)
def test_nobody_is_asked_where_it_is_not_worth_it(options: dict[str, Any], seconds: float) -> None:
    others = Others(Board())
    assert solved(others, seconds, **options).assignments is not None
    assert others.asked == []


@pytest.mark.usefixtures("shares")
def test_nobody_is_asked_where_little_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "LEAST_SECONDS", 100.0)
    others = Others(Board())
    assert solved(others).assignments is not None
    assert others.asked == []


@pytest.mark.usefixtures("shares")
def test_a_run_that_fails_or_is_cancelled_withdraws(monkeypatch: pytest.MonkeyPatch) -> None:
    others = Others(Board())
    stop = Stop(60.0)

    def cancel(*_: object) -> None:
        stop.cancel()
        raise ArithmeticError

    monkeypatch.setattr(Improver, "run", cancel)
    with pytest.raises(ArithmeticError):
        solved(others, 30.0, stop)
    assert others.board is not None
    assert others.board.withdrawn == 1


def beside(board: Board, stop: Stop, plan: YearPlan = PLAN) -> bool:
    return help_improve(Problem(hospital(), workers=1), Task(1, plan, 20.0, 3), board, stop)


def test_who_helps_tells_what_is_better_until_stopped(daily: DailyModel) -> None:
    state = poor_days(daily)
    board, stop = Board(shown=[Named(daily).decisions(state)]), Stop(20.0)
    found: list[bool] = []
    helping = threading.Thread(target=lambda: found.append(beside(board, stop)))
    helping.start()
    assert board.told_once.wait(15)
    stop.cancel()
    helping.join()
    assert found == [True]
    meeting, improver = meeting_of(daily, state)
    before = improver.scores
    assert meeting.adopt(meeting.named.changed(board.all_told[0]))
    assert improver.scores > before
    assert_whole(state)


def test_who_helps_waits_for_a_schedule_no_longer_than_it_is_wanted() -> None:
    stop = Stop(0.3)
    assert beside(Board(), stop)
    assert stop.reached


def test_a_schedule_that_does_not_fit_the_model_here_is_not_searched(better: Decisions) -> None:
    """The plan shown has nobody on the ward."""
    board = Board(shown=[better])
    assert not beside(board, Stop(20.0), plan_of(A=DESK, B=DESK, C=DESK, D=DESK))
    assert board.all_told == []
