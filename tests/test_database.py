"""One transaction a request: what was answered is committed, what failed is gone, hooks wait for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src import exception_handlers
from src.auth.models import User
from src.database import AfterCommit, SessionDep, after_commit, transaction
from src.exceptions import ConflictError

Maker = async_sessionmaker[AsyncSession]


class StandingError(ConflictError):
    changes_stand = True


def someone(email: str = "a@example.org") -> User:
    return User(email=email, full_name="A")


async def known(maker: Maker) -> list[str]:
    async with maker() as session:
        return list((await session.exec(select(User.email).order_by(User.email))).all())


async def add_and_raise(maker: Maker, error: BaseException, hook: AfterCommit | None = None) -> None:
    async with transaction(maker) as session:
        if hook is not None:
            after_commit(session, hook)
        session.add(someone())
        await session.flush()
        raise error


async def test_what_was_done_is_committed_at_the_end(fresh_session_maker: Maker) -> None:
    async with transaction(fresh_session_maker) as session:
        session.add(someone())
        assert await known(fresh_session_maker) == []
    assert await known(fresh_session_maker) == ["a@example.org"]


@pytest.mark.parametrize("error", [ConflictError(), RuntimeError(), KeyboardInterrupt()])
async def test_an_error_takes_everything_back(fresh_session_maker: Maker, error: BaseException) -> None:
    with pytest.raises(type(error)):
        await add_and_raise(fresh_session_maker, error)
    assert await known(fresh_session_maker) == []


async def test_an_error_may_say_that_its_changes_stand(fresh_session_maker: Maker) -> None:
    with pytest.raises(StandingError):
        await add_and_raise(fresh_session_maker, StandingError())
    assert await known(fresh_session_maker) == ["a@example.org"]


async def test_hooks_run_after_the_commit_in_order(fresh_session_maker: Maker) -> None:
    seen: list[object] = []

    def hook(name: str) -> Callable[[], object]:
        async def run() -> None:
            seen.append((name, await known(fresh_session_maker)))

        return run

    async with transaction(fresh_session_maker) as session:
        after_commit(session, hook("first"))
        after_commit(session, hook("second"))
        session.add(someone())
    assert seen == [("first", ["a@example.org"]), ("second", ["a@example.org"])]


async def test_no_hook_runs_for_what_was_taken_back(fresh_session_maker: Maker) -> None:
    ran: list[int] = []

    async def hook() -> None:
        ran.append(1)

    with pytest.raises(RuntimeError):
        await add_and_raise(fresh_session_maker, RuntimeError(), hook)
    assert ran == []


async def test_a_hook_that_fails_spoils_neither_the_commit_nor_the_next_hook(
    fresh_session_maker: Maker,
) -> None:
    ran: list[int] = []

    async def broken() -> None:
        raise RuntimeError

    async def sound() -> None:
        ran.append(1)

    async with transaction(fresh_session_maker) as session:
        after_commit(session, broken)
        after_commit(session, sound)
        session.add(someone())
    assert ran == [1]
    assert await known(fresh_session_maker) == ["a@example.org"]


@pytest.fixture
async def http(fresh_session_maker: Maker) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    exception_handlers.install(app)
    app.state.session_maker = fresh_session_maker

    async def doomed(session: SessionDep) -> str:
        """Everything is fine until the commit: the constraint is checked only then."""
        connection = await session.connection()
        await connection.execute(sa.text("CREATE TABLE doomed (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        await connection.execute(sa.text("INSERT INTO doomed VALUES (1), (1)"))
        return "done"

    async def adds(session: SessionDep, email: str) -> UUID:
        row = someone(email)
        session.add(row)
        await session.flush()
        return row.id

    async def adds_and_fails(session: SessionDep) -> None:
        session.add(someone("failed@example.org"))
        await session.flush()
        raise ConflictError

    app.add_api_route("/doomed", doomed)
    app.add_api_route("/adds", adds)
    app.add_api_route("/adds-and-fails", adds_and_fails)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://rounds.test") as client:
        yield client


async def test_a_commit_that_fails_is_no_success(http: httpx.AsyncClient) -> None:
    answer = await http.get("/doomed")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")


async def test_what_was_answered_is_there_for_everyone(
    http: httpx.AsyncClient, fresh_session_maker: Maker
) -> None:
    email = f"{uuid4().hex}@example.org"
    assert (await http.get("/adds", params={"email": email})).status_code == 200
    assert await known(fresh_session_maker) == [email]


async def test_a_request_that_failed_leaves_nothing(
    http: httpx.AsyncClient, fresh_session_maker: Maker
) -> None:
    assert (await http.get("/adds-and-fails")).status_code == 409
    assert await known(fresh_session_maker) == []
