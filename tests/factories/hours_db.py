"""Worked hours in the database for tests: a program whose year began some weeks ago, so that there is a past.

All dates hang on today, since nobody logs what is still to come. The program's zone has no clock changes, so
that every day is as long as the next whenever the tests run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import MANAGERS, Role
from src.compliance.hours.constants import EntryOrigin, SheetUnit
from src.compliance.hours.models import HourEntry, HourSheet
from src.interchange.model import DutyType
from src.interchange.model import Program as FolderProgram
from src.models import now
from src.programs.models import Person, Program
from src.schedules.constants import VersionState
from tests.factories.auth import make_member, sign_in
from tests.factories.path_ids import supplies
from tests.factories.programs_db import person_id, store_program
from tests.factories.schedules_db import store_schedule, store_version, ward_program, ward_schedule

ZONE = ZoneInfo("America/Phoenix")


def year_start() -> dt.date:
    """A Monday five weeks and some days ago: the first block of 28 days is over, the second is not."""
    today = now().astimezone(ZONE).date()
    return today - dt.timedelta(days=today.weekday() + 35)


def hours_program() -> FolderProgram:
    """The ward of three residents: two blocks of four weeks, the second not over yet."""
    return replace(
        ward_program(),
        id="hours",
        time_zone=ZONE.key,
        year_start_date=year_start(),
        blocks=(28, 28),
        requests=(),
    )


def at(day: int, hour: float = 0) -> dt.datetime:
    """The instant so many hours into a date, counted from the year's first date as 0."""
    start = dt.datetime.combine(year_start() + dt.timedelta(days=day), dt.time(), ZONE)
    return start + dt.timedelta(hours=hour)


def entry(
    day: int, start: float, hours: float, duty_type: str = "clinical", **more: object
) -> dict[str, object]:
    """The body of an entry that starts on a date at a local hour."""
    begin = at(day, start)
    end = begin + dt.timedelta(hours=hours)
    return {"start_at": begin.isoformat(), "end_at": end.isoformat(), "duty_type": duty_type, **more}


async def store_hours_program(session: AsyncSession, *, published: bool = True) -> Program:
    """The program, with its schedule of block 1 published unless told otherwise: 50 h each week."""
    parsed = hours_program()
    program = await store_program(session, parsed)
    if published:
        schedule = await store_schedule(session, program.id)
        await store_version(
            session,
            schedule,
            program=parsed,
            content=ward_schedule(parsed),
            state=VersionState.PUBLISHED,
        )
    return program


@dataclass
class Desk:
    """Calls the routes of hours as one user, about one resident."""

    client: httpx.AsyncClient
    headers: dict[str, str]
    program_id: UUID
    person_id: UUID

    async def call(
        self, method: str, path: str, json: object = None, *, etag: str | None = None, **options: object
    ) -> httpx.Response:
        headers = self.headers if etag is None else {**self.headers, "If-Match": etag}
        headers = {**headers, **dict(options.pop("headers", {}))}  # type: ignore[call-overload]  # headers are a dict
        return await self.client.request(
            method,
            f"/api/v1/{path}",
            json=json,
            headers=headers,
            **options,  # type: ignore[arg-type]  # passed through
        )

    async def get(self, path: str, **params: object) -> httpx.Response:
        return await self.call("GET", path, params=params)

    async def own(self, path: str, **params: object) -> httpx.Response:
        """What a route tells of the resident's hours."""
        return await self.get(f"people/{self.person_id}/hours/{path}", **params)

    async def open(self, day: int = 0, unit: str = "academic_block") -> dict[str, object]:
        """A new sheet that holds a date, counted from the year's first."""
        date = (year_start() + dt.timedelta(days=day)).isoformat()
        answer = await self.call(
            "POST", f"people/{self.person_id}/hours/sheets", {"unit": unit, "date": date}
        )
        assert answer.status_code == 201, answer.text
        shown: dict[str, object] = answer.json()
        return shown

    async def sheet(self, sheet_id: object) -> dict[str, object]:
        """The sheet as it is now."""
        shown: dict[str, object] = (await self.get(f"hours/sheets/{sheet_id}")).json()
        return shown

    async def step(
        self, sheet_id: object, what: str, json: object = None, **options: object
    ) -> httpx.Response:
        """Do something to the sheet as it is now."""
        etag = str((await self.sheet(sheet_id))["etag"])
        return await self.call("POST", f"hours/sheets/{sheet_id}/{what}", json, etag=etag, **options)


async def desk_of(
    client: httpx.AsyncClient,
    session: AsyncSession,
    program: Program,
    role: Role = Role.RESIDENT,
    person: str = "R1",
) -> Desk:
    """A desk of a resident linked to the person, or of another role that looks at the person."""
    who = await person_id(session, program, person)
    linked = who if role in (Role.RESIDENT, Role.CHIEF) else None
    user = await make_member(session, program, role, person_id=linked)
    return Desk(client, await sign_in(session, user), program.id, who)


async def store_sheet(session: AsyncSession, program: Program, person: Person) -> HourSheet:
    """An open sheet of four weeks that are over, with one entry; nobody's who calls."""
    zone = ZoneInfo(program.time_zone)
    first = now().astimezone(zone).date() - dt.timedelta(days=30)
    sheet = HourSheet(
        program_id=program.id,
        person_id=person.id,
        unit=SheetUnit.ACADEMIC_BLOCK,
        start_date=first,
        end_date=first + dt.timedelta(days=27),
    )
    session.add(sheet)
    await session.flush()
    start = dt.datetime.combine(first, dt.time(7), zone)
    session.add(
        HourEntry(
            sheet_id=sheet.id,
            person_id=person.id,
            date=first,
            start_at=start,
            end_at=start + dt.timedelta(hours=10),
            duty_type=DutyType.CLINICAL,
            origin=EntryOrigin.LOGGED,
        )
    )
    await session.commit()
    return sheet


async def _first_resident(session: AsyncSession, program: Program) -> Person:
    statement = select(Person).where(col(Person.program_id) == program.id, col(Person.pgy).is_not(None))
    found = (await session.exec(statement.order_by(col(Person.position)))).first()
    assert found is not None
    return found


@supplies("resident_id", readers=MANAGERS)
async def resident_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> UUID:
    return (await _first_resident(session, program)).id


@supplies("sheet_id", readers=MANAGERS)
async def sheet_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> UUID:
    found = await session.exec(select(HourSheet.id).where(HourSheet.program_id == program.id))
    known = found.first()
    return known or (await store_sheet(session, program, await _first_resident(session, program))).id


@supplies("entry_id", readers=MANAGERS)
async def entry_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> UUID:
    sheet = await sheet_id(session, program, given)
    found = await session.exec(select(HourEntry.id).where(HourEntry.sheet_id == sheet))
    return found.one()
