"""Nights, jeopardy and free weekends that change hands: offers are legal and score as the judge counts."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from functools import cache

import pytest

from src.compliance.check import check
from src.interchange.model import (
    DutyType,
    HistoryCount,
    HistoryCountKind,
    Program,
    Request,
    RequestKind,
    Requirement,
    Rotation,
    Session,
    Setting,
    Template,
    Tier,
)
from src.interchange.schedule import Schedule
from src.solver.expand import Decisions, expand
from src.solver.plan import YearPlan
from src.solver.stop import Stop
from src.solver.swaps.search import Offer
from tests.compliance.structure.world import JEOPARDY, call
from tests.solver.hospital import MONDAY, PEOPLE, hospital
from tests.solver.swaps.small import YEAR, search
from tests.solver.swaps.test_search import assert_honest

NIGHTS = {"A": (0, 3, 5, 6, 9), "B": (1, 3, 4, 7, 12), "C": (0, 2, 5, 8, 10), "D": (4, 6, 8, 11, 12)}
"""By person: the nights worked, of the first fortnight."""
ON_JEOPARDY = {2: "D", 9: "B", 11: "B", 13: "C"}
TERMS = (
    "fair_nights",
    "fair_weekends",
    "fair_holidays",
    "fair_jeopardy",
    "whole_weekends",
    "day_off_request",
)


@cache
def stood() -> tuple[Program, Schedule]:
    nights = Template("NF", (), Session.NIGHT, time(19), 720, DutyType.NIGHT_FLOAT, may_be_off=True, row=2)
    backup = call("BACKUP", weekdays=(), duty_type=JEOPARDY, start=time(7), minutes=600, row=2)
    weights = (*((term, Decimal(3)) for term in TERMS), ("isolated_nights", Decimal(-1)))
    program = hospital(
        blocks=(14,),
        rotations=(Rotation("NF", "Nights", Setting.NIGHT_FLOAT, row=2),),
        templates=(nights,),
        calls=(backup,),
        holidays=(MONDAY + timedelta(4), MONDAY + timedelta(9)),
        objective=(Tier(weights),),
        requests=(Request("A", RequestKind.DAY_OFF, None, MONDAY + timedelta(3), row=2),),
        history_counts=(HistoryCount("B", HistoryCountKind.NIGHTS, Decimal(2), row=2),),
        coverage=(),
        staffing=(),
        requirements=(Requirement((), None, "NF", 0, None, row=2),),
        clinics=(),
        vacation_weeks={},
    )
    plan = YearPlan({(person.id, 1): "NF" for person in PEOPLE})
    off = {
        (who, MONDAY + timedelta(day))
        for who, worked in NIGHTS.items()
        for day in range(14)
        if day not in worked
    }
    taken = {(who, MONDAY + timedelta(day), "BACKUP") for day, who in ON_JEOPARDY.items()}
    rows = expand(program, plan, Decisions(frozenset(off), frozenset(taken)))
    schedule = Schedule(plan.year_rows(), (), rows)
    report = check(program, schedule)
    assert report.ok, [one.message for one in report.broken]
    return program, schedule


@cache
def offers() -> tuple[Offer, ...]:
    program, schedule = stood()
    standing, found = search(program, schedule)
    return tuple(
        offer
        for person in program.residents
        for piece in standing.holder(person.id).pieces(0, YEAR)
        for offer in found.offers(person.id, piece, 0, YEAR, Stop(60)).offers
    )


@pytest.mark.parametrize("term", [*TERMS, "isolated_nights"])
def test_offers_that_change_a_term_change_it_as_the_judge_counts(term: str) -> None:
    program, schedule = stood()
    changing = [offer for offer in offers() if term in offer.change.terms]
    assert assert_honest(program, schedule, changing[:: max(1, len(changing) // 5)])


def test_nobody_is_in_a_chain_who_only_hands_on_the_duty_they_take() -> None:
    """Three work the same night at times: a ring through one who works it already is a swap of the others."""
    rings = [offer.transfers for offer in offers() if len(offer.transfers) == 3]
    assert rings
    assert all(len({each.piece for each in ring}) == 3 for ring in rings)


def test_offers_that_change_nothing_are_counted_right_too() -> None:
    program, schedule = stood()
    same = [offer for offer in offers() if not offer.change.terms]
    assert assert_honest(program, schedule, same[:: max(1, len(same) // 5)])
