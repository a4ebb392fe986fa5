"""The `rounds` command in this process, from a folder of the test's own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
import structlog
from typer.testing import CliRunner, Result

from src.auth.config import get_auth_settings
from src.cli import app
from src.config import get_settings

Rounds = Callable[..., Result]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Rounds]:
    """Runs the command with that environment; the test's own settings and logs are as before afterwards."""
    root = logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()

    def forget_settings() -> None:
        for cached in (get_settings, get_auth_settings):
            cached.cache_clear()

    def run(*arguments: str, **environment: str) -> Result:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        forget_settings()
        return CliRunner().invoke(app, arguments)

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
    """Exit status 2, and every word said, without a traceback or a password."""
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert "wrong@" not in done.stderr
    for word in words:
        assert word in done.stderr
