"""Judged alternatives, saved while others are still looked for; nobody sees them before the run has ended.

Saving a year of sixty residents takes seconds, most of them the database's. The drafts are laid out as copies
of the version repaired while the search begins; what an alternative changes is little. They are all rows of
one transaction, which is the one that ends the run: a run that fails, is handed back or dies leaves none.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.alike import Alike, lay_out
from src.assignments.models import Assignment
from src.database import SessionMaker, transaction
from src.interchange.model import Program
from src.interchange.schedule import Scope
from src.models import new_id
from src.planning.generation.save_result import LaidOut, create_version, unseen_number
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
        self._spare: deque[LaidOut] = deque()
        """Drafts that hold the base's rows and wait for an alternative."""
        self._over = False

    async def prepare(self, count: int) -> None:
        """Lay out drafts for so many alternatives, one after another; broken off, it leaves none."""
        while True:
            async with self._one_at_a_time:
                if self._over or self._base is None or len(self._spare) + len(self._saved) >= count:
                    return
                try:
                    self._spare.append(await self._lay_out(self._base))
                except asyncio.CancelledError:
                    await self._forget()
                    raise
                except Exception:  # noqa: BLE001  # a draft half laid out must not be there at the end
                    await self._give_up()

    async def save(self, made: JudgedRepair) -> None:
        """Save one more alternative, after those that were asked for before it."""
        async with self._one_at_a_time:
            if self._over:
                return
            try:
                if self._base is not None and not self._spare:
                    self._spare.append(await self._lay_out(self._base))
                laid_out = self._spare.popleft() if self._spare else None
                session = await self._begun()
                version = await save_draft(session, self._run, self._program, made, unseen_number(), laid_out)
            except Exception:  # noqa: BLE001  # nor one half saved
                await self._give_up()
            else:
                self._saved.append((made, version))

    async def _begun(self) -> AsyncSession:
        if self._session is None:
            self._session = await self._open.enter_async_context(transaction(self._maker))
        return self._session

    async def _lay_out(self, base: Alike) -> LaidOut:
        session, run, year = await self._begun(), self._run, self._program
        version = ScheduleVersion(
            id=new_id(),
            program_id=run.program_id,
            schedule_id=run.schedule_id,
            number=unseen_number(),
            scope=Scope.BOTH,
            academic_blocks=list(run.academic_blocks),
            start_date=year.year_start_date,
            end_date=year.year_end_date,
            snapshot_id=run.snapshot_id,
        )
        session.add(version)
        await session.flush()
        await lay_out(session, version.id, base)
        return LaidOut(version, base)

    async def _give_up(self) -> None:
        _log.warning("repair_not_saved_early", run_id=str(self._run.id), exc_info=True)
        await self._forget()

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
            session = self._session
            if not self._saved or session is None or any(id(made) not in places for made, _ in self._saved):
                await self._forget()
                async with transaction(self._maker) as another:
                    yield another, {}
                return
            self._over = True
            self._session = None
            async with self._open.pop_all():
                await self._clear(session)
                yield session, {places[id(made)]: version for made, version in self._saved}

    async def _clear(self, session: AsyncSession) -> None:
        """Leave no draft behind that no alternative came for."""
        for spare in self._spare:
            await session.exec(delete(Assignment).where(col(Assignment.version_id) == spare.version.id))
            await session.delete(spare.version)
        await session.flush()

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
        except (SQLAlchemyError, OSError):
            _log.warning("repair_drafts_left_to_the_database", run_id=str(self._run.id), exc_info=True)
            await session.invalidate()  # the database undoes it, and nobody is given that connection again
        await self._open.aclose()  # there is nothing left that this could commit


async def save_draft(
    session: AsyncSession,
    run: Run,
    program: Program,
    made: JudgedRepair,
    number: int,
    laid_out: LaidOut | None = None,
) -> ScheduleVersion:
    """One alternative as a draft based on the version repaired, with its comparison.

    `laid_out` is a draft with the base's rows. Raises InputsGoneError, and VersionMovedError where that one
    does not hold what it says.
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
        laid_out=laid_out,
    )
    version.result = {**(version.result or {}), "repair": made.comparison.to_json()}
    session.add(version)
    await session.flush()
    return version
