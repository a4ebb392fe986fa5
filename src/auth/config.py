"""Settings of signing in. In production a missing, well-known or short secret refuses to start."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from limits import parse
from pydantic import AfterValidator, Field, SecretStr, field_validator

from src.config import Environment, RoundsSettings

DEVELOPMENT_SECRET_KEY = "development-only-never-in-production-0123456789"  # noqa: S105  # refused in production
MIN_SECRET_KEY_LENGTH = 32
_WELL_KNOWN = ("changethis", "change-me", "changeme", "secret", "password", DEVELOPMENT_SECRET_KEY)


def _refuse_unreadable_limit(value: str) -> str:
    parse(value)
    return value


Limit = Annotated[str, AfterValidator(_refuse_unreadable_limit)]
"""How often something may be asked for: "10/minute"."""


class AuthSettings(RoundsSettings):
    """The key that signs access tokens, how long things hold, and how often one may try."""

    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET_KEY)
    access_token_minutes: int = Field(default=10, ge=1, le=15)
    refresh_token_days: int = Field(default=14, ge=1, le=90)
    sign_in_days: int = Field(default=30, ge=1, le=365)
    invitation_days: int = Field(default=7, ge=1, le=60)
    login_limit_per_address: Limit = "30/minute"
    login_limit_per_account: Limit = "10/5minutes"
    refresh_limit_per_address: Limit = "60/minute"
    invitation_limit_per_address: Limit = "20/minute"
    password_limit_per_account: Limit = "10/5minutes"  # noqa: S105  # a limit, no secret

    @field_validator("secret_key", mode="before")
    @classmethod
    def _take_empty_for_unset(cls, value: object) -> object:
        """An empty line in `.env` is no key: nobody may sign with nothing."""
        return DEVELOPMENT_SECRET_KEY if value == "" else value

    def model_post_init(self, _context: object) -> None:
        if self.environment is not Environment.PRODUCTION:
            return
        key = self.secret_key.get_secret_value()
        if key == DEVELOPMENT_SECRET_KEY or key.lower().strip() in _WELL_KNOWN:
            raise ValueError("production needs ROUNDS_SECRET_KEY to be set to a secret of its own")
        if len(key) < MIN_SECRET_KEY_LENGTH or len(set(key)) < MIN_SECRET_KEY_LENGTH // 4:
            raise ValueError(
                f"production needs a ROUNDS_SECRET_KEY of at least {MIN_SECRET_KEY_LENGTH} random characters"
            )


@lru_cache
def get_auth_settings() -> AuthSettings:
    """The settings of this process."""
    return AuthSettings()
