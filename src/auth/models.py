"""Users, what they are to programs, how they are signed in, and the trail of what they changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from src.auth.constants import Role
from src.models import HasId, HasTimestamps, Table, enum_type


class User(Table, HasId, HasTimestamps, table=True):
    """A login. `email` is kept in lower case, so that uniqueness does not depend on case.

    `password_hash` is empty while the user is invited. `token_epoch` is in every access token: raising it
    ends all of them at once.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        CheckConstraint("token_epoch >= 0", name="token_epoch_not_negative"),
    )

    email: str = Field(max_length=254)
    full_name: str = Field(max_length=200)
    password_hash: str | None = Field(default=None, max_length=200)
    is_admin: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    may_create_programs: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    disabled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    token_epoch: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    last_signed_in_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ProgramMembership(Table, HasId, HasTimestamps, table=True):
    """What a user is to a program, and which of its people they are, if any.

    A person has at most one user. The foreign keys to `program` and `person` are made by the migration of
    those tables, which follows the one of this table.
    """

    __tablename__ = "program_membership"
    __table_args__ = (
        UniqueConstraint("user_id", "program_id"),
        UniqueConstraint("person_id"),
        CheckConstraint("role <> 'ADMIN'", name="admin_is_no_membership"),
        Index(None, "program_id"),
    )

    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE")
    program_id: UUID = Field(foreign_key="program.id", ondelete="CASCADE")
    role: Role = Field(sa_type=enum_type(Role, "role"))
    person_id: UUID | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL", nullable=True)


class SignIn(Table, HasId, HasTimestamps, table=True):
    """One sign-in: the family of refresh tokens that follow one another, and the access tokens beside them.

    Once `revoked_at` is set, none of its tokens is taken any more.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "user_id"),)

    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE")
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revoked_because: str | None = Field(default=None, max_length=40)


class RefreshToken(Table, HasId, HasTimestamps, table=True):
    """A refresh token, by its SHA-256 only. Spent once; the second time is taken for theft."""

    __tablename__ = "refresh_token"
    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "sign_in_id"))

    sign_in_id: UUID = Field(foreign_key="sign_in.id", ondelete="CASCADE")
    token_hash: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    spent_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Invitation(Table, HasId, HasTimestamps, table=True):
    """A one-time link by which an invited user sets their password; the link's token is kept as SHA-256."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "user_id"))

    user_id: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE")
    token_hash: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    accepted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class AuditEntry(Table, HasId, table=True):
    """Who changed what, when, from what to what, in which request. A trigger refuses update and delete.

    No foreign keys: the trail outlives what it tells of. `id` sorts by time. `counts` and `content_hash`
    stand for the many rows of a run, an import or a bulk change, which is one entry.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "program_id", "id"),
        Index(None, "actor_id", "id"),
        Index(None, "entity_type", "entity_id", "id"),
        Index(None, "action", "id"),
        Index(None, "at"),
    )

    at: datetime = Field(sa_type=DateTime(timezone=True))
    actor_id: UUID | None = None
    actor_name: str = Field(max_length=254)
    action: str = Field(max_length=80)
    program_id: UUID | None = None
    entity_type: str = Field(max_length=80)
    entity_id: UUID | None = None
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    counts: dict[str, int] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    content_hash: str | None = Field(default=None, max_length=64)
    request_id: str | None = Field(default=None, max_length=80)
