"""Rows of a new draft that another version has as well: the database copies them, nobody sends them.

A repair changes the days of a few people among some 29,000 rows. Those of everybody else are the base's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, literal, literal_column
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


class VersionMovedError(ConflictError):
    """The version that rows were to be copied from is no longer as it was read."""

    code = "VERSION_MOVED"
    message = "The version was changed meanwhile."


@dataclass(frozen=True, slots=True)
class Alike:
    """A stored version as it was read: whoever has these very rows has what is stored there."""

    version_id: UUID
    revision: int
    rows: Sequence[AssignmentRow]

    def changed_in(self, rows: Sequence[AssignmentRow]) -> frozenset[str]:
        """The people whose rows are not these very ones; a row that is only equal counts as another."""
        known = {id(row) for row in self.rows}
        counts = Counter(row.person for row in self.rows)
        counts.subtract(Counter(row.person for row in rows))
        others = {row.person for row in rows if id(row) not in known}
        return frozenset(others | {person for person, count in counts.items() if count})


async def copy_alike(
    session: AsyncSession, version_id: UUID, alike: Alike, people: Sequence[UUID], expected: int
) -> None:
    """Give a new version the rows of these people as the other version has them, `expected` in all.

    Raises VersionMovedError when that version has moved since it was read: what was copied is then not what
    was judged, and the caller's transaction is not to be kept.
    """
    table = table_of(Assignment)
    copied = 0
    for first in range(0, len(people), PEOPLE_A_STATEMENT):
        some = people[first : first + PEOPLE_A_STATEMENT]
        rows = (
            sa_select(
                literal_column(_NEW_ID),
                literal(version_id),
                *(table.c[name] for name in _AS_THEY_ARE),
                literal(1),
            )
            .where(table.c.version_id == alike.version_id, table.c.person_id.in_(some))
            .order_by(table.c.person_id, table.c.start_at)
        )
        into = insert(table).from_select(
            ["id", "version_id", *_AS_THEY_ARE, "revision"], rows, include_defaults=False
        )
        copied += (await session.exec(into)).rowcount
    revision = await session.scalar(
        select(col(ScheduleVersion.revision)).where(col(ScheduleVersion.id) == alike.version_id)
    )
    if (revision, copied) != (alike.revision, expected):
        raise VersionMovedError(details={"version_id": str(alike.version_id)})
