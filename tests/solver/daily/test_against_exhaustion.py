"""Weeks of two or three residents against every schedule there is: status, tiers and bounds agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from src.interchange.model import (
    Absence,
    AbsenceStatus,
    CallPin,
    Clinic,
    Coverage,
    DutyType,
    HistoryCount,
    HistoryCountKind,
    PostCall,
    Program,
    Request,
    RequestKind,
    Requirement,
    Session,
    Setting,
    Staffing,
    Template,
    Tier,
)
from src.interchange.schedule import SolveStatus
from src.planning.limits import limits_of
from src.solver.engine import solve
from src.solver.precheck import find_shortages
from src.solver.problem import Problem
from src.solver.result import Result
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.daily.exhaustion import Days, TooManyError
from tests.solver.hospital import assert_legal
from tests.solver.small import resident, rotation
from tests.solver.world import assert_keeps_to, silent

MONDAY = date(2026, 7, 6)
ROTATIONS = (
    rotation("WARD", row=2),
    rotation("DESK", Setting.OUTPATIENT, clinic=True, row=3),
    rotation("NF", Setting.NIGHT_FLOAT, row=4),
)


def at(day: int) -> date:
    return MONDAY + timedelta(days=day)


@st.composite
def weeks(draw: st.DrawFn) -> Program:
    """A week with calls, days off, wishes and fairness; a good part of them cannot be kept."""
    pick = draw
    chosen = ROTATIONS[: pick(st.sampled_from([1, 1, 2, 3]))]
    people = [resident(name, 1 + (name == "C"), row=2 + n) for n, name in enumerate("ABC")]
    people = people[: pick(st.sampled_from([2, 2, 2, 3]))]
    weekend = tuple(sorted(pick(st.sets(st.sampled_from([2, 4, 5, 6]), min_size=1, max_size=2))))
    templates = (
        Template("WARD", (0, 1, 3), Session.AM, time(7), 300, DutyType.CLINICAL, row=2),
        Template("WARD", weekend, Session.AM, time(7), 300, DutyType.CLINICAL, may_be_off=True, row=3),
        Template(
            "WARD",
            weekend,
            Session.PM,
            time(12),
            60 * pick(st.sampled_from([5, 11])),
            DutyType.CLINICAL,
            may_be_off=True,
            row=4,
        ),
        Template("DESK", (0, 2, 4), Session.AM, time(8), 240, DutyType.CLINICAL, holidays=False, row=5),
        Template("NF", (0, 2, 3), Session.NIGHT, time(19), 720, DutyType.NIGHT_FLOAT, row=6),
    )
    calls = tuple(
        call(
            name,
            weekdays=tuple(sorted(pick(st.sets(st.integers(3, 6), min_size=1, max_size=2)))),
            start=time(pick(st.sampled_from([7, 17]))),
            minutes=60 * pick(st.sampled_from([12, 24])),
            handover_minutes=pick(st.sampled_from([0, 120])),
            post_call=pick(st.sampled_from(PostCall)),
            points=Decimal(pick(st.sampled_from(["0.5", "1", "2"]))),
            min=(least := pick(st.integers(0, 1))),
            max=pick(st.integers(max(1, least), 2)),
            rotations=pick(st.sampled_from([(), ("WARD",)])),
            duty_type=kind,
            row=row,
        )
        for row, (name, kind) in enumerate(
            (("ONE", DutyType.IN_HOUSE_CALL), ("JEO", DutyType.JEOPARDY))[: pick(st.integers(1, 2))], 2
        )
    )
    wishes = [
        Request(person.id, kind, start_date=at(day), end_date=at(day), row=2 + n)
        for n, (person, kind, day) in enumerate(
            pick(
                st.lists(
                    st.tuples(
                        st.sampled_from(people),
                        st.sampled_from([RequestKind.DAY_OFF, RequestKind.NO_CALL, RequestKind.CALL]),
                        st.integers(2, 6),
                    ),
                    max_size=4,
                )
            )
        )
    ]
    wishes.append(
        Request("A", RequestKind.ROTATION, rotation="WARD", block=1, weight=pick(st.integers(-2, 3)), row=20)
    )
    absent = pick(st.sampled_from([None, None, None, 3, 5]))
    pinned = pick(st.sampled_from([None, None, None, 5, 6]))
    first = calls[0]
    return Program(
        id="week",
        name="Week",
        time_zone="America/Chicago",
        year_start_date=MONDAY,
        blocks=(7,),
        rule_packs=("acgme-cpr-2023",),
        holidays=(at(5),) if pick(st.integers(0, 3)) == 0 else (),
        people=tuple(people),
        rotations=chosen,
        templates=tuple(row for row in templates if row.rotation in {each.id for each in chosen}),
        staffing=(
            Staffing(
                "WARD",
                (pick(st.integers(0, 6)),),
                Session.AM,
                (),
                pick(st.integers(0, 2)),
                pick(st.sampled_from([None, 2])),
                row=2,
            ),
        ),
        coverage=(Coverage("WARD", (), (), pick(st.integers(0, 2)), None, row=2),),
        requirements=tuple(
            Requirement((), None, each.id, 0, None, row=n) for n, each in enumerate(chosen, 2)
        ),
        calls=calls,
        clinics=(Clinic("B", 2, Session.PM, time(13), 240, row=2),) if pick(st.booleans()) else (),
        requests=tuple(wishes),
        absences=(Absence("A", "sick", at(absent), at(absent), AbsenceStatus.APPROVED, row=2),)
        if absent is not None
        else (),
        call_pins=(CallPin("B", at(pinned), first.id, row=2),) if pinned is not None else (),
        history_counts=(HistoryCount("A", HistoryCountKind.POINTS, Decimal(pick(st.integers(0, 2))), row=2),),
        objective=pick(
            st.sampled_from(
                [
                    (wishes_tier(), fair_tier(), weekends_tier()),
                    (fair_tier(), wishes_tier()),
                    (replace(wishes_tier(), weights=(*wishes_tier().weights, *fair_tier().weights)),),
                ]
            )
        ),
    )


def wishes_tier() -> Tier:
    return Tier(
        (("rotation_request", Decimal(1)), ("day_off_request", Decimal(3)), ("no_call_request", Decimal(3)))
    )


def fair_tier() -> Tier:
    terms = ("fair_call_points", "fair_weekends", "fair_holidays", "fair_nights", "fair_jeopardy")
    return Tier((("advisories", Decimal(2)), *((term, Decimal(3)) for term in terms)))


def weekends_tier() -> Tier:
    return Tier((("whole_weekends", Decimal(1)), ("isolated_nights", Decimal(-1))))


def solved(program: Program) -> Result:
    problem = Problem(program, limits=limits_of(program), workers=1, deterministic_limit=2.0)
    return solve(problem, Stop(60.0), silent)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(weeks())
def test_what_the_engine_says_is_what_trying_everything_says(program: Program) -> None:
    try:
        scores = Days(program).scores
    except TooManyError:
        assume(condition=False)
    result = solved(program)
    agree(program, result, scores)


def agree(program: Program, result: Result, scores: tuple[tuple[Decimal, ...], ...]) -> None:
    """Infeasible when there is none; else the best, proved: no legal schedule is beyond the bounds."""
    if not scores:
        assert result.status is SolveStatus.INFEASIBLE, result.status
        assert result.schedule is None
        assert result.conflicts
        return
    assert find_shortages(program) == (), "counting proves what is not so"
    assert result.schedule is not None, result.status
    assert_legal(program, result, blocks=(1,))
    reached = tuple(tier.objective for tier in result.tiers)
    assert reached == max(scores)
    assert result.status is SolveStatus.OPTIMAL
    for score in scores:
        assert_keeps_to(score, result.tiers)


def test_a_maximum_that_the_wished_plan_breaks_is_no_proof_that_there_is_none() -> None:
    """All three want the ward, two may be at work there: somebody must want in vain, and that is all."""
    program = Program(
        id="week",
        name="Week",
        time_zone="America/Chicago",
        year_start_date=MONDAY,
        blocks=(7,),
        rule_packs=("acgme-cpr-2023",),
        people=tuple(resident(name) for name in "ABC"),
        rotations=ROTATIONS[:2],
        templates=(Template("WARD", (3,), Session.AM, time(7), 300, DutyType.CLINICAL, row=2),),
        staffing=(Staffing("WARD", (3,), Session.AM, (), 0, 2, row=2),),
        requirements=tuple(Requirement((), None, name, 0, None, row=2) for name in ("WARD", "DESK")),
        requests=tuple(
            Request(name, RequestKind.ROTATION, rotation="WARD", block=1, weight=2, row=row)
            for row, name in enumerate("ABC", 2)
        ),
        objective=(wishes_tier(),),
    )
    result = solved(program)
    assert result.status is not SolveStatus.INFEASIBLE
    assert result.schedule is not None
    assert sorted(row.rotation for row in result.schedule.year) == ["DESK", "WARD", "WARD"]
