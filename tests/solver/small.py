"""Small programs for tests of the engine: a few residents, short academic blocks, chosen rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from src.interchange.model import (
    Coverage,
    DutyType,
    Person,
    PersonKind,
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
from src.solver.problem import Progress

MONDAY = date(2026, 6, 29)


def resident(name: str, pgy: int = 1, **more: Any) -> Person:
    return Person(name, name, PersonKind.RESIDENT, pgy, **more)


def rotation(name: str, setting: Setting = Setting.INPATIENT, **more: Any) -> Rotation:
    return Rotation(name, name, setting, **more)


def weekday_session(rotation_id: str, session: Session = Session.AM, **more: Any) -> Template:
    start = {Session.AM: time(8), Session.PM: time(13), Session.NIGHT: time(19)}[session]
    minutes = 720 if session is Session.NIGHT else 240
    duty = DutyType.NIGHT_FLOAT if session is Session.NIGHT else DutyType.CLINICAL
    weekdays = more.pop("weekdays", (0, 1, 2, 3, 4))
    return Template(rotation_id, weekdays, session, start, minutes, duty, **more)


def may_do(*rotations: str, pgys: tuple[int, ...] = ()) -> tuple[Requirement, ...]:
    """Requirement rows that make the rotations the residents' to do, and ask for nothing."""
    return tuple(
        Requirement(pgys, None, name, 0, None, row=number) for number, name in enumerate(rotations, start=2)
    )


def covers(rotation_id: str, least: int, most: int | None = None, **more: Any) -> Coverage:
    return Coverage(rotation_id, more.pop("pgys", ()), more.pop("blocks", ()), least, most, **more)


def vacation_wish(person: str, monday: date, rank: int, row: int = 2) -> Request:
    return Request(person, RequestKind.VACATION, rank, monday, monday + timedelta(days=6), row=row)


def rotation_wish(person: str, rotation_id: str, block: int, weight: int = 1, row: int = 2) -> Request:
    return Request(person, RequestKind.ROTATION, rotation=rotation_id, block=block, weight=weight, row=row)


def year_tier(*ranks: int, **weights: int) -> Tier:
    named = tuple((term, Decimal(weight)) for term, weight in weights.items())
    return Tier(named, tuple(map(Decimal, ranks)) if ranks else None)


def program(
    people: Iterable[Person] = (),
    rotations: Iterable[Rotation] = (),
    *,
    blocks: tuple[int, ...] = (28, 28),
    weeks_due: int = 0,
    **more: Any,
) -> Program:
    """A program whose year starts on a Monday; rotations are everyone's unless requirements are given."""
    people, rotations = tuple(people), tuple(rotations)
    more.setdefault("requirements", may_do(*(each.id for each in rotations)))
    return Program(
        id="small",
        name="Small",
        time_zone="America/Chicago",
        year_start_date=MONDAY,
        blocks=blocks,
        vacation_weeks=MappingProxyType({1: weeks_due, 2: weeks_due}),
        people=people,
        rotations=rotations,
        **more,
    )


def nobody(step: Progress) -> None:
    """A progress sink that looks away."""
