"""A call that a year has too few residents for is seen before any search, also where they have clinic."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from src.interchange.model import (
    Clinic,
    DutyType,
    PostCall,
    Program,
    Requirement,
    Session,
    Setting,
    Template,
)
from src.interchange.schedule import SolveStatus
from src.planning.limits import limits_of
from src.solver.asked import Asked
from src.solver.daily.sure import beside_clinics
from src.solver.engine import solve
from src.solver.problem import Problem
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.small import nobody, resident, rotation
from tests.solver.small import program as small

WARD = replace(rotation("WARD", row=2), clinic=True)
DESK = rotation("DESK", Setting.OUTPATIENT, row=3)
BLOCKS = (28, 28, 28, 28)
SATURDAY = call(
    "SAT",
    weekdays=(5,),
    start=time(7),
    minutes=1440,
    handover_minutes=120,
    min=1,
    max=1,
    post_call=PostCall.DAY_OFF,
    rotations=("WARD",),
    row=2,
)


def on_ward(session: Session, start: int, minutes: int, row: int) -> Template:
    return Template("WARD", (0, 1, 2, 3, 4), session, time(start), minutes, DutyType.CLINICAL, row=row)


AT_DESK = Template("DESK", (0, 1, 2, 3, 4), Session.AM, time(8), 240, DutyType.CLINICAL, row=4)
CLINICS = (
    Clinic("R0", 0, Session.AM, time(8), 240, row=2),
    Clinic("R1", 0, Session.PM, time(13), 240, row=3),
    Clinic("R2", 4, Session.PM, time(13), 240, row=4),
)


def weekends(most: int, clinics: tuple[Clinic, ...] = CLINICS) -> Program:
    """Who has a call on each Saturday has no free day: two are needed, of three with `most` blocks each."""
    return small(
        tuple(resident(f"R{number}", row=2 + number) for number in range(3)),
        [WARD, DESK],
        templates=(on_ward(Session.AM, 7, 300, 2), on_ward(Session.PM, 12, 300, 3), AT_DESK),
        requirements=(
            Requirement((), None, "WARD", 0, most, row=2),
            Requirement((), None, "DESK", 0, None, row=3),
        ),
        calls=(SATURDAY,),
        clinics=clinics,
        blocks=BLOCKS,
        rule_packs=("acgme-cpr-2023",),
    )


def problem_of(program: Program) -> Problem:
    return Problem(program, limits=limits_of(program), workers=1, deterministic_limit=5.0)


def has_a_schedule(program: Program) -> bool:
    """Asked until there is one."""
    stop = Stop(60.0)
    problem = replace(problem_of(program), kept=lambda _: stop.cancel())
    return solve(problem, stop, nobody).schedule is not None


def test_a_year_with_too_few_blocks_for_a_call_is_refused_by_the_rows_that_say_so() -> None:
    """Two in each of four blocks are eight; three residents may be there for six."""
    result = solve(problem_of(weekends(2)), Stop(60.0), nobody)
    assert result.status is SolveStatus.INFEASIBLE
    rows = {(conflict.file, conflict.row) for conflict in result.conflicts}
    assert rows == {("calls.csv", 2), ("requirements.csv", 2), ("program.toml", None)}
    assert "US-FREE7" in " ".join(conflict.message for conflict in result.conflicts)
    assert "Raise the maximum of requirements.csv row 2 by 1, to 3 (WARD)." in result.way_out


def test_a_year_that_has_just_enough_of_them_gets_a_schedule() -> None:
    assert has_a_schedule(weekends(3))


def test_a_call_is_not_called_tight_where_the_year_has_room_for_it() -> None:
    assert not Asked(problem_of(weekends(3)), Stop(60.0)).is_tight()


def test_a_clinic_at_another_hour_leaves_what_both_have_in_common() -> None:
    monday = [row for row in beside_clinics(weekends(2), "WARD", (SATURDAY,)) if row.weekdays == (0,)]
    assert {(row.session, row.start, row.minutes) for row in monday} == {
        (Session.AM, time(8), 240),
        (Session.PM, time(13), 240),
    }


def test_nothing_is_left_of_a_session_that_has_nothing_in_common_with_a_clinic() -> None:
    late = (Clinic("R0", 0, Session.PM, time(18), 120, row=2),)
    kept = list(beside_clinics(weekends(2, late), "WARD", (SATURDAY,)))
    assert not [row for row in kept if row.session is Session.PM and 0 in row.weekdays]


def test_nothing_is_left_where_a_call_would_replace_the_session_and_not_the_part() -> None:
    """It begins at five, and the session ends at half past, but the clinic before."""
    long = replace(on_ward(Session.PM, 12, 330, 3), row=9)
    program = replace(weekends(2), templates=(long, AT_DESK))
    evening = replace(SATURDAY, start=time(17), minutes=600)
    kept = list(beside_clinics(program, "WARD", (evening,)))
    assert [row.weekdays for row in kept] == [(1, 2, 3)]


def test_who_is_away_on_too_many_dates_of_a_call_is_no_reason_to_refuse_what_others_can_do() -> None:
    """A resident who leaves is spared; the others have room for the calls."""
    program = weekends(3)
    first, *others = program.people
    gone = replace(first, end_date=program.year_start_date + timedelta(6))
    changed = replace(program, people=(gone, *others), requirements=program.requirements[1:])
    opened = replace(
        changed, requirements=(Requirement((), None, "WARD", 0, 4, row=2), *changed.requirements)
    )
    assert has_a_schedule(opened)
