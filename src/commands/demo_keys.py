"""The demo's sign-in data: made at the first start, kept in a file that only its owner reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Self

from src.embedded.folder import write_private

_FILE = "sign-in.json"


class DemoError(Exception):
    """The demo cannot go on; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one signs in with."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """Who may sign in, and the key that signs the API's tokens."""

    admin: Credentials
    coordinator: Credentials
    secret_key: str

    @classmethod
    def load(cls, folder: Path, *, fresh: bool) -> Self:
        """The keys of the last demo, or new ones; call it while the folder's servers are held."""
        path = folder / _FILE
        if not fresh:
            try:
                known = json.loads(path.read_text(encoding="utf-8"))
                return cls(
                    Credentials(**known["admin"]),
                    Credentials(**known["coordinator"]),
                    str(known["secret_key"]),
                )
            except FileNotFoundError:
                pass  # the first demo here
            except (ValueError, KeyError, TypeError) as error:
                raise DemoError(f"{path} is damaged; --reset starts afresh.") from error
        made = cls(
            Credentials("admin@example.org", token_urlsafe(12)),
            Credentials("coordinator@example.org", token_urlsafe(12)),
            token_urlsafe(48),
        )
        write_private(path, json.dumps(asdict(made), indent=2))
        return made
