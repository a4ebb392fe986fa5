"""API and command line share everything but the transport: the same seed gives the same schedule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from src.assignments.storage import load_schedule as load_version
from src.cli import app
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.schedule_files import load_schedule
from src.interchange.writer import write_program_folder
from src.programs.folder import load_program as load_stored_program
from src.schedules.constants import RunState
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import store_run, store_schedule
from tests.planning.conftest import Bench
from tests.planning.wards import restless_ward

SEED = 11
DETERMINISTIC_SECONDS = 1.0


async def test_a_folder_and_an_imported_program_give_the_same_schedule(bench: Bench, tmp_path: Path) -> None:
    program = shuffled(restless_ward())
    write_program_folder(program, tmp_path / "program")
    arguments = ["solve", str(tmp_path / "program"), "-o", str(tmp_path / "schedule"), "--workers", "1"]
    limits = ["--seed", str(SEED), "--deterministic-limit", str(DETERMINISTIC_SECONDS), "--time-limit", "100"]
    done = CliRunner().invoke(app, [*arguments, *limits])
    assert done.exit_code == 0, done.output
    solved = load_schedule(tmp_path / "schedule")

    async with bench.maker() as session:
        stored = await store_program(session, load_program(tmp_path / "program"))
        run = await store_run(
            session,
            await store_schedule(session, stored.id),
            program=await load_stored_program(session, stored.id),
            academic_blocks=[block.number for block in program.academic_blocks],
            seed=SEED,
            workers=1,
            deterministic_limit=DETERMINISTIC_SECONDS,
            time_limit_seconds=100,
        )
    assert await bench.work(run) is RunState.SUCCEEDED
    (version,) = await bench.versions(run)
    async with bench.maker() as session:
        kept = await load_version(session, stored.id, version.id, program.zone)
    assert (kept.year, kept.vacations) == (solved.year, solved.vacations)
    assert kept.assignments == solved.assignments
    assert kept.denied == solved.denied


def shuffled(program: Program) -> Program:
    """The same program with its people in another order than the canonical one."""
    return replace(program, people=program.people[::-1])
