"""The real processes of Rounds, for tests: a server on a free port, workers, a sweeper; killed at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import redis

from src.embedded.leash import start_leashed
from src.health import WORKERS_KEY

START_SECONDS = 180.0
STOP_SECONDS = 3.0


class Processes:
    """Starts `rounds` commands on one database and one Redis; what they say goes into files of `folder`.

    Each runs in a process group of its own, so that a test may kill a process alone or with its children.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}
        self.base_url = ""
        self.running: list[subprocess.Popen[bytes]] = []

    def server(self) -> str:
        """Start a server and wait until it answers; returns its base URL."""
        process, log = self._start("serve", "--port", "0")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            for line in log.read_text(encoding="utf-8").splitlines():
                if line.startswith("Serving on http://"):
                    self.base_url = line.removeprefix("Serving on ").strip()
            if self.base_url and self._healthy():
                return self.base_url
            time.sleep(0.05)
        raise AssertionError(f"the server did not come up: {log.read_text(encoding='utf-8')[-2000:]}")

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it is heard of; `environment` adds to what all processes get."""
        client = redis.Redis.from_url(self.environment["REDIS_URL"])
        try:
            before = client.zcard(WORKERS_KEY)
            process, log = self._start("worker", **environment)
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline and process.poll() is None:
                if client.zcard(WORKERS_KEY) > before:
                    return process
                time.sleep(0.05)
        finally:
            client.close()
        raise AssertionError(f"the worker did not come up: {log.read_text(encoding='utf-8')[-2000:]}")

    def sweeper(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a sweeper."""
        return self._start("sweeper", **environment)[0]

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process outright with all its children, as a power cut would."""
        children = (
            Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        )
        for child in children:
            os.killpg(int(child), signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        """End everything that was started here."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(
        self, command: str, *arguments: str, **environment: str
    ) -> tuple[subprocess.Popen[bytes], Path]:
        log = self.folder / f"{command}-{len(self.running)}.log"
        with log.open("wb") as output:
            process = start_leashed(
                [sys.executable, "-P", "-m", "src.cli", command, *arguments],
                environment={**self.environment, **environment},
                output=output,
                folder=self.folder,  # where no developer's .env lies
            )
        self.running.append(process)
        return process, log

    def _healthy(self) -> bool:
        try:
            return httpx.get(f"{self.base_url}/health", timeout=2).is_success
        except httpx.TransportError:
            return False
