"""Jeopardy shared out over the whole year: even, complete, as asked for, and never against a rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from src.interchange.model import (
    Call,
    CallPin,
    DutyType,
    HistoryCount,
    HistoryCountKind,
    Request,
    RequestKind,
)
from src.solver.daily.assemble import DailyModel, assemble
from src.solver.daily.budget import Budget
from src.solver.daily.construct import Constructor
from src.solver.daily.improve import Improver
from src.solver.daily.lines import SharingOut, share_out
from src.solver.daily.subsolve import State
from src.solver.daily.together import Meeting
from src.solver.problem import Problem
from src.solver.roster import strategy
from src.solver.roster.ready import prepare
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.daily.test_layer import PLAN
from tests.solver.hospital import MONDAY, WEEKEND_CALL, hospital
from tests.solver.world import silent

BACKUP = call(
    "BACKUP",
    duty_type=DutyType.JEOPARDY,
    min=1,
    max=1,
    pgys=(1,),
    start=time(7),
    minutes=1440,
    row=3,
)
FROM_EARLIER = HistoryCount("A", HistoryCountKind.POINTS, Decimal(10))


def built(**changes: object) -> tuple[DailyModel, State, Budget]:
    """The hospital with back-up by a PGY-1 every day, and a roster of it, good or not."""
    program = hospital(**{"calls": (WEEKEND_CALL, BACKUP), **changes})
    budget = Budget(Stop(60.0), 1, 1, None, 60.0)
    daily = assemble(Problem(program), PLAN, (), ())
    state = State(daily.model)
    assert not Constructor(daily, state, budget, silent, {}).build()
    return daily, state, budget


def holders(daily: DailyModel, values: dict[int, int]) -> dict[int, str]:
    """Day -> who has back-up by these values."""
    return {
        day: draft.id
        for draft in daily.drafts
        for day, options in draft.calls.items()
        for option in options
        if values.get(option.taken.terms[0][0])
    }


def spread_of_points(daily: DailyModel, state: State) -> int:
    spreads = [each for each in daily.spreads if each.term == "fair_call_points"]
    return max(state.low[each.most] - state.low[each.least] for each in spreads)


def adopted(daily: DailyModel, state: State, budget: Budget) -> Improver:
    improver = Improver(daily, state, budget, 1, lambda _: None)
    share = SharingOut(daily, state, budget, 1, Meeting(daily, state, budget, improver))
    shared_out(share)
    return improver


def shared_out(share: SharingOut) -> None:
    """As a worker does it: what is found apart is taken over when it is called again."""
    apart = share()
    if apart is not None:
        apart()
        assert share() is None


def test_every_date_is_covered_and_points_come_out_even() -> None:
    daily, state, budget = built()
    assert set(holders(daily, share_out(daily, state, budget, 1))) == set(range(28))
    before = state.scores()
    assert adopted(daily, state, budget).scores >= before
    assert not state.breaks(range(daily.model.size))
    assert spread_of_points(daily, state) <= 2


def test_whole_rows_as_columns_share_out_as_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is chosen for long horizons does the same as what proves this little one."""
    monkeypatch.setattr(strategy, "SMALL_CELLS", 0)
    prepare()
    daily, state, budget = built(history_counts=(FROM_EARLIER,))
    assert set(holders(daily, share_out(daily, state, budget, 1))) == set(range(28))
    adopted(daily, state, budget)
    assert spread_of_points(daily, state) <= 2


def test_what_earlier_years_left_is_evened_out() -> None:
    """A comes with ten points: of 28 dates B takes about ten more."""
    daily, state, budget = built(history_counts=(FROM_EARLIER,))
    adopted(daily, state, budget)
    assert spread_of_points(daily, state) <= 2


def test_a_date_without_call_is_granted_where_another_can_take_it() -> None:
    wanted = tuple(
        Request("B", RequestKind.NO_CALL, None, MONDAY + timedelta(day), row=9 + day) for day in (2, 3, 4)
    )
    daily, state, budget = built(requests=wanted)
    found = holders(daily, share_out(daily, state, budget, 1))
    assert {found[day] for day in (2, 3, 4)} == {"A"}


def test_leave_is_kept() -> None:
    daily, state, budget = built()
    found = holders(daily, share_out(daily, state, budget, 1))
    assert {found[day] for day in range(14, 21)} == {"B"}
    assert {found[day] for day in range(7, 14)} == {"A"}


def test_a_pinned_date_stays_with_whom_it_is_pinned_to() -> None:
    pins = tuple(CallPin("B", MONDAY + timedelta(day), "BACKUP", row=2 + day) for day in range(4))
    daily, state, budget = built(call_pins=pins)
    found = holders(daily, share_out(daily, state, budget, 1))
    assert {found[day] for day in range(4)} == {"B"}


def test_nobody_has_it_on_the_date_of_a_call() -> None:
    daily, state, budget = built()
    found = holders(daily, share_out(daily, state, budget, 1))
    on_call = {
        (draft.id, day)
        for draft in daily.drafts
        for day, options in draft.calls.items()
        for option in options
        if not option.duty.is_jeopardy and state.low[option.taken.terms[0][0]]
    }
    assert on_call
    assert on_call.isdisjoint((who, day) for day, who in found.items())


NOBODYS = replace(BACKUP, pgys=(5,), min=0)


@pytest.mark.parametrize("calls", [(WEEKEND_CALL,), (WEEKEND_CALL, NOBODYS)])
def test_without_anybody_on_jeopardy_there_is_nothing_to_share_out(calls: tuple[Call, ...]) -> None:
    assert share_out(*built(calls=calls), 1) == {}


def test_nothing_is_shared_out_when_time_is_up() -> None:
    daily, state, budget = built()
    budget.stop.cancel()
    assert share_out(daily, state, budget, 1) == {}


def test_nothing_is_shared_out_by_the_clock_where_runs_must_repeat() -> None:
    daily, state, _ = built(history_counts=(FROM_EARLIER,))
    before = list(state.low)
    adopted(daily, state, Budget(Stop(60.0), 1, 1, 5.0, 60.0))
    assert state.low == before


def test_it_is_not_done_again_at_once() -> None:
    daily, state, budget = built(history_counts=(FROM_EARLIER,))
    improver = Improver(daily, state, budget, 1, lambda _: None)
    share = SharingOut(daily, state, budget, 1, Meeting(daily, state, budget, improver))
    shared_out(share)
    stands = list(state.low)
    holder = next(each for each in daily.drafts if each.id == "A")
    given = next(
        option.taken.terms[0][0]
        for options in holder.calls.values()
        for option in options
        if option.duty.is_jeopardy and state.low[option.taken.terms[0][0]]
    )
    state.set(given, 0, 0)
    assert share() is None
    assert state.low[given] == 0
    assert sum(state.low) == sum(stands) - 1


def test_others_may_search_while_it_is_worked_out() -> None:
    """What is done apart leaves the schedule alone, and nobody else begins it meanwhile."""
    daily, state, budget = built(history_counts=(FROM_EARLIER,))
    improver = Improver(daily, state, budget, 1, lambda _: None)
    share = SharingOut(daily, state, budget, 1, Meeting(daily, state, budget, improver))
    before = list(state.low)
    apart = share()
    assert apart is not None
    assert share() is None
    apart()
    assert state.low == before
