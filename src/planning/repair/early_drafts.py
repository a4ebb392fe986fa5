"""Judged alternatives, saved while others are still looked for; nobody sees them before the run has ended.

Saving a year of sixty residents takes seconds, most of them the database's, while the search has the
processor to itself. All drafts of a run are rows of one transaction, which is the one that ends the run: a
run that fails, is handed back or dies leaves none.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.alike import Alike
from src.database import SessionMaker, transaction
from src.exceptions import DomainError
from src.interchange.model import Program
from src.planning.generation.save_result import create_version
from src.planning.repair.judge import JudgedRepair
from src.schedules.models import Run, ScheduleVersion

_log = structlog.get_logger(__name__)


class EarlyDrafts:
    """The drafts of one run, in the order in which they were judged.

    All of it but the making belongs to the event loop's thread. What goes wrong here is told to the log and
    costs time alone: whoever ends the run then saves every alternative anew.
    """

    def __init__(self, maker: SessionMaker, run: Run, program: Program, base: Alike | None = None) -> None:
        """`base` is the version repaired as it was read: what an alternative keeps is copied from it."""
        self._maker = maker
        self._run = run
        self._program = program
        self._base = base
        self._one_at_a_time = asyncio.Lock()
        self._open = AsyncExitStack()
        self._session: AsyncSession | None = None
        self._saved: list[tuple[JudgedRepair, ScheduleVersion]] = []
        self._over = False

    async def save(self, made: JudgedRepair) -> None:
        """Save one more alternative, after those that were asked for before it."""
        async with self._one_at_a_time:
            if self._over:
                return
            try:
                if self._session is None:
                    self._session = await self._open.enter_async_context(transaction(self._maker))
                version = await save_draft(
                    self._session, self._run, self._program, made, _unseen_number(), self._base
                )
            except (SQLAlchemyError, OSError, DomainError):
                _log.warning("repair_not_saved_early", run_id=str(self._run.id), exc_info=True)
                await self._forget()
            else:
                self._saved.append((made, version))

    @asynccontextmanager
    async def ending(
        self, wanted: Sequence[JudgedRepair]
    ) -> AsyncIterator[tuple[AsyncSession, Mapping[int, ScheduleVersion]]]:
        """The transaction to end the run in, and the drafts that are there already, by place in `wanted`.

        Without a draft, or with one that is not wanted, it is a new transaction, and so it is when asked for
        again.
        """
        async with self._one_at_a_time:
            places = {id(made): place for place, made in enumerate(wanted)}
            if self._session is None or any(id(made) not in places for made, _ in self._saved):
                await self._forget()
                async with transaction(self._maker) as session:
                    yield session, {}
                return
            self._over = True
            session, self._session = self._session, None
            async with self._open.pop_all():
                yield session, {places[id(made)]: version for made, version in self._saved}

    async def forget(self) -> None:
        """Keep none of them, unless the run has ended with them."""
        async with self._one_at_a_time:
            await self._forget()

    async def _forget(self) -> None:
        self._over = True
        session, self._session = self._session, None
        if session is None:
            return
        try:
            await session.rollback()
            await self._open.aclose()
        except (SQLAlchemyError, OSError):
            _log.warning("repair_drafts_left_to_the_database", run_id=str(self._run.id), exc_info=True)


def _unseen_number() -> int:
    """A number no version has, until the run ends: the true one needs a lock that others wait for."""
    return -1 - secrets.randbelow(2**31 - 1)


async def save_draft(
    session: AsyncSession,
    run: Run,
    program: Program,
    made: JudgedRepair,
    number: int,
    alike: Alike | None = None,
) -> ScheduleVersion:
    """One alternative as a draft based on the version repaired, with its comparison.

    Rows that `alike` has as well are copied from there. Raises InputsGoneError, and VersionMovedError where
    `alike` is no longer as it was read.
    """
    version = await create_version(
        session,
        schedule_id=run.schedule_id,
        program_id=run.program_id,
        program=program,
        content=made.schedule,
        report=made.report,
        file=made.file,
        snapshot_id=run.snapshot_id,
        based_on_id=run.base_version_id,
        created_by=run.requested_by,
        number=number,
        alike=alike,
    )
    version.result = {**(version.result or {}), "repair": made.comparison.to_json()}
    session.add(version)
    await session.flush()
    return version
