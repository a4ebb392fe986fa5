"""The data folder: one owner at a time, readable by nobody else, and nothing removed that it did not make."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from pathlib import Path

from src.embedded.identity import Identity, owner

OWN_ENTRIES = ("postgres", "postgres.new", "redis", "log", "run", "secrets.json")
_LOCK = "lock"
_MAX_SOCKET_FOLDER = 80
"""A Unix socket's path holds 107 bytes on Linux and 103 on macOS, the servers' file names included."""


_NOTICE_SECONDS = 1.0
"""How long a holder may need to notice that it is to stop."""
_PATIENCE_SECONDS = 30.0
"""How long the servers of a holder that is gone may need to stop."""


class DataFolderError(Exception):
    """The data folder cannot be used; the message says why, for a person."""


class DataFolder:
    """A locked folder with the servers' data in it. The lock is the kernel's: it ends with this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.identity = Identity.OWN
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
            self._lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DataFolderError(f"The data folder {path} cannot be used: {error.strerror}.") from error
        self._take()

    def _take(self) -> None:
        """Take the lock; from a holder that is gone and whose servers are still stopping, wait for it."""
        started = time.monotonic()
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                holder = os.pread(self._lock, 20, 0).decode(errors="replace").strip()
            if time.monotonic() - started > (_NOTICE_SECONDS if _lives(holder) else _PATIENCE_SECONDS):
                os.close(self._lock)
                raise DataFolderError(
                    f"The data folder {self.path} is in use by process {holder}; stop that one first."
                )
            time.sleep(0.05)

    def sign(self, holder: int) -> None:
        """Write down who uses the folder, for the message that the next one gets."""
        os.pwrite(self._lock, f"{holder:<19}\n".encode(), 0)

    def sign_off(self) -> None:
        """Say that the servers are about to stop, so that the next one waits."""
        os.pwrite(self._lock, b" " * 19, 0)

    def subfolder(self, name: str) -> Path:
        """A folder inside that the servers own."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.make_over(path)
        return path

    def make_over(self, path: Path) -> None:
        """See to it that a file or a whole folder belongs to whom the servers run as."""
        uid, gid = owner(self.identity)
        if path.stat().st_uid == uid or os.geteuid() != 0:
            return
        for parent, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(parent) / name, uid, gid, follow_symlinks=False)
        os.chown(path, uid, gid, follow_symlinks=False)

    @property
    def sockets(self) -> Path | None:
        """Where Unix sockets go; None where the path is too long for them."""
        path = self.subfolder("run")
        return path if len(os.fsencode(path)) <= _MAX_SOCKET_FOLDER else None

    def log(self, name: str) -> Path:
        """A log file, made here so that a server never has to be trusted with the folder."""
        return self.subfolder("log") / f"{name}.log"

    def secrets(self, *names: str) -> dict[str, str]:
        """The servers' passwords: made at the first start, then kept in a file that only the owner reads."""
        path = self.path / "secrets.json"
        if path.exists():
            try:
                known = json.loads(path.read_text(encoding="utf-8"))
                return {name: str(known[name]) for name in names}
            except (ValueError, KeyError, TypeError) as error:
                raise DataFolderError(f"{path} is damaged; start afresh without it.") from error
        if (self.path / "postgres").exists():
            raise DataFolderError(
                f"{path} is missing, so the database beside it cannot be opened; start afresh."
            )
        made = {name: secrets.token_urlsafe(32) for name in names}
        write_private(path, json.dumps(made))
        return made

    def clear(self) -> None:
        """Remove everything that was ever made in here, and nothing else."""
        for name in OWN_ENTRIES:
            path = self.path / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder too, if nothing of others is in it."""
        self.clear()
        (self.path / _LOCK).unlink(missing_ok=True)
        if not any(self.path.iterdir()):
            self.path.rmdir()


def _lives(holder: str) -> bool:
    try:
        os.kill(int(holder), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def write_private(path: Path, text: str) -> None:
    """Write a whole file that only its owner may read, so that a crash leaves the old one or the new one."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
