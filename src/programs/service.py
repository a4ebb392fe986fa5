"""Programs themselves: create, list, change, archive, delete; their calendar and objective."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.audit import Actor
from src.auth.constants import Role
from src.auth.memberships import set_membership
from src.auth.viewer import Viewer, visible_program_ids_clause
from src.etags import etag_of, require_match
from src.interchange.model import Program as FolderProgram
from src.interchange.model import Tier
from src.interchange.objective_tiers import VACATION_RANK
from src.models import now
from src.pagination import PageParams, like_pattern, paginate
from src.programs.exceptions import InputRejectedError, InUseError
from src.programs.folder import load_inputs, load_tiers, program_columns, program_of
from src.programs.models import Program
from src.programs.schemas.programs import (
    AcademicBlockRead,
    CalendarRead,
    CalendarWrite,
    ObjectiveRead,
    ObjectiveWrite,
    ProgramCreate,
    ProgramRead,
    ProgramUpdate,
    TierBody,
)
from src.programs.storage import write_objective
from src.programs.use import refuse_removal_of_used
from src.programs.validation import SETTINGS, pointer_to, read_back

TOLD_FIELDS = tuple(program_columns(FolderProgram("", "", "", date.min, ())))
"""What the audit trail tells of a program."""

_NEVER_EMPTY = ("code", "name", "time_zone", "year_start_date", "blocks")


def show_program(program: Program, viewer: Viewer) -> ProgramRead:
    """A program as the viewer is answered."""
    return ProgramRead(
        id=program.id,
        code=program.code,
        name=program.name,
        specialty=program.specialty,
        time_zone=program.time_zone,
        year_start_date=program.year_start_date,
        year_end_date=program.year_start_date + timedelta(days=sum(program.block_days) - 1),
        blocks=program.block_days,
        rule_packs=program.rule_packs,
        holidays=program.holidays,
        vacation_weeks=program.vacation_weeks,
        max_on_vacation=program.max_on_vacation,
        archived_at=program.archived_at,
        inputs_revision=program.inputs_revision,
        role=viewer.role_in(program.id),
        etag=etag_of(program.id, program.revision),
        created_at=program.created_at,
        updated_at=program.updated_at,
    )


def show_calendar(program: Program) -> CalendarRead:
    """The calendar and what follows from it."""
    facts = program_of(program)
    return CalendarRead(
        year_start_date=facts.year_start_date,
        year_end_date=facts.year_end_date,
        blocks=list(facts.blocks),
        holidays=list(facts.holidays),
        academic_blocks=[
            AcademicBlockRead(number=block.number, start_date=block.start_date, end_date=block.end_date)
            for block in facts.academic_blocks
        ],
        weeks=list(facts.weeks),
        etag=etag_of(program.id, program.revision),
    )


async def show_objective(session: AsyncSession, program: Program) -> ObjectiveRead:
    """The tiers of the objective, highest first."""
    tiers = [_show_tier(tier) for tier in await load_tiers(session, program.id)]
    return ObjectiveRead(tiers=tiers, etag=etag_of(program.id, program.revision))


async def list_programs(
    session: AsyncSession, viewer: Viewer, params: PageParams, *, archived: bool | None = None
) -> tuple[list[ProgramRead], int]:
    """One page of the programs that the viewer belongs to; of all for an admin."""
    statement = select(Program).where(visible_program_ids_clause(viewer, col(Program.id)))
    if archived is not None:
        statement = statement.where(col(Program.archived_at).is_not(None) == archived)
    if params.search:
        pattern = like_pattern(params.search)
        statement = statement.where(
            col(Program.code).ilike(pattern, escape="\\")
            | col(Program.name).ilike(pattern, escape="\\")
            | col(Program.specialty).ilike(pattern, escape="\\")
        )
    rows, total = await paginate(
        session,
        statement,
        params,
        sort_columns={
            "name": col(Program.name),
            "code": col(Program.code),
            "specialty": col(Program.specialty),
            "year_start_date": col(Program.year_start_date),
            "created_at": col(Program.created_at),
            "updated_at": col(Program.updated_at),
        },
        default_sort="name",
        tie_breaker=col(Program.id),
    )
    return [show_program(row, viewer) for row in rows], total


async def create_program(session: AsyncSession, viewer: Viewer, body: ProgramCreate) -> Program:
    """A program without any inputs; a creator who is no admin becomes its coordinator.

    Raises InputRejectedError.
    """
    parsed = await read_back(_with_settings(None, body.model_dump()), edited=SETTINGS)
    program = Program(**program_columns(parsed))
    session.add(program)
    await session.flush()
    await audit.record(
        session,
        viewer,
        "program.created",
        entity_type="program",
        entity_id=program.id,
        program_id=program.id,
        after=audit.snapshot(program, TOLD_FIELDS),
    )
    await join_as_coordinator(session, viewer, program)
    return program


async def join_as_coordinator(session: AsyncSession, actor: Actor, program: Program) -> None:
    """Whoever makes a program belongs to it; admins see every program without belonging to any."""
    if isinstance(actor, Viewer) and not actor.is_admin:
        await set_membership(session, actor, user_id=actor.id, program_id=program.id, role=Role.COORDINATOR)


async def change_program(
    session: AsyncSession,
    viewer: Viewer,
    program: Program,
    body: ProgramUpdate | CalendarWrite,
    if_match: str | None,
) -> Program:
    """Change what the body names of a locked program.

    Raises PreconditionRequiredError, PreconditionFailedError, InputRejectedError.
    """
    require_settings_match(program, viewer, if_match)
    stored = await load_inputs(session, program.id)
    changes = body.model_dump(exclude_unset=isinstance(body, ProgramUpdate))
    parsed = await read_back(_with_settings(stored.program, changes), edited=SETTINGS)
    await _store(session, viewer, program, program_columns(parsed))
    return program


async def change_objective(
    session: AsyncSession, viewer: Viewer, program: Program, body: ObjectiveWrite, if_match: str | None
) -> Program:
    """Replace the tiers of a locked program's objective.

    Raises PreconditionRequiredError, PreconditionFailedError, InputRejectedError.
    """
    require_settings_match(program, viewer, if_match)
    before = await show_objective(session, program)
    stored = await load_inputs(session, program.id)
    tiers = tuple(_tier(tier) for tier in body.tiers)
    parsed = await read_back(replace(stored.program, objective=tiers))
    if parsed.objective == stored.program.objective:
        return program
    await write_objective(session, program.id, parsed)
    _move_on(program)
    session.add(program)
    await session.flush()
    after = await show_objective(session, program)
    await audit.record(
        session,
        viewer,
        "objective.changed",
        entity_type="program",
        entity_id=program.id,
        program_id=program.id,
        before=before.model_dump(mode="json", exclude={"etag"}, exclude_none=True),
        after=after.model_dump(mode="json", exclude={"etag"}, exclude_none=True),
    )
    return program


async def archive_program(
    session: AsyncSession, viewer: Viewer, program: Program, *, archived: bool
) -> Program:
    """Put a locked program away, or bring it back; doing it twice changes nothing."""
    if (program.archived_at is not None) != archived:
        program.archived_at = now() if archived else None
        program.revision += 1
        session.add(program)
        await session.flush()
        await audit.record(
            session,
            viewer,
            "program.archived" if archived else "program.unarchived",
            entity_type="program",
            entity_id=program.id,
            program_id=program.id,
        )
    return program


async def delete_program(
    session: AsyncSession, viewer: Viewer, program: Program, if_match: str | None
) -> None:
    """Delete a locked program with all its inputs and memberships.

    Raises PreconditionRequiredError, PreconditionFailedError, and InUseError when it has schedules.
    """
    require_settings_match(program, viewer, if_match)
    try:
        await refuse_removal_of_used(session, Program, {program.id: program.code})
    except InUseError as error:
        message = "The program has schedules; archive it instead, or delete the schedules first."
        raise InUseError(error.details["used"], message) from error
    await audit.record(
        session,
        viewer,
        "program.deleted",
        entity_type="program",
        entity_id=program.id,
        program_id=program.id,
        before=audit.snapshot(program, TOLD_FIELDS),
    )
    await session.delete(program)
    await session.flush()


def require_settings_match(program: Program, viewer: Viewer, if_match: str | None) -> None:
    """Raises PreconditionRequiredError, PreconditionFailedError with the program as it is now."""
    current = show_program(program, viewer)
    require_match(if_match, current.etag, current.model_dump(mode="json"))


def _with_settings(program: FolderProgram | None, changes: Mapping[str, Any]) -> FolderProgram:
    """The program, or a new one, with the fields of a body; null for a field that must be set is refused."""
    empty = [name for name in _NEVER_EMPTY if name in changes and changes[name] is None]
    if empty:
        message = "must be set"
        errors = [
            {"pointer": pointer_to(name), "code": "missing_value", "message": message} for name in empty
        ]
        raise InputRejectedError(details={"errors": errors})
    given: dict[str, Any] = {"id" if name == "code" else name: value for name, value in changes.items()}
    for name in ("blocks", "rule_packs", "holidays"):
        if name in given:
            given[name] = tuple(given[name] or ())
    if "vacation_weeks" in given:
        given["vacation_weeks"] = MappingProxyType(dict(given["vacation_weeks"] or {}))
    return FolderProgram(**given) if program is None else replace(program, **given)


def _show_tier(tier: Tier) -> TierBody:
    terms: dict[str, Any] = dict(tier.weights)
    if tier.vacation_rank is not None:
        terms[VACATION_RANK] = list(tier.vacation_rank)
    return TierBody.model_construct(**terms)


def _tier(body: TierBody) -> Tier:
    given: dict[str, Any] = {name: value for name, value in body if value is not None}
    ranks = given.pop(VACATION_RANK, None)
    return Tier(tuple(given.items()), None if ranks is None else tuple(ranks))


async def _store(session: AsyncSession, viewer: Viewer, program: Program, columns: Mapping[str, Any]) -> None:
    before = audit.snapshot(program, TOLD_FIELDS)
    if before == columns:
        return
    for name, value in columns.items():
        setattr(program, name, value)
    _move_on(program)
    session.add(program)
    await session.flush()
    old, new = audit.difference(before, columns)
    await audit.record(
        session,
        viewer,
        "program.changed",
        entity_type="program",
        entity_id=program.id,
        program_id=program.id,
        before=old,
        after=new,
    )


def _move_on(program: Program) -> None:
    program.revision += 1
    program.inputs_revision += 1
