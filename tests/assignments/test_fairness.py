"""How the load fell on a resident, counted by hand: blocks, nights, weekends, holidays, calls, hours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from src.assignments.fairness import Load, loads
from src.interchange.model import HistoryCount, HistoryCountKind, Program, Setting
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule, YearRow
from tests.compliance.structure.world import (
    HOME,
    JEOPARDY,
    NF,
    NIGHT_FLOAT,
    A,
    B,
    call,
    day,
    handover,
    on_call,
    shift,
)
from tests.compliance.structure.world import small_program as small

NIGHTS = HistoryCountKind.NIGHTS


def program() -> Program:
    calls = (call(points=Decimal("1.5")), call("BACKUP", duty_type=JEOPARDY, points=Decimal("0.5"), row=3))
    history = tuple(HistoryCount("A", NIGHTS, Decimal(number), row=2) for number in (3, 4))
    return small(calls=calls, history_counts=history, holidays=(day(2), day(9)))


def load_of(*rows: AssignmentRow, rotations: tuple[str, str] = ("DESK", "DESK")) -> Load:
    year = tuple(YearRow("A", block, rotation) for block, rotation in enumerate(rotations, start=1))
    other = YearRow("B", 1, "DESK"), YearRow("B", 2, "DESK")
    mine, others = loads(program(), Schedule((*year, *other), (), rows))
    assert (mine.person, others.person) == (A, B)
    assert (others.points, others.hours, others.nights) == (0, 0, 0)
    return mine


@pytest.mark.parametrize(
    ("rotations", "heavy"), [(("DESK", "DESK"), 0), (("WARD", "DESK"), 1), (("WARD", "NF"), 2)]
)
def test_inpatient_and_night_float_blocks_are_heavy(rotations: tuple[str, str], heavy: int) -> None:
    assert load_of(rotations=rotations).heavy_blocks == heavy
    assert NF.setting is Setting.NIGHT_FLOAT


def test_a_call_has_its_points_once_whatever_its_handover() -> None:
    load = load_of(on_call("A", 1, "18:00", 12), handover("A", 2, "06:00", 1))
    assert (load.points, load.jeopardy, load.hours) == (Decimal("1.5"), 0, 13)


def test_jeopardy_has_points_and_neither_hours_nor_dates() -> None:
    backup = shift("A", 5, "07:00", 10, "BACKUP", kind=AssignmentKind.JEOPARDY, duty=JEOPARDY)
    load = load_of(backup)
    assert (load.points, load.jeopardy) == (Decimal("0.5"), 1)
    assert (load.hours, load.weekends, load.holidays, load.nights) == (0, 0, 0, 0)


def test_a_night_counts_on_its_date_and_touches_the_next() -> None:
    """Friday's and Sunday's touch one weekend, Tuesday's the holiday on Wednesday."""
    nights = [shift("A", on, "19:00", 12, "NF", duty=NIGHT_FLOAT) for on in (1, 4, 6)]
    load = load_of(*nights)
    assert (load.nights, load.weekends, load.holidays, load.hours) == (3, 1, 1, 36)
    assert load.history == {NIGHTS: Decimal(7)}


def test_home_call_is_no_hours_and_a_clinic_is_a_session() -> None:
    home = on_call("A", 1, "18:00", 12, duty=HOME)
    clinic = shift("A", 3, "13:00", 2.5, "clinic", kind=AssignmentKind.CLINIC)
    load = load_of(home, clinic)
    assert (load.hours, load.clinic_sessions, load.nights) == (Decimal("2.50"), 1, 0)
