"""Solutions that break little: mended near what they break, so that the search need not begin again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from src.interchange.model import Request, Session, Staffing
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.layer import YearLayer
from src.solver.year.objective import YearObjective
from src.solver.year.plans import plan_of
from src.solver.year.search import Answer, Effort, Ended, search
from src.solver.year.staged import Stage, Staged
from tests.solver.small import (
    MONDAY,
    nobody,
    program,
    resident,
    rotation,
    vacation_wish,
    weekday_session,
    year_tier,
)

WEEK = timedelta(weeks=1)
EFFORT = Effort(10.0, workers=1)


class Ward:
    """Two residents on a ward for six blocks of a week, one of whom must be there every Monday."""

    def __init__(self, *wishes: Request, away: tuple[int, ...]) -> None:
        """`away`: the weeks (from 0) that both are given though the ward would stand empty."""
        made = program(
            [resident("A"), resident("B")],
            [rotation("WARD", vacation_weeks_max=1)],
            blocks=(7,) * 6,
            weeks_due=len(away),
            templates=(weekday_session("WARD"),),
            staffing=(Staffing("WARD", (0,), Session.AM, (), 1, row=2),),
            requests=wishes,
            objective=(year_tier(10, 5),),
        )
        layer = YearLayer(Problem(made, workers=1))
        self.year, self.wishes = layer._model()
        tier = YearObjective(self.year, self.wishes, layer.ceilings).tiers[0]
        self.stage = Stage(1, tier)
        self.staged = Staged(
            layer,
            self.year,
            self.wishes,
            [self.stage],
            Stop(60.0),
            nobody,
            is_sound=True,
            mends_first_only=False,
        )
        model = self.year.model.clone()
        for (_, monday), literal in self.year.away.items():
            model.add(literal == int((monday - MONDAY) // WEEK in away))
        model.maximize(tier.expression())
        self.empty = replace(search(model, EFFORT, Stop(60.0)), ended=Ended.PROVED)
        """A solution that leaves the ward empty in those weeks, and nothing better was found."""

    def mended(self) -> tuple[Answer, int]:
        """What becomes of it, and how much that still breaks."""
        answer, broken = self.staged._mended_near(
            self.stage, self.empty, self.staged._broken_by(self.empty), EFFORT
        )
        return answer, len(broken)

    def worth(self, answer: Answer) -> int:
        return int(self.stage.tier.score(self.stage.tier.value_of(answer.values)))


def wishes(week: int, *, rank: int = 1) -> tuple[Request, Request]:
    return vacation_wish("A", MONDAY + week * WEEK, 1), vacation_wish("B", MONDAY + week * WEEK, rank, row=3)


def test_a_solution_that_loses_nothing_by_it_is_as_good_as_can_be() -> None:
    """B, who has no wish, goes in another week."""
    ward = Ward(vacation_wish("A", MONDAY + 2 * WEEK, 1), away=(2,))
    answer, broken = ward.mended()
    assert (broken, ward.worth(answer), answer.ended) == (0, ward.worth(ward.empty), Ended.PROVED)
    weeks = dict(plan_of(ward.year, answer.values).vacation_weeks)
    assert weeks["A"] == MONDAY + 2 * WEEK != weeks["B"]


@pytest.mark.parametrize("rank", [1, 2])
def test_one_that_loses_something_is_sound_and_no_proof(rank: int) -> None:
    ward = Ward(*wishes(2, rank=rank), away=(2,))
    answer, broken = ward.mended()
    assert (broken, ward.worth(answer), answer.ended) == (0, 10, Ended.FOUND)


def test_what_breaks_much_of_the_year_is_left_as_it_is() -> None:
    ward = Ward(*wishes(1), away=(1, 4))
    answer, broken = ward.mended()
    assert answer is ward.empty
    assert broken == 2


def test_what_cannot_be_mended_near_is_left_as_it_is() -> None:
    """Both are bound to that week."""
    ward = Ward(*wishes(2), away=(2,))
    for literal in ward.year.away.values():
        ward.year.model.add(literal == ward.empty.values[literal.index])
    answer, broken = ward.mended()
    assert answer is ward.empty
    assert broken == 1


def test_nothing_is_mended_when_nobody_has_time() -> None:
    ward = Ward(*wishes(2), away=(2,))
    ward.staged._stop.cancel()
    answer, broken = ward.mended()
    assert answer is ward.empty
    assert broken == 1
