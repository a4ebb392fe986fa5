"""`rounds import`: a program folder, archive or workbook into the database, by the rules of the API."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from src.commands.exits import fail, user_errors
from src.commands.system_errors import settings_or_fail, system_errors
from src.config import Settings
from src.interchange.reader import ProgramReading, read_program
from src.quantities import count

if TYPE_CHECKING:
    from src.programs.imports import ImportOutcome


def import_program(
    program: Annotated[Path, typer.Argument(help="A program folder, .zip or .xlsx.")],
    into: Annotated[
        str | None,
        typer.Option(
            "--program", help="Replace the inputs of this program: its id, or its code where only one has it."
        ),
    ] = None,
) -> None:
    """Import a program as a new one, or over the inputs of an existing one; all or nothing."""
    settings = settings_or_fail()
    with user_errors():
        reading = read_program(program)
    for issue in reading.issues:
        typer.echo(f"{issue.severity}: {issue}", err=True)
    if reading.program is None:
        fail(f"{program} was not imported; nothing was changed.")
    with system_errors():
        outcome = asyncio.run(_import(settings, reading, into))
    assert outcome.program is not None
    rows = sum(outcome.counts.values())
    done = "Imported" if into is None else "Replaced the inputs of"
    typer.echo(
        f"{done} {outcome.program.code} ({outcome.program.name}), {count(rows, 'row')}: {outcome.program.id}"
    )


async def _import(settings: Settings, reading: ProgramReading, into: str | None) -> ImportOutcome:
    from src import registry  # noqa: F401  # every table, so that what uses a row is known
    from src.auth.audit import COMMAND_LINE
    from src.commands.find_program import find_program
    from src.database import create_engine, create_session_maker, transaction
    from src.programs import imports
    from src.programs.exceptions import ProgramArchivedError
    from src.programs.locks import lock_program

    engine = create_engine(settings, pool_size=1)
    try:
        async with transaction(create_session_maker(engine)) as session:
            program = None
            if into is not None:
                program = await lock_program(session, (await find_program(session, into)).id)
                if program.archived_at is not None:
                    raise ProgramArchivedError
            return await imports.import_program(session, COMMAND_LINE, reading, program)
    finally:
        await engine.dispose()
