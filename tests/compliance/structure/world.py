"""A fortnight small enough to write by hand: two residents, two academic blocks of a week each.

The year starts on Monday 6 July 2026 in Chicago. Both residents sit at the DESK, 08:00-12:00 on weekdays, in
both blocks; that schedule is legal, and each test changes what it is about. Rows are spelled out here from
wall times and hours, by nothing of the code under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from src.compliance.structure import Broken, Examination, examine
from src.interchange.model import (
    Call,
    DutyType,
    HolidayRule,
    Person,
    PersonKind,
    PostCall,
    Program,
    Requirement,
    Rotation,
    Session,
    Setting,
    Template,
)
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    FindingRow,
    Schedule,
    VacationRow,
    YearRow,
)

AM, PM, NIGHT = Session.AM, Session.PM, Session.NIGHT
CLINICAL, NIGHT_FLOAT = DutyType.CLINICAL, DutyType.NIGHT_FLOAT
IN_HOUSE, HANDOVER, JEOPARDY = DutyType.IN_HOUSE_CALL, DutyType.TRANSITION, DutyType.JEOPARDY
HOME = DutyType.HOME_CALL_AVAILABILITY
ZONE = ZoneInfo("America/Chicago")
MONDAY = date(2026, 7, 6)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WEEKDAYS = (0, 1, 2, 3, 4)

A = Person("A", "Ada", PersonKind.RESIDENT, 1, row=2)
B = Person("B", "Ben", PersonKind.RESIDENT, 2, row=3)
FACULTY = Person("F", "Fay", PersonKind.FACULTY, None, row=4)

DESK = Rotation("DESK", "Desk", Setting.OUTPATIENT, vacation_weeks_max=2, clinic=True, row=2)
WARD = Rotation("WARD", "Ward", Setting.INPATIENT, row=3)
NF = Rotation("NF", "Nights", Setting.NIGHT_FLOAT, row=4)
LEAVE = Rotation("LEAVE", "Leave", Setting.LEAVE, row=5)

TEMPLATES = (
    Template("DESK", WEEKDAYS, AM, time(8), 240, CLINICAL, row=2),
    Template("WARD", EVERY_DAY, AM, time(7), 300, CLINICAL, may_be_off=True, row=3),
    Template("WARD", EVERY_DAY, PM, time(12), 300, CLINICAL, may_be_off=True, row=4),
    Template("NF", EVERY_DAY, NIGHT, time(19), 720, NIGHT_FLOAT, may_be_off=True, row=5),
)


def day(number: int) -> date:
    """The year's local date, counted from 0: 0 … 6 are Monday … Sunday of block 1, 7 … 13 of block 2."""
    return MONDAY + timedelta(days=number)


def small_program(**changes: Any) -> Program:
    """The program of the fortnight; no rule packs, no objective, and every rotation open to everyone."""
    program = Program(
        id="fortnight",
        name="Fortnight",
        time_zone="America/Chicago",
        year_start_date=MONDAY,
        blocks=(7, 7),
        people=(A, B, FACULTY),
        rotations=(DESK, WARD, NF, LEAVE),
        templates=TEMPLATES,
        requirements=tuple(
            Requirement((), None, rotation, 0, None, row=row)
            for row, rotation in enumerate(("DESK", "WARD", "NF", "LEAVE"), start=2)
        ),
    )
    return replace(program, **changes)


def call(call_id: str = "CALL", **changes: Any) -> Call:
    """A call any evening from 18:00 for 12 h that nobody needs to take and everyone may."""
    made = Call(
        id=call_id,
        name=call_id,
        duty_type=IN_HOUSE,
        weekdays=(),
        holidays=HolidayRule.WEEKDAYS_AND_HOLIDAYS,
        start=time(18),
        minutes=720,
        handover_minutes=0,
        min=0,
        max=None,
        pgys=(),
        rotations=(),
        points=Decimal(1),
        post_call=PostCall.NONE,
        row=2,
    )
    return replace(made, **changes)


def shift(
    person: str,
    on: int | date,
    start: str,
    hours: float,
    work_id: str = "DESK",
    session: Session | None = None,
    kind: AssignmentKind = AssignmentKind.ROTATION,
    duty: DutyType = CLINICAL,
    zone: ZoneInfo = ZONE,
) -> AssignmentRow:
    """A row that starts at a local time and lasts so many elapsed hours."""
    local = on if isinstance(on, date) else day(on)
    wall = datetime.combine(local, time.fromisoformat(start), zone)
    end = (wall.astimezone(UTC) + timedelta(hours=hours)).astimezone(zone)
    if session is None:
        session = AM if wall.hour < 12 else PM if wall.hour < 17 else NIGHT
    return AssignmentRow(person, local, session, kind, work_id, wall, end, duty)


def on_call(person: str, on: int | date, start: str, hours: float, **changes: Any) -> AssignmentRow:
    """The duty of a call."""
    given = {"work_id": "CALL", "kind": AssignmentKind.CALL, "duty": IN_HOUSE, **changes}
    return shift(person, on, start, hours, **given)


def handover(person: str, on: int | date, start: str, hours: float, **changes: Any) -> AssignmentRow:
    """The handover of a call."""
    return on_call(person, on, start, hours, **{"duty": HANDOVER, **changes})


def jeopardy(
    person: str, on: int | date, start: str = "07:00", hours: float = 24, **changes: Any
) -> AssignmentRow:
    """A jeopardy."""
    given = {"work_id": "JEO", "kind": AssignmentKind.JEOPARDY, "duty": JEOPARDY, **changes}
    return shift(person, on, start, hours, **given)


def clinic(
    person: str, on: int | date, start: str = "13:00", hours: float = 4, **changes: Any
) -> AssignmentRow:
    """A continuity clinic."""
    return shift(person, on, start, hours, **{"work_id": "clinic", "kind": AssignmentKind.CLINIC, **changes})


def desk(person: str, *dates: int) -> list[AssignmentRow]:
    """Mornings at the desk."""
    return [shift(person, on, "08:00", 4) for on in dates]


def ward(person: str, *dates: int) -> list[AssignmentRow]:
    """Whole days on the ward."""
    return [
        row
        for on in dates
        for row in (shift(person, on, "07:00", 5, "WARD"), shift(person, on, "12:00", 5, "WARD"))
    ]


def nights(person: str, *dates: int) -> list[AssignmentRow]:
    """Nights of night float."""
    return [shift(person, on, "19:00", 12, "NF", duty=NIGHT_FLOAT) for on in dates]


DESK_DATES = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
"""The weekdays of the fortnight."""


def year(**rotations: tuple[str, ...]) -> tuple[YearRow, ...]:
    """`year(A=("DESK", "WARD"))`: the rotations of each academic block, by person."""
    cells = [
        (person, block, name) for person, names in rotations.items() for block, name in enumerate(names, 1)
    ]
    return tuple(YearRow(*cell, row=row) for row, cell in enumerate(cells, start=2))


def schedule(
    *rows: Iterable[AssignmentRow] | AssignmentRow,
    year: tuple[YearRow, ...] = year(A=("DESK", "DESK"), B=("DESK", "DESK")),
    vacations: Iterable[tuple[str, int, int | None]] = (),
    **changes: Any,
) -> Schedule:
    """A schedule of those rows, numbered as in a file. Vacations are person, day number and rank."""
    flat = [one for part in rows for one in ([part] if isinstance(part, AssignmentRow) else part)]
    weeks = [VacationRow(person, day(on), rank) for person, on, rank in vacations]
    return Schedule(
        year=year,
        vacations=tuple(replace(week, row=row) for row, week in enumerate(weeks, start=2)),
        assignments=tuple(replace(one, row=row) for row, one in enumerate(flat, start=2)),
        **changes,
    )


def legal() -> Schedule:
    """The fortnight at the desk."""
    return schedule(desk("A", *DESK_DATES), desk("B", *DESK_DATES))


def of_a(
    *rows: Iterable[AssignmentRow] | AssignmentRow,
    rotations: tuple[str, str] = ("DESK", "DESK"),
    **changes: Any,
) -> Schedule:
    """What A does is given; B sits at the desk as ever."""
    return schedule(*rows, desk("B", *DESK_DATES), year=year(A=rotations, B=("DESK", "DESK")), **changes)


def examined(program: Program, plan: Schedule, findings: tuple[FindingRow, ...] = ()) -> Examination:
    found = examine(program, plan, findings)
    assert_places(found)
    return found


def broken(program: Program, plan: Schedule, findings: tuple[FindingRow, ...] = ()) -> tuple[Broken, ...]:
    return examined(program, plan, findings).broken


def assert_places(found: Examination) -> None:
    """Every date, week and academic block of the words is among the fields, and so is whom they begin with.

    No places are clock times, and dates of leave that something reaches into: it is decided on its own date.
    """
    for one in found.broken:
        if one.file in ("result.json", "findings.csv", "unmet.csv"):
            continue  # what these rows say may name no place that there is
        words = _NO_PLACES.sub("", one.message)
        dates = {date.fromisoformat(text) for text in _DATE.findall(words)}
        blocks = {
            block for low, high in _BLOCKS.findall(words) for block in range(int(low), int(high or low) + 1)
        }
        assert dates <= {*one.dates, *one.weeks}, one
        assert blocks <= set(one.blocks), one
        if one.person is not None:
            assert one.person in words, one


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BLOCKS = re.compile(r"\bblocks? (\d+)(?:-(\d+))?(?! in a row)")
_NO_PLACES = re.compile(
    r"the person is (?:absent|on vacation|not in the program) on \d{4}-\d{2}-\d{2}$"
    r"|_at is \S+, not [^;\s]+|the year has blocks .*"
)


def messages(program: Program, plan: Schedule) -> list[str]:
    """What is broken, as `item file:row message`."""
    return [f"{int(one.item)} {one.file}:{one.row} {one.message}" for one in broken(program, plan)]


def assert_names(found: Iterable[str], *parts: str) -> None:
    """Exactly as many things are broken as parts are given, each message holding its part."""
    lines = list(found)
    assert len(lines) == len(parts), "\n".join(lines) or "nothing is broken"
    for line, part in zip(lines, parts, strict=True):
        assert part in line
