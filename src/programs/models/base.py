"""What the tables of all inputs share: their program, their place in the file, how references are kept."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, inspect, text
from sqlalchemy import Table as SqlTable
from sqlmodel import Field, SQLModel

from src.models import HasId, HasTimestamps


class InputRow(HasId, HasTimestamps):
    """One row of one file of the program folder.

    `position` keeps the order of the file, from 0 with gaps where rows were deleted. `revision` moves with
    every change of the row and makes its ETag.
    """

    program_id: UUID = Field(foreign_key="program.id", ondelete="CASCADE")
    position: int
    revision: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})


def in_file_order() -> Index:
    """The index by which a program's rows are read in the order of the file."""
    return Index(None, "program_id", "position")


def within_program(column: str, table: str) -> ForeignKeyConstraint:
    """A reference that can never leave the program: the other row's program is part of the key."""
    return ForeignKeyConstraint(["program_id", column], [f"{table}.program_id", f"{table}.id"])


def one_rotation_or_group(prefix: str = "") -> CheckConstraint:
    """A rotation is named by itself or, as `@group`, by the name that several share."""
    return CheckConstraint(
        f"num_nonnulls({prefix}rotation_id, {prefix}group_name) = 1", name=f"{prefix}rotation_or_group"
    )


def weekdays_in_week() -> CheckConstraint:
    """Monday is 0, Sunday 6; an empty list means all seven."""
    return CheckConstraint("weekdays <@ ARRAY[0, 1, 2, 3, 4, 5, 6]", name="weekdays_in_week")


def positive_numbers(column: str) -> CheckConstraint:
    """PGYs and academic blocks count from 1; an empty list means all."""
    return CheckConstraint(f"0 < ALL ({column})", name=f"{column}_positive")


def least_not_above_most(least: str = "min", most: str = "max") -> CheckConstraint:
    """A minimum is no less than nothing, and a maximum, where there is one, no less than the minimum."""
    return CheckConstraint(
        f"{least} >= 0 AND ({most} IS NULL OR {most} >= {least})", name=f"{least}_to_{most}"
    )


def table_of(model: type[SQLModel]) -> SqlTable:
    """The table behind a model, for statements on many rows at once."""
    table = inspect(model).local_table
    assert isinstance(table, SqlTable)
    return table
