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
    no_waivers: Annotated[
        bool,
        typer.Option("--no-waivers", help="Let no waiver of the certificate stand for a hard finding."),
    ] = False,
) -> None:
    """Exit 0 only when everything that must hold does and no finding is hard, unless waived; 1 otherwise."""
    with user_errors():
        checked = check_folder(program, schedule, tell_warning, with_waivers=not no_waivers)
    typer.echo(json.dumps(checked.to_json(), indent=2) if as_json else render_report(checked))
    raise typer.Exit(Exit.OK if checked.report.ok else Exit.NOT_LEGAL)
