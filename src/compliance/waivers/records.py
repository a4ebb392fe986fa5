"""The table of waivers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, Index, Numeric
from sqlmodel import Field

from src.models import HasId, HasTimestamps, Table


class WaiverRecord(Table, HasId, HasTimestamps, table=True):
    """A hard finding on a person, accepted by a user for a reason; `created_at` is when.

    It never changes, but can be revoked. `granted_by_name` is kept for the time after the user.
    """

    __tablename__ = "waiver"
    __table_args__ = (
        ForeignKeyConstraint(["program_id", "person_id"], ["person.program_id", "person.id"]),
        CheckConstraint("window_end_at > window_start_at", name="window_in_order"),
        Index(None, "program_id", "person_id"),
    )

    program_id: UUID = Field(foreign_key="program.id", ondelete="CASCADE")
    person_id: UUID
    rule: str = Field(max_length=40)
    window_start_at: dt.datetime = Field(sa_type=DateTime(timezone=True))
    window_end_at: dt.datetime = Field(sa_type=DateTime(timezone=True))
    value: Decimal = Field(sa_column=Column(Numeric, nullable=False))
    limit: Decimal = Field(sa_column=Column(Numeric, nullable=False))
    reason: str
    expires_date: dt.date | None = None
    granted_by: UUID | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    granted_by_name: str
    revoked_at: dt.datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revoked_by: UUID | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    revocation_reason: str | None = None
