"""Writes a parsed program over a program's rows: what stays keeps its id, what is gone goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table as SqlTable
from sqlalchemy import bindparam, delete, insert, update
from sqlmodel.ext.asyncio.session import AsyncSession

from src.interchange.model import Call, Program
from src.models import new_id
from src.programs import models
from src.programs.folder import (
    StoredRow,
    load_inputs,
    load_names,
    program_columns,
    tier_columns,
)
from src.programs.kinds import CODED_KINDS, KINDS, REFERRING_KINDS, ROTATION_OR_GROUP, InputKind, Names
from src.programs.models.base import table_of
from src.programs.statements import execute
from src.programs.use import refuse_removal_of_used


@dataclass(slots=True)
class _Plan:
    """What becomes of the rows of one file."""

    added: list[tuple[int, Any]] = field(default_factory=list)
    changed: list[tuple[UUID, int, Any]] = field(default_factory=list)
    moved: list[tuple[UUID, int]] = field(default_factory=list)
    removed: list[StoredRow] = field(default_factory=list)


async def replace_program_inputs(session: AsyncSession, row: models.Program, parsed: Program) -> None:
    """Make the program's rows say what `parsed` says, in the order of its row numbers.

    People, rotations and calls keep their ids by code, all other rows where nothing of them changed. Raises
    InUseError, naming them, when schedules use what would be removed. The caller holds the program's lock.
    """
    stored = await load_inputs(session, row.id)
    plans = {kind.name: _plan(kind, stored.of(kind), kind.of(parsed)) for kind in KINDS}
    for kind in CODED_KINDS:
        gone = {removed.id: removed.value.id for removed in plans[kind.name].removed}
        await refuse_removal_of_used(session, kind.table, gone)
    await _write_settings(session, row, stored.program, parsed)
    await _delete(session, table_of(models.CallRotation), row.id)
    for kind in REFERRING_KINDS:
        await _remove(session, kind, plans[kind.name])
    for kind in CODED_KINDS:
        await _write(session, kind, row.id, plans[kind.name], stored.names)
    names = await load_names(session, row.id)
    for kind in REFERRING_KINDS:
        await _write(session, kind, row.id, plans[kind.name], names)
    await replace_call_rotations(session, row.id, parsed.calls, names)
    for kind in CODED_KINDS:
        await _remove(session, kind, plans[kind.name])
    row.inputs_revision += 1
    session.add(row)
    await session.flush()


async def write_objective(session: AsyncSession, program_id: UUID, parsed: Program) -> None:
    """Replace the tiers of the objective."""
    table = table_of(models.ObjectiveTier)
    await _delete(session, table, program_id)
    await _insert(
        session,
        table,
        [_new(program_id, place, tier_columns(tier)) for place, tier in enumerate(parsed.objective)],
    )


async def replace_call_rotations(
    session: AsyncSession, program_id: UUID, calls: Sequence[Call], names: Names
) -> None:
    """Say which rotations or groups may take each of these calls."""
    table = table_of(models.CallRotation)
    ids = [names.calls[call.id] for call in calls]
    await execute(session, delete(table).where(table.c.program_id == program_id, table.c.call_id.in_(ids)))
    await _insert(
        session,
        table,
        [
            {
                "call_id": names.calls[call.id],
                "position": place,
                "program_id": program_id,
                **ROTATION_OR_GROUP.columns_of(reference, names),
            }
            for call in calls
            for place, reference in enumerate(call.rotations)
        ],
    )


def _plan(kind: InputKind, stored: Sequence[StoredRow], wanted: Iterable[Any]) -> _Plan:
    """Match what is stored with what is wanted: by code where rows have one, else by all they say."""
    plan = _Plan()
    waiting: dict[Any, list[StoredRow]] = {}
    for old in reversed(stored):
        waiting.setdefault(_key(kind, old.value), []).append(old)
    for place, value in enumerate(sorted(wanted, key=lambda value: value.row)):
        same = waiting.get(_key(kind, value))
        if not same:
            plan.added.append((place, value))
            continue
        old = same.pop()
        if old.value != value:
            plan.changed.append((old.id, place, value))
        elif old.position != place:
            plan.moved.append((old.id, place))
    plan.removed = [old for left in waiting.values() for old in left]
    return plan


def _key(kind: InputKind, value: Any) -> Any:
    return value.id if kind.has_code else value


async def _write_settings(session: AsyncSession, row: models.Program, old: Program, parsed: Program) -> None:
    before, after = program_columns(old), program_columns(parsed)
    if before == after and old.objective == parsed.objective:
        return
    for name, value in after.items():
        setattr(row, name, value)
    row.revision += 1
    if old.objective != parsed.objective:
        await write_objective(session, row.id, parsed)


async def _write(session: AsyncSession, kind: InputKind, program_id: UUID, plan: _Plan, names: Names) -> None:
    table = table_of(kind.table)
    await _insert(
        session,
        table,
        [_new(program_id, place, kind.columns_of(value, names)) for place, value in plan.added],
    )
    await _update(
        session,
        table,
        [
            {"row_id": row_id, "position": place, **kind.columns_of(value, names)}
            for row_id, place, value in plan.changed
        ],
        revision=table.c.revision + 1,
    )
    await _update(session, table, [{"row_id": row_id, "position": place} for row_id, place in plan.moved])


async def _remove(session: AsyncSession, kind: InputKind, plan: _Plan) -> None:
    if plan.removed:
        table = table_of(kind.table)
        await execute(session, delete(table).where(table.c.id.in_([row.id for row in plan.removed])))


def _new(program_id: UUID, position: int, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": new_id(), "program_id": program_id, "position": position, "revision": 1, **columns}


async def _delete(session: AsyncSession, table: SqlTable, program_id: UUID) -> None:
    await execute(session, delete(table).where(table.c.program_id == program_id))


async def _insert(session: AsyncSession, table: SqlTable, rows: list[dict[str, Any]]) -> None:
    if rows:
        await execute(session, insert(table), rows)


async def _update(session: AsyncSession, table: SqlTable, rows: list[dict[str, Any]], **always: Any) -> None:
    """Update rows by `row_id`, all with the same columns, in one round."""
    if not rows:
        return
    changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "row_id"}
    statement = update(table).where(table.c.id == bindparam("row_id")).values(**changed, **always)
    await execute(
        session,
        statement,
        [{name if name == "row_id" else f"new_{name}": value for name, value in row.items()} for row in rows],
    )
