"""Tables of schedules, versions, input snapshots and runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from src.interchange.schedule import Scope
from src.models import HasId, HasTimestamps, Table, enum_type, now
from src.schedules.constants import RunKind, RunState, VersionState


def _instant() -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=True)


def _optional_json() -> Column[Any]:
    return Column(JSONB(none_as_null=True), nullable=True)


class Schedule(Table, HasId, HasTimestamps, table=True):
    """A named plan of a program; what it holds is in its versions."""

    __tablename__ = "schedule"
    __table_args__ = (
        Index(
            "uq_schedule_one_name_per_program",
            "program_id",
            "name",
            unique=True,
            # Always so. But a partial index is no key: a new name need not wait for drafts that refer here.
            postgresql_where=text("name IS NOT NULL"),
        ),
    )

    program_id: UUID = Field(foreign_key="program.id", index=True, ondelete="RESTRICT")
    name: str = Field(max_length=200)
    description: str | None = Field(default=None, max_length=2000)
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    archived_at: datetime | None = Field(default=None, sa_column=_instant())
    revision: int = Field(default=1)


class InputSnapshot(Table, HasId, HasTimestamps, table=True):
    """A program's inputs as a run saw them: the canonical files of the program folder, and their hash."""

    __tablename__ = "input_snapshot"
    __table_args__ = (UniqueConstraint("program_id", "sha256"),)

    program_id: UUID = Field(foreign_key="program.id", ondelete="RESTRICT")
    sha256: str = Field(max_length=64)
    files: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))


class ScheduleVersion(Table, HasId, HasTimestamps, table=True):
    """One state of a schedule. Its content hangs on it and is judged against its snapshot.

    `start_date` … `end_date` are the local dates its solved academic blocks cover; `revision` moves with
    every edit. No two published versions of a program cover the same date: an exclusion constraint of the
    migration keeps that (it needs two ranges over the uuid's halves, which no model can say).
    """

    __tablename__ = "schedule_version"
    __table_args__ = (
        UniqueConstraint("schedule_id", "number"),
        CheckConstraint("end_date >= start_date", name="dates_in_order"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_at_set"),
    )

    program_id: UUID = Field(foreign_key="program.id", index=True, ondelete="RESTRICT")
    schedule_id: UUID = Field(foreign_key="schedule.id", ondelete="RESTRICT")
    number: int
    state: VersionState = Field(
        default=VersionState.DRAFT,
        sa_column=Column(enum_type(VersionState, "state"), nullable=False, server_default="draft"),
    )
    scope: Scope = Field(sa_column=Column(enum_type(Scope, "scope"), nullable=False))
    academic_blocks: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    start_date: date
    end_date: date
    snapshot_id: UUID = Field(foreign_key="input_snapshot.id", ondelete="RESTRICT")
    based_on_id: UUID | None = Field(
        default=None, foreign_key="schedule_version.id", index=True, ondelete="SET NULL"
    )
    note: str | None = Field(default=None, max_length=2000)
    result: dict[str, Any] | None = Field(default=None, sa_column=_optional_json())
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    published_at: datetime | None = Field(default=None, sa_column=_instant())
    published_by: UUID | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    superseded_at: datetime | None = Field(default=None, sa_column=_instant())
    archived_at: datetime | None = Field(default=None, sa_column=_instant())
    revision: int = Field(default=1)


class Run(Table, HasId, HasTimestamps, table=True):
    """One job, from queued to its end: the truth about it, whatever becomes of its messages.

    A worker holds a run by a lease that its heartbeat renews; `lease_owner` fences every write of the worker.
    Limits are seconds; `fraction` is in 0…1; `progress_number` counts the events.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index(
            "uq_run_one_active_per_schedule",
            "schedule_id",
            unique=True,
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index("ix_run_active", "state", postgresql_where=text("state IN ('queued', 'running')")),
        CheckConstraint("time_limit_seconds > 0", name="time_limit_positive"),
        CheckConstraint("workers > 0", name="workers_positive"),
        CheckConstraint("(state IN ('queued', 'running')) = (finished_at IS NULL)", name="finished_at_set"),
    )

    program_id: UUID = Field(foreign_key="program.id", index=True, ondelete="RESTRICT")
    schedule_id: UUID = Field(foreign_key="schedule.id", index=True, ondelete="RESTRICT")
    kind: RunKind = Field(
        default=RunKind.GENERATE, sa_column=Column(enum_type(RunKind, "kind"), nullable=False)
    )
    state: RunState = Field(
        default=RunState.QUEUED, sa_column=Column(enum_type(RunState, "state"), nullable=False)
    )
    scope: Scope = Field(sa_column=Column(enum_type(Scope, "scope"), nullable=False))
    academic_blocks: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    time_limit_seconds: int
    deterministic_limit: float | None = Field(default=None)
    seed: int
    workers: int
    allow_unmet: bool = Field(default=False)
    options: dict[str, Any] | None = Field(default=None, sa_column=_optional_json())
    """What only a run of its kind is asked: of a repair, what may move and how many answers; of a generation,
    the version or the run to start from."""
    snapshot_id: UUID = Field(foreign_key="input_snapshot.id", ondelete="RESTRICT")
    base_version_id: UUID | None = Field(
        default=None, foreign_key="schedule_version.id", index=True, ondelete="SET NULL"
    )
    result_version_id: UUID | None = Field(
        default=None, foreign_key="schedule_version.id", index=True, ondelete="SET NULL"
    )
    requested_by: UUID | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    request_id: str | None = Field(default=None, max_length=80)

    attempts: int = Field(default=0)
    lease_owner: UUID | None = Field(default=None)
    lease_until: datetime | None = Field(default=None, sa_column=_instant())
    enqueued_at: datetime | None = Field(default=None, sa_column=_instant())
    started_at: datetime | None = Field(default=None, sa_column=_instant())
    finished_at: datetime | None = Field(default=None, sa_column=_instant())
    cancel_requested_at: datetime | None = Field(default=None, sa_column=_instant())

    phase: str = Field(default="queued", max_length=200)
    fraction: float = Field(default=0.0)
    progress: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}")
    )
    progress_number: int = Field(default=0)
    error: dict[str, Any] | None = Field(default=None, sa_column=_optional_json())
    result: dict[str, Any] | None = Field(default=None, sa_column=_optional_json())


class RunCheckpoint(Table, table=True):
    """The last whole schedule that a run had found while it was at work: a schedule folder as a zip archive.

    It was never judged. A later run may start from it where this one was killed, or ended with nothing kept.
    """

    __tablename__ = "run_checkpoint"

    run_id: UUID = Field(sa_column=Column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(
        default_factory=now,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )


class RunEvent(Table, table=True):
    """One step of a run, numbered from 1: what Server-Sent Events replay after `Last-Event-ID`."""

    __tablename__ = "run_event"

    run_id: UUID = Field(sa_column=Column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    kind: str = Field(max_length=40)
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(
        default_factory=now,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
