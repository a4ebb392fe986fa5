"""`rounds check`: is a schedule folder legal for a program folder?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from src.commands.exits import Exit, tell_warning, user_errors
from src.planning.folders.check_folder import check_folder, render_report


def check(
    program: Annotated[Path, typer.Argument(help="A program folder, .zip or .xlsx.")],
    schedule: Annotated[Path, typer.Argument(help="A schedule folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Exit 0 only when no finding is hard and everything that always holds does; 1 otherwise."""
    with user_errors():
        report = check_folder(program, schedule, tell_warning)
    typer.echo(json.dumps(report.to_json(), indent=2) if as_json else render_report(report))
    raise typer.Exit(Exit.OK if report.ok else Exit.NOT_LEGAL)
