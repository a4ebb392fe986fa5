"""Settings come from the environment, and production refuses what is missing, well known or vague."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from src.auth.config import DEVELOPMENT_SECRET_KEY, AuthSettings
from src.config import Environment, Settings
from src.main import create_app

GOOD_KEY = "Zk3v9Qw7Lx1Tn5Rb8Ys2Hd6Gf4Jc0MpAe"
DATABASE = "postgresql://rounds:a-password-of-its-own@db.example.org/rounds"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("DATABASE_URL", "REDIS_URL", "ROUNDS_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def in_production(environment: pytest.MonkeyPatch, **more: str) -> None:
    values = {
        "ROUNDS_ENVIRONMENT": "production",
        "DATABASE_URL": DATABASE,
        "REDIS_URL": "redis://redis.example.org/0",
        "ROUNDS_SECRET_KEY": GOOD_KEY,
        **more,
    }
    for name, value in values.items():
        environment.setenv(name, value)


def test_a_laptop_needs_to_set_nothing(environment: pytest.MonkeyPatch) -> None:
    settings = Settings()
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.cors_origins == ()
    assert AuthSettings().access_token_minutes <= 15


def test_an_empty_secret_is_no_secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ROUNDS_SECRET_KEY", "")
    assert AuthSettings().secret_key.get_secret_value() == DEVELOPMENT_SECRET_KEY


def test_production_starts_with_everything_set(environment: pytest.MonkeyPatch) -> None:
    in_production(environment)
    assert Settings().environment is Environment.PRODUCTION
    assert AuthSettings().secret_key.get_secret_value() == GOOD_KEY


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_production_refuses_to_guess_where_its_servers_are(
    environment: pytest.MonkeyPatch, name: str
) -> None:
    in_production(environment)
    environment.delenv(name)
    with pytest.raises(ValidationError, match=f"production needs {name}"):
        Settings()


def test_production_refuses_the_default_database_password(environment: pytest.MonkeyPatch) -> None:
    in_production(environment, DATABASE_URL="postgresql://rounds:rounds@db.example.org/rounds")
    with pytest.raises(ValidationError, match="default database password"):
        Settings()


@pytest.mark.parametrize(
    "key",
    ["", "changethis", "secret", "short but not well known", DEVELOPMENT_SECRET_KEY, "a" * 64, "abc" * 20],
)
def test_production_refuses_a_weak_secret_and_does_not_print_it(
    environment: pytest.MonkeyPatch, key: str
) -> None:
    in_production(environment, ROUNDS_SECRET_KEY=key)
    with pytest.raises(ValidationError, match="ROUNDS_SECRET_KEY") as refused:
        AuthSettings()
    assert len(key) < 10 or key not in str(refused.value)


def test_production_refuses_to_start_without_a_secret(environment: pytest.MonkeyPatch) -> None:
    in_production(environment)
    environment.delenv("ROUNDS_SECRET_KEY")
    with pytest.raises(ValidationError, match="ROUNDS_SECRET_KEY"):
        create_app(Settings(), AuthSettings())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgres://a:b@c/d", "postgresql+asyncpg://a:b@c/d"),
        ("postgresql://a:b@c/d", "postgresql+asyncpg://a:b@c/d"),
        ("postgresql+asyncpg://a:b@c/d", "postgresql+asyncpg://a:b@c/d"),
    ],
)
def test_the_plain_address_of_a_database_is_understood(
    environment: pytest.MonkeyPatch, given: str, kept: str
) -> None:
    environment.setenv("DATABASE_URL", given)
    assert Settings().database_url.get_secret_value() == kept


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_an_empty_address_is_refused(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "")
    with pytest.raises(ValidationError, match="must not be empty"):
        Settings()


def test_origins_are_named_one_by_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ROUNDS_CORS_ORIGINS", "https://console.example.org http://localhost:5173")
    assert Settings().cors_origins == ("https://console.example.org", "http://localhost:5173")


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.example.org",
        "console.example.org",
        "https://console.example.org/",
        "https://console.example.org/path",
        "ftp://example.org",
        "https://",
        "null",
    ],
)
def test_a_vague_origin_is_refused(environment: pytest.MonkeyPatch, origin: str) -> None:
    environment.setenv("ROUNDS_CORS_ORIGINS", origin)
    with pytest.raises(ValidationError, match=r"origin|host"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCESS_TOKEN_MINUTES", "16"),
        ("ACCESS_TOKEN_MINUTES", "0"),
        ("REFRESH_TOKEN_DAYS", "-1"),
        ("LOGIN_LIMIT_PER_ADDRESS", "often"),
        ("LOGIN_LIMIT_PER_ACCOUNT", ""),
        ("ENVIRONMENT", "staging"),
    ],
)
def test_a_setting_out_of_range_is_refused_at_the_start(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(f"ROUNDS_{name}", value)
    with pytest.raises(ValidationError):
        AuthSettings()


def test_secrets_do_not_show_when_settings_are_printed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", DATABASE)
    environment.setenv("ROUNDS_SECRET_KEY", GOOD_KEY)
    shown = f"{Settings()!r} {AuthSettings()!r} {AuthSettings().model_dump_json()}"
    assert "a-password-of-its-own" not in shown
    assert GOOD_KEY not in shown


@pytest.mark.parametrize("change", [{"secret_key": SecretStr("x")}, {"environment": Environment.TEST}])
def test_settings_cannot_be_altered_at_run_time(
    environment: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    settings = AuthSettings()
    for name, value in change.items():
        with pytest.raises(ValidationError):
            setattr(settings, name, value)
