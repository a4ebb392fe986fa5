"""Why a duty cannot change hands: pins, PGYs, leave, limits, staffing, edits by hand; in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from src.interchange.model import Absence, AbsenceStatus, CallPin, Program, Staffing
from src.interchange.schedule import Schedule
from src.planning.limits import limits_of
from src.solver.stop import Stop
from src.solver.swaps.search import SwapSearch
from src.solver.swaps.standing import Standing
from tests.solver.hospital import MONDAY
from tests.solver.swaps.small import YEAR, all_calls, first_call, offers_of, search, stood


def reasons(program: Program, schedule: Schedule) -> dict[str, str | None]:
    person, piece = first_call()
    _, found = search(program, schedule)
    return {candidate.person: candidate.reason for candidate in found.candidates(person, piece)}


def test_a_pinned_call_stays_with_its_resident() -> None:
    program, schedule = stood()
    person, piece = first_call()
    pin = CallPin(person, MONDAY + timedelta(piece.day), piece.item)
    pinned = replace(program, call_pins=(pin,))
    _, found = search(pinned, schedule)
    assert found.refusal(person, piece) == "a pin keeps it where it is"
    assert offers_of(pinned, schedule, person, piece).offers == ()


def test_nobody_else_takes_a_call_that_their_pgy_may_not() -> None:
    program, schedule = stood()
    person, _ = first_call()
    pgy = program.person_by_id[person].pgy
    narrowed = replace(program, calls=tuple(replace(call, pgys=(pgy or 0,)) for call in program.calls))
    told = reasons(narrowed, schedule)
    others = [each.id for each in program.residents if each.pgy != pgy]
    assert others
    assert all("may not take" in (told[other] or "") for other in others)


def test_nobody_takes_a_call_that_reaches_into_their_absence() -> None:
    program, schedule = stood()
    person, piece = first_call()
    day = MONDAY + timedelta(piece.day + 1)
    away = tuple(
        Absence(each.id, "sick", day, day, AbsenceStatus.APPROVED)
        for each in program.residents
        if each.id != person
    )
    told = reasons(replace(program, absences=away), schedule)
    assert "is on vacation or absent" in told.values()
    assert all(reason is not None for reason in told.values())


def test_a_limit_that_the_taker_would_exceed_is_named_with_its_number() -> None:
    """With one hour less a week than the busiest would have, a call more is too much."""
    program, schedule = stood()
    person, piece = first_call()
    tight = Standing(program, schedule, replace(limits_of(program), weekly_minutes=60))
    told = [candidate.reason or "" for candidate in SwapSearch(tight).candidates(person, piece)]
    assert any(reason.startswith("US-80: ") for reason in told)


def test_a_limit_that_no_pack_keeps_stands_in_nobodys_way() -> None:
    """Programs of other countries go by other rules: what theirs do not say refuses no offer."""
    program, schedule = stood()
    person, piece = first_call()
    limits = limits_of(program)
    loose = replace(limits, weekly_minutes=60, keeps=limits.keeps - {"weekly_hours"})
    told = SwapSearch(Standing(program, schedule, loose)).candidates(person, piece)
    assert len(told) == len(program.residents) - 1
    assert not any((candidate.reason or "").startswith("US-80: ") for candidate in told)


def test_staffing_that_would_fall_short_is_named() -> None:
    """With every session at its minimum, nobody on the ward can leave it for a call."""
    program, schedule = stood()
    full = replace(program, staffing=(Staffing("WARD", (), program.staffing[0].session, (), 2, row=2),))
    standing, found = search(full, schedule)
    told = [
        candidate.reason or ""
        for person, piece in all_calls(standing)
        for candidate in found.candidates(person, piece)
    ]
    assert any("would have" in reason for reason in told)


def test_a_stop_ends_the_search_and_says_that_it_is_not_complete() -> None:
    program, schedule = stood()
    person, piece = first_call()
    stop = Stop(60)
    stop.cancel()
    _, found = search(program, schedule)
    assert not found.offers(person, piece, 0, YEAR, stop).complete


def test_nobody_has_duties_that_are_not_in_the_program() -> None:
    program, schedule = stood()
    _, found = search(program, schedule)
    with pytest.raises(KeyError):
        found.offers("NOBODY", first_call()[1], 0, YEAR, Stop(1))


def test_days_that_no_decision_explains_are_left_alone() -> None:
    """A session that a person was taken off by hand is theirs no more to trade."""
    program, schedule = stood()
    person, piece = first_call()
    standing, _ = search(program, schedule)
    near = {standing.shared.calendar.date(piece.day + step) for step in (0, 1)}
    rows = tuple(
        replace(row, end_at=row.end_at - timedelta(minutes=30))
        if row.person == person and row.date in near
        else row
        for row in schedule.assignments
    )
    _, found = search(program, replace(schedule, assignments=rows))
    assert "changed by hand" in (found.refusal(person, piece) or "")


def test_without_packs_the_programs_own_rows_alone_hold() -> None:
    program, schedule = stood()
    assert limits_of(replace(program, rule_packs=())).keeps == frozenset()
    assert offers_of(replace(program, rule_packs=()), schedule, *first_call()).complete
