"""A period of work goes on through what follows within the gap: rest after a call counts from its end."""

from __future__ import annotations

from datetime import time

import pytest

from src.interchange.model import DutyType, PostCall, Program, Session, Template
from src.solver.expand import Decisions
from tests.compliance.structure.world import CLINICAL, NF, NIGHT_FLOAT, WARD, A, call, day, small_program
from tests.solver.daily.limits_world import PACK, can_be_solved, hard_rules
from tests.solver.world import plan_of

ALONE = plan_of(A=("WARD", "WARD"))
WEDNESDAY, THURSDAY = 2, 3


def after_a_call(*templates: Template) -> Program:
    """A call from Tuesday to Wednesday 07:00, its handover until 08:00, and what follows it."""
    night = call(
        weekdays=(1,),
        start=time(7),
        minutes=1440,
        handover_minutes=60,
        post_call=PostCall.NONE,
        min=1,
        max=1,
    )
    return small_program(
        people=(A,), rotations=(WARD, NF), rule_packs=PACK, templates=templates, calls=(night,)
    )


def teaching(start: time, minutes: int) -> Template:
    return Template("WARD", (WEDNESDAY,), Session.AM, start, minutes, DutyType.EDUCATION)


def next_work(weekday: int, start: time) -> Template:
    return Template("WARD", (weekday,), Session.NIGHT, start, 120, NIGHT_FLOAT)


@pytest.mark.parametrize(
    ("templates", "broken"),
    [
        ((teaching(time(8), 180),), set[str]()),  # 28 hours in all
        ((teaching(time(8, 30), 150),), set[str]()),  # half an hour between is no gap
        ((teaching(time(8), 181),), {"US-CONT24"}),
        ((teaching(time(8, 31), 60),), {"US-REST14"}),
        ((Template("WARD", (WEDNESDAY,), Session.AM, time(8), 60, CLINICAL),), {"US-CONT24"}),
        ((teaching(time(8), 120), next_work(THURSDAY, time(0))), set[str]()),  # 14 hours after 10:00
        ((teaching(time(8), 121), next_work(THURSDAY, time(0))), {"US-REST14"}),
        ((next_work(WEDNESDAY, time(22)),), set[str]()),
        ((next_work(WEDNESDAY, time(21, 59)),), {"US-REST14"}),
    ],
)
def test_what_follows_a_call_is_allowed_as_it_is_judged(
    templates: tuple[Template, ...], broken: set[str]
) -> None:
    program = after_a_call(*templates)
    taken = Decisions(calls=frozenset(("A", day(on), "CALL") for on in (1, 8)))
    assert hard_rules(program, ALONE, taken) == broken
    assert can_be_solved(program, ALONE) is not bool(broken)
