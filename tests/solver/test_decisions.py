"""`decisions_of` reads back what `expand` wrote: decisions that explain the same rows, and none made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from src.interchange.model import Absence, AbsenceStatus, Clinic, PostCall, Program, Session
from src.solver.expand import Decisions, decisions_of, expand
from src.solver.plan import YearPlan
from tests.compliance.structure.world import (
    HANDOVER,
    IN_HOUSE,
    JEOPARDY,
    NIGHT_FLOAT,
    B,
    call,
    day,
    nights,
    on_call,
    shift,
    small_program,
    ward,
)
from tests.solver.world import before, plan_of, said

HISTORIES = (
    (),
    (before(-1, "19:00", 0, "07:00", NIGHT_FLOAT),),
    (before(-1, "18:00", 0, "06:00", IN_HOUSE),),
)


class Case(NamedTuple):
    program: Program
    plan: YearPlan
    decisions: Decisions


@st.composite
def cases(draw: st.DrawFn, *, sound: bool) -> Case:
    """A fortnight of one resident; sound: a date has at most one decision, and a call's neighbours none."""
    ordinary = [
        call(
            name,
            post_call=draw(st.sampled_from(PostCall)),
            start=time(draw(st.sampled_from([0, 7, 12, 17, 20]))),
            minutes=60 * draw(st.sampled_from([4, 12, 24])),
            handover_minutes=draw(st.sampled_from([0, 60])),
        )
        for name in ("ONE", "TWO")
    ]
    calls = (*ordinary, call("JEO", duty_type=JEOPARDY, start=time(7), minutes=1440))
    program = small_program(
        calls=calls,
        clinics=(Clinic("A", draw(st.integers(0, 6)), Session.PM, time(13), 240),),
        holidays=(day(draw(st.integers(0, 13))),),
        absences=(Absence("A", "sick", day(4), day(4 + draw(st.integers(0, 2))), AbsenceStatus.APPROVED),)
        if draw(st.booleans())
        else (),
        history=draw(st.sampled_from(HISTORIES)),
    )
    rotations = draw(st.tuples(*[st.sampled_from(["WARD", "NF", "DESK"])] * 2))
    plan = plan_of([("A", 7)] if draw(st.booleans()) else [], A=rotations)
    days_off, taken = set(), set()
    for on in range(14):
        choice = draw(st.sampled_from(["", "off", "ONE", "TWO", "JEO"]))
        if sound and any(("A", day(on - 1), name) in taken for name in ("ONE", "TWO")):
            continue
        if choice == "off" and rotations[on // 7] != "DESK":
            days_off.add(("A", day(on)))
        elif choice not in ("", "off"):
            taken.add(("A", day(on), choice))
    return Case(program, plan, Decisions(frozenset(days_off), frozenset(taken)))


@settings(max_examples=60, deadline=None)
@given(cases(sound=False))
def test_the_decisions_read_back_explain_the_same_rows(case: Case) -> None:
    rows = expand(*case)
    found = decisions_of(case.program, case.plan, rows)
    assert said(expand(case.program, case.plan, found)) == said(rows)
    assert found.calls == case.decisions.calls


@settings(max_examples=60, deadline=None)
@given(cases(sound=True))
def test_a_day_off_read_back_was_given(case: Case) -> None:
    """Days off that changed nothing (leave, post-call, nothing due) are not read back; none is made up."""
    found = decisions_of(case.program, case.plan, expand(*case))
    made_up = found.days_off - case.decisions.days_off
    for person, on in made_up:
        without = replace(found, days_off=found.days_off - {(person, on)})
        assert said(expand(case.program, case.plan, without)) == said(expand(*case))
    again = decisions_of(case.program, case.plan, expand(case.program, case.plan, found))
    assert again == found


def test_plain_days_off_and_calls_come_back_as_they_were() -> None:
    program = small_program(calls=(call(post_call=PostCall.DAY_OFF, handover_minutes=60),))
    plan = plan_of(A=("WARD", "NF"), B=("WARD", "WARD"))
    decisions = Decisions(
        frozenset({("A", day(2)), ("A", day(9)), ("B", day(13))}),
        frozenset({("A", day(4), "CALL"), ("B", day(6), "CALL")}),
    )
    assert decisions_of(program, plan, expand(program, plan, decisions)) == decisions


def test_a_date_that_may_not_be_off_is_never_read_as_a_day_off() -> None:
    plan = plan_of(A=("DESK", "DESK"))
    assert decisions_of(small_program(), plan, ()) == Decisions()


def test_a_date_on_leave_is_never_read_as_a_day_off() -> None:
    program = small_program(absences=(Absence("A", "sick", day(0), day(12), AbsenceStatus.APPROVED),))
    plan = plan_of(A=("WARD", "WARD"))
    assert decisions_of(program, plan, ()) == Decisions(frozenset({("A", day(13))}))


def test_rows_outside_the_blocks_asked_for_are_no_decisions() -> None:
    program = small_program(calls=(call(),))
    plan = plan_of(A=("WARD", "WARD"))
    rows = [*ward("A", 0, 1, 2), on_call("A", 3, "18:00", 12), *ward("A", *range(7, 13))]
    assert decisions_of(program, plan, rows, blocks=[2]) == Decisions(frozenset({("A", day(13))}))


def test_a_call_that_nobody_knows_is_left_aside() -> None:
    plan = plan_of(A=("DESK", "DESK"))
    rows = [on_call("A", 3, "18:00", 12, work_id="NOPE")]
    assert decisions_of(small_program(), plan, rows) == Decisions()


def test_a_handover_alone_is_no_call() -> None:
    program = small_program(calls=(call(handover_minutes=60),))
    plan = plan_of(A=("DESK", "DESK"))
    rows = [on_call("A", 3, "06:00", 1, duty=HANDOVER)]
    assert decisions_of(program, plan, rows) == Decisions()


def test_rows_of_a_person_who_is_no_resident_are_left_aside() -> None:
    program = small_program(people=(B,))
    plan = plan_of(B=("DESK", "DESK"))
    assert decisions_of(program, plan, [shift("X", 0, "08:00", 4), *nights("X", 1)]) == Decisions()
