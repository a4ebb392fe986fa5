"""Tokens: signed short-lived ones for access, random ones for refreshing and inviting.

Access tokens are JWTs (HS256). Random tokens carry 256 bits; only their SHA-256 is stored, which needs no
salt or stretching at that length.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from jose import JWTError, jwt

from src.auth.config import AuthSettings
from src.auth.exceptions import InvalidAccessTokenError
from src.models import now

ALGORITHM = "HS256"
ISSUER = "rounds"
AUDIENCE = "rounds-api"
_REQUIRED = ("sub", "sid", "epoch", "exp", "iat", "jti", "iss", "aud")
_MAX_TOKEN_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says: the user, the sign-in it belongs to, the user's epoch at the time."""

    user_id: UUID
    sign_in_id: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """A fresh access token with its lifetime, and the refresh token that follows it."""

    access_token: str
    lifetime: timedelta
    refresh_token: str


def issue_access_token(
    settings: AuthSettings, *, user_id: UUID, sign_in_id: UUID, epoch: int, at: datetime | None = None
) -> tuple[str, timedelta]:
    """A signed access token and how long it holds."""
    issued_at = at or now()
    lifetime = timedelta(minutes=settings.access_token_minutes)
    claims = {
        "sub": str(user_id),
        "sid": str(sign_in_id),
        "epoch": epoch,
        "iat": int(issued_at.timestamp()),
        "exp": int((issued_at + lifetime).timestamp()),
        "jti": uuid4().hex,
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    return jwt.encode(claims, settings.secret_key.get_secret_value(), algorithm=ALGORITHM), lifetime


def read_access_token(settings: AuthSettings, token: str) -> AccessClaims:
    """The claims of a token that this service signed and that has not expired.

    Raises InvalidAccessTokenError for everything else, without saying what was wrong.
    """
    if len(token) > _MAX_TOKEN_LENGTH:
        raise InvalidAccessTokenError
    try:
        claims = jwt.decode(
            token,
            settings.secret_key.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={f"require_{name}": True for name in _REQUIRED},
        )
        epoch = claims["epoch"]
        if type(epoch) is not int:
            raise InvalidAccessTokenError
        return AccessClaims(UUID(claims["sub"]), UUID(claims["sid"]), epoch)
    except (JWTError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidAccessTokenError from error


def new_random_token() -> str:
    """A token of 256 random bits that survives a URL."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is stored of a random token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
