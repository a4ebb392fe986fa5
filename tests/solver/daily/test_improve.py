"""What an improver does with what a search found around days that others have changed meanwhile."""

from __future__ import annotations

import pytest

from src.solver.daily.assemble import DailyModel, assemble
from src.solver.daily.budget import Budget
from src.solver.daily.construct import Constructor
from src.solver.daily.improve import Improver
from src.solver.daily.neighbourhoods import Chosen, Neighbourhoods
from src.solver.daily.subsolve import Effort, Found, Part, PartResult, State
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.daily.test_layer import PLAN
from tests.solver.hospital import hospital
from tests.solver.world import silent


@pytest.fixture(scope="module")
def daily() -> DailyModel:
    return assemble(Problem(hospital()), PLAN, (), ())


def improver_of(daily: DailyModel) -> tuple[Improver, State]:
    state = State(daily.model)
    assert not Constructor(daily, state, Budget(Stop(60.0), 1, 1, 0.5, 60.0), silent, {}).build()
    return Improver(daily, state, Budget(Stop(60.0), 1, 1, 0.5, 60.0), 1, lambda _: None), state


def chosen_again(daily: DailyModel, monkeypatch: pytest.MonkeyPatch, objective: float) -> list[Chosen]:
    """What is to be searched once more, where every search says that nobody should have any call."""
    calls = [
        option.taken.terms[0][0]
        for draft in daily.drafts
        for options in draft.calls.values()
        for option in options
        if option.taken.terms
    ]

    def solve(_: Part, _effort: Effort, _stop: Stop) -> PartResult:
        return PartResult(Found.BEST, dict.fromkeys(calls, 0), objective, deterministic=0.05)

    again: list[Chosen] = []
    improver, state = improver_of(daily)
    before = list(state.low)
    monkeypatch.setattr(Part, "solve", solve)
    monkeypatch.setattr(Neighbourhoods, "again", lambda _, chosen: again.append(chosen))
    improver.run()
    assert state.low == before
    return again


def test_what_was_better_but_no_longer_fits_is_searched_once_more(
    daily: DailyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chosen_again(daily, monkeypatch, objective=1e15)


def test_what_no_longer_fits_and_was_no_better_is_let_go(
    daily: DailyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not chosen_again(daily, monkeypatch, objective=-1e15)
