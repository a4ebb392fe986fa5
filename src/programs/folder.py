"""The program folder in the database: a program's rows as one value, and one value as rows.

Both ways take a few statements a table, however many rows there are. What comes out of the database is
canonical and numbered like its export, so it equals what reading that export gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.interchange.canonical import numbered
from src.interchange.model import Program, Tier
from src.programs import models
from src.programs.kinds import CALLS, KINDS, PEOPLE, ROTATIONS, InputKind, Names
from src.programs.models.base import InputRow, table_of
from src.programs.statements import execute


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of an input: where it is kept, and what it says."""

    id: UUID
    position: int
    value: Any


@dataclass(frozen=True, slots=True)
class StoredInputs:
    """A program as its tables say it, rows in the order of their positions; `rows` by table."""

    program: Program
    rows: Mapping[str, tuple[StoredRow, ...]]
    names: Names

    def of(self, kind: InputKind) -> tuple[StoredRow, ...]:
        """The rows of one file."""
        return self.rows[kind.name]


async def load_program(session: AsyncSession, program_id: UUID) -> Program:
    """The program as its export reads: canonical, with the row numbers of the export.

    Raises NoResultFound when there is no such program.
    """
    return numbered((await load_inputs(session, program_id)).program)


async def load_inputs(session: AsyncSession, program_id: UUID) -> StoredInputs:
    """All inputs of a program with their ids; raises NoResultFound when there is no such program."""
    statement = select(models.Program).where(col(models.Program.id) == program_id)
    row = (await session.exec(statement.execution_options(populate_existing=True))).one()
    found = {kind.name: await _rows(session, kind.table, program_id) for kind in KINDS}
    names = build_names(
        {
            kind.name: {row["id"]: row["code"] for row in found[kind.name]}
            for kind in (PEOPLE, ROTATIONS, CALLS)
        },
        await call_rotations(session, program_id),
    )
    program = program_of(row, await load_tiers(session, program_id))
    rows: dict[str, tuple[StoredRow, ...]] = {}
    for kind in KINDS:
        rows[kind.name] = tuple(
            StoredRow(row["id"], row["position"], kind.value_of(row, names)) for row in found[kind.name]
        )
        program = kind.put(program, tuple(row.value for row in rows[kind.name]))
    return StoredInputs(program, rows, names)


async def load_names(session: AsyncSession, program_id: UUID) -> Names:
    """The codes of a program's people, rotations and calls, to read or write single rows with."""
    codes: dict[str, dict[UUID, str]] = {}
    for kind in (PEOPLE, ROTATIONS, CALLS):
        table = table_of(kind.table)
        result = await execute(
            session, select(table.c.id, table.c.code).where(table.c.program_id == program_id)
        )
        codes[kind.name] = {row.id: row.code for row in result}
    return build_names(codes, await call_rotations(session, program_id))


def build_names(
    codes: Mapping[str, Mapping[UUID, str]],
    links: list[tuple[UUID, UUID | None, str | None]],
) -> Names:
    """The codes both ways; `links` are calls with a rotation's id or a group's name, in order."""
    people, rotations, calls = codes[PEOPLE.name], codes[ROTATIONS.name], codes[CALLS.name]
    by_call: dict[UUID, tuple[str, ...]] = {}
    for call_id, rotation_id, group in links:
        name = rotations[rotation_id] if rotation_id is not None else f"@{group}"
        by_call[call_id] = (*by_call.get(call_id, ()), name)
    return Names(
        code_by_id={**people, **rotations, **calls},
        people={code: row_id for row_id, code in people.items()},
        rotations={code: row_id for row_id, code in rotations.items()},
        calls={code: row_id for row_id, code in calls.items()},
        rotations_by_call=by_call,
    )


async def call_rotations(
    session: AsyncSession, program_id: UUID
) -> list[tuple[UUID, UUID | None, str | None]]:
    """Which rotations or groups may take each call, in the order written."""
    link = models.CallRotation
    result = await execute(
        session,
        select(link.call_id, link.rotation_id, link.group_name)
        .where(col(link.program_id) == program_id)
        .order_by(col(link.call_id), col(link.position)),
    )
    return [(row.call_id, row.rotation_id, row.group_name) for row in result]


def program_of(row: models.Program, objective: tuple[Tier, ...] = ()) -> Program:
    """What `program.toml` says, from the program's row."""
    return Program(
        id=row.code,
        name=row.name,
        time_zone=row.time_zone,
        year_start_date=row.year_start_date,
        blocks=tuple(row.block_days),
        specialty=row.specialty,
        rule_packs=tuple(row.rule_packs),
        holidays=tuple(row.holidays),
        vacation_weeks=MappingProxyType({int(pgy): weeks for pgy, weeks in row.vacation_weeks.items()}),
        max_on_vacation=row.max_on_vacation,
        objective=objective,
    )


def program_columns(program: Program) -> dict[str, Any]:
    """The columns of the program's row for what `program.toml` says."""
    return {
        "code": program.id,
        "name": program.name,
        "time_zone": program.time_zone,
        "year_start_date": program.year_start_date,
        "block_days": list(program.blocks),
        "specialty": program.specialty,
        "rule_packs": list(program.rule_packs),
        "holidays": list(program.holidays),
        "vacation_weeks": {str(pgy): weeks for pgy, weeks in program.vacation_weeks.items()},
        "max_on_vacation": program.max_on_vacation,
    }


def tier_columns(tier: Tier) -> dict[str, Any]:
    """The columns of a tier's row."""
    return {
        "terms": [term for term, _ in tier.weights],
        "weights": [weight for _, weight in tier.weights],
        "vacation_rank": None if tier.vacation_rank is None else list(tier.vacation_rank),
    }


async def load_tiers(session: AsyncSession, program_id: UUID) -> tuple[Tier, ...]:
    """The tiers of a program's objective, highest first."""
    return tuple(
        Tier(
            tuple(zip(row["terms"], row["weights"], strict=True)),
            None if row["vacation_rank"] is None else tuple(row["vacation_rank"]),
        )
        for row in await _rows(session, models.ObjectiveTier, program_id)
    )


async def _rows(session: AsyncSession, table: type[InputRow], program_id: UUID) -> list[Mapping[str, Any]]:
    columns = table_of(table).c
    result = await execute(
        session,
        select(*columns).where(columns.program_id == program_id).order_by(columns.position, columns.id),
    )
    return [dict(row) for row in result.mappings()]
