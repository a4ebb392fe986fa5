"""A new draft that begins as another version's copy: the database copies all rows, few are then changed.

A repair changes the days of a few people among some 29,000 rows. Copying them takes seconds, most of them the
constraint's against overlaps, and needs to know nothing of what will be changed: it is done beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from sqlalchemy import insert, literal, literal_column, text
from sqlalchemy import select as sa_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import Assignment
from src.exceptions import ConflictError
from src.interchange.schedule import AssignmentRow
from src.programs.models.base import table_of
from src.schedules.models import ScheduleVersion

PEOPLE_A_STATEMENT = 15
"""Whose rows are copied in one statement, which has a time limit of its own."""

_AS_THEY_ARE = (
    "person_id",
    "date",
    "session",
    "kind",
    "rotation_id",
    "call_id",
    "start_at",
    "end_at",
    "duty_type",
)
_NEW_ID = (
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substring(int8send("
    "floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), "
    "'hex')::uuid"
)
"""A version 7 uuid, as `models.new_id` makes them; the database's own function is not in every version."""
_TAKE_AWAY = """
    DELETE FROM assignment USING unnest(
        CAST(:people AS uuid[]), CAST(:starts AS timestamptz[]), CAST(:kinds AS text[])
    ) AS gone (person_id, start_at, kind)
    WHERE assignment.version_id = :version AND assignment.person_id = gone.person_id
    AND assignment.start_at = gone.start_at AND assignment.kind = gone.kind
"""
"""Nobody has two rows of a kind that start at once: the constraint against overlaps sees to it."""


class VersionMovedError(ConflictError):
    """The version that rows were to be copied from is no longer as it was read."""

    code = "VERSION_MOVED"
    message = "The version was changed meanwhile."


@dataclass(frozen=True, slots=True)
class Alike:
    """A stored version as it was read."""

    version_id: UUID
    revision: int
    rows: Sequence[AssignmentRow]

    def differences(
        self, rows: Sequence[AssignmentRow]
    ) -> tuple[tuple[AssignmentRow, ...], tuple[AssignmentRow, ...]]:
        """What these rows leave out, and what they add; a row that is only equal to one is another."""
        mine, theirs = {id(row) for row in self.rows}, {id(row) for row in rows}
        gone = tuple(row for row in self.rows if id(row) not in theirs)
        return gone, tuple(row for row in rows if id(row) not in mine)


async def lay_out(session: AsyncSession, version_id: UUID, alike: Alike) -> None:
    """Give a new version all rows of the other, in the order in which the constraint against overlaps lies.

    Raises VersionMovedError when that one has moved since it was read: the caller's transaction is then not
    to be kept.
    """
    table = table_of(Assignment)
    found = await session.exec(
        select(Assignment.person_id)
        .where(col(Assignment.version_id) == alike.version_id)
        .group_by(col(Assignment.person_id))
        .order_by(col(Assignment.person_id))
    )
    people, copied = found.all(), 0
    for first in range(0, len(people), PEOPLE_A_STATEMENT):
        rows = (
            sa_select(
                literal_column(_NEW_ID),
                literal(version_id),
                *(table.c[name] for name in _AS_THEY_ARE),
                literal(1),
            )
            .where(
                table.c.version_id == alike.version_id,
                table.c.person_id.in_(people[first : first + PEOPLE_A_STATEMENT]),
            )
            .order_by(table.c.person_id, table.c.start_at)
        )
        into = insert(table).from_select(
            ["id", "version_id", *_AS_THEY_ARE, "revision"], rows, include_defaults=False
        )
        copied += (await session.exec(into)).rowcount
    revision = await session.scalar(
        select(ScheduleVersion.revision).where(col(ScheduleVersion.id) == alike.version_id)
    )
    if (revision, copied) != (alike.revision, len(alike.rows)):
        raise VersionMovedError(details={"version_id": str(alike.version_id)})


async def take_away(
    session: AsyncSession, version_id: UUID, rows: Sequence[AssignmentRow], people: Mapping[str, UUID]
) -> None:
    """Delete rows of a version that was laid out; raises VersionMovedError where they are not there."""
    if not rows:
        return
    statement = text(_TAKE_AWAY).bindparams(
        version=version_id,
        people=[people[row.person] for row in rows],
        starts=[row.start_at.astimezone(UTC) for row in rows],
        kinds=[row.kind.value for row in rows],
    )
    gone = await session.exec(statement)  # type: ignore[call-overload]  # plain SQL
    if gone.rowcount != len(rows):
        raise VersionMovedError(details={"version_id": str(version_id)})
