"""The years that one resident may have, and those that are worth trying, against every plan there is."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from src.interchange.model import Coverage, Program, Requirement, RotationPin, Succession
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.whole import lives
from src.solver.whole.lives import lives_of
from src.solver.whole.reach import Reach, within_reach
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.rules import add_rules
from src.solver.year.search import Effort
from tests.solver.year.exhaustion import Exhaustion
from tests.solver.year.tiny import A, B, tiny

ALL = tiny(
    vacation_weeks=MappingProxyType({1: 1}),
    requirements=(
        *(Requirement((), None, name, 0, None, row=2) for name in ("WARD", "ELEC", "NF")),
        Requirement((), None, "WARD", 1, 2, row=9),
    ),
    successions=(Succession("NF", "WARD", (), row=2),),
    rotation_pins=(RotationPin("B", 2, "LEAVE", row=2),),
)
EFFORT = Effort(30.0, 1, 1, 5.0)


def reach_of(program: Program) -> Reach:
    year = YearModel(YearFacts(program))
    add_rules(year)
    found = within_reach(year, EFFORT, Stop(60.0))
    assert found is not None
    return found


def test_each_year_that_the_rules_allow_is_found_once() -> None:
    for person in (A, B):
        found = lives_of(Problem(ALL), Frozen(), person, reach_of(ALL), Stop(60.0))
        assert found is not None
        every = [
            (tuple(sorted(rotations.items())), weeks)
            for rotations, weeks in Exhaustion(replace(ALL, people=(person,))).plans()
        ]
        assert sorted(map(told, found), key=repr) == sorted(every, key=repr)


def told(plan: YearPlan) -> tuple[object, object]:
    return tuple(sorted(plan.rotation.items())), plan.vacation_weeks


def test_what_no_plan_has_is_out_of_reach() -> None:
    """Coverage lets nobody on nights in block 1, and the ward must have both in block 3."""
    program = replace(
        ALL, coverage=(Coverage("NF", (), (1,), 0, 0, row=2), Coverage("WARD", (), (3,), 2, None, row=3))
    )
    plans = list(Exhaustion(program).plans())
    found = reach_of(program)
    assert found.on == {(*cell, name) for rotations, _ in plans for cell, name in rotations.items()}
    assert found.away == {key for _, weeks in plans for key in weeks}


def test_a_program_without_a_plan_has_nothing_within_reach() -> None:
    program = replace(ALL, coverage=(Coverage("WARD", (), (2,), 2, None, row=2),))
    assert reach_of(program) == Reach(frozenset(), frozenset(), reach_of(program).deterministic)


def test_no_time_is_no_reach() -> None:
    year = YearModel(YearFacts(ALL))
    stop = Stop(60.0)
    stop.cancel()
    assert within_reach(year, EFFORT, stop) is None


def test_too_many_years_are_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of them would prove nothing."""
    monkeypatch.setattr(lives, "MOST_LIVES", 2)
    assert lives_of(Problem(ALL), Frozen(), A, reach_of(ALL), Stop(60.0)) is None
