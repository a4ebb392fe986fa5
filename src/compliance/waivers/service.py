"""Granting, listing and revoking waivers; each is told in the audit trail."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.packs import known_packs, load_pack
from src.compliance.waivers.exceptions import WaiverInvalidError, WaiverNotFoundError, WaiverRevokedError
from src.compliance.waivers.model import Waiver
from src.compliance.waivers.records import WaiverRecord
from src.compliance.waivers.schemas import WaiverCreate, WaiverRead
from src.compliance.waivers.storage import waiver_of
from src.interchange.model import PersonKind
from src.models import now
from src.pagination import PageParams, like_pattern, order_by
from src.programs.models import Person, Program

TOLD_FIELDS = ("rule", "window_start_at", "window_end_at", "value", "limit", "reason", "expires_date")


def today_in(program: Program) -> date:
    """The local date of the program now."""
    return now().astimezone(ZoneInfo(program.time_zone)).date()


async def grant(session: AsyncSession, viewer: Viewer, program: Program, body: WaiverCreate) -> WaiverRead:
    """Let a hard finding stand; raises WaiverInvalidError, naming each field at fault."""
    named = select(Person.id).where(
        Person.program_id == program.id,
        Person.code == body.person,
        Person.kind == PersonKind.RESIDENT,
    )
    person_id = (await session.exec(named)).one_or_none()
    errors: list[dict[str, str]] = []
    if person_id is None:
        errors.append(
            _fault("person", "unknown_id", f"no resident of the program has the id '{body.person}'")
        )
    if not _is_rule(body.rule):
        errors.append(_fault("rule", "unknown_id", f"no rule pack has a rule '{body.rule}'"))
    if body.expires_date is not None and body.expires_date < today_in(program):
        errors.append(_fault("expires_date", "out_of_range", "the waiver would have expired already"))
    if person_id is None or errors:
        raise WaiverInvalidError(details={"errors": errors})
    record = WaiverRecord(
        program_id=program.id,
        person_id=person_id,
        granted_by=viewer.id,
        granted_by_name=viewer.name,
        **body.model_dump(exclude={"person"}),
    )
    session.add(record)
    await session.flush()
    await _tell(session, viewer, record, "granted", after=_words(record, body.person))
    return show(record, body.person, today_in(program))


async def revoke(
    session: AsyncSession, viewer: Viewer, program: Program, waiver_id: UUID, reason: str
) -> WaiverRead:
    """Take a waiver back; raises WaiverNotFoundError, WaiverRevokedError."""
    statement = _waivers(program.id).where(col(WaiverRecord.id) == waiver_id)
    found = (await session.exec(statement.with_for_update(of=WaiverRecord))).one_or_none()
    if found is None:
        raise WaiverNotFoundError
    record, person = found
    if record.revoked_at is not None:
        raise WaiverRevokedError(details={"revoked_at": record.revoked_at})
    record.revoked_at, record.revoked_by, record.revocation_reason = now(), viewer.id, reason
    session.add(record)
    await session.flush()
    before = _words(record, person)
    await _tell(session, viewer, record, "revoked", before=before, after={"revocation_reason": reason})
    return show(record, person, today_in(program))


async def read_waiver(session: AsyncSession, program: Program, waiver_id: UUID) -> WaiverRead:
    """One waiver of the program; raises WaiverNotFoundError."""
    statement = _waivers(program.id).where(col(WaiverRecord.id) == waiver_id)
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise WaiverNotFoundError
    return show(*found, today_in(program))


async def list_waivers(
    session: AsyncSession,
    program: Program,
    params: PageParams,
    *,
    rule: str | None = None,
    person: str | None = None,
    in_force: bool | None = None,
    only_on: UUID | None = None,
) -> tuple[list[WaiverRead], int]:
    """One page of the program's waivers, the newest first unless sorted otherwise.

    `only_on` is the one person whose waivers may be seen; None = everybody's.
    """
    statement = _waivers(program.id)
    if rule is not None:
        statement = statement.where(col(WaiverRecord.rule) == rule)
    if person is not None:
        statement = statement.where(col(Person.code) == person)
    if in_force is not None:
        holds = _holds(today_in(program))
        statement = statement.where(holds if in_force else ~holds)
    if only_on is not None:
        statement = statement.where(col(WaiverRecord.person_id) == only_on)
    if params.search:
        pattern = like_pattern(params.search)
        statement = statement.where(
            or_(
                *(
                    column.ilike(pattern, escape="\\")
                    for column in (col(WaiverRecord.rule), col(Person.code), col(WaiverRecord.reason))
                )
            )
        )
    sort = order_by(
        params.sort,
        {
            "granted_at": col(WaiverRecord.created_at),
            "rule": col(WaiverRecord.rule),
            "person": col(Person.code),
            "window_start_at": col(WaiverRecord.window_start_at),
            "expires_date": col(WaiverRecord.expires_date),
        },
        "-granted_at",
    )
    total = await session.scalar(select(func.count()).select_from(statement.subquery()))
    page = statement.order_by(sort, col(WaiverRecord.id)).limit(params.page_size)
    rows = await session.exec(page.offset(params.start))
    today = today_in(program)
    return [show(*row, today) for row in rows], total or 0


def show(record: WaiverRecord, person: str, today: date) -> WaiverRead:
    """A waiver as it is answered."""
    waiver = waiver_of(record, person)
    return WaiverRead(
        id=record.id,
        **_shown(waiver),
        revoked_at=record.revoked_at,
        revocation_reason=record.revocation_reason,
        in_force=record.revoked_at is None and waiver.is_in_force(today),
    )


def _shown(waiver: Waiver) -> dict[str, Any]:
    return {
        "rule": waiver.rule,
        "person": waiver.person,
        "window_start_at": waiver.window_start_at,
        "window_end_at": waiver.window_end_at,
        "value": str(waiver.value),
        "limit": str(waiver.limit),
        "reason": waiver.reason,
        "expires_date": waiver.expires_date,
        "granted_by": waiver.granted_by,
        "granted_at": waiver.granted_at,
    }


def _waivers(program_id: UUID) -> Select[WaiverRecord, str]:
    return (
        select(WaiverRecord, col(Person.code))
        .join(Person, col(Person.id) == col(WaiverRecord.person_id))
        .where(col(WaiverRecord.program_id) == program_id)
    )


def _holds(today: date) -> ColumnElement[bool]:
    not_expired = or_(col(WaiverRecord.expires_date).is_(None), col(WaiverRecord.expires_date) >= today)
    return col(WaiverRecord.revoked_at).is_(None) & not_expired


def _is_rule(rule_id: str) -> bool:
    """Whether a version of any pack has the rule: a waiver may speak of a version published long ago."""
    return any(
        rule.id == rule_id
        for pack_id, versions in known_packs().items()
        for version in versions
        for rule in load_pack(pack_id, version).rules
    )


def _fault(field: str, code: str, message: str) -> dict[str, str]:
    return {"pointer": f"/body/{field}", "code": code, "message": message}


def _words(record: WaiverRecord, person: str) -> dict[str, Any]:
    return {"person": person, **audit.snapshot(record, TOLD_FIELDS)}


async def _tell(
    session: AsyncSession,
    viewer: Viewer,
    record: WaiverRecord,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        viewer,
        f"waiver.{verb}",
        entity_type="waiver",
        entity_id=record.id,
        program_id=record.program_id,
        before=before,
        after=after,
    )
