"""Redis from the wheel's binary, with a password, on loopback and a private socket."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

from src.embedded.folder import DataFolder, write_private
from src.embedded.server import LOOPBACK, Server, command_of


class RedisServer(Server):
    """Loses nothing that matters when it is killed: what must last is in the database."""

    name = "Redis"
    program = "redis-server"
    death_signal = signal.SIGKILL  # asked politely, it may refuse to go when its disk is full
    stop_signals = ((signal.SIGTERM, 5.0),)

    def __init__(self, folder: DataFolder, binary: Path, *, throwaway: bool, password: str) -> None:
        super().__init__(folder, binary, throwaway=throwaway)
        self._password = password
        self._trying = 0

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{LOOPBACK}:{self.port}/0"

    def prepare(self) -> None:
        self.folder.subfolder("redis")

    def arguments(self, port: int) -> list[str]:
        self._trying = port
        return ["-"]  # the configuration comes by standard input: a command line is there for all to read

    def standard_input(self) -> bytes:
        settings = {
            "bind": LOOPBACK,
            "port": str(self._trying),
            "requirepass": _quoted(self._password),
            "dir": _quoted(str(self.folder.subfolder("redis"))),
            "save": '""' if self.throwaway else "60 1",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        sockets = self.folder.sockets
        if sockets:
            settings["unixsocket"] = _quoted(str(sockets / "redis.sock"))
            settings["unixsocketperm"] = "700"
        return "".join(f"{name} {value}\n" for name, value in settings.items()).encode()

    def answers(self) -> bool:
        """Ask for its number: another server there knows no password of ours and is no child of ours."""
        try:
            with socket.create_connection((LOOPBACK, self._trying), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\nINFO server\r\nQUIT\r\n".encode())
                answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode(errors="replace")
        except OSError:
            return False
        if "+PONG\r\n" not in answer or f"process_id:{self.pid}\r\n" not in answer:
            return False
        write_private(self._note, json.dumps({"pid": self.pid, "port": self._trying}))
        return True

    def leftover(self) -> int | None:
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            pid, port = int(note["pid"]), int(note["port"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None  # no earlier server, or none that came as far as answering
        command = command_of(pid)
        return pid if "redis-server" in command and f":{port}" in command else None

    @property
    def _note(self) -> Path:
        return self.folder.subfolder("redis") / "process.json"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
