"""Structured logs for every process: API, worker, sweeper and the libraries they use, all alike.

What is bound with `structlog.contextvars` (a request's id, a run's id) is on every line written meanwhile, on
those of libraries too. No line holds a secret: fields named like one, passwords in URLs and bearer tokens are
struck out, and tracebacks come without the values of variables.
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

CONFIGURATION = Path(__file__).resolve().parent.parent / "logging.ini"
STRUCK_OUT = "[struck out]"

_SECRET_NAME = re.compile(
    r"password|passwd|secret|token|authorization|cookie|credential|api_?key", re.IGNORECASE
)
_SECRETS_IN_TEXT = (
    (re.compile(r"(://[^\s:/@\"']*:)[^\s@\"']+@"), rf"\1{STRUCK_OUT}@"),
    (re.compile(r"(\bbearer\s+)[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1{STRUCK_OUT}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"), STRUCK_OUT),
)


def strike_out_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace the values of fields that are named like a secret, at any depth."""
    return {name: _without_secrets(name, value) for name, value in event.items()}


def strike_out_text(text: str) -> str:
    """The line without passwords in URLs and without tokens."""
    for pattern, replacement in _SECRETS_IN_TEXT:
        text = pattern.sub(replacement, text)
    return text


def _without_secrets(name: str, value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if _SECRET_NAME.search(name) and not name.startswith("_"):
        return STRUCK_OUT
    if isinstance(value, dict):
        return {key: _without_secrets(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple) and not name.startswith("_"):
        return [_without_secrets("", inner) for inner in value]
    return value


def _drop_repetition(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Uvicorn hands its message over a second time, with colours."""
    event.pop("color_message", None)
    return event


_SHARED: Sequence[Processor] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.StackInfoRenderer(),
    strike_out_fields,
)


class _StruckOutFormatter(structlog.stdlib.ProcessorFormatter):
    """Formats records of structlog and of plain `logging` alike, and strikes out what slipped through."""

    def __init__(self, *processors: Processor) -> None:
        super().__init__(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _drop_repetition,
                *processors,
            ],
            foreign_pre_chain=_SHARED,
        )

    def format(self, record: logging.LogRecord) -> str:
        return strike_out_text(super().format(record))


class JsonFormatter(_StruckOutFormatter):
    """One JSON object a line. `logging.config` passes a format that has no meaning here."""

    def __init__(self, *_given: Any, **_named: Any) -> None:
        super().__init__(
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
        )


class TextFormatter(_StruckOutFormatter):
    """For a person at a terminal."""

    def __init__(self, *_given: Any, **_named: Any) -> None:
        super().__init__(
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                timestamp_key="at",
                exception_formatter=structlog.dev.plain_traceback,
            )
        )


def configure_logging(level: str = "INFO", *, readable: bool | None = None) -> None:
    """Set up logging for this process; `readable` text by default only where standard error is a terminal."""
    readable = sys.stderr.isatty() if readable is None else readable
    logging.config.fileConfig(
        CONFIGURATION, defaults={"format": "text" if readable else "json"}, disable_existing_loggers=False
    )
    logging.getLogger().setLevel(level.upper())
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *(processor for processor in _SHARED if not isinstance(processor, structlog.stdlib.ExtraAdder)),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
