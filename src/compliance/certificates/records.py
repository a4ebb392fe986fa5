"""The table of certificates: one a published version, which nothing changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, text
from sqlmodel import Field

from src.models import Table, now


class CertificateRecord(Table, table=True):
    """The certificate of a version as `certificate.json`. A trigger refuses every change of it."""

    __tablename__ = "certificate"

    version_id: UUID = Field(
        sa_column=Column(ForeignKey("schedule_version.id", ondelete="RESTRICT"), primary_key=True)
    )
    sha256: str = Field(max_length=64)
    document: str
    created_at: datetime = Field(
        default_factory=now,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
