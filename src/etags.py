"""Concurrent edits: a strong ETag for each state, and If-Match on every change (RFC 9110, 13.1.1)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Header

from src.exceptions import PreconditionFailedError, PreconditionRequiredError

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=400, description="The ETag of the state to change; required."),
]


def etag_of(row_id: UUID, revision: int) -> str:
    """The strong ETag of a row at a revision."""
    return f'"{row_id.hex}-{revision}"'


def require_match(if_match: str | None, current: str, state: Any = None) -> None:
    """Go on only when the caller means the present state.

    Raises PreconditionRequiredError without a tag, PreconditionFailedError with a stale one; the latter tells
    the present tag and state.
    """
    if if_match is None:
        raise PreconditionRequiredError
    tags = [tag.strip() for tag in if_match.split(",")]
    if "*" not in tags and current not in tags:
        raise PreconditionFailedError(details={"etag": current, "current": state})
