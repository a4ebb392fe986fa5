"""Tables of a schedule version's content.

Every row hangs on its version and goes with it. Triggers of the migration refuse any change to the content
of a published or superseded version, and an exclusion constraint keeps one person from being in two
intervals at once (jeopardy apart, which is unique by person and date).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from src.interchange.model import DutyType, RequestKind, Session
from src.interchange.schedule import AssignmentKind, UnmetKind
from src.models import HasId, HasTimestamps, Table, enum_type


def _version_id() -> Column[UUID]:
    return Column(ForeignKey("schedule_version.id", ondelete="CASCADE"), nullable=False)


class YearAssignment(Table, table=True):
    """One rotation of one resident in one academic block."""

    __tablename__ = "year_assignment"

    version_id: UUID = Field(
        sa_column=Column(ForeignKey("schedule_version.id", ondelete="CASCADE"), primary_key=True)
    )
    person_id: UUID = Field(foreign_key="person.id", ondelete="RESTRICT", primary_key=True)
    academic_block: int = Field(primary_key=True)
    rotation_id: UUID = Field(foreign_key="rotation.id", ondelete="RESTRICT", index=True)


class VacationWeek(Table, table=True):
    """A vacation week, Monday to Sunday, with the rank of the request it grants."""

    __tablename__ = "vacation_week"

    version_id: UUID = Field(
        sa_column=Column(ForeignKey("schedule_version.id", ondelete="CASCADE"), primary_key=True)
    )
    person_id: UUID = Field(foreign_key="person.id", ondelete="RESTRICT", primary_key=True)
    week_start_date: dt.date = Field(primary_key=True)
    request_rank: int | None = None


class Assignment(Table, HasId, HasTimestamps, table=True):
    """A person in a block (date and session) doing an activity; half-open UTC instants.

    Exactly one of `rotation_id` and `call_id` is set for rotation and for call or jeopardy; a clinic has
    neither. `date` is the local date of the start.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("end_at > start_at", name="ends_after_start"),
        CheckConstraint("(kind = 'rotation') = (rotation_id IS NOT NULL)", name="rotation_set"),
        CheckConstraint("(kind IN ('call', 'jeopardy')) = (call_id IS NOT NULL)", name="call_set"),
        Index("ix_assignment_version_date", "version_id", "date"),
        Index("ix_assignment_version_person", "version_id", "person_id", "start_at"),
        Index("ix_assignment_version_start", "version_id", "start_at", "id"),
        Index(
            "uq_assignment_one_jeopardy",
            "version_id",
            "person_id",
            "date",
            unique=True,
            postgresql_where=text("kind = 'jeopardy'"),
        ),
    )

    version_id: UUID = Field(sa_column=_version_id())
    person_id: UUID = Field(foreign_key="person.id", ondelete="RESTRICT", index=True)
    date: dt.date
    session: Session = Field(sa_column=Column(enum_type(Session, "session"), nullable=False))
    kind: AssignmentKind = Field(sa_column=Column(enum_type(AssignmentKind, "kind"), nullable=False))
    rotation_id: UUID | None = Field(default=None, foreign_key="rotation.id", ondelete="RESTRICT", index=True)
    call_id: UUID | None = Field(default=None, foreign_key="call.id", ondelete="RESTRICT", index=True)
    start_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    end_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    duty_type: DutyType = Field(sa_column=Column(enum_type(DutyType, "duty_type"), nullable=False))
    revision: int = Field(default=1)


class UnmetDemand(Table, HasId, table=True):
    """Demand that the run was allowed to leave open: `needed` by the rule, `got` in the schedule."""

    __tablename__ = "unmet_demand"

    version_id: UUID = Field(sa_column=_version_id())
    position: int
    what: UnmetKind = Field(sa_column=Column(enum_type(UnmetKind, "what"), nullable=False))
    item: str = Field(max_length=200)
    date_or_block: str = Field(max_length=20)
    session: Session | None = Field(
        default=None, sa_column=Column(enum_type(Session, "session"), nullable=True)
    )
    pgys: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    needed: int
    got: int


class DeniedRequest(Table, HasId, table=True):
    """A request not granted, with what stood in the way."""

    __tablename__ = "denied_request"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    version_id: UUID = Field(sa_column=_version_id())
    position: int
    person_id: UUID = Field(foreign_key="person.id", ondelete="RESTRICT", index=True)
    kind: RequestKind = Field(sa_column=Column(enum_type(RequestKind, "kind"), nullable=False))
    rank: int | None = None
    start_date: dt.date | None = None
    reason: str
    blocking: str
