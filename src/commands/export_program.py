"""`rounds export`: a program out of the database, as a folder, an archive or a workbook."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from src.commands.exits import fail, user_errors
from src.commands.system_errors import settings_or_fail, system_errors
from src.config import Settings
from src.interchange.output import check_folder
from src.interchange.writer import PROGRAM_FILES, program_workbook, program_zip, write_program_folder

if TYPE_CHECKING:
    from src.interchange.model import Program

PACKERS = {".zip": program_zip, ".xlsx": program_workbook}


def export_program(
    program: Annotated[str, typer.Argument(help="A program's id, or its code where only one has it.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="What to write: a folder, or a .zip or .xlsx file.")
    ],
) -> None:
    """Export a program; reading the result gives an equal one. Never writes over anything else."""
    settings = settings_or_fail()
    pack = PACKERS.get(out.suffix.lower())
    with user_errors():
        if pack is None:
            check_folder(out, PROGRAM_FILES)
        elif out.exists() or out.is_symlink():
            fail(f"{out} is there already; nothing was written")
    with system_errors():
        parsed = asyncio.run(_load(settings, program))
    with user_errors():
        if pack is None:
            write_program_folder(parsed, out)
        else:
            out.parent.mkdir(parents=True, exist_ok=True)
            with out.open("xb") as file:
                file.write(pack(parsed))
    typer.echo(f"Exported {parsed.id} ({parsed.name}) to {out}")


async def _load(settings: Settings, name: str) -> Program:
    from src import registry  # noqa: F401  # every table, so that foreign keys resolve
    from src.commands.find_program import find_program
    from src.database import create_engine, create_session_maker, transaction
    from src.programs.folder import load_program
    from src.programs.locks import lock_program

    engine = create_engine(settings, pool_size=1)
    try:
        async with transaction(create_session_maker(engine)) as session:
            # Locked, so that an import meanwhile does not give half of each.
            locked = await lock_program(session, (await find_program(session, name)).id)
            return await load_program(session, locked.id)
    finally:
        await engine.dispose()
