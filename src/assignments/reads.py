"""A version's content as people read it: lists, grids, what was denied, what the rules said."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from src.assignments.explain import explain
from src.assignments.models import Assignment, DeniedRequest, UnmetDemand, VacationWeek, YearAssignment
from src.assignments.schemas import (
    AssignmentRead,
    DeniedRead,
    Grid,
    GridCell,
    GridLine,
    UnmetRead,
    YearCell,
    YearLine,
)
from src.assignments.storage import CLINIC_ID
from src.compliance.finding_schemas import FindingRead
from src.compliance.models import Finding
from src.etags import etag_of
from src.interchange.model import Program, Session, days_between
from src.interchange.schedule import AssignmentKind, Severity
from src.models import now
from src.pagination import (
    CursorPage,
    CursorParams,
    Page,
    Paging,
    decode_moment_cursor,
    encode_moment_cursor,
    page_of,
)
from src.programs.models import Call, Person, Rotation
from src.schedules.models import ScheduleVersion


@dataclass(frozen=True, slots=True)
class AssignmentFilter:
    """Which assignments: codes, dates (both included), session and kind; None = any."""

    person: str | None = None
    rotation: str | None = None
    call: str | None = None
    kind: AssignmentKind | None = None
    session: Session | None = None
    first: dt.date | None = None
    last: dt.date | None = None

    def upcoming(self, days: int, zone: ZoneInfo) -> AssignmentFilter:
        """The same for today, in the program's zone, and the days after it."""
        today = now().astimezone(zone).date()
        return AssignmentFilter(
            self.person,
            self.rotation,
            self.call,
            self.kind,
            self.session,
            today,
            today + dt.timedelta(days=days - 1),
        )


def _item() -> ColumnElement[Any]:
    return func.coalesce(col(Rotation.code), col(Call.code), CLINIC_ID)


def assignments_of(version_id: UUID, wanted: AssignmentFilter) -> Select[Assignment, str, str]:
    """The assignments of a version with the codes of person and item, for everything that lists them."""
    conditions: list[ColumnElement[bool]] = [col(Assignment.version_id) == version_id]
    if wanted.person is not None:
        conditions.append(col(Person.code) == wanted.person)
    if wanted.rotation is not None:
        conditions.append(col(Rotation.code) == wanted.rotation)
    if wanted.call is not None:
        conditions.append(col(Call.code) == wanted.call)
    if wanted.kind is not None:
        conditions.append(col(Assignment.kind) == wanted.kind)
    if wanted.session is not None:
        conditions.append(col(Assignment.session) == wanted.session)
    if wanted.first is not None:
        conditions.append(col(Assignment.date) >= wanted.first)
    if wanted.last is not None:
        conditions.append(col(Assignment.date) <= wanted.last)
    return (
        select(Assignment, col(Person.code), _item())
        .join(Person, col(Person.id) == col(Assignment.person_id))
        .outerjoin(Rotation, col(Rotation.id) == col(Assignment.rotation_id))
        .outerjoin(Call, col(Call.id) == col(Assignment.call_id))
        .where(*conditions)
    )


def read_of(row: Assignment, person: str, item: str) -> AssignmentRead:
    return AssignmentRead(
        id=row.id,
        version_id=row.version_id,
        person=person,
        date=row.date,
        session=row.session,
        kind=row.kind,
        item=item,
        start_at=row.start_at,
        end_at=row.end_at,
        duty_type=row.duty_type,
        etag=etag_of(row.id, row.revision),
    )


async def read_assignment(session: AsyncSession, row: Assignment) -> AssignmentRead:
    """One assignment with the codes of person and item."""
    statement = assignments_of(row.version_id, AssignmentFilter()).where(col(Assignment.id) == row.id)
    return read_of(*(await session.exec(statement)).one())


async def list_assignments(
    session: AsyncSession, version_id: UUID, wanted: AssignmentFilter, params: CursorParams
) -> CursorPage[AssignmentRead]:
    """In order of start and id, a page after the cursor."""
    statement = assignments_of(version_id, wanted)
    if params.cursor is not None:
        statement = statement.where(_after(params.cursor))
    rows = (
        await session.exec(
            statement.order_by(col(Assignment.start_at), col(Assignment.id)).limit(params.limit + 1)
        )
    ).all()
    items = [read_of(*row) for row in rows[: params.limit]]
    more = len(rows) > params.limit
    last = items[-1] if more else None
    return CursorPage(
        items=items,
        next_cursor=encode_moment_cursor(last.start_at, last.id) if last else None,
    )


def _after(cursor: str) -> ColumnElement[bool]:
    start_at, last_id = decode_moment_cursor(cursor)
    return tuple_(col(Assignment.start_at), col(Assignment.id)) > tuple_(literal(start_at), literal(last_id))


async def grid(session: AsyncSession, program: Program, version_id: UUID, wanted: AssignmentFilter) -> Grid:
    """People by dates; everyone of the program who is asked for has a line, also an empty one."""
    assert wanted.first is not None
    assert wanted.last is not None
    rows = (await session.exec(assignments_of(version_id, wanted).order_by(col(Assignment.start_at)))).all()
    cells: defaultdict[str, list[GridCell]] = defaultdict(list)
    for row, person, item in rows:
        cells[person].append(
            GridCell(
                date=row.date,
                session=row.session,
                kind=row.kind,
                item=item,
                start_at=row.start_at,
                end_at=row.end_at,
            )
        )
    return Grid(
        dates=list(days_between(wanted.first, wanted.last)),
        lines=[
            GridLine(person=person.id, name=person.name, pgy=person.pgy, cells=cells[person.id])
            for person in program.residents
            if wanted.person in (None, person.id)
        ],
    )


async def year_lines(session: AsyncSession, program: Program, version_id: UUID) -> list[YearLine]:
    """The year plan: a line for each resident."""
    plan = await session.exec(
        select(col(Person.code), col(YearAssignment.academic_block), col(Rotation.code))
        .join(Person, col(Person.id) == col(YearAssignment.person_id))
        .join(Rotation, col(Rotation.id) == col(YearAssignment.rotation_id))
        .where(col(YearAssignment.version_id) == version_id)
        .order_by(col(YearAssignment.academic_block))
    )
    weeks = await session.exec(
        select(col(Person.code), col(VacationWeek.week_start_date))
        .join(Person, col(Person.id) == col(VacationWeek.person_id))
        .where(col(VacationWeek.version_id) == version_id)
        .order_by(col(VacationWeek.week_start_date))
    )
    block_of = {block.number: block for block in program.academic_blocks}
    cells: defaultdict[str, list[YearCell]] = defaultdict(list)
    for person, number, rotation in plan:
        block = block_of[number]
        cells[person].append(
            YearCell(
                academic_block=number,
                start_date=block.start_date,
                end_date=block.end_date,
                rotation=rotation,
            )
        )
    vacations: defaultdict[str, list[dt.date]] = defaultdict(list)
    for person, monday in weeks:
        vacations[person].append(monday)
    return [
        YearLine(
            person=person.id,
            name=person.name,
            pgy=person.pgy,
            blocks=cells[person.id],
            vacation_weeks=vacations[person.id],
        )
        for person in program.residents
    ]


async def list_denied(
    session: AsyncSession, version: ScheduleVersion, params: Paging, person_id: UUID | None
) -> Page[DeniedRead]:
    """The requests that were not granted; those of one person where `person_id` is given."""
    conditions = [col(DeniedRequest.version_id) == version.id]
    if person_id is not None:
        conditions.append(col(DeniedRequest.person_id) == person_id)
    rows, total = await _page(
        session,
        select(DeniedRequest, col(Person.code))
        .join(Person, col(Person.id) == col(DeniedRequest.person_id))
        .where(*conditions),
        col(DeniedRequest.position),
        params,
    )
    items = [
        DeniedRead(
            id=row.id,
            person=person,
            kind=row.kind,
            rank=row.rank,
            start_date=row.start_date,
            reason=row.reason,
            blocking=row.blocking,
        )
        for row, person in rows
    ]
    return page_of(items, total, params)


async def list_findings(
    session: AsyncSession,
    version: ScheduleVersion,
    params: Paging,
    *,
    person_id: UUID | None = None,
    rule: str | None = None,
    severity: Severity | None = None,
) -> Page[FindingRead]:
    """What the rules said of the version when it was last judged."""
    conditions = [col(Finding.version_id) == version.id]
    if person_id is not None:
        conditions.append(col(Finding.person_id) == person_id)
    if rule is not None:
        conditions.append(col(Finding.rule) == rule)
    if severity is not None:
        conditions.append(col(Finding.severity) == severity)
    rows, total = await _page(
        session,
        select(Finding, col(Person.code))
        .join(Person, col(Person.id) == col(Finding.person_id))
        .where(*conditions),
        col(Finding.position),
        params,
    )
    return page_of(await explain(session, version, rows), total, params)


async def list_unmet(session: AsyncSession, version: ScheduleVersion, params: Paging) -> Page[UnmetRead]:
    """Demand that the run was allowed to leave open."""
    rows, total = await _page(
        session,
        select(UnmetDemand).where(col(UnmetDemand.version_id) == version.id),
        col(UnmetDemand.position),
        params,
    )
    items = [
        UnmetRead(
            what=row.what,
            item=row.item,
            date_or_block=row.date_or_block,
            session=row.session,
            pgys=row.pgys,
            needed=row.needed,
            got=row.got,
        )
        for row in rows
    ]
    return page_of(items, total, params)


async def _page(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]] | SelectOfScalar[Any],
    order: Any,
    params: Paging,
) -> tuple[Sequence[Any], int]:
    total = await session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    rows = await session.exec(statement.order_by(order).limit(params.page_size).offset(params.start))
    return rows.all(), total or 0
