"""A program and its objective: what `program.toml` and `objective.toml` say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Column, Date, DateTime, Index, Integer, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from src.models import HasId, HasTimestamps, Table
from src.programs.models.base import InputRow, in_file_order


class Program(Table, HasId, HasTimestamps, table=True):
    """One training program's year.

    `code` is the id in its folder; it is the program's own word and not unique: two hospitals may both have
    an `im`. `block_days` are the lengths of the academic blocks in order, `vacation_weeks` the weeks due by
    PGY. `revision` moves with the settings (this row and the objective), `inputs_revision` with every change
    of any input: it tells whether a schedule was made from what is there now.
    """

    __tablename__ = "program"
    __table_args__ = (
        CheckConstraint("cardinality(block_days) > 0 AND 0 < ALL (block_days)", name="blocks_have_days"),
        CheckConstraint("max_on_vacation >= 0", name="max_on_vacation_not_negative"),
        Index(None, "code"),
        Index(None, "name"),
    )

    code: str = Field(max_length=64)
    name: str
    specialty: str | None = None
    time_zone: str = Field(max_length=64)
    year_start_date: dt.date
    block_days: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    rule_packs: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    holidays: list[dt.date] = Field(sa_column=Column(ARRAY(Date), nullable=False))
    vacation_weeks: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    max_on_vacation: int | None = None
    archived_at: dt.datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revision: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    inputs_revision: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})


class ObjectiveTier(Table, InputRow, table=True):
    """One tier of the objective: `weights` belong to `terms` one by one, in the order of the file.

    `vacation_rank` are the points of choice 1, 2, …; null where the tier does not name the term.
    """

    __tablename__ = "objective_tier"
    __table_args__ = (
        in_file_order(),
        CheckConstraint("cardinality(terms) = cardinality(weights)", name="a_weight_for_each_term"),
    )

    terms: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    weights: list[Decimal] = Field(sa_column=Column(ARRAY(Numeric), nullable=False))
    vacation_rank: list[Decimal] | None = Field(default=None, sa_column=Column(ARRAY(Numeric), nullable=True))
