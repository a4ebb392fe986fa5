"""A coordinator in front of a ward, and runs of it done in this process on a database of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.config import Settings
from src.interchange.model import Program as FolderProgram
from src.models import new_id
from src.planning.runs.run_job import execute_run
from src.programs.models import Program
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RunState
from src.schedules.models import Run, RunEvent, Schedule, ScheduleVersion
from tests.factories.auth import make_member, sign_in
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import store_run, store_schedule, ward_program
from worker.runtime import Runtime

QUICK = ScheduleSettings(run_beat_seconds=0.05, run_lease_seconds=20, solver_workers=2)


@dataclass
class Office:
    """Calls the API about one program as one person."""

    client: httpx.AsyncClient
    session: AsyncSession
    program: Program
    schedule: Schedule
    headers: dict[str, str]

    async def call(
        self,
        method: str,
        path: str,
        json: object = None,
        headers: dict[str, str] | None = None,
        **params: Any,
    ) -> httpx.Response:
        return await self.client.request(
            method, f"/api/v1{path}", json=json, params=params, headers={**self.headers, **(headers or {})}
        )

    async def generate(self, *, key: str | None = None, **body: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else None
        return await self.call("POST", f"/schedules/{self.schedule.id}/generate", body, headers)

    async def acting_as(self, role: Role) -> Office:
        """Another member of the program, at the same desk."""
        user = await make_member(self.session, self.program, role)
        return Office(
            self.client, self.session, self.program, self.schedule, await sign_in(self.session, user)
        )


OfficeOf = Callable[[FolderProgram], Awaitable[Office]]


@pytest.fixture
def office_of(client: httpx.AsyncClient, session: AsyncSession) -> OfficeOf:
    """Opens the office of a program: stored, with an empty schedule and a coordinator."""

    async def open_office(parsed: FolderProgram) -> Office:
        program = await store_program(session, parsed)
        schedule = await store_schedule(session, program.id)
        user = await make_member(session, program, Role.COORDINATOR)
        return Office(client, session, program, schedule, await sign_in(session, user))

    return open_office


@pytest.fixture
async def office(office_of: OfficeOf) -> Office:
    """The office of the ward."""
    return await office_of(ward_program())


@dataclass
class Bench:
    """Does runs in this process, with real commits; what a worker does, without Celery."""

    runtime: Runtime
    maker: async_sessionmaker[AsyncSession]
    settings: ScheduleSettings
    at_work: dict[asyncio.Task[Any], UUID] = field(default_factory=dict)
    """Who waits for the end of a run, and of which."""

    async def queue(self, program: FolderProgram, **columns: Any) -> Run:
        """A run of a program that is stored for it; nobody was told of it."""
        async with self.maker() as session:
            stored = await store_program(session, program)
            schedule = await store_schedule(session, stored.id)
            blocks = list(range(1, len(program.blocks) + 1))
            return await store_run(
                session, schedule, program=program, **{"academic_blocks": blocks, **columns}
            )

    async def work(
        self, run: Run, leaving: Callable[[], bool] = lambda: False, **settings: Any
    ) -> RunState | None:
        waiting = asyncio.current_task()
        assert waiting is not None
        self.at_work[waiting] = run.id
        return await asyncio.to_thread(
            execute_run,
            self.runtime,
            self.runtime.session_maker,
            self.settings.model_copy(update=settings),
            run.id,
            leaving,
        )

    async def read(self, run: Run) -> Run:
        async with self.maker() as session:
            return await session.get_one(Run, run.id)

    async def versions(self, run: Run) -> list[ScheduleVersion]:
        async with self.maker() as session:
            found = await session.exec(
                select(ScheduleVersion).where(ScheduleVersion.schedule_id == run.schedule_id)
            )
            return list(found.all())

    async def events(self, run: Run) -> list[RunEvent]:
        async with self.maker() as session:
            found = await session.exec(
                select(RunEvent).where(RunEvent.run_id == run.id).order_by(col(RunEvent.number))
            )
            return list(found.all())

    async def count(self, table: Any, version_id: UUID) -> int:
        async with self.maker() as session:
            statement = select(func.count()).select_from(table).where(table.version_id == version_id)
            return int(await session.scalar(statement) or 0)

    async def leave_nothing(self) -> None:
        """End what a test that failed left at work, so that no other test meets it."""
        left = {task: run_id for task, run_id in self.at_work.items() if not task.done()}
        async with self.maker() as session:
            for run_id in left.values():  # given up: who has lost the lease writes nothing any more
                await session.exec(update(Run).where(col(Run.id) == run_id).values(lease_owner=new_id()))
            await session.commit()
        if left:
            await asyncio.wait(left)

    async def until(self, run: Run, is_so: Callable[[Run], bool], seconds: float = 100) -> Run:
        """The run once it is so; fails when it does not become so."""
        async with asyncio.timeout(seconds):
            while True:
                found = await self.read(run)
                if is_so(found):
                    return found
                await asyncio.sleep(0.05)


@pytest.fixture
async def bench(
    settings: Settings, fresh_database_url: str, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> AsyncIterator[Bench]:
    runtime = Runtime(settings.model_copy(update={"database_url": SecretStr(fresh_database_url)}))
    made = Bench(runtime, fresh_session_maker, QUICK)
    yield made
    await made.leave_nothing()
    await asyncio.to_thread(runtime.close)
