"""PostgreSQL from the wheel's binaries: its own cluster, its own role, passwords that nobody else knows."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from src.embedded.folder import DataFolder, write_private
from src.embedded.launch import bound_command
from src.embedded.server import LOOPBACK, Server, ServerError, command_of

ROLE = "rounds"
DATABASE = "rounds"
SUPERUSER = "postgres"
_SCRAM_ITERATIONS = 64  # the passwords are 256 random bits: stretching them would only slow connections down
_PID_LINE, _FOLDER_LINE, _STATUS_LINE = 0, 1, 7  # of postmaster.pid
_THROWAWAY_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_wal_size=256MB",
)


class PostgresServer(Server):
    """The role owns its database and may make others; it is no superuser, so row security binds it."""

    name = "PostgreSQL"
    program = "postgres"
    death_signal = signal.SIGQUIT
    stop_signals: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 7.0))

    def __init__(
        self, folder: DataFolder, binary: Path, *, throwaway: bool, password: str, superuser_password: str
    ) -> None:
        super().__init__(folder, binary, throwaway=throwaway)
        self._password = password
        self._superuser_password = superuser_password
        if throwaway:
            self.stop_signals = ((signal.SIGQUIT, 10.0),)  # at once: nothing needs to be written out

    @property
    def data(self) -> Path:
        return self.folder.path / "postgres"

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://{ROLE}:{self._password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        """Make the cluster beside its place and move it there whole: a crash leaves no half of one."""
        if self.data.exists():
            self.folder.make_over(self.data)
            return
        made = self.folder.path / "postgres.new"
        shutil.rmtree(made, ignore_errors=True)
        self.folder.subfolder(made.name)
        password_file = self.folder.subfolder("run") / "initial-password"
        write_private(password_file, self._superuser_password)
        self.folder.make_over(password_file)
        try:
            self._run(
                "initdb",
                f"--pgdata={made}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                "--set",
                f"scram_iterations={_SCRAM_ITERATIONS}",
                "--no-sync",
            )
        finally:
            password_file.unlink()
        self._run(
            "postgres",
            "--single",
            "-D",
            str(made),
            "-F",
            "postgres",
            given=f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self._password}'\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n",
        )
        if not self.throwaway:
            self._run("initdb", f"--pgdata={made}", "--sync-only")  # once for all, ten times as quick
        made.rename(self.data)

    def arguments(self, port: int) -> list[str]:
        sockets = self.folder.sockets
        settings = [
            f"listen_addresses={LOOPBACK}",
            f"port={port}",
            "unix_socket_directories=" + (_quoted(sockets) if sockets else ""),
            "unix_socket_permissions=0700",
            "max_connections=120",
            "shared_buffers=128MB",
            "timezone=UTC",
            "log_timezone=UTC",
            "dynamic_shared_memory_type=mmap",  # files in the cluster: /dev/shm is tiny in containers
            *(_THROWAWAY_SETTINGS if self.throwaway else ()),
        ]
        return ["-D", str(self.data), *(part for setting in settings for part in ("-c", setting))]

    def answers(self) -> bool:
        lines = self._postmaster_file()
        return (
            len(lines) > _STATUS_LINE
            and lines[_PID_LINE].strip() == str(self.pid)
            and lines[_STATUS_LINE].strip() == "ready"
        )

    def leftover(self) -> int | None:
        lines = self._postmaster_file()
        if len(lines) <= _FOLDER_LINE or not lines[_PID_LINE].strip().isdecimal():
            return None
        pid = int(lines[_PID_LINE])
        command = command_of(pid)
        return pid if pid != os.getpid() and "postgres" in command and str(self.data) in command else None

    def _postmaster_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _run(self, program: str, *arguments: str, given: str = "") -> None:
        command = bound_command(
            self.folder.identity, signal.SIGKILL, str(self.binary / program), *arguments, clean=True
        )
        done = subprocess.run(  # noqa: S603  # a program from a wheel, arguments made here
            command,
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=self.folder.path,
            check=False,
        )
        if done.returncode != 0 or "ERROR:" in done.stderr:
            last = " ".join(done.stderr.strip().splitlines()[-4:])
            raise ServerError(f"The database could not be made: {program}: {last or done.returncode}")


def _quoted(path: Path) -> str:
    """One entry of a list setting: quoted, since a folder's name may hold a comma."""
    return '"' + str(path).replace('"', '""') + '"'
