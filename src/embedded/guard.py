"""The process that holds the embedded servers, in a session of its own.

It stops them when it is told to, when the process that wants them is gone (killed outright included), and
when it is itself killed: then the kernel signals the servers. A server that dies alone is started again on
its old port.

Speaks with `src.embedded.servers`: one line of JSON in (the order), one out (where the servers are, or an
error); the end of its input means stop. Needs the standard library only, so that it starts in a moment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from src.embedded.folder import DataFolder, DataFolderError
from src.embedded.identity import Identity, candidates
from src.embedded.launch import bound_command
from src.embedded.parent import ParentWatch
from src.embedded.postgres_server import PostgresServer
from src.embedded.redis_server import RedisServer
from src.embedded.server import Server, ServerError

_LOOK_SECONDS = 0.25
_RESTART_SECONDS = 20.0
_MOST_RESTARTS = 20
_SECRETS = ("postgres", "postgres_superuser", "redis")


@dataclass(frozen=True, slots=True)
class Order:
    """What the guard is to do: `fresh` removes old data first, `throwaway` removes it at the end."""

    parent: int
    data_dir: str
    postgres_binaries: str
    redis_binaries: str
    throwaway: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Where the servers are; or, with `error`, why they are not."""

    database_url: str = ""
    redis_url: str = ""
    postgres_pid: int = 0
    redis_pid: int = 0
    identity: str = ""
    error: str = ""


class Guard:
    """Starts the servers, watches them and the parent, stops them."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.watch = ParentWatch(order.parent)
        self.told_to_stop = False
        self.restarts = 0
        self.folder = DataFolder(Path(order.data_dir))
        self.servers: list[Server] = []

    def run(self) -> None:
        """From start to end; reports once, in between."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self.folder.sign(self.order.parent)
        try:
            report = self._start()
            _answer(report)
            self._keep()
        finally:
            self.folder.sign_off()
            for server in self.servers:
                server.stop()
            if self.order.throwaway:
                self.folder.remove()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True

    def _start(self) -> Report:
        if self.order.fresh or self.order.throwaway:
            self.folder.clear()
        postgres_binaries = Path(self.order.postgres_binaries)
        self.folder.identity = _working_identity(postgres_binaries / "postgres")
        passwords = self.folder.secrets(*_SECRETS)
        redis = RedisServer(
            self.folder,
            Path(self.order.redis_binaries),
            throwaway=self.order.throwaway,
            password=passwords["redis"],
        )
        postgres = PostgresServer(
            self.folder,
            postgres_binaries,
            throwaway=self.order.throwaway,
            password=passwords["postgres"],
            superuser_password=passwords["postgres_superuser"],
        )
        for server in (redis, postgres):
            self.servers.append(server)
            server.prepare()
            server.start()
        return Report(
            database_url=postgres.url,
            redis_url=redis.url,
            postgres_pid=postgres.pid,
            redis_pid=redis.pid,
            identity=self.folder.identity,
        )

    def _keep(self) -> None:
        while not self.told_to_stop and not self.watch.gone:
            self.watch.wait(_LOOK_SECONDS, sys.stdin.fileno())
            if _can_be_read(sys.stdin.fileno()):
                return  # nothing is ever said after the order: this is the end of the input
            for server in self.servers:
                if server.ended:
                    self._start_again(server)

    def _start_again(self, server: Server) -> None:
        """The old server's children need a moment to notice and to let go of its memory."""
        self.restarts += 1
        deadline = time.monotonic() + _RESTART_SECONDS
        while not self.told_to_stop and not self.watch.gone:
            try:
                server.start()
            except ServerError:
                if time.monotonic() > deadline or self.restarts > _MOST_RESTARTS:
                    raise
                time.sleep(0.2)
            else:
                return


def _can_be_read(descriptor: int) -> bool:
    import select

    return bool(select.select([descriptor], [], [], 0)[0])


def _working_identity(program: Path) -> Identity:
    """The first identity under which the program can be run at all; raises ServerError when there is none."""
    refusals: list[str] = []
    tried: Sequence[Identity] = candidates()
    for identity in tried:
        done = subprocess.run(  # noqa: S603  # a program from a wheel
            bound_command(identity, signal.SIGKILL, str(program), "--version", clean=True),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return identity
        refusals.append(f"{identity}: {done.stderr.strip() or done.returncode}")
    raise ServerError("PostgreSQL cannot be run here as any user: " + "; ".join(refusals))


def _answer(report: Report) -> None:
    sys.stdout.write(json.dumps(asdict(report)) + "\n")
    sys.stdout.flush()


def main() -> None:
    os.umask(0o077)
    given: dict[str, Any] = json.loads(os.read(sys.stdin.fileno(), 1 << 16))
    try:
        Guard(Order(**given)).run()
    except (DataFolderError, ServerError) as error:
        _answer(Report(error=str(error)))
        sys.exit(1)
    except OSError as error:
        _answer(Report(error=f"The embedded servers cannot be started: {error}."))
        sys.exit(1)
