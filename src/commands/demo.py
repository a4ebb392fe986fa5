"""`rounds demo`: everything on this machine, with a generated year of the sample program.

The demo starts real servers and the processes of Rounds, and from then on is a client of the API like any
other. All of it ends with this process, however this process ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from src.commands.demo_client import ApiClient
from src.commands.demo_keys import DemoError, DemoKeys
from src.commands.demo_processes import DemoProcesses
from src.commands.demo_report import print_result, print_sign_in, watch_run
from src.commands.exits import Exit, fail, user_errors
from src.commands.migrate import run_migrations
from src.commands.system_errors import system_errors
from src.embedded import EmbeddedError, start_embedded
from src.interchange.reader import load_program

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "harbor-im"
SCHEDULE_NAME = "Academic year"
_LOOK_SECONDS = 0.5


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the year instead of serving.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the last demo and start afresh.")] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Wanted port of the API; a free one when it is taken.")
    ] = 8000,
    program: Annotated[Path, typer.Option(help="The program folder to show.")] = SAMPLE,
    time_limit: Annotated[int, typer.Option(min=5, max=3600, help="Seconds for generating the year.")] = 75,
    data: Annotated[
        Path | None, typer.Option(help="Where to keep data.", show_default="user data folder")
    ] = None,
) -> None:
    """Show Rounds at work: servers, a sample program, a generated and checked year, and the API to see it."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    with user_errors():
        load_program(program)  # what cannot be read is told before servers are started for it
    folder = data or _data_folder()
    status = Exit.OK
    try:
        with system_errors():
            status = _run(folder, program, once=once, reset=reset, port=port, time_limit=time_limit)
    except (EmbeddedError, DemoError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        typer.echo("\nStopped.")
        raise typer.Exit(130) from None
    raise typer.Exit(status)


def _run(folder: Path, program: Path, *, once: bool, reset: bool, port: int, time_limit: int) -> Exit:
    started = time.monotonic()
    typer.echo(f"Starting PostgreSQL and Redis on the data in {folder}")
    with start_embedded(folder / "servers", throwaway=False, fresh=reset) as servers:
        keys = DemoKeys.load(folder, fresh=reset)
        _migrate(servers.database_url)
        with DemoProcesses(folder / "log", servers, keys) as processes:
            typer.echo("Starting the API, a worker and a sweeper")
            processes.start(port)
            asyncio.run(_make_admin(servers.database_url, keys))
            url = processes.wait_until_ready()
            print_sign_in(url, keys, folder)
            with ApiClient(url) as api:
                finished = _show_year(api, keys, program, time_limit)
            typer.echo(f"\nDone in {time.monotonic() - started:.0f} s.")
            if not once:
                _serve(processes, url)
    return Exit.OK if finished else Exit.NOT_LEGAL


def _show_year(api: ApiClient, keys: DemoKeys, program: Path, time_limit: int) -> bool:
    """Have the year generated, unless an earlier demo left one, and print it; whether it is a legal one."""
    api.sign_in(keys.admin)
    api.ensure_user(keys.coordinator, full_name="Casey Coordinator")
    api.sign_in(keys.coordinator)
    program_id = api.ensure_program(program)
    schedule_id = api.ensure_schedule(program_id, SCHEDULE_NAME)
    version = api.newest_version(schedule_id)
    if version is None:
        run = api.ensure_run(program_id, schedule_id, time_limit)
        run = watch_run(api, run)
        if run["state"] != "succeeded":
            raise DemoError(_why_not(run))
        version = api.get(f"/versions/{run['result_version_id']}")
    else:
        typer.echo("The year is from an earlier demo; --reset starts afresh.")
    return print_result(api, program_id, version)


def _why_not(run: dict[str, object]) -> str:
    error = run.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    return f"The run ended as {run['state']}: {message or 'the log of the worker says more'}"


def _migrate(database_url: str) -> None:
    from alembic.util import CommandError

    try:
        run_migrations(database_url)
    except CommandError as error:
        raise DemoError(
            f"The data of the last demo does not fit this version ({error}); --reset starts afresh."
        ) from error


async def _make_admin(database_url: str, keys: DemoKeys) -> None:
    from pydantic import SecretStr

    from src.auth.exceptions import EmailTakenError
    from src.commands.create_admin import make_admin
    from src.config import Environment, Settings

    settings = Settings(_env_file=None, environment=Environment.DEVELOPMENT).model_copy(
        update={"database_url": SecretStr(database_url)}
    )
    try:
        await make_admin(settings, keys.admin.email, "Avery Admin", keys.admin.password)
    except EmailTakenError:
        return  # an earlier demo made it


def _serve(processes: DemoProcesses, url: str) -> None:
    typer.echo(f"Serving on {url} until Ctrl-C; {url}/docs shows what can be asked.")
    try:
        while (ended := processes.ended()) is None:
            time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        typer.echo("\nStopping.")
        return
    raise DemoError(f"{ended} ended by itself; {processes.log_of(ended)} says why.")


def _data_folder() -> Path:
    """The platform's folder for a user's data; a temporary one where there is no home to write to."""
    from platformdirs import user_data_path

    wanted = user_data_path("rounds") / "demo"
    try:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(wanted, os.W_OK):
            return wanted
    except OSError as error:
        sys.stderr.write(f"{wanted} cannot be made ({error.strerror}). ")
    instead = Path(tempfile.gettempdir()) / f"rounds-demo-{os.geteuid()}"
    instead.mkdir(mode=0o700, exist_ok=True)
    if instead.is_symlink() or instead.stat().st_uid != os.geteuid():
        fail(f"{instead} belongs to someone else; name a folder with --data.")
    sys.stderr.write(f"The demo keeps its data in {instead}.\n")
    return instead


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave by the usual way, so that everything started here is stopped in its order."""
    raise SystemExit(128 + number)
