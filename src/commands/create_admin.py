"""`rounds create-admin`: the first user, who makes the others."""

from __future__ import annotations

import asyncio
import sys
from secrets import token_urlsafe
from typing import Annotated

import typer

from src.commands.system_errors import settings_or_fail, system_errors
from src.config import Settings


def create_admin(
    email: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")],
    name: Annotated[str, typer.Option(help="The full name.")] = "Administrator",
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it.")] = False,
) -> None:
    """Create an admin. A terminal asks for the password; else it is the first line of standard input."""
    settings = settings_or_fail()
    password = token_urlsafe(18) if generate else _given_password()
    with system_errors():
        asyncio.run(make_admin(settings, email, name, password))
    typer.echo(f"{email} is an admin." + (f" Password: {password}" if generate else ""))


async def make_admin(settings: Settings, email: str, name: str, password: str) -> None:
    """Create the admin, in a transaction of its own; raises what `src.auth.service.create_admin` raises."""
    from src import registry  # noqa: F401  # every table, so that the trail's can be joined
    from src.auth import service
    from src.database import create_engine, create_session_maker, transaction

    engine = create_engine(settings, pool_size=1)
    try:
        async with transaction(create_session_maker(engine)) as session:
            await service.create_admin(session, email, password, name)
    finally:
        await engine.dispose()


def _given_password() -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")
