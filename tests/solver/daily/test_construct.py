"""Building a first schedule block by block: what it does not begin once nobody waits for it."""

from __future__ import annotations

import pytest

from src.solver.daily.assemble import assemble
from src.solver.daily.budget import Budget
from src.solver.daily.construct import Constructor
from src.solver.daily.subsolve import State
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.solver.daily.test_layer import PLAN
from tests.solver.hospital import hospital
from tests.solver.world import silent


def never(*_: object, **__: object) -> None:
    raise AssertionError("a model was made for a search that cannot begin")


@pytest.mark.parametrize("workers", [1, 4])
def test_after_the_stop_no_block_is_put_before_a_search(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily = assemble(Problem(hospital()), PLAN, (), ())
    stop = Stop(60.0)
    stop.cancel()
    monkeypatch.setattr("src.solver.daily.construct.Part", never)
    built = Constructor(daily, State(daily.model), Budget(stop, 1, workers, None, 60.0), silent, {})
    stuck = built.build()
    assert stuck
    assert not any(each.proved for each in stuck), "nothing was searched, so nothing is proved"
