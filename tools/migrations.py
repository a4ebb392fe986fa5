"""Migrations on a throwaway database: `new MESSAGE` writes one from the tables, `check` proves all of them.

`check` goes up to the newest, down to nothing and up again, and then asks whether the tables and the
migrations still say the same.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from src.embedded import start_embedded

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def throwaway_config() -> Iterator[Config]:
    """The project's migrations, pointed at an empty database that is gone afterwards."""
    folder = tempfile.mkdtemp(prefix="rounds-migrations-")  # removed with its data, also when this is killed
    with start_embedded(Path(folder), throwaway=True) as servers:
        config = Config(ROOT / "alembic.ini")
        config.attributes["database_url"] = servers.database_url
        yield config


def new(message: str) -> None:
    with throwaway_config() as config:
        command.upgrade(config, "head")
        command.revision(config, message=message, autogenerate=True)


def check() -> None:
    with throwaway_config() as config:
        command.upgrade(config, "head")
        command.downgrade(config, "base")
        command.upgrade(config, "head")
        command.check(config)


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["new", message]:
                new(message)
            case ["check"]:
                check()
            case _:
                sys.stderr.write("usage: tools/migrations.py new MESSAGE | check\n")
                return 2
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
