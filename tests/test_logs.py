"""Logs are one JSON object a line, carry the ids that are bound, and hold no secret."""

from __future__ import annotations

import json
import logging
import logging.config
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from src.logs import STRUCK_OUT, configure_logging, strike_out_text


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is the process's own: put back what was there."""
    root = logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.configure(**configuration)
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_one_json_object_with_instant_level_and_name(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(readable=False)
    structlog.get_logger("src.somewhere").info("thing_happened", count=3)
    (line,) = lines(capsys)
    assert line.pop("at").endswith("Z")
    assert line == {"event": "thing_happened", "level": "info", "logger": "src.somewhere", "count": 3}


def test_plain_logging_of_a_library_looks_the_same_and_carries_the_bound_ids(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(readable=False)
    structlog.contextvars.bind_contextvars(request_id="r-1", run_id="run-2")
    logging.getLogger("uvicorn.error").warning("took %s seconds", 4, extra={"more": "facts"})
    structlog.get_logger().warning("ours")
    theirs, ours = lines(capsys)
    assert theirs["event"] == "took 4 seconds"
    assert theirs["more"] == "facts"
    assert [line["request_id"] for line in (theirs, ours)] == ["r-1", "r-1"]
    assert [line["run_id"] for line in (theirs, ours)] == ["run-2", "run-2"]


def test_a_traceback_stays_on_the_line_and_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(readable=False)

    def fail(password: str) -> None:
        raise RuntimeError(f"at postgresql://rounds:{password}@127.0.0.1/rounds")

    try:
        fail("correct-horse"[::-1])
    except RuntimeError:
        structlog.get_logger().exception("failed")
    (line,) = lines(capsys)
    assert "RuntimeError" in line["exception"]
    assert "esroh" not in line["exception"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "hunter2"),
        ("new_password", "hunter2"),
        ("Authorization", "hunter2"),
        ("refresh_token", "hunter2"),
        ("body", {"user": {"secret_key": "hunter2"}}),
        ("headers", [{"Cookie": "hunter2"}]),
        ("url", "redis://:hunter2@localhost:6379/0"),
        ("url", "postgresql+asyncpg://rounds:hunter2@db/rounds"),
        ("header", "Bearer hunter2hunter2"),
        ("text", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.hunter2"),
    ],
)
def test_secrets_are_struck_out(capsys: pytest.CaptureFixture[str], field: str, value: object) -> None:
    configure_logging(readable=False)
    structlog.get_logger().info("event", **{field: value})
    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert STRUCK_OUT in said


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:8000/api/v1/me", "who@example.org wrote: yes", "a bearer of news", "12:30@ward"],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert strike_out_text(text) == text


def test_a_flag_named_like_a_secret_is_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(readable=False)
    structlog.get_logger().info("event", token_reused=True, password_minutes=10)
    (line,) = lines(capsys)
    assert (line["token_reused"], line["password_minutes"]) == (True, 10)


def test_the_level_comes_from_outside(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("warning", readable=False)
    structlog.get_logger().info("too quiet")
    structlog.get_logger().warning("loud enough")
    assert [line["event"] for line in lines(capsys)] == ["loud enough"]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="CHATTY"):
        configure_logging("chatty", readable=False)


def test_uvicorns_access_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(readable=False)
    logging.getLogger("uvicorn.access").info('"GET /?password=x HTTP/1.1" 200')
    assert lines(capsys) == []


def test_at_a_terminal_the_lines_are_for_reading(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logging()
    structlog.get_logger().info("thing_happened", password="hunter2")
    said = capsys.readouterr().err
    assert "thing_happened" in said
    assert "hunter2" not in said
    with pytest.raises(json.JSONDecodeError):
        json.loads(said)
