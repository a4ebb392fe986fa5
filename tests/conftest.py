"""What tests stand on: one real PostgreSQL and one real Redis a session, started when a test first asks.

- `session`, `client`: one transaction a test, rolled back at its end; commits become savepoints. One
  connection serves the whole test, so nothing in it may run side by side.
- `fresh_database_url`, `fresh_client`: a database of the test's own, copied from the migrated one in some
  50 ms, for tests of real commits, of concurrency and of processes.
- `processes`: a live server, worker and sweeper on that database, killed at the end whatever happens.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import httpx
import psycopg
import pytest
import redis as redis_client
import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from src.config import Environment, RoundsSettings, Settings, get_settings
from src.database import create_engine, create_session_maker
from src.embedded import Embedded, start_embedded
from src.main import create_app
from tests.order import longest_first
from tests.processes import Processes

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "rounds_template"
SHARED = "rounds_shared"
REDIS_DATABASES = 16

_database_numbers = count(1)

# On a busy machine drawing and testing take what they take; that says nothing of the code.
hypothesis_settings.register_profile(
    "rounds", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis_settings.load_profile("rounds")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, the files that take longest begin first."""
    if hasattr(config, "workerinput"):
        items[:] = longest_first(items, ROOT / "tests")


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> None:
    """Settings come from the tests alone: neither a developer's `.env` nor their shell reaches them."""
    RoundsSettings.model_config["env_file"] = None
    for name in [name for name in os.environ if name.startswith("ROUNDS_")]:
        del os.environ[name]
    os.environ["ROUNDS_ENVIRONMENT"] = Environment.TEST


@pytest.fixture(scope="session", autouse=True)
def plain_log() -> None:
    """Log lines as JSON: the default's framed tracebacks take seconds each, and block every request."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ]
    )


@pytest.fixture(scope="session")
def servers() -> Iterator[Embedded]:
    """The session's PostgreSQL and Redis; their addresses are also the environment's from here on."""
    folder = tempfile.mkdtemp(
        prefix="rounds-tests-"
    )  # removed with its data, also when this process is killed
    with start_embedded(Path(folder), throwaway=True) as running:
        os.environ["DATABASE_URL"] = running.database_url
        os.environ["REDIS_URL"] = running.redis_url
        get_settings.cache_clear()
        yield running


@pytest.fixture(scope="session")
def migrated(servers: Embedded) -> Embedded:
    """The servers with a migrated database to copy, which nobody ever connects to."""
    _execute(servers.database_url, f"CREATE DATABASE {TEMPLATE}")
    config = Config(ROOT / "alembic.ini")
    config.attributes["database_url"] = _named(servers.database_url, TEMPLATE)
    command.upgrade(config, "head")
    return servers


@pytest.fixture(scope="session")
def settings(migrated: Embedded) -> Settings:
    """The settings of the tests that share one database."""
    _execute(migrated.database_url, f"CREATE DATABASE {SHARED} TEMPLATE {TEMPLATE}")
    os.environ["DATABASE_URL"] = _named(migrated.database_url, SHARED)
    get_settings.cache_clear()
    return get_settings()


@pytest.fixture
def redis_url(servers: Embedded) -> str:
    """An empty Redis, shared with the tests before and after."""
    _flush(servers.redis_url)
    return servers.redis_url


@pytest.fixture(scope="session")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """An engine on the shared database; write through `session`, which takes everything back."""
    made = create_engine(settings, pool_size=2)
    yield made
    await made.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One connection, in a transaction that is rolled back at the end."""
    async with engine.connect() as opened:
        transaction = await opened.begin()
        yield opened
        await transaction.rollback()


@pytest.fixture
def session_maker(connection: AsyncConnection) -> async_sessionmaker[AsyncSession]:
    """Sessions whose commits are savepoints inside the test's transaction."""
    return async_sessionmaker(
        connection, class_=AsyncSession, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )


@pytest.fixture
async def session(session_maker: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """A session that sees what `client` wrote, and the other way round once either has committed."""
    async with session_maker() as opened:
        yield opened


@pytest.fixture(scope="session")
async def running_app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application, started once; `app` and `fresh_app` give it the database of the test."""
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
def app(
    running_app: FastAPI, session_maker: async_sessionmaker[AsyncSession], redis_url: str
) -> Iterator[FastAPI]:
    """The application inside the test's transaction."""
    before = running_app.state.session_maker
    running_app.state.session_maker = session_maker
    yield running_app
    running_app.state.session_maker = before
    running_app.dependency_overrides.clear()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the API in this process; no exception of the application is let through to the test."""
    async with _client(app) as opened:
        yield opened


@pytest.fixture
def fresh_database_url(migrated: Embedded) -> Iterator[str]:
    """A migrated database of the test's own."""
    name = f"rounds_fresh_{next(_database_numbers)}"
    _execute(migrated.database_url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield _named(migrated.database_url, name)
    _execute(migrated.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database_url(servers: Embedded) -> Iterator[str]:
    """A database of the test's own with nothing in it."""
    name = f"rounds_empty_{next(_database_numbers)}"
    _execute(servers.database_url, f"CREATE DATABASE {name}")
    yield _named(servers.database_url, name)
    _execute(servers.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_redis_url(servers: Embedded) -> str:
    """An empty Redis database of the test's own."""
    number = next(_database_numbers) % (REDIS_DATABASES - 1) + 1
    url = servers.redis_url.rpartition("/")[0] + f"/{number}"
    _flush(url)
    return url


@pytest.fixture
async def fresh_engine(fresh_database_url: str, settings: Settings) -> AsyncIterator[AsyncEngine]:
    """An engine on the test's own database: its commits are real."""
    made = create_engine(
        settings.model_copy(update={"database_url": SecretStr(fresh_database_url)}), pool_size=10
    )
    yield made
    await made.dispose()


@pytest.fixture
def fresh_session_maker(fresh_engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return create_session_maker(fresh_engine)


@pytest.fixture
async def fresh_client(
    running_app: FastAPI,
    fresh_engine: AsyncEngine,
    fresh_session_maker: async_sessionmaker[AsyncSession],
    redis_url: str,
) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the API on the test's own database: requests may run side by side."""
    before = (running_app.state.engine, running_app.state.session_maker)
    running_app.state.engine, running_app.state.session_maker = fresh_engine, fresh_session_maker
    async with _client(running_app) as opened:
        yield opened
    running_app.state.engine, running_app.state.session_maker = before
    running_app.dependency_overrides.clear()


@pytest.fixture
def processes(tmp_path: Path, fresh_database_url: str, fresh_redis_url: str) -> Iterator[Processes]:
    """Starts live processes on the test's own database and Redis."""
    started = Processes(tmp_path, {"DATABASE_URL": fresh_database_url, "REDIS_URL": fresh_redis_url})
    yield started
    started.stop_all()


@pytest.fixture
def live_server(processes: Processes) -> str:
    """The base URL of a server in a process of its own."""
    return processes.server()


@pytest.fixture
def live_worker(processes: Processes) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    return processes.worker()


def _client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://rounds.test")


def _named(url: str, database: str) -> str:
    return sa.make_url(url).set(database=database).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL(statement))  # names made here, no values


def _flush(url: str) -> None:
    with redis_client.Redis.from_url(url) as client:
        client.flushdb()
