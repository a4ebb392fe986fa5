"""Tables of compliance: what the rules said of a schedule version."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, Index
from sqlmodel import Field

from src.interchange.schedule import Severity
from src.models import HasId, Table, enum_type


class Finding(Table, HasId, table=True):
    """What a rule says about a window of one person, at the time the version was last judged."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_version", "version_id", "position", unique=True),)

    version_id: UUID = Field(
        sa_column=Column(ForeignKey("schedule_version.id", ondelete="CASCADE"), nullable=False)
    )
    position: int
    rule: str = Field(max_length=40)
    severity: Severity = Field(sa_column=Column(enum_type(Severity, "severity"), nullable=False))
    person_id: UUID = Field(foreign_key="person.id", ondelete="RESTRICT", index=True)
    window_start_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    window_end_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    value: str = Field(max_length=200)
    limit: str = Field(max_length=200)
    clause: str = Field(max_length=200)
    message: str
    entries: str
