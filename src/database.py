"""The database: one engine a process, one session and one transaction a request or task.

Services flush; only `transaction` commits. What must happen after the commit (a job's message, an event)
is left with `after_commit` and runs when, and only when, the commit went through.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

import structlog
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from src.config import Settings
from src.exceptions import DomainError

SessionMaker = async_sessionmaker[AsyncSession]
AfterCommit = Callable[[], Awaitable[None]]

_HOOKS = "after_commit"
_log = structlog.get_logger(__name__)


def create_engine(settings: Settings, *, pool_size: int | None = None) -> AsyncEngine:
    """An engine for the database of the settings; every statement has a time limit."""
    return create_async_engine(
        settings.database_url.get_secret_value(),
        pool_size=pool_size or settings.database_pool_size,
        max_overflow=5,
        pool_pre_ping=True,
        hide_parameters=True,  # what people typed stays out of logs and errors
        connect_args={
            "server_settings": {
                "application_name": "rounds",
                "statement_timeout": str(settings.database_statement_timeout_seconds * 1000),
                "timezone": "UTC",
            }
        },
    )


def create_session_maker(engine: AsyncEngine) -> SessionMaker:
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


def after_commit(session: AsyncSession, hook: AfterCommit) -> None:
    """Leave something to be done once the session's transaction has been committed."""
    session.info.setdefault(_HOOKS, []).append(hook)


@asynccontextmanager
async def transaction(maker: SessionMaker) -> AsyncIterator[AsyncSession]:
    """One session, one transaction: committed at the end, rolled back on any error.

    The exception is a DomainError that says that its changes stand, as a theft found out does. Hooks run
    after the commit, each on its own: what is committed is true whether or not a hook fails, so a failing one
    is logged and never turned into an error of the request.
    """
    async with maker() as session:
        try:
            yield session
            await session.commit()
        except BaseException as error:
            if isinstance(error, DomainError) and error.changes_stand:
                await session.commit()
            else:
                await session.rollback()
            raise
        for hook in session.info.pop(_HOOKS, []):
            try:
                await hook()
            except Exception:  # noqa: BLE001  # the commit stands; the sweeper repeats what a hook lost
                _log.exception("after_commit_hook_failed")


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The request's session; commits before the response leaves (scope="function")."""
    maker: SessionMaker = request.app.state.session_maker
    async with transaction(maker) as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
