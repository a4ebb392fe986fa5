"""What is put away is read and no longer changed; while a run is at work, nothing is put away under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.etags import etag_of
from src.models import HasId, now
from src.programs.models import Program
from src.schedules.constants import RunKind, RunState
from src.schedules.models import Schedule, ScheduleVersion
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
