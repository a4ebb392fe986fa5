"""What all tables share: names of constraints, ids that sort by time, instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Enum, MetaData, func
from sqlmodel import Field, SQLModel
from uuid6 import uuid7

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """The base of every table. Tables validate nothing themselves: inputs have their own models."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING_CONVENTION)


def new_id() -> UUID:
    """A version 7 uuid: unique, and sorting by time of making."""
    return UUID(int=uuid7().int)


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


class HasId(SQLModel):
    id: UUID = Field(default_factory=new_id, primary_key=True)


class HasTimestamps(SQLModel):
    created_at: datetime = Field(
        default_factory=now,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )
    updated_at: datetime = Field(
        default_factory=now,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now(), "onupdate": now},
    )


def enum_type(kind: type[StrEnum], name: str) -> Any:
    """A text column that takes only the enum's values, kept by a check constraint of that name.

    Native enum types break downgrade and upgrade again; names instead of values would leak into SQL.
    """
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
