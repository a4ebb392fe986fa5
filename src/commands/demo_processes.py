"""The demo's own processes: API, worker and sweeper, each with a log file, none outliving the demo."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import typer

from src.commands.demo_keys import DemoError, DemoKeys
from src.embedded import Embedded
from src.embedded.leash import start_leashed

START_SECONDS = 90.0
STOP_SECONDS = 4.0
"""How long each way of asking may take; a run that is under way then is taken up by the next demo."""
_HOST = "127.0.0.1"
_PORT_TRIES = 3


class DemoProcesses:
    """Started together, stopped together: the API first, so that nobody asks for what is going away."""

    def __init__(self, logs: Path, servers: Embedded, keys: DemoKeys) -> None:
        self._logs = logs
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ROUNDS_")},
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "ROUNDS_ENVIRONMENT": "development",
            "ROUNDS_SECRET_KEY": keys.secret_key,
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._url = ""

    def __enter__(self) -> Self:
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for ask in (signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL):
            for process in self._running.values():
                process.send_signal(ask)
            if self._all_end_within(STOP_SECONDS):
                return

    def start(self, port: int) -> None:
        """Start all three, the API on the wanted port or on a free one."""
        self._start("worker", "worker")
        self._start("sweeper", "sweeper")
        self._start_api(port)

    def wait_until_ready(self) -> str:
        """Wait until the API says that everything is there; returns its URL."""
        for tries_left in reversed(range(_PORT_TRIES)):
            if self._answers(f"{self._url}/health"):
                self._wait(f"{self._url}/ready")
                return self._url
            if tries_left:  # else the log of the last try would be gone
                self._start_api(0)  # on the port it had found free, someone else was quicker
        raise DemoError(f"The API did not start; {self.log_of('api')} says why.")

    def ended(self) -> str | None:
        """The name of a process that ended by itself, if one did."""
        return next((name for name, process in self._running.items() if process.poll() is not None), None)

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _all_end_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while any(process.poll() is None for process in self._running.values()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def _start(self, name: str, *arguments: str) -> None:
        with self.log_of(name).open("wb") as log:
            self._running[name] = start_leashed(
                [sys.executable, "-P", "-m", "src.cli", *arguments],
                environment=self._environment,
                output=log,
                folder=self._logs,
            )

    def _start_api(self, wanted: int) -> None:
        port = _free_port(wanted)
        if wanted not in (0, port):
            typer.echo(f"Port {wanted} is taken; the API takes {port}.")
        self._url = f"http://{_HOST}:{port}"
        self._environment["ROUNDS_PUBLIC_URL"] = self._url
        self._start("api", "serve", "--host", _HOST, "--port", str(port))

    def _answers(self, url: str) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._running["api"].poll() is None:
            if _status(url) == httpx.codes.OK:
                return True
            time.sleep(0.1)
        return False

    def _wait(self, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if (ended := self.ended()) is not None:
                raise DemoError(f"{ended} ended by itself; {self.log_of(ended)} says why.")
            if _status(url) == httpx.codes.OK:
                return
            time.sleep(0.2)
        raise DemoError(f"Not everything came up in {START_SECONDS:.0f} s; the logs in {self._logs} say why.")


def _status(url: str) -> int:
    try:
        return httpx.get(url, timeout=5).status_code
    except httpx.TransportError:
        return 0


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoError(f"No port of {_HOST} can be had.")
