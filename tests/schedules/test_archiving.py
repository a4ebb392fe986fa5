"""What is put away is read and no longer changed; while a run is at work, nothing is put away under it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.judge import Judged, judge_version
from src.assignments.models import Assignment
from src.auth.constants import Role
from src.auth.viewer import Viewer, viewer_of
from src.etags import etag_of
from src.models import HasId, now
from src.planning.versions import copy_version as copying
from src.programs.exceptions import ProgramArchivedError
from src.programs.models import Program
from src.schedules.constants import RunKind, RunState
from src.schedules.dependencies import buildable_schedule, editable_version, program_to_put_away
from src.schedules.exceptions import ScheduleArchivedError
from src.schedules.models import Schedule, ScheduleVersion
from src.schedules.put_away import put_away_program
from src.schedules.quiet import hold_numbers, quiet
from src.schedules.schemas import ScheduleUpdate
from src.schedules.service import update_schedule
from tests.factories.auth import make_member, sign_in
from tests.factories.schedules_db import store_run, store_ward

ROW = {"person": "R1", "date": "2026-07-04", "kind": "call", "item": "WE"}


class Cabinet:
    """A coordinator of the ward, whose schedule has one draft."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        rows: tuple[Program, Schedule, ScheduleVersion],
        headers: dict[str, str],
    ) -> None:
        self.client, self.headers = client, headers
        self.program, self.schedule, self.version = rows

    async def call(self, method: str, path: str, json: Any = None, row: Any = None) -> httpx.Response:
        headers = self.headers if row is None else {**self.headers, "If-Match": etag_of(row.id, row.revision)}
        return await self.client.request(method, f"/api/v1{path}", json=json, headers=headers)

    async def archive_schedule(self) -> httpx.Response:
        return await self.call("PATCH", f"/schedules/{self.schedule.id}", {"archived": True}, self.schedule)

    async def archive_program(self) -> httpx.Response:
        return await self.call("POST", f"/programs/{self.program.id}/archive")


@pytest.fixture
async def cabinet(client: httpx.AsyncClient, session: AsyncSession) -> Cabinet:
    rows = await store_ward(session)
    user = await make_member(session, rows[0], Role.COORDINATOR)
    return Cabinet(client, rows, await sign_in(session, user))


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["error"]["code"])


@pytest.mark.parametrize("kind", list(RunKind))
@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING])
async def test_nothing_is_put_away_under_a_run(
    cabinet: Cabinet, session: AsyncSession, kind: RunKind, state: RunState
) -> None:
    """The run would save its draft into what nobody works on any more."""
    await store_run(session, cabinet.schedule, kind=kind, state=state)
    assert told(await cabinet.archive_schedule()) == (409, "RUN_ACTIVE")
    assert told(await cabinet.archive_program()) == (409, "RUN_ACTIVE")
    read = (await cabinet.call("GET", f"/programs/{cabinet.program.id}")).json()
    assert read["archived_at"] is None


async def test_a_run_that_has_ended_keeps_nothing_from_being_put_away(
    cabinet: Cabinet, session: AsyncSession
) -> None:
    await store_run(session, cabinet.schedule, state=RunState.CANCELLED)
    assert (await cabinet.archive_schedule()).status_code == 200
    assert (await cabinet.archive_program()).status_code == 200


async def test_what_is_put_away_already_stays_so_and_may_be_brought_back(cabinet: Cabinet) -> None:
    assert (await cabinet.archive_program()).status_code == 200
    assert (await cabinet.archive_program()).status_code == 200
    back = await cabinet.call("POST", f"/programs/{cabinet.program.id}/unarchive")
    assert (back.status_code, back.json()["archived_at"]) == (200, None)


CHANGES: list[Callable[[UUID, UUID], tuple[str, str, Any]]] = [
    lambda _, version: ("POST", f"/versions/{version}/assignments", ROW),
    lambda _, version: (
        "POST",
        f"/versions/{version}/assignments/bulk",
        {"changes": [{"op": "create", **ROW}]},
    ),
    lambda _, version: ("PATCH", f"/versions/{version}", {"note": "x"}),
    lambda _, version: ("DELETE", f"/versions/{version}", None),
    lambda _, version: ("POST", f"/versions/{version}/publish", None),
    lambda _, version: ("POST", f"/versions/{version}/copy", {}),
    lambda _, version: ("POST", f"/versions/{version}/repair", {}),
    lambda schedule, _: ("POST", f"/schedules/{schedule}/generate", {}),
]


@pytest.mark.parametrize("what", ["program", "schedule"])
@pytest.mark.parametrize("change", CHANGES)
async def test_what_is_put_away_is_not_changed(
    cabinet: Cabinet, session: AsyncSession, what: str, change: Callable[[UUID, UUID], tuple[str, str, Any]]
) -> None:
    put_away: HasId = getattr(cabinet, what)
    put_away.archived_at = now()  # type: ignore[attr-defined]  # both tables have it
    session.add(put_away)
    await session.commit()
    method, path, body = change(cabinet.schedule.id, cabinet.version.id)
    answer = await cabinet.call(method, path, body, cabinet.version)
    assert told(answer) == (409, f"{what.upper()}_ARCHIVED")


@pytest.mark.parametrize("what", ["program", "schedule"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_assignment_in_what_is_put_away_is_not_changed(
    cabinet: Cabinet, session: AsyncSession, what: str, method: str
) -> None:
    """The two routes that name the assignment alone did not ask where it is."""
    found = await session.exec(select(Assignment).where(Assignment.version_id == cabinet.version.id).limit(1))
    row = found.one()
    put_away: HasId = getattr(cabinet, what)
    put_away.archived_at = now()  # type: ignore[attr-defined]  # both tables have it
    session.add(put_away)
    await session.commit()
    answer = await cabinet.call(method, f"/assignments/{row.id}", ROW if method == "PUT" else None, row)
    assert told(answer) == (409, f"{what.upper()}_ARCHIVED")


PutAway = Callable[[AsyncSession, Viewer, Program, Schedule], Awaitable[object]]


async def put_schedule_away(
    session: AsyncSession, viewer: Viewer, program: Program, schedule: Schedule
) -> None:
    held = await buildable_schedule(schedule.id, viewer, session)
    await update_schedule(session, viewer, held, ScheduleUpdate(archived=True))


async def put_program_away(
    session: AsyncSession, viewer: Viewer, program: Program, schedule: Schedule
) -> None:
    await put_away_program(session, viewer, await program_to_put_away(program.id, viewer, session))


@pytest.mark.parametrize("put_away", [put_schedule_away, put_program_away])
async def test_what_is_put_away_waits_for_an_edit_and_the_next_edit_is_refused(
    fresh_session_maker: async_sessionmaker[AsyncSession], put_away: PutAway
) -> None:
    """An edit read that nothing was put away, and was written after it had been."""
    async with fresh_session_maker() as session:
        program, schedule, version = await store_ward(session)
        viewer = await viewer_of(session, await make_member(session, program, Role.COORDINATOR))

    async def archive() -> None:
        async with fresh_session_maker() as own, own.begin():
            await put_away(own, viewer, program, schedule)

    async with fresh_session_maker() as editor, editor.begin():
        await editable_version(version.id, viewer, editor)
        archiving = asyncio.create_task(archive())
        await asyncio.sleep(0.2)
        assert not archiving.done()
    await archiving
    async with fresh_session_maker() as late:
        with pytest.raises((ScheduleArchivedError, ProgramArchivedError)):
            await editable_version(version.id, viewer, late)


async def test_a_draft_that_is_made_while_it_is_waited_for_is_held_too(
    fresh_session_maker: async_sessionmaker[AsyncSession],
) -> None:
    """It was committed between the drafts and the numbers, and edited while its schedule was put away."""
    async with fresh_session_maker() as session:
        _, schedule, version = await store_ward(session)
    async with fresh_session_maker() as archiver, fresh_session_maker() as editor:
        async with fresh_session_maker() as maker, maker.begin():
            await hold_numbers(maker, schedule.id)
            draft = ScheduleVersion(**version.model_dump(exclude={"id", "number"}), number=2)
            maker.add(draft)
            await maker.flush()
            waiting = asyncio.create_task(quiet(archiver, col(Schedule.id) == schedule.id))
            await asyncio.sleep(0.2)
            assert not waiting.done()
        await waiting
        with pytest.raises(DBAPIError, match="could not obtain lock"):
            await editor.refresh(
                await editor.get_one(ScheduleVersion, draft.id),
                with_for_update={"key_share": True, "nowait": True},
            )


@pytest.mark.parametrize("put_away", [put_schedule_away, put_program_away])
async def test_nothing_is_copied_into_what_was_put_away_meanwhile(
    fresh_session_maker: async_sessionmaker[AsyncSession], put_away: PutAway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fresh_session_maker() as session:
        program, schedule, version = await store_ward(session)
        viewer = await viewer_of(session, await make_member(session, program, Role.COORDINATOR))

    async def judged_slowly(session: AsyncSession, source: ScheduleVersion) -> Judged:
        async with fresh_session_maker() as own, own.begin():
            await put_away(own, viewer, program, schedule)
        return await judge_version(session, source)

    monkeypatch.setattr(copying, "judge_version", judged_slowly)
    async with fresh_session_maker() as session:
        source = await session.get_one(ScheduleVersion, version.id)
        with pytest.raises((ScheduleArchivedError, ProgramArchivedError)):
            await copying.copy_version(session, viewer, source, None)


async def test_an_archived_program_takes_no_schedule_and_renames_none(
    cabinet: Cabinet, session: AsyncSession
) -> None:
    await cabinet.archive_program()
    made = await cabinet.call("POST", f"/programs/{cabinet.program.id}/schedules", {"name": "Another"})
    renamed = await cabinet.call(
        "PATCH", f"/schedules/{cabinet.schedule.id}", {"name": "x"}, cabinet.schedule
    )
    for answer in (made, renamed):
        assert told(answer) == (409, "PROGRAM_ARCHIVED")
