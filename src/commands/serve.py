"""`rounds serve`: the API in this process."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack
from typing import Annotated

import typer

from src.commands.exits import fail
from src.commands.system_errors import setting_errors, settings_or_fail
from src.logs import configure_logging

GRACE_SECONDS = 10
"""How long requests may take to end after the process was asked to; event streams are cut then."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> None:
    """Serve the API until told to stop."""
    import uvicorn

    settings = settings_or_fail()
    configure_logging(settings.log_level)
    with listen(host, port) as listening:
        address, taken = listening.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        config = uvicorn.Config(
            "src.main:create_app",
            factory=True,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        with setting_errors():
            config.load()
        typer.echo(f"Serving on http://{shown}:{taken}")
        server = uvicorn.Server(config)
        server.run(sockets=[listening])
    if not server.started:
        fail("The API could not be started; the log says why.")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; ends with a sentence when the place is taken or cannot be had."""
    with ExitStack() as undo:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            made = undo.enter_context(socket.socket(family, kind, protocol))
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(1024)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                fail(f"Port {port} of {host} is taken; choose another with --port (0 takes a free one).")
            fail(f"Cannot listen on {host}, port {port}: {error.strerror or error}.")
        undo.pop_all()
        return made
