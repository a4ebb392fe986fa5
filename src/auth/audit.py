"""The audit trail: every change, told once, never altered.

A run, an import or a bulk change is one entry with counts and a hash of its content; a single change tells
the fields that changed, before and after. Secrets never enter: fields that are named like one are blanked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import structlog
from pydantic_core import to_jsonable_python
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.models import AuditEntry
from src.models import now

BLANKED = "[not recorded]"
_SECRET_WORDS = ("password", "token", "secret", "api_key")


class Actor(Protocol):
    """Whoever changes something: a Viewer, or a part of the system."""

    @property
    def id(self) -> UUID | None: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SystemActor:
    """A part of the system that acts by itself, or for a user whose id it carries."""

    name: str
    id: UUID | None = None


COMMAND_LINE = SystemActor("command line")


async def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    *,
    entity_type: str,
    entity_id: UUID | None = None,
    program_id: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    counts: Mapping[str, int] | None = None,
    content_hash: str | None = None,
) -> AuditEntry:
    """Add an entry in the session's transaction: it stands exactly when the change stands.

    `action` is `thing.verb` in the past ("user.disabled"), `content_hash` a SHA-256 in hex. The request id is
    that of the request or run being worked on.
    """
    context = structlog.contextvars.get_contextvars()
    entry = AuditEntry(
        at=now(),
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        program_id=program_id,
        entity_type=entity_type,
        entity_id=entity_id,
        before=_plain(before),
        after=_plain(after),
        counts=dict(counts) if counts is not None else None,
        content_hash=content_hash,
        request_id=context.get("request_id") or context.get("run_id"),
    )
    session.add(entry)
    await session.flush()
    return entry


def snapshot(row: Any, fields: Iterable[str]) -> dict[str, Any]:
    """The named fields of a row as they are now."""
    return {field: getattr(row, field) for field in fields}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what changed, before and after; two empty dicts when nothing did."""
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in changed}, {name: after.get(name) for name in changed}


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    blanked: dict[str, Any] = _blank(to_jsonable_python(dict(values), serialize_unknown=True))
    return blanked


def _blank(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: BLANKED if any(word in str(name).lower() for word in _SECRET_WORDS) else _blank(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_blank(inner) for inner in value]
    return value
