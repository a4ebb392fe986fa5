"""The `rounds` command."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from src.commands.check import check
from src.commands.create_admin import create_admin
from src.commands.demo import demo
from src.commands.export_program import export_program
from src.commands.import_program import import_program
from src.commands.migrate import migrate
from src.commands.repair import repair
from src.commands.serve import serve
from src.commands.solve import solve
from src.commands.sweeper import sweeper
from src.commands.worker import worker

app = typer.Typer(
    help="Builds, checks and keeps the schedules of medical residency programs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (demo, solve, repair, check, serve, worker, sweeper, migrate, create_admin):
    app.command()(command)
app.command("import")(import_program)
app.command("export")(export_program)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(version("rounds"))
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Builds, checks and keeps the schedules of medical residency programs."""


def main() -> None:
    app(prog_name="rounds")


if __name__ == "__main__":
    main()
