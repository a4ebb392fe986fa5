"""The command line: what a user gets wrong is a sentence and exit status 2, never a traceback."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
import structlog
from typer.testing import CliRunner, Result

from src.auth.config import get_auth_settings
from src.cli import app
from src.config import get_settings

NOWHERE = "postgresql://rounds:wrong@127.0.0.1:9/rounds"

Rounds = Callable[..., Result]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Rounds]:
    """Runs the command in this process, from some folder, with that environment."""
    root = logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()

    def forget_settings() -> None:
        for cached in (get_settings, get_auth_settings):
            cached.cache_clear()

    def run(*arguments: str, given: str = "", **environment: str) -> Result:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        forget_settings()
        return CliRunner().invoke(app, arguments, input=given)

    monkeypatch.chdir(tmp_path)
    yield run
    monkeypatch.undo()
    forget_settings()
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.configure(**configuration)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        return connection.execute(query.encode()).fetchall()


def assert_sentence(done: Result, *words: str) -> None:
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.stderr
    assert "wrong@" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_the_version_is_the_packages() -> None:
    """In a process of its own, as a user starts it."""
    done = subprocess.run(  # this interpreter and the program under test
        [sys.executable, "-P", "-m", "src.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == version("rounds")


@pytest.mark.parametrize("arguments", [("nonsense",), ("serve", "--nonsense"), ("migrate", "--nonsense")])
def test_what_is_not_understood_is_said(rounds: Rounds, arguments: tuple[str, ...]) -> None:
    assert_sentence(rounds(*arguments), arguments[-1])


def test_migrate_brings_an_empty_database_up_and_create_admin_makes_the_first_user(
    rounds: Rounds, empty_database_url: str
) -> None:
    assert rounds("migrate", DATABASE_URL=empty_database_url).exit_code == 0
    made = rounds(
        "create-admin", "Ada@Example.org", given="a long enough sentence\n", DATABASE_URL=empty_database_url
    )
    assert made.exit_code == 0, made.stderr
    assert "sentence" not in made.stdout
    (found,) = rows(empty_database_url, "SELECT lower(email), is_admin FROM user_account")
    assert found == ("ada@example.org", True)
    again = rounds(
        "create-admin", "ada@example.org", given="a long enough sentence\n", DATABASE_URL=empty_database_url
    )
    assert_sentence(again)


def test_a_generated_password_is_printed_once(rounds: Rounds, fresh_database_url: str) -> None:
    made = rounds("create-admin", "ada@example.org", "--generate", DATABASE_URL=fresh_database_url)
    assert made.exit_code == 0, made.stderr
    password = made.stdout.strip().rpartition("Password: ")[2]
    assert len(password) >= 20
    ((kept,),) = rows(fresh_database_url, "SELECT password_hash FROM user_account")
    assert password not in str(kept)


@pytest.mark.parametrize(
    ("email", "password"), [("ada@example.org", "short"), ("nobody", "a long enough sentence")]
)
def test_an_admin_needs_an_address_and_a_good_password(
    rounds: Rounds, fresh_database_url: str, email: str, password: str
) -> None:
    done = rounds("create-admin", email, given=password + "\n", DATABASE_URL=fresh_database_url)
    assert_sentence(done)
    assert rows(fresh_database_url, "SELECT 1 FROM user_account") == []


@pytest.mark.parametrize("command", [("migrate",), ("create-admin", "ada@example.org")])
def test_a_database_that_is_away_is_said(rounds: Rounds, command: tuple[str, ...]) -> None:
    done = rounds(*command, given="a long enough sentence\n", DATABASE_URL=NOWHERE)
    assert_sentence(done, "database")


def test_a_revision_that_does_not_exist_is_said(rounds: Rounds, fresh_database_url: str) -> None:
    assert_sentence(rounds("migrate", "--to", "nonsense", DATABASE_URL=fresh_database_url), "nonsense")


@pytest.mark.parametrize("command", ["serve", "worker", "sweeper", "migrate"])
def test_every_process_refuses_production_without_settings(rounds: Rounds, command: str) -> None:
    environment = {"ROUNDS_ENVIRONMENT": "production", "DATABASE_URL": "", "REDIS_URL": ""}
    assert_sentence(rounds(command, **environment), "settings cannot be used")


def test_production_refuses_to_serve_with_the_development_secret(rounds: Rounds) -> None:
    environment = {"DATABASE_URL": "postgresql://r:other@db/r", "REDIS_URL": "redis://:other@redis/0"}
    done = rounds("serve", "--port", "0", ROUNDS_ENVIRONMENT="production", **environment)
    assert_sentence(done, "ROUNDS_SECRET_KEY")


def test_a_taken_port_is_said(rounds: Rounds) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_sentence(rounds("serve", "--port", port), port, "taken")


def test_an_address_of_another_machine_is_said(rounds: Rounds) -> None:
    assert_sentence(rounds("serve", "--host", "192.0.2.1"), "192.0.2.1")
