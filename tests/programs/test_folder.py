"""A program survives the database: what is stored comes back equal, numbered like its export."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlmodel.ext.asyncio.session import AsyncSession

from src.interchange.columns import PROGRAM_TABLES
from src.interchange.model import Program
from src.interchange.reader import load_program as read_folder
from src.interchange.reader import read_program_files
from src.interchange.writer import program_files
from src.models import new_id
from src.programs import models
from src.programs.folder import StoredInputs, load_inputs, load_program
from src.programs.kinds import KINDS, PEOPLE, REQUESTS
from src.programs.models.base import table_of
from src.programs.statements import execute
from src.programs.storage import replace_program_inputs
from tests.factories.programs import ruled_program, small_program
from tests.factories.programs_db import person_id, store_program
from tests.factories.random_programs import programs

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/program.toml"))


def rows_with_numbers(program: Program) -> list[tuple[Any, ...]]:
    """Every row with its row number, which takes no part in equality."""
    return [
        (value.row, *(getattr(value, field.name) for field in fields(value)))
        for kind in KINDS
        for value in kind.of(program)
    ]


def ids_by_value(stored: StoredInputs) -> dict[Any, Any]:
    return {(kind.name, row.value): row.id for kind in KINDS for row in stored.of(kind)}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
async def test_example_programs_come_back_equal(session: AsyncSession, path: Path) -> None:
    program = read_folder(path)
    row = await store_program(session, program)
    assert await load_program(session, row.id) == program


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(program=programs())
async def test_any_program_comes_back_equal(session: AsyncSession, program: Program) -> None:
    row = await store_program(session, program)
    assert await load_program(session, row.id) == program


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=programs(), after=programs())
async def test_any_program_takes_the_place_of_any_other(
    session: AsyncSession, before: Program, after: Program
) -> None:
    row = await store_program(session, before)
    await replace_program_inputs(session, row, after)
    assert await load_program(session, row.id) == after


async def test_rows_are_numbered_as_in_the_export(session: AsyncSession) -> None:
    row = await store_program(session)
    loaded = await load_program(session, row.id)
    exported = read_program_files(program_files(loaded)).program
    assert exported is not None
    assert rows_with_numbers(loaded) == rows_with_numbers(exported)


async def test_rows_keep_the_order_of_the_file(session: AsyncSession) -> None:
    """A list shows people as the coordinator's file has them, whatever the canonical order is."""
    program = small_program()
    backwards = tuple(replace(person, row=2 + place) for place, person in enumerate(reversed(program.people)))
    row = await store_program(session, replace(program, people=backwards))
    stored = await load_inputs(session, row.id)
    assert [kept.value.id for kept in stored.of(PEOPLE)] == ["R4", "R3", "R2", "R1", "F1"]
    assert [kept.position for kept in stored.of(PEOPLE)] == [0, 1, 2, 3, 4]


async def test_what_stays_keeps_its_id(session: AsyncSession) -> None:
    """People and rotations by their code even when they change, other rows when they do not."""
    program = small_program()
    row = await store_program(session, program)
    before = await load_inputs(session, row.id)
    renamed = tuple(replace(person, name=f"{person.name} jr") for person in program.people)
    await replace_program_inputs(session, row, replace(program, people=renamed, absences=()))
    after = await load_inputs(session, row.id)
    assert [kept.id for kept in after.of(PEOPLE)] == [kept.id for kept in before.of(PEOPLE)]
    assert {kept.value.name for kept in after.of(PEOPLE)} == {person.name for person in renamed}
    untouched = {
        key: row_id for key, row_id in ids_by_value(before).items() if key[0] not in {"person", "absence"}
    }
    assert untouched.items() <= ids_by_value(after).items()


async def test_revisions_move_only_where_something_changed(session: AsyncSession) -> None:
    program = small_program()
    row = await store_program(session, program)
    changed = tuple(
        replace(person, name="Someone") if person.id == "R1" else person for person in program.people
    )
    await replace_program_inputs(session, row, replace(program, people=changed))
    r1 = await session.get_one(models.Person, await person_id(session, row, "R1"), populate_existing=True)
    r2 = await session.get_one(models.Person, await person_id(session, row, "R2"), populate_existing=True)
    assert (r1.revision, r2.revision) == (2, 1)


async def test_equal_rows_are_as_many_as_the_file_has(session: AsyncSession) -> None:
    program = small_program()
    twice = replace(program, requests=(*program.requests, program.requests[0]))
    row = await store_program(session, twice)
    assert len((await load_inputs(session, row.id)).of(REQUESTS)) == 3
    await replace_program_inputs(session, row, program)
    assert len((await load_inputs(session, row.id)).of(REQUESTS)) == 2


async def test_inputs_of_other_programs_stay_as_they_are(session: AsyncSession) -> None:
    neighbour = await store_program(session)
    row = await store_program(session)
    before = ids_by_value(await load_inputs(session, neighbour.id))
    await replace_program_inputs(
        session, row, Program("x", "X", "UTC", small_program().year_start_date, (28,))
    )
    assert ids_by_value(await load_inputs(session, neighbour.id)) == before
    assert await load_program(session, neighbour.id) == small_program()


async def test_a_program_that_is_not_there_cannot_be_loaded(session: AsyncSession) -> None:
    with pytest.raises(NoResultFound):
        await load_program(session, new_id())


async def test_no_row_can_point_into_another_program(session: AsyncSession) -> None:
    """The foreign keys themselves refuse it, whoever writes."""
    own, other = await store_program(session), await store_program(session)
    foreign = await load_inputs(session, other.id)
    for kind in (kind for kind in KINDS if kind.references):
        pointing = [kind.columns_of(value, foreign.names) for value in kind.of(ruled_program())]
        columns = next(columns for columns in pointing if not columns.get("group_name"))
        with pytest.raises(IntegrityError, match="foreign key"):
            async with session.begin_nested():
                session.add(kind.table(program_id=own.id, position=99, **columns))


BAD_ROWS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (models.Person, {"kind": "resident", "pgy": None}),
    (models.Person, {"kind": "faculty", "pgy": 1}),
    (models.Person, {"kind": "visitor", "pgy": 1}),
    (models.Rotation, {"setting": "inpatient", "vacation_weeks_max": -1, "clinic": False}),
    (models.Rotation, {"setting": "wards", "vacation_weeks_max": 0, "clinic": False}),
)


async def test_the_database_keeps_bad_rows_out(session: AsyncSession) -> None:
    program = await store_program(session)
    for model, columns in BAD_ROWS:
        row = {"id": new_id(), "program_id": program.id, "position": 0, "code": "X", "name": "X", **columns}
        with pytest.raises(IntegrityError, match="check constraint"):
            async with session.begin_nested():
                await execute(session, table_of(model).insert(), [row])


async def test_a_code_is_given_once_in_a_program(session: AsyncSession) -> None:
    program = await store_program(session)
    session.add(models.Person(program_id=program.id, position=9, code="R1", name="x", kind="resident", pgy=1))
    with pytest.raises(IntegrityError, match="uq_person_program_id_code"):
        await session.flush()


def test_every_table_of_the_format_is_kept() -> None:
    assert {kind.form for kind in KINDS} == set(PROGRAM_TABLES)
