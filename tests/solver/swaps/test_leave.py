"""A call beside somebody's leave: on its eve they may take it, into it they may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from src.interchange.model import Absence, AbsenceStatus
from tests.solver.hospital import MONDAY
from tests.solver.swaps.small import first_call, search, stood


@pytest.mark.parametrize(("after", "refused"), [(0, True), (1, True), (2, False)])
def test_leave_that_begins_after_the_call_has_ended_is_in_nobodys_way(after: int, refused: bool) -> None:
    """The call of a Saturday ends on the Sunday."""
    program, schedule = stood()
    person, piece = first_call()
    _, plain = search(program, schedule)
    taker = next(each.person for each in plain.candidates(person, piece) if each.offer)
    day = MONDAY + timedelta(piece.day + after)
    away = Absence(taker, "sick", day, day, AbsenceStatus.APPROVED, row=2)
    _, found = search(replace(program, absences=(away,)), schedule)
    [told] = [each for each in found.candidates(person, piece) if each.person == taker]
    assert (told.reason == "is on vacation or absent") is refused
    assert (told.offer is None) is refused
