"""Schedules made elsewhere: a draft that says what is wrong with it, or an error that names every row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.viewer import viewer_of
from src.interchange.reader import load_program
from src.interchange.schedule import AssignmentKind, Schedule, YearRow
from src.interchange.schedule_files import load_schedule, read_schedule_bytes, schedule_zip
from src.models import now
from src.planning.generation.save_result import create_version
from src.planning.versions import import_version as importing
from src.programs.exceptions import ProgramArchivedError
from src.programs.locks import lock_program
from src.programs.models import Program
from src.schedules.dependencies import EDIT_LOCK, open_schedule
from src.schedules.exceptions import ScheduleArchivedError
from src.schedules.models import Schedule as ScheduleRecord
from src.schedules.models import ScheduleVersion
from tests.factories.auth import make_member
from tests.factories.schedules_db import store_ward, ward_schedule
from tests.planning.conftest import Office, OfficeOf

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


async def bring_in(
    office: Office, content: Schedule | bytes, key: str | None = None, name: str = "year.zip"
) -> httpx.Response:
    data = content if isinstance(content, bytes) else schedule_zip(content)
    headers = {**office.headers, **({"Idempotency-Key": key} if key else {})}
    path = f"/api/v1/schedules/{office.schedule.id}/versions"
    return await office.client.post(path, files={"file": (name, data)}, headers=headers)


async def versions(office: Office) -> int:
    listed = await office.call("GET", f"/schedules/{office.schedule.id}/versions")
    total: int = listed.json()["total"]
    return total


async def refused(office: Office, content: Schedule | bytes) -> list[tuple[str, str]]:
    """File and message of each error; nothing was written."""
    answer = await bring_in(office, content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "IMPORT_REJECTED"), answer.text
    assert await versions(office) == 0
    return [(issue["file"], issue["message"]) for issue in answer.json()["error"]["details"]["issues"]]


async def test_an_imported_schedule_is_a_draft_that_a_generation_starts_from(office: Office) -> None:
    answer = await bring_in(office, ward_schedule(), key="once")
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert (draft["number"], draft["state"], draft["note"]) == (1, "draft", "Imported")
    assert answer.headers["Location"] == f"/api/v1/versions/{draft['id']}"
    assert (await bring_in(office, ward_schedule(), key="once")).json() == draft
    listed = await office.call("GET", f"/versions/{draft['id']}/year")
    assert listed.status_code == 200
    queued = await office.generate(start_from=draft["id"])
    assert queued.status_code == 202, queued.text
    assert queued.json()["options"] == {"start_version_id": draft["id"]}


async def test_an_import_holds_neither_the_schedule_nor_the_program(
    fresh_session_maker: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever renamed the schedule, or edited the program's inputs, waited until a whole year was in."""
    async with fresh_session_maker() as session:
        program, schedule, _ = await store_ward(session)
        viewer = await viewer_of(session, await make_member(session, program, Role.COORDINATOR))
    edited: list[str] = []

    async def created(session: AsyncSession, **columns: Any) -> ScheduleVersion:
        version = await create_version(session, **columns)
        async with fresh_session_maker() as editor, editor.begin():
            await editor.exec(text("SET LOCAL lock_timeout = '2s'"))  # type: ignore[call-overload]  # plain SQL
            (await lock_program(editor, program.id)).name = "Renamed"
            (await editor.get_one(ScheduleRecord, schedule.id, with_for_update=EDIT_LOCK)).name = "Other"
            edited.append(version.note or "")
        return version

    monkeypatch.setattr(importing, "create_version", created)
    async with fresh_session_maker() as session, session.begin():
        held = await open_schedule(schedule.id, viewer, session)
        data = schedule_zip(ward_schedule())
        draft = await importing.import_version(session, viewer, held, "year.zip", data)
    assert (draft.number, edited) == (2, ["Imported"])


@pytest.mark.parametrize("what", [Program, ScheduleRecord])
async def test_nothing_comes_into_what_was_put_away_meanwhile(
    fresh_session_maker: async_sessionmaker[AsyncSession],
    monkeypatch: pytest.MonkeyPatch,
    what: type[Program | ScheduleRecord],
) -> None:
    async with fresh_session_maker() as session:
        program, schedule, _ = await store_ward(session)
        viewer = await viewer_of(session, await make_member(session, program, Role.COORDINATOR))

    async def created(session: AsyncSession, **columns: Any) -> ScheduleVersion:
        async with fresh_session_maker() as other, other.begin():
            row = await other.get_one(what, {Program: program.id, ScheduleRecord: schedule.id}[what])
            row.archived_at = now()
        return await create_version(session, **columns)

    monkeypatch.setattr(importing, "create_version", created)
    async with fresh_session_maker() as session:
        held = await open_schedule(schedule.id, viewer, session)
        with pytest.raises((ScheduleArchivedError, ProgramArchivedError)):
            await importing.import_version(session, viewer, held, "year.zip", schedule_zip(ward_schedule()))


async def test_a_schedule_deleted_meanwhile_is_no_collision_of_rows(
    fresh_session_maker: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fresh_session_maker() as session:
        program, schedule, version = await store_ward(session)
        viewer = await viewer_of(session, await make_member(session, program, Role.COORDINATOR))

    async def created(session: AsyncSession, **columns: Any) -> ScheduleVersion:
        async with fresh_session_maker() as other, other.begin():
            await other.delete(await other.get_one(ScheduleVersion, version.id))
            await other.flush()
            await other.delete(await other.get_one(ScheduleRecord, schedule.id))
        return await create_version(session, **columns)

    monkeypatch.setattr(importing, "create_version", created)
    async with fresh_session_maker() as session:
        held = await open_schedule(schedule.id, viewer, session)
        with pytest.raises(IntegrityError, match="foreign key"):
            await importing.import_version(session, viewer, held, "year.zip", schedule_zip(ward_schedule()))


async def test_a_year_plan_alone_will_do(office: Office) -> None:
    content = ward_schedule()
    answer = await bring_in(office, Schedule(content.year, content.vacations))
    assert answer.status_code == 201, answer.text
    assert answer.json()["scope"] == "year"


async def test_every_row_of_what_the_program_does_not_have_is_named(office: Office) -> None:
    content = ward_schedule()
    row, last = content.assignments[0], content.year[-1]
    stranger = replace(row, person="NOBODY")
    late = replace(row, date=date(2099, 1, 1), start_at=row.start_at + timedelta(days=30_000))
    late = replace(late, end_at=late.start_at + timedelta(hours=1))
    changed = Schedule(
        (*content.year, YearRow(last.person, 99, "WARDEN")),
        content.vacations,
        (*content.assignments, stranger, late),
    )
    told = await refused(office, changed)
    assert ("year.csv", "the program has no rotation 'WARDEN'") in told
    assert ("year.csv", "the program has no block '99'") in told
    assert ("assignments.csv", "the program has no person 'NOBODY'") in told
    assert ("assignments.csv", "the program has no date '2099-01-01'") in told


@pytest.mark.shared_data
async def test_schedules_of_another_maker_come_in_with_clinics_calls_and_jeopardy(
    office_of: OfficeOf,
) -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared programs are not here")
    office = await office_of(load_program(SHARED / "programs" / "tiny"))
    content = load_schedule(SHARED / "schedules" / "tiny")
    answer = await bring_in(office, content)
    assert answer.status_code == 201, answer.text
    assert answer.json()["result"]["hard"] == 0
    exported = await office.call("GET", f"/versions/{answer.json()['id']}/export")
    back = read_schedule_bytes("back.zip", exported.content).schedule
    assert back is not None
    assert {replace(row, row=0) for row in back.assignments} == {
        replace(row, row=0) for row in content.assignments
    }


async def test_a_rotation_that_is_named_as_a_call_is_no_call(office: Office) -> None:
    content = ward_schedule()
    row = replace(content.assignments[0], kind=AssignmentKind.CALL)
    told = await refused(office, replace(content, assignments=(row,)))
    assert told == [("assignments.csv", f"the program has no call '{row.id}'")]


async def test_a_person_in_two_places_is_refused_and_named(office: Office) -> None:
    content = ward_schedule()
    row = content.assignments[0]
    twice = replace(row, start_at=row.start_at + timedelta(minutes=1))
    answer = await bring_in(office, replace(content, assignments=(*content.assignments, twice)))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "ROWS_COLLIDE"), answer.text
    assert any(row.person in each["message"] for each in answer.json()["error"]["details"]["broken"])
    assert await versions(office) == 0


@pytest.mark.parametrize("data", [b"", b"no zip", schedule_zip(Schedule())], ids=["empty", "text", "no rows"])
async def test_what_is_no_schedule_is_refused(office: Office, data: bytes) -> None:
    assert await refused(office, data)


async def test_a_resident_may_not_bring_in_schedules(office: Office) -> None:
    resident = await office.acting_as(Role.RESIDENT)
    assert (await bring_in(resident, ward_schedule())).status_code in (403, 404)
    assert await versions(office) == 0


async def test_an_archived_program_takes_none(office: Office) -> None:
    program = await office.call("GET", f"/programs/{office.program.id}")
    archived = await office.call(
        "POST", f"/programs/{office.program.id}/archive", headers={"If-Match": program.headers["ETag"]}
    )
    assert archived.status_code == 200, archived.text
    assert (await bring_in(office, ward_schedule())).status_code == 409
