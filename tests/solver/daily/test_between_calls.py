"""What lies between calls and at the edges of windows: rests and free days are counted as they are judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from src.compliance.check import check
from src.interchange.model import (
    Absence,
    AbsenceStatus,
    CallPin,
    PostCall,
    Program,
    Request,
    RequestKind,
    RuleOverride,
    Session,
    Template,
    Tier,
)
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.planning.limits import limits_of
from src.solver.daily.layer import solve_daily
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import CLINICAL, NF, WARD, A, call, day, small_program
from tests.solver.daily.limits_world import PACK, can_be_solved, hard_rules
from tests.solver.daily.test_limits_edges import has_days
from tests.solver.world import plan_of, silent

ALONE = plan_of(A=("WARD", "WARD"))


def alone(*templates: Template, **changes: Any) -> Program:
    return small_program(
        **{"people": (A,), "rotations": (WARD, NF), "rule_packs": PACK, "templates": templates, **changes}
    )


def session(start: str, hours: float, *weekdays: int, may_be_off: bool = False) -> Template:
    at = time.fromisoformat(start)
    kind = Session.AM if at < time(12) else Session.PM
    return Template("WARD", weekdays, kind, at, round(60 * hours), CLINICAL, may_be_off=may_be_off)


@pytest.mark.parametrize(("start", "fits"), [("20:59", False), ("21:00", True)])
def test_a_call_between_that_is_not_taken_excuses_no_rest_too_short(start: str, fits: bool) -> None:
    """14 hours after Sunday 07:00; the call at noon would itself be too soon, and need not be taken."""
    plain = {"post_call": PostCall.NONE, "min": 1, "max": 1}
    long = call("LONG", weekdays=(5,), start=time(7), minutes=1440, **plain)
    noon = call("NOON", weekdays=(6,), start=time(12), minutes=60, **{**plain, "min": 0})
    late = call("LATE", weekdays=(6,), start=time.fromisoformat(start), minutes=30, **plain)
    assert can_be_solved(alone(session("07:00", 1, 1), calls=(long, noon, late)), ALONE) is fits


def scores(program: Program) -> tuple[Decimal, ...]:
    """The best days of A on the ward all year, counted by the judge."""
    problem = Problem(program, limits_of(program), workers=1, deterministic_limit=2.0)
    outcome = solve_daily(problem, ALONE, Stop(60.0), silent)
    assert outcome.assignments is not None
    assert outcome.scores == outcome.bounds
    file = ResultFile(
        SolveStatus.FEASIBLE, Scope.BOTH, tuple(block.number for block in program.academic_blocks)
    )
    report = check(program, Schedule(ALONE.year_rows(), (), outcome.assignments, result=file))
    assert report.ok
    (tier,) = program.objective
    told = report.score_terms
    costs = Decimal(dict(tier.weights)["advisories"]) * told["advisories"]
    assert outcome.scores == (dict(tier.weights)["no_call_request"] * told["no_call_request"] - costs,)
    return outcome.scores


def wishing(on: int, **weights: int) -> dict[str, Any]:
    wish = Request("A", RequestKind.CALL, None, day(on), row=2)
    return {
        "requests": (wish,),
        "objective": (Tier(tuple((term, Decimal(n)) for term, n in weights.items())),),
    }


def test_a_rest_that_work_between_divides_is_two_advisories_and_not_three() -> None:
    """US-REST8: from 10:00 to 17:00 is one short rest; a call at 13:00 that is asked for makes two of it."""
    noon = call("NOON", weekdays=(2,), start=time(13), minutes=60, min=0, max=1, post_call=PostCall.NONE)
    wish = wishing(2, no_call_request=3, advisories=2)
    program = alone(session("08:00", 2, 2), session("17:00", 1, 2), calls=(noon,), **wish)
    of_both_wednesdays = 2 + 1
    assert scores(program) == (Decimal(3 - 2 * of_both_wednesdays),)


def test_a_free_day_that_leave_cuts_short_is_none_after_a_call() -> None:
    """FREE7-POSTCALL tolerates one: after the second Saturday's call, leave begins within 24 hours."""
    saturday = call("LONG", weekdays=(5,), start=time(7), minutes=1440, min=0, max=1, post_call=PostCall.NONE)
    away = Absence("A", "loa", day(14), day(15), AbsenceStatus.APPROVED, row=2)
    weekdays = session("08:00", 4, 0, 1, 2, 3, 4)
    program = alone(
        weekdays,
        blocks=(14, 14),
        calls=(saturday,),
        call_pins=(CallPin("A", day(5), "LONG", row=2),),
        absences=(away,),
        **wishing(12, no_call_request=3, advisories=5),
    )
    granted = scores(program)
    later = replace(away, start_date=day(15))
    assert granted == (Decimal(3),)
    assert scores(replace(program, absences=(later,))) == (Decimal(0),)


def test_a_window_ends_at_its_edge_on_the_morning_after_its_last_date() -> None:
    """All days but one are worked from 8 to 20: the evening after the last is no free day by 07:00."""
    always = date(2020, 1, 1), date(2030, 12, 31)
    edge = RuleOverride(PACK[0], None, "window_edge_minutes", 420, "agreed", "the board", *always, row=2)
    worked = session("08:00", 11, 0, 1, 2, 3, 4, 5)
    sunday = replace(session("08:00", 11, 6), holidays=False)
    program = alone(worked, sunday, holidays=(day(6),), rule_overrides=(edge,))
    assert hard_rules(program, ALONE) == {"US-FREE7"}
    assert not has_days(program)
    assert has_days(replace(program, holidays=(day(6), day(13))))
