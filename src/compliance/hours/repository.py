"""Queries of worked hours; who may see what is part of each query, never of a route."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from src.auth.constants import MANAGERS
from src.auth.viewer import Viewer
from src.compliance.hours.constants import IS_LOG, OWNERS, EntryOrigin
from src.compliance.hours.exceptions import EntryNotFoundError, ResidentNotFoundError, SheetNotFoundError
from src.compliance.hours.models import HourEntry, HourSheet
from src.compliance.hours.worked import Worked
from src.interchange.model import PersonKind
from src.programs.models import Person, Program


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident with the program."""

    person: Person
    program: Program


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its resident and program."""

    row: HourSheet
    person: Person
    program: Program


def readable_people(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `person` that the viewer may see their hours: managers all, residents themselves."""
    if viewer.is_admin:
        return true()
    own = [
        person_id
        for program_id, person_id in viewer.persons.items()
        if viewer.roles.get(program_id) in OWNERS
    ]
    return or_(
        col(Person.program_id).in_(sorted(viewer.programs_as(MANAGERS))),
        and_(col(Person.program_id).in_(sorted(viewer.programs_as(OWNERS))), col(Person.id).in_(own)),
    )


async def find_resident(session: AsyncSession, viewer: Viewer, person_id: UUID) -> Resident:
    """Raises ResidentNotFoundError when there is none of that id for this viewer."""
    statement = (
        select(Person, Program)
        .join(Program, col(Program.id) == col(Person.program_id))
        .where(Person.id == person_id, col(Person.kind) == PersonKind.RESIDENT, readable_people(viewer))
    )
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise ResidentNotFoundError
    return Resident(*found)


async def find_sheet(session: AsyncSession, viewer: Viewer, sheet_id: UUID, *, lock: bool = False) -> Sheet:
    """The sheet, locked until the transaction ends where asked for; raises SheetNotFoundError."""
    statement = (
        select(HourSheet, Person, Program)
        .join(Person, col(Person.id) == col(HourSheet.person_id))
        .join(Program, col(Program.id) == col(HourSheet.program_id))
        .where(HourSheet.id == sheet_id, readable_people(viewer))
    )
    if lock:
        statement = statement.with_for_update(of=HourSheet, key_share=True).execution_options(
            populate_existing=True
        )
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise SheetNotFoundError
    return Sheet(*found)


async def find_entry(session: AsyncSession, entry_id: UUID) -> HourEntry:
    """The entry as it is now; raises EntryNotFoundError. Whether the viewer may see it, the sheet says."""
    found = (
        await session.exec(
            select(HourEntry).where(HourEntry.id == entry_id).execution_options(populate_existing=True)
        )
    ).one_or_none()
    if found is None:
        raise EntryNotFoundError
    return found


async def entries_of(session: AsyncSession, sheet_id: UUID) -> dict[UUID, HourEntry]:
    """The entries of a sheet by id, in order of start."""
    rows = await session.exec(
        select(HourEntry)
        .where(HourEntry.sheet_id == sheet_id)
        .order_by(col(HourEntry.start_at), col(HourEntry.end_at), col(HourEntry.id))
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


async def counts_of(session: AsyncSession, sheet_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many entries each sheet has, and how many of them nobody has confirmed."""
    unconfirmed = func.count().filter(col(HourEntry.origin) == EntryOrigin.PREFILLED)
    rows = await session.exec(
        select(col(HourEntry.sheet_id), func.count(), unconfirmed)
        .where(col(HourEntry.sheet_id).in_(list(sheet_ids)))
        .group_by(col(HourEntry.sheet_id))
    )
    return {sheet_id: (entries, waiting) for sheet_id, entries, waiting in rows}


async def sheets_of(
    session: AsyncSession, person_ids: Collection[UUID], *, lock: bool = False
) -> list[HourSheet]:
    """All sheets of some people in order of id, locked where asked for."""
    statement = (
        select(HourSheet).where(col(HourSheet.person_id).in_(list(person_ids))).order_by(col(HourSheet.id))
    )
    if lock:
        statement = statement.with_for_update(key_share=True)
    return list((await session.exec(statement.execution_options(populate_existing=True))).all())


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry of a sheet that was handed in."""

    id: UUID
    person_id: UUID
    worked: Worked


async def logs_of(
    session: AsyncSession, program_id: UUID, person_id: UUID | None = None
) -> tuple[list[HourSheet], list[LoggedEntry]]:
    """The sheets of a program (of one resident) that are logs, and what is in them."""
    conditions = [col(HourSheet.program_id) == program_id, col(HourSheet.state).in_(IS_LOG)]
    if person_id is not None:
        conditions.append(col(HourSheet.person_id) == person_id)
    sheets = (await session.exec(select(HourSheet).where(*conditions))).all()
    columns: Select[*tuple[Any, ...]] = Select(
        col(HourEntry.id),
        col(HourEntry.person_id),
        col(HourEntry.start_at),
        col(HourEntry.end_at),
        col(HourEntry.duty_type),
        col(HourEntry.reason),
    )
    rows = await session.exec(
        columns.join(HourSheet, col(HourSheet.id) == col(HourEntry.sheet_id)).where(*conditions)
    )
    return list(sheets), [LoggedEntry(row[0], row[1], Worked(*row[2:])) for row in rows]
