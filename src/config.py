"""Settings that every domain shares; a domain's own settings live in the domain.

Read from the environment and `.env`. In production a missing or well-known secret refuses to start.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class RoundsSettings(BaseSettings):
    """The base of every settings class: same sources, same strictness."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="ROUNDS_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    environment: Environment = Environment.DEVELOPMENT


class Settings(RoundsSettings):
    """Where the servers are and how the process presents itself."""

    database_url: SecretStr = Field(
        default=SecretStr("postgresql+asyncpg://rounds:rounds@127.0.0.1:5432/rounds"),
        validation_alias="DATABASE_URL",
    )
    redis_url: SecretStr = Field(default=SecretStr("redis://127.0.0.1:6379/0"), validation_alias="REDIS_URL")
    database_pool_size: int = Field(default=10, ge=1)
    database_statement_timeout_seconds: int = Field(default=30, ge=1)
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    max_body_bytes: int = Field(default=32 * 1024 * 1024, ge=1024)
    public_url: str = "http://127.0.0.1:8000"
    log_level: str = "INFO"

    @field_validator("database_url", mode="before")
    @classmethod
    def _name_the_driver(cls, value: object) -> object:
        """Accept the plain `postgresql://` that hosting platforms hand out."""
        if isinstance(value, str):
            for scheme in ("postgres://", "postgresql://"):
                if value.startswith(scheme):
                    return "postgresql+asyncpg://" + value.removeprefix(scheme)
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _refuse_vague_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """An origin is scheme, host and port, exactly: "*" would open the API to every page of the web."""
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in {"http", "https"} or origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError(f"'{origin}' is not an origin such as https://console.example.org")
            if "*" in origin or not parts.hostname:
                raise ValueError(f"'{origin}' does not name one host")
        return value

    @field_validator("database_url", "redis_url")
    @classmethod
    def _refuse_empty(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            raise ValueError("must not be empty")
        return value

    def model_post_init(self, _context: object) -> None:
        if self.environment is Environment.PRODUCTION:
            for name in ("database_url", "redis_url"):
                if name not in self.model_fields_set:
                    raise ValueError(f"production needs {name.upper()} to be set")
            if "rounds:rounds@" in self.database_url.get_secret_value():
                raise ValueError("production refuses the default database password")


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
