"""Trials of so many residents on a rotation: what they show, and when they show nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from src.interchange.model import Program
from src.planning.limits import limits_of
from src.solver.daily.calendar import Calendar
from src.solver.daily.subsolve import Effort
from src.solver.daily.trial import Asked, is_impossible
from src.solver.stop import Stop
from tests.compliance.structure.world import call
from tests.solver.hospital import MONDAY, TEMPLATES, hospital

NIGHTLY = call(min=1, max=1, weekdays=(), minutes=1440, row=2)


def is_refuted(people: int, stop: Stop, deterministic: float | None = None) -> bool:
    """Whether so many are too few for a call of a day and a night every date, without sessions."""
    program: Program = hospital(calls=(NIGHTLY,))
    asked = Asked(1, "WARD", people, (NIGHTLY,), (), (), excused=14)
    return is_impossible(program, asked, limits_of(program), Effort(20.0, 1, 1, deterministic), stop)


@pytest.mark.parametrize(("people", "are_too_few"), [(1, True), (4, False)])
def test_every_third_night_needs_more_than_one(people: int, *, are_too_few: bool) -> None:
    assert is_refuted(people, Stop(60.0)) is are_too_few


def test_nothing_is_shown_after_the_stop() -> None:
    """Trials follow one another by the hundred: what does not end with the stop outlives it by minutes."""
    stop = Stop(60.0)
    stop.cancel()
    assert not is_refuted(1, stop)
    assert not is_refuted(1, Stop(0.0))


def test_a_deterministic_limit_goes_by_no_clock() -> None:
    assert is_refuted(1, Stop(0.0), deterministic=20.0)


def test_programs_cut_out_of_one_another_share_their_midnights() -> None:
    """Another year or another zone has its own."""
    program = hospital()
    cut_out = hospital(templates=TEMPLATES[:1])
    one, same = Calendar(program), Calendar(cut_out)
    assert [one.midnight(day) for day in range(28)] == [same.midnight(day) for day in range(28)]
    later = Calendar(hospital(year_start_date=MONDAY + timedelta(1), requests=()))
    elsewhere = Calendar(hospital(time_zone="America/New_York"))
    assert later.midnight(0) == one.midnight(1)
    assert elsewhere.midnight(0) == one.midnight(0) - 60
