"""Why a duty is whose: its grounds, who else could, and the price of the next best."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.compliance.check import check
from src.interchange.model import CallPin
from src.planning.limits import limits_of
from src.solver.stop import Stop
from src.solver.swaps.search import SwapSearch, applied
from src.solver.swaps.standing import Piece, Standing
from src.solver.why.duty import WhyDuty, why_duty
from tests.solver.swaps.small import first_call, stood


def asked(person: str, piece: Piece, **changes: object) -> WhyDuty:
    program, schedule = stood()
    program = replace(program, **changes)  # type: ignore[arg-type]
    standing = Standing(program, schedule, limits_of(program))
    return why_duty(standing, SwapSearch(standing), person, piece, Stop(20))


def test_a_call_rests_on_its_row_and_everybody_else_is_told_of() -> None:
    program, _ = stood()
    person, piece = first_call()
    why = asked(person, piece)
    assert {ground.file for ground in why.grounds} >= {"calls.csv", "coverage.csv"}
    assert {each.person for each in why.others} == {each.id for each in program.residents} - {person}
    assert all((each.offer is None) is (each.reason is not None) for each in why.others)


def test_the_next_best_is_legal_and_no_other_costs_less() -> None:
    program, schedule = stood()
    person, piece = first_call()
    why = asked(person, piece)
    assert why.next_best is not None
    assert check(program, replace(schedule, assignments=applied(schedule, why.next_best))).ok
    could = [each.offer.change.score for each in why.others if each.offer is not None]
    assert all(score <= why.next_best.change.score for score in could)


def test_a_pin_is_named_and_leaves_nobody_else() -> None:
    person, piece = first_call()
    standing = Standing(*stood(), limits_of(stood()[0]))
    pin = CallPin(person, standing.shared.calendar.date(piece.day), piece.item, row=7)
    why = asked(person, piece, call_pins=(pin,))
    assert ("pins.csv", 7) in {(ground.file, ground.row) for ground in why.grounds}
    assert why.refusal == "a pin keeps it where it is"
    assert why.next_best is None


def test_a_day_that_no_template_lets_be_off_is_everyones() -> None:
    program, _ = stood()
    standing = Standing(*stood(), limits_of(program))
    fixed = tuple(replace(row, may_be_off=False) for row in program.templates)
    piece = next(
        (person.id, piece)
        for person in program.residents
        for piece in standing.holder(person.id).pieces(0, 27)
        if not piece.is_call
    )
    why = asked(*piece, templates=fixed)
    assert "no row of its template lets it be off" in (why.refusal or "")
    assert why.others == ()


def test_nobody_is_no_resident() -> None:
    with pytest.raises(KeyError):
        asked("NOBODY", first_call()[1])
