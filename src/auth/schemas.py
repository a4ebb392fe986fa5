"""What the API takes and gives in signing in and in managing users."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from src.auth.constants import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, Role
from src.auth.models import AuditEntry, ProgramMembership, User
from src.auth.tokens import IssuedTokens
from src.auth.viewer import Viewer
from src.schemas import MAX_EMAIL_LENGTH, Body, Email, Name, Text, refuse_unstorable

MemberRole = Literal[Role.COORDINATOR, Role.CHIEF, Role.FACULTY, Role.RESIDENT]
"""A role that is held in a program; `ADMIN` is granted to the user as such."""


def _refuse_unstorable_secret(value: SecretStr) -> SecretStr:
    refuse_unstorable(value.get_secret_value())
    return value


def _refuse_bad_length(value: SecretStr) -> SecretStr:
    """In words of its own: what pydantic says of a secret's length speaks of items."""
    if not MIN_PASSWORD_LENGTH <= len(value.get_secret_value()) <= MAX_PASSWORD_LENGTH:
        message = f"must have {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters"
        raise ValueError(message)
    return value


Password = Annotated[
    SecretStr, Field(min_length=1, max_length=MAX_PASSWORD_LENGTH), AfterValidator(_refuse_unstorable_secret)
]
NewPassword = Annotated[
    SecretStr,
    Field(json_schema_extra={"minLength": MIN_PASSWORD_LENGTH, "maxLength": MAX_PASSWORD_LENGTH}),
    AfterValidator(_refuse_bad_length),
    AfterValidator(_refuse_unstorable_secret),
]
OneTimeToken = Annotated[Text, Field(min_length=1, max_length=200)]

_USER_ID = "0197f0c2-6f1e-7c3a-9f53-3f4b8e2d1a10"
_PROGRAM_ID = "0197f0c2-7a52-7b1d-8c9e-5d6a7b8c9d0e"
_PERSON_ID = "0197f0c2-8b63-7c2e-9daf-6e7b8c9dae1f"
_TOKENS: dict[str, Any] = {
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTk3ZjBjMiJ9.c2lnbmF0dXJl",
    "token_type": "bearer",
    "expires_in": 600,
    "refresh_token": "q1N0b3JlZEhhc2hlZE9ubHlBbmRTcGVudE9uY2VPbmx5",
}
_USER: dict[str, Any] = {
    "id": _USER_ID,
    "email": "casey.morgan@example.org",
    "full_name": "Casey Morgan",
    "state": "active",
    "is_admin": False,
    "may_create_programs": True,
    "created_at": "2026-07-01T08:00:00Z",
    "last_signed_in_at": "2026-07-02T06:55:12Z",
}
_MEMBERSHIP: dict[str, Any] = {
    "user_id": _USER_ID,
    "program_id": _PROGRAM_ID,
    "role": "RESIDENT",
    "person_id": _PERSON_ID,
}


def _example(value: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class LoginForm(BaseModel):
    """The form of the OAuth2 password flow (RFC 6749, 4.3.2); `username` is the e-mail address."""

    model_config = _example(
        {"grant_type": "password", "username": "casey.morgan@example.org", "password": "a long sentence"}
    )

    username: Annotated[Text, Field(min_length=1, max_length=MAX_EMAIL_LENGTH)]
    password: Password
    grant_type: Literal["password"] | None = None
    scope: Annotated[Text, Field(max_length=200)] = ""
    client_id: Annotated[Text, Field(max_length=200)] | None = None
    client_secret: Annotated[SecretStr, Field(max_length=200)] | None = None


class RefreshBody(Body):
    model_config = _example({"refresh_token": _TOKENS["refresh_token"]})

    refresh_token: OneTimeToken


class PasswordChangeBody(Body):
    model_config = _example({"current_password": "a long sentence", "new_password": "quite another sentence"})

    current_password: Password
    new_password: NewPassword


class InvitationAcceptBody(Body):
    """The token from the link, and the password to sign in with from now on."""

    model_config = _example(
        {"token": "b25lLXRpbWUtbGluay10b2tlbi1vZi1hLWxpbms", "password": "quite another sentence"}
    )

    token: OneTimeToken
    password: NewPassword
    full_name: Name | None = None


class TokenPair(BaseModel):
    """`expires_in` is in seconds, of the access token. The refresh token is good for one exchange."""

    model_config = _example(_TOKENS)

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # the scheme's name
    expires_in: int
    refresh_token: str

    @classmethod
    def of(cls, issued: IssuedTokens) -> Self:
        return cls(
            access_token=issued.access_token,
            expires_in=int(issued.lifetime.total_seconds()),
            refresh_token=issued.refresh_token,
        )


class UserState(StrEnum):
    """`invited` has no password yet, `disabled` may not sign in."""

    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"

    @classmethod
    def of(cls, user: User) -> UserState:
        if user.disabled_at is not None:
            return cls.DISABLED
        return cls.INVITED if user.password_hash is None else cls.ACTIVE


class UserRead(BaseModel):
    model_config = _example(_USER)

    id: UUID
    email: str
    full_name: str
    state: UserState
    is_admin: bool
    may_create_programs: bool
    created_at: datetime
    last_signed_in_at: datetime | None

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            id=user.id,
            email=user.email,
            full_name=user.full_name,
            state=UserState.of(user),
            is_admin=user.is_admin,
            may_create_programs=user.may_create_programs,
            created_at=user.created_at,
            last_signed_in_at=user.last_signed_in_at,
        )


class MembershipRead(BaseModel):
    model_config = _example(_MEMBERSHIP)

    user_id: UUID
    program_id: UUID
    role: Role
    person_id: UUID | None

    @classmethod
    def of(cls, row: ProgramMembership) -> Self:
        return cls(user_id=row.user_id, program_id=row.program_id, role=row.role, person_id=row.person_id)


class MemberRead(MembershipRead):
    """A member of a program, with who they are."""

    model_config = _example(
        {**_MEMBERSHIP, "email": _USER["email"], "full_name": _USER["full_name"], "state": "active"}
    )

    email: str
    full_name: str
    state: UserState

    @classmethod
    def joined(cls, row: ProgramMembership, user: User) -> Self:
        return cls(
            **MembershipRead.of(row).model_dump(),
            email=user.email,
            full_name=user.full_name,
            state=UserState.of(user),
        )


class OwnMembership(BaseModel):
    program_id: UUID
    role: Role
    person_id: UUID | None


class MeRead(UserRead):
    """The signed-in user, their role in each program and the person they are there."""

    model_config = _example(
        {
            **_USER,
            "memberships": [{"program_id": _PROGRAM_ID, "role": "RESIDENT", "person_id": _PERSON_ID}],
        }
    )

    memberships: list[OwnMembership]

    @classmethod
    def seen_by(cls, viewer: Viewer) -> Self:
        memberships = [
            OwnMembership(program_id=program_id, role=role, person_id=viewer.person_in(program_id))
            for program_id, role in sorted(viewer.roles.items())
        ]
        return cls(**UserRead.of(viewer.user).model_dump(), memberships=memberships)


class MembershipBody(Body):
    """The whole membership: a `person_id` that is left out unlinks."""

    model_config = _example({"role": "RESIDENT", "person_id": _PERSON_ID})

    role: MemberRole
    person_id: UUID | None = None


class _NewUser(Body):
    email: Email
    full_name: Name
    is_admin: Annotated[bool, Field(strict=True)] = False
    may_create_programs: Annotated[bool, Field(strict=True)] = False


class UserCreateBody(_NewUser):
    """A user with a first password, which the user should change."""

    model_config = _example(
        {
            "email": _USER["email"],
            "full_name": _USER["full_name"],
            "password": "quite another sentence",
            "may_create_programs": True,
        }
    )

    password: NewPassword


class InvitedMembership(MembershipBody):
    model_config = _example({"program_id": _PROGRAM_ID, "role": "RESIDENT", "person_id": _PERSON_ID})

    program_id: UUID


class InvitationBody(_NewUser):
    """A user without a password, and what they will be to which programs."""

    model_config = _example(
        {
            "email": _USER["email"],
            "full_name": _USER["full_name"],
            "memberships": [{"program_id": _PROGRAM_ID, "role": "RESIDENT", "person_id": _PERSON_ID}],
        }
    )

    memberships: Annotated[list[InvitedMembership], Field(max_length=20)] = []


class InvitationRead(BaseModel):
    """The one-time link, told once: only its hash is kept. It goes to the user by the admin's own hand."""

    model_config = _example(
        {
            "user": {**_USER, "state": "invited", "last_signed_in_at": None},
            "token": "b25lLXRpbWUtbGluay10b2tlbi1vZi1hLWxpbms",
            "link": "https://rounds.example.org/accept-invitation#token=b25lLXRpbWUtbGluay10b2tlbi1vZi1hLWxpbms",
            "expires_at": "2026-07-08T08:00:00Z",
        }
    )

    user: UserRead
    token: str
    link: str
    expires_at: datetime


class UserUpdateBody(Body):
    """Only what is sent is changed."""

    model_config = _example({"full_name": "Casey Morgan-Lee", "may_create_programs": False})

    email: Email = Field(default_factory=str)
    full_name: Name = Field(default_factory=str)
    may_create_programs: Annotated[bool, Field(strict=True)] = Field(default_factory=bool)


class AuditRead(BaseModel):
    """One change: who, when, what, from what to what, in which request."""

    model_config = _example(
        {
            "id": "0197f0c2-9c74-7d3f-8eb0-7f8c9daebf20",
            "at": "2026-07-02T07:10:00Z",
            "actor_id": _USER_ID,
            "actor_name": "gme.office@example.org",
            "action": "membership.changed",
            "program_id": _PROGRAM_ID,
            "entity_type": "membership",
            "entity_id": _USER_ID,
            "before": {"role": "RESIDENT"},
            "after": {"role": "CHIEF"},
            "counts": None,
            "content_hash": None,
            "request_id": "5b1f0c9e2d3a4b5c8d7e6f5041322314",
        }
    )

    id: UUID
    at: datetime
    actor_id: UUID | None
    actor_name: str
    action: str
    program_id: UUID | None
    entity_type: str
    entity_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    counts: dict[str, int] | None
    content_hash: str | None
    request_id: str | None

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls.model_validate(entry, from_attributes=True)
