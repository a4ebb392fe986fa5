"""Year plans of tiny programs against every plan there is: status, objective and infeasibility agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from src.compliance.check import check
from src.interchange.model import (
    Coverage,
    Program,
    Request,
    RequestKind,
    Requirement,
    RotationPin,
    Succession,
    Tier,
)
from src.interchange.schedule import ResultFile, Scope, SolveStatus
from src.solver.precheck import find_shortages
from tests.solver.year.exhaustion import Exhaustion, solved
from tests.solver.year.tiny import ELEC, LEAVE, MONDAY, NF, OPEN, WARD, WEDNESDAY, A, B, C, tiny


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Tiny programs with every kind of rule of the year; about half of them can be kept."""
    names = st.sampled_from(["WARD", "ELEC", "NF", "@busy"])
    pgys = st.sampled_from([(), (1,), (2,)])
    rotations = (
        replace(WARD, max_consecutive=draw(st.sampled_from([None, 1, 2]))),
        replace(ELEC, vacation_weeks_max=draw(st.integers(0, 2))),
        replace(NF, max_consecutive=draw(st.sampled_from([None, 1]))),
        LEAVE,
    )
    asked = [
        Requirement(
            draw(pgys),
            draw(st.sampled_from([None, None, "research"])),
            draw(names),
            low := draw(st.integers(0, 2)),
            draw(st.one_of(st.none(), st.integers(low, 3))),
            draw(st.sampled_from([None, 2])),
            draw(st.sampled_from([None, 2])),
            row=10 + number,
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    coverage = [
        Coverage(
            draw(names),
            draw(pgys),
            draw(st.sampled_from([(), (1,), (2, 3)])),
            low := draw(st.integers(0, 1)),
            draw(st.one_of(st.none(), st.integers(low, 2))),
            row=2 + number,
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    people = (A, draw(st.sampled_from([B, C])))
    start = draw(st.sampled_from([MONDAY, WEDNESDAY]))
    if draw(st.booleans()):
        people = (A, replace(people[1], start_date=start + timedelta(7)))
    wishes = [
        Request(
            person.id,
            RequestKind.VACATION,
            rank,
            MONDAY + timedelta(7 * draw(st.integers(0, 2)), 2),
            row=rank,
        )
        for person in people
        for rank in (1, 2)
    ]
    wishes += [
        Request(
            person.id,
            RequestKind.ROTATION,
            rotation=draw(st.sampled_from(["WARD", "ELEC", "NF"])),
            block=draw(st.integers(1, 3)),
            weight=draw(st.sampled_from([None, -2, 1, 3])),
            row=9,
        )
        for person in people
    ]
    pins = (RotationPin("A", draw(st.integers(1, 3)), draw(st.sampled_from(["WARD", "LEAVE", "NF"])), row=2),)
    return tiny(
        year_start_date=start,
        people=people,
        rotations=rotations,
        requirements=(*(OPEN if draw(st.integers(0, 3)) else OPEN[:2]), *asked),
        coverage=tuple(coverage),
        successions=(Succession(draw(names), draw(names), draw(pgys), row=2),) if draw(st.booleans()) else (),
        vacation_weeks=MappingProxyType({1: draw(st.integers(0, 1)), 2: draw(st.integers(0, 2))}),
        max_on_vacation=draw(st.sampled_from([None, 1, 2])),
        requests=tuple(wishes),
        rotation_pins=pins if draw(st.booleans()) else (),
        objective=(
            Tier((("rotation_request", Decimal(1)),), (Decimal(10), Decimal("2.5"))),
            Tier((("fair_heavy_blocks", Decimal(5)),)),
        ),
    )


@settings(max_examples=30, deadline=None)
@given(programs())
def test_the_plan_is_the_best_there_is_or_there_is_none(program: Program) -> None:
    best = Exhaustion(program).best()
    result = solved(program)
    if best is None:
        assert result.status is SolveStatus.INFEASIBLE
        assert result.schedule is None
        assert result.conflicts
        return
    assert find_shortages(program) == (), "counting proves what is not so"
    assert result.status is SolveStatus.OPTIMAL
    assert tuple(tier.objective for tier in result.tiers) == best
    assert result.schedule is not None
    judged = replace(
        result.schedule,
        result=ResultFile(
            result.status, Scope.YEAR, (1, 2, 3), result.tiers, score_terms=dict(result.score_terms)
        ),
    )
    report = check(program, judged)
    assert not report.broken, "\n".join(one.message for one in report.broken)
