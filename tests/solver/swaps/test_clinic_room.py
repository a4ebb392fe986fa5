"""Calls that change hands beside a clinic with little room: who gives one away is in the clinic again."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from src.interchange.model import Clinic, Program, Session
from src.interchange.schedule import Schedule
from src.planning.limits import limits_of
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.swaps.search import SwapSearch
from src.solver.swaps.standing import Piece, Standing
from tests.solver.hospital import MONDAY, PEOPLE, WEEKEND_CALL, hospital

WEDNESDAY = 2
FULL = f"the clinic of {MONDAY + timedelta(WEDNESDAY)} PM is full"


def clinic(person: str, session: Session = Session.PM, most: int = 1) -> Clinic:
    return Clinic(person, WEDNESDAY, session, time(8 if session is Session.AM else 13), 240, most, row=2)


def all_at_the_desk(*clinics: Clinic) -> Program:
    """Nobody is asked to be on the ward; a call on Wednesday keeps who takes it from the clinic."""
    call = replace(WEEKEND_CALL, weekdays=(WEDNESDAY,))
    bare = {"coverage": (), "staffing": (), "requests": (), "vacation_weeks": {}, "holidays": ()}
    return hospital(calls=(call,), clinics=clinics, **bare)


def reasons(program: Program) -> dict[str, str | None]:
    """Why A's call of the first Wednesday cannot go to each of the others."""
    plan = YearPlan({(person.id, block): "DESK" for person in PEOPLE for block in (1, 2)})
    taken = frozenset(("A", MONDAY + timedelta(WEDNESDAY + 7 * week), "CALL") for week in range(4))
    rows = expand(program, plan, Decisions(calls=taken))
    standing = Standing(program, Schedule(plan.year_rows(), (), rows), limits_of(program))
    found = SwapSearch(standing).candidates("A", Piece(WEDNESDAY, "CALL", is_call=True))
    return {each.person: each.reason for each in found}


def test_a_full_clinic_takes_back_only_whose_place_the_taker_leaves() -> None:
    assert reasons(all_at_the_desk(clinic("A"), clinic("B"))) == {"B": None, "C": FULL, "D": FULL}


@pytest.mark.parametrize(
    "others",
    [
        pytest.param((clinic("B", most=2),), id="room for two"),
        pytest.param((clinic("B", most=0),), id="no cap"),
        pytest.param((clinic("B", Session.AM),), id="the other is there in the morning"),
        pytest.param((), id="nobody else has clinic"),
    ],
)
def test_a_clinic_with_room_takes_back_who_gives_the_call_away(others: tuple[Clinic, ...]) -> None:
    most = others[0].max_at_once if others and others[0].session is Session.PM else 1
    assert set(reasons(all_at_the_desk(clinic("A", most=most), *others)).values()) == {None}


def test_sessions_of_a_rotation_take_no_room_in_the_clinic() -> None:
    """The others work at the desk in the morning that A, back from call, spends in the clinic."""
    assert set(reasons(all_at_the_desk(clinic("A", Session.AM))).values()) == {None}


def test_the_least_cap_counts_where_rows_differ() -> None:
    for caps in ((1, 2), (2, 1), (0, 1)):
        mine, other = (clinic(person, most=most) for person, most in zip("AB", caps, strict=True))
        assert reasons(all_at_the_desk(mine, other))["C"] == FULL
