"""Create, change and delete single rows of any input.

The program's row is locked by the caller, so edits of one program follow each other; each leaves a program
that reads, or nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.audit import Actor
from src.etags import etag_of, require_match
from src.interchange.model import Program as FolderProgram
from src.models import new_id
from src.programs.exceptions import DuplicateCodeError, InputRejectedError, ReferredToError
from src.programs.folder import StoredInputs, load_inputs, load_names
from src.programs.kinds import CALLS, KINDS, InputKind
from src.programs.models import Program
from src.programs.models.base import InputRow
from src.programs.resources import Resource, columns_of_row
from src.programs.schemas.rows import RowRead
from src.programs.storage import replace_call_rotations
from src.programs.use import refuse_removal_of_used
from src.programs.validation import mark, pointer_to, read_back, read_back_row
from src.schemas import Body


async def create_row(
    session: AsyncSession, actor: Actor, program: Program, resource: Resource, body: Body
) -> RowRead:
    """Add a row at the end of its file.

    Raises DuplicateCodeError, InputRejectedError.
    """
    kind = resource.kind
    stored = await load_inputs(session, program.id)
    value = mark(resource.value_of(body))
    _refuse_taken_code(stored, kind, value)
    value = await read_back_row(kind.put(stored.program, (*kind.of(stored.program), value)), kind)
    row = kind.table(
        id=new_id(),
        program_id=program.id,
        position=max((old.position for old in stored.of(kind)), default=-1) + 1,
        **kind.columns_of(value, stored.names),
    )
    session.add(row)
    await session.flush()
    shown = await _finish(session, program, resource, row, value)
    await _record(session, actor, program, kind, "created", row, after=resource.fields_of(value))
    return shown


async def change_row(
    session: AsyncSession,
    actor: Actor,
    program: Program,
    resource: Resource,
    row: InputRow,
    body: Body,
    if_match: str | None,
) -> RowRead:
    """Change what the body names; a new code is followed by all that refer to it.

    Raises PreconditionRequiredError, PreconditionFailedError, DuplicateCodeError, InUseError for the code of
    what schedules use, and InputRejectedError.
    """
    kind = resource.kind
    stored = await load_inputs(session, program.id)
    old = kind.value_of(columns_of_row(row), stored.names)
    _require_match(resource, row, stored, if_match)
    value = mark(resource.value_of(_merged(resource, old, body)))
    edited = kind.put(
        stored.program,
        tuple(value if present.id == row.id else present.value for present in stored.of(kind)),
    )
    if kind.has_code and value.id != old.id:
        _refuse_taken_code(stored, kind, value)
        # A version is judged against a snapshot that knows the row by its code.
        await refuse_removal_of_used(session, kind.table, {row.id: old.id})
        edited = _renamed(edited, kind, old.id, value.id)
    value = await read_back_row(edited, kind)
    if value == old:
        return resource.show(row, stored.names)
    for name, entry in kind.columns_of(value, stored.names).items():
        setattr(row, name, entry)
    row.revision += 1
    session.add(row)
    await session.flush()
    shown = await _finish(session, program, resource, row, value)
    before, after = audit.difference(resource.fields_of(old), resource.fields_of(value))
    await _record(session, actor, program, kind, "changed", row, before=before, after=after)
    return shown


async def delete_row(
    session: AsyncSession,
    actor: Actor,
    program: Program,
    resource: Resource,
    row: InputRow,
    if_match: str | None,
) -> None:
    """Remove a row that nothing else needs.

    Raises PreconditionRequiredError, PreconditionFailedError, ReferredToError when other inputs name it, and
    InUseError when schedules do.
    """
    kind = resource.kind
    stored = await load_inputs(session, program.id)
    _require_match(resource, row, stored, if_match)
    left = tuple(present.value for present in stored.of(kind) if present.id != row.id)
    await read_back(kind.put(stored.program, left), rejection=ReferredToError)
    old = kind.value_of(columns_of_row(row), stored.names)
    if kind.has_code:
        await refuse_removal_of_used(session, kind.table, {row.id: old.id})
    await session.delete(row)
    program.inputs_revision += 1
    session.add(program)
    await session.flush()
    await _record(session, actor, program, kind, "deleted", row, before=resource.fields_of(old))


def _require_match(resource: Resource, row: InputRow, stored: StoredInputs, if_match: str | None) -> None:
    state = resource.show(row, stored.names).model_dump(mode="json")
    require_match(if_match, etag_of(row.id, row.revision), state)


def _refuse_taken_code(stored: StoredInputs, kind: InputKind, value: Any) -> None:
    if kind.has_code and any(present.value.id == value.id for present in stored.of(kind)):
        message = f"The program has a {kind.name} '{value.id}' already."
        raise DuplicateCodeError(message, details={"pointer": pointer_to("code"), "code": value.id})


def _merged(resource: Resource, old: Any, body: Body) -> Body:
    """The whole row with the body's changes, held to the same limits as a new one."""
    entries: Mapping[str, Any] = {**resource.fields_of(old), **body.model_dump(exclude_unset=True)}
    try:
        merged = resource.create.model_validate(entries)
    except ValidationError as error:
        raise InputRejectedError(
            details={
                "errors": [
                    {
                        "pointer": pointer_to(*map(str, item["loc"])),
                        "code": item["type"],
                        "message": item["msg"],
                    }
                    for item in error.errors()
                ]
            }
        ) from error
    return merged


def _renamed(program: FolderProgram, kind: InputKind, old: str, new: str) -> FolderProgram:
    """The program in which all that named the row by its old code name it by the new one."""
    for referring in KINDS:
        fields = [ref.field for ref in referring.references if ref.target == kind.field]
        if fields:
            program = referring.put(
                program, tuple(_with_new_name(row, fields, old, new) for row in referring.of(program))
            )
    if kind.field == "rotations":
        program = CALLS.put(
            program,
            tuple(
                replace(call, rotations=tuple(new if name == old else name for name in call.rotations))
                for call in program.calls
            ),
        )
    return program


def _with_new_name(row: Any, fields: list[str], old: str, new: str) -> Any:
    changed = {name: new for name in fields if getattr(row, name, None) == old}
    return replace(row, **changed) if changed else row


async def _finish(
    session: AsyncSession, program: Program, resource: Resource, row: InputRow, value: Any
) -> RowRead:
    """Write what hangs on the row, move the program's inputs on, and show the row as it is now."""
    names = await load_names(session, program.id)
    if resource.kind is CALLS:
        await replace_call_rotations(session, program.id, [value], names)
        names = await load_names(session, program.id)
    program.inputs_revision += 1
    session.add(program)
    await session.flush()
    return resource.show(row, names)


async def _record(
    session: AsyncSession,
    actor: Actor,
    program: Program,
    kind: InputKind,
    verb: str,
    row: InputRow,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        actor,
        f"{kind.name}.{verb}",
        entity_type=kind.name,
        entity_id=row.id,
        program_id=program.id,
        before=before,
        after=after,
    )
