"""Sessions that too few can work: by date, with who is away, and over the year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from src.interchange.model import Absence, AbsenceStatus, Requirement, Session, Staffing
from src.solver.precheck import find_shortages
from tests.solver.test_precheck import MORNING, needs
from tests.solver.year.tiny import MONDAY, OPEN, A, B, tiny


def test_a_date_on_which_too_few_are_there_names_the_absences() -> None:
    away = Absence("A", "sick", MONDAY, MONDAY, AbsenceStatus.APPROVED, row=5)
    asked = Staffing("WARD", (0,), Session.AM, (), 2, None, row=3)
    program = tiny(people=(A, B), templates=(MORNING,), staffing=(asked,), absences=(away,))
    needs(program, "staffing.csv:3", f"of {MONDAY} (block 1), only 1 who may", "A (absences.csv row 5)")


def test_who_is_away_on_another_date_is_none_too_few() -> None:
    day = MONDAY + timedelta(1)
    away = Absence("A", "sick", day, day, AbsenceStatus.APPROVED, row=5)
    asked = Staffing("WARD", (0,), Session.AM, (), 2, None, row=3)
    program = tiny(people=(A, B), templates=(MORNING,), staffing=(asked,), absences=(away,))
    assert not find_shortages(program)


@pytest.mark.parametrize(("most", "short"), [(1, True), (2, False)])
def test_what_requirements_allow_over_the_year(most: int, *, short: bool) -> None:
    asked = Staffing("WARD", (0,), Session.AM, (), 1, None, row=3)
    few = (Requirement((), None, "WARD", 0, most, row=9), *OPEN[1:])
    program = tiny(people=(A, B), templates=(MORNING,), staffing=(asked,), requirements=few)
    if short:
        needs(program, "staffing.csv:3", "3 blocks over the year, but requirements allow only 2")
    else:
        assert not find_shortages(program)
