"""The sweeper's housekeeping outlives a database that is away, and ends when told to."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession
from structlog.testing import capture_logs

from src.commands.sweeper import tidy_forever


async def run_until_logged(maker: async_sessionmaker[AsyncSession], event: str) -> None:
    stop = asyncio.Event()
    with capture_logs() as said:
        tidying = asyncio.create_task(tidy_forever(maker, stop))
        async with asyncio.timeout(100):
            while not any(line["event"] == event for line in said):  # noqa: ASYNC110  # a log sets no event
                await asyncio.sleep(0.01)
            stop.set()
            await tidying


async def test_it_tidies_at_once_and_ends_when_told_to(
    fresh_session_maker: async_sessionmaker[AsyncSession],
) -> None:
    await run_until_logged(fresh_session_maker, "old_rows_forgotten")


async def test_a_database_that_is_away_does_not_end_it() -> None:
    engine = create_async_engine("postgresql+asyncpg://rounds:wrong@127.0.0.1:9/rounds")
    await run_until_logged(async_sessionmaker(engine, class_=AsyncSession), "tidying_failed")
    await engine.dispose()


async def test_a_database_without_tables_does_not_end_it(empty_database_url: str) -> None:
    engine = create_async_engine(empty_database_url)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await tidy_forever(async_sessionmaker(engine, class_=AsyncSession), asyncio.Event())
    await engine.dispose()
