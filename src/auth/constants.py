"""The roles of product.md and what they may do in general."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a user is to a program. `ADMIN` is institution-wide and never held by membership."""

    ADMIN = "ADMIN"
    COORDINATOR = "COORDINATOR"
    CHIEF = "CHIEF"
    FACULTY = "FACULTY"
    RESIDENT = "RESIDENT"


MEMBER_ROLES = frozenset({Role.COORDINATOR, Role.CHIEF, Role.FACULTY, Role.RESIDENT})
"""The roles that a membership may carry."""

EVERY_ROLE = frozenset(Role)
MANAGERS = frozenset({Role.ADMIN, Role.COORDINATOR})
"""Who decides for a program: inputs, publishing, the audit trail."""

DRAFT_EDITORS = frozenset({Role.ADMIN, Role.COORDINATOR, Role.CHIEF})
"""Who may generate and edit drafts; publishing needs one of `MANAGERS`."""

MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 1024
"""Longer ones would only make the server work."""
MIN_DIFFERENT_CHARACTERS = 5
