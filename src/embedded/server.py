"""What both servers have in common: found, started on a free port, proved to be ours, stopped for certain."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from src.embedded.folder import DataFolder
from src.embedded.launch import bound_command

LOOPBACK = "127.0.0.1"
START_SECONDS = 60
_PORT_TRIES = 6
_LEFTOVER_SECONDS = 15


class ServerError(Exception):
    """A server could not be started; the message says why, for a person."""


class Server(ABC):
    """One server process, from its start to its end."""

    name: str
    program: str
    death_signal: signal.Signals
    """Sent by the kernel if the guard itself is killed: the quickest end that loses nothing committed."""
    stop_signals: tuple[tuple[signal.Signals, float], ...]
    """How it is asked to stop, gently first, with the seconds each may take."""

    def __init__(self, folder: DataFolder, binary: Path, *, throwaway: bool) -> None:
        self.folder = folder
        self.binary = binary
        self.throwaway = throwaway
        self.port: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerError(f"{self.name} has not been started.")
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    @abstractmethod
    def prepare(self) -> None:
        """Make what the first start needs."""

    @abstractmethod
    def arguments(self, port: int) -> list[str]:
        """The command line behind the program's name."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the process that was started here, and no other, takes connections."""

    @abstractmethod
    def leftover(self) -> int | None:
        """The number of a process on the same data that an earlier guard left behind, if it still runs."""

    def standard_input(self) -> bytes:
        """What the program reads when it starts."""
        return b""

    def start(self) -> None:
        """Start on a free port, or on the one it had before; raises ServerError."""
        self._end_leftover()
        for port in [self.port] if self.port else (_free_port() for _ in range(_PORT_TRIES)):
            self._spawn(port)
            if self._wait_until_it_answers():
                self.port = port
                return
            if "in use" not in self._log_tail():
                break
        raise ServerError(f"{self.name} did not start. Its last words: {self._log_tail() or 'none'}")

    def stop(self) -> None:
        """Stop and wait for the end, less and less gently."""
        if self._process is None:
            return
        for number, seconds in (*self.stop_signals, (signal.SIGKILL, 5.0)):
            if self._process.poll() is not None:
                return
            self._process.send_signal(number)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue

    def _spawn(self, port: int) -> None:
        with self.folder.log(self.name).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # a program from a wheel, arguments made here
                bound_command(
                    self.folder.identity,
                    self.death_signal,
                    str(self.binary / self.program),
                    *self.arguments(port),
                    clean=True,
                ),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder.path,
                start_new_session=True,
            )
        if self._process.stdin is not None:
            self._process.stdin.write(self.standard_input())
            self._process.stdin.close()

    def _wait_until_it_answers(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.ended:
            if self.answers():
                return True
            time.sleep(0.01)
        self.stop()
        return False

    def _log_tail(self) -> str:
        lines = self.folder.log(self.name).read_text(encoding="utf-8", errors="replace").splitlines()
        return " ".join(lines[-6:])[-800:]

    def _end_leftover(self) -> None:
        deadline = time.monotonic() + _LEFTOVER_SECONDS
        while (pid := self.leftover()) is not None:
            late = time.monotonic() > deadline
            try:
                os.kill(pid, signal.SIGKILL if late else self.death_signal)
            except OSError as error:
                raise ServerError(
                    f"Process {pid} still uses the data of {self.name}: {error.strerror}."
                ) from error
            if late:
                return
            time.sleep(0.1)


def command_of(pid: int) -> str:
    """The command line of a process; empty when there is none or it has ended."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(  # noqa: S603  # a fixed command and a number
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
