"""What is left of an absence where rows outside of a repair's range stand on its dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from src.interchange.model import Program
from src.planning.repair.as_it_stands import as_it_stands
from src.planning.repair.changes import AbsenceIn, GoneIn, with_changes
from src.solver.repair.model import RepairProblem
from tests.factories.schedules_db import ward_program, ward_schedule

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 7, day) for day in (3, 4, 5, 6))


def away(program: Program, *spans: tuple[str, date, date]) -> Program:
    absences = [AbsenceIn(person=who, start_date=start, end_date=end) for who, start, end in spans]
    return with_changes(program, absences, [])


@pytest.mark.parametrize(
    ("last", "start", "left"),
    [
        (SATURDAY, FRIDAY, (FRIDAY, SUNDAY)),
        (SATURDAY, SUNDAY, (SUNDAY, SUNDAY)),
        (SUNDAY, SATURDAY, (SATURDAY, SUNDAY)),
        (SUNDAY, MONDAY, None),
        (SATURDAY, MONDAY, None),
    ],
)
def test_the_date_after_the_range_stays_free_where_nobody_works_on_it(
    last: date, start: date, left: tuple[date, date] | None
) -> None:
    """The week after is worked; of the leave that covers it, what the range can still reach is kept."""
    program = away(ward_program(), ("R1", start, date(2026, 7, 10)))
    stands = as_it_stands(RepairProblem(program, ward_schedule(), to_date=last))
    spans = [(one.start_date, one.end_date) for one in stands.absences]
    assert spans == ([] if left is None else [left])


@pytest.mark.parametrize("last", [date(2026, 7, 5), date(2026, 7, 8)])
def test_who_has_left_and_has_work_after_the_range_is_away_in_it(last: date) -> None:
    """Hours and free days are counted on what stands after the range, as the judge counts them."""
    program = with_changes(ward_program(), [], [GoneIn(person="R1", from_date=SATURDAY)])
    assert program.person_by_id["R1"].end_date == FRIDAY
    stands = as_it_stands(RepairProblem(program, ward_schedule(), from_date=FRIDAY, to_date=last))
    assert stands.person_by_id["R1"].end_date is None
    (one,) = stands.absences
    assert (one.person, one.start_date) == ("R1", SATURDAY)
    assert one.end_date <= last + timedelta(1)


def test_who_has_left_is_gone_where_blocks_after_it_may_move() -> None:
    program = with_changes(ward_program(), [], [GoneIn(person="R1", from_date=SATURDAY)])
    whole = RepairProblem(program, ward_schedule())
    assert as_it_stands(whole) is program
