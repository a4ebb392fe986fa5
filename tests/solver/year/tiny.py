"""A program tiny enough to try every year plan of: two residents, three blocks of a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from src.interchange.model import Person, PersonKind, Program, Requirement, Rotation, Setting, Tier

WARD = Rotation("WARD", "Ward", Setting.INPATIENT, max_consecutive=None, group="busy", row=2)
ELEC = Rotation("ELEC", "Elective", Setting.ELECTIVE, vacation_weeks_max=1, row=3)
NF = Rotation("NF", "Nights", Setting.NIGHT_FLOAT, group="busy", row=4)
LEAVE = Rotation("LEAVE", "Leave", Setting.LEAVE, row=5)
MONDAY, WEDNESDAY = date(2026, 7, 6), date(2026, 7, 8)
A = Person("A", "Ada", PersonKind.RESIDENT, 1, row=2)
B = Person("B", "Ben", PersonKind.RESIDENT, 1, track="research", row=3)
C = Person("C", "Cy", PersonKind.RESIDENT, 2, row=4)
OPEN = tuple(
    Requirement((), None, name, 0, None, row=row) for row, name in enumerate(("WARD", "ELEC", "NF"), 2)
)


def tiny(**changes: object) -> Program:
    """Two residents, three blocks of a week, three rotations open to both; nothing is asked."""
    program = Program(
        id="tiny",
        name="Tiny",
        time_zone="America/Chicago",
        year_start_date=MONDAY,
        blocks=(7, 7, 7),
        people=(A, B),
        rotations=(WARD, ELEC, NF, LEAVE),
        requirements=OPEN,
        objective=(Tier((("rotation_request", Decimal(1)),), (Decimal(10), Decimal(5))),),
    )
    return replace(program, **changes)  # type: ignore[arg-type]
