"""`rounds migrate`: bring the database to the newest migration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from src.commands.system_errors import settings_or_fail, system_errors

CONFIGURATION = Path(__file__).resolve().parents[2] / "alembic.ini"


def migrate(
    to: Annotated[str, typer.Option(help="A revision, or `head` for the newest, `base` for none.")] = "head",
    down: Annotated[bool, typer.Option("--down", help="Go back to that revision; data is lost.")] = False,
) -> None:
    """Bring the database of DATABASE_URL to a migration; a second one meanwhile waits for the first."""
    settings = settings_or_fail()
    with system_errors():
        run_migrations(settings.database_url.get_secret_value(), to, down=down)
    typer.echo(f"The database is at {to}.")


def run_migrations(database_url: str, to: str = "head", *, down: bool = False) -> None:
    """Raises alembic's CommandError and what SQLAlchemy raises."""
    from alembic import command
    from alembic.config import Config

    config = Config(CONFIGURATION)
    config.attributes["database_url"] = database_url
    (command.downgrade if down else command.upgrade)(config, to)
