"""Every error is one envelope with the status of its kind, and none of them a surprise."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import Body, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from src import exceptions
from src.config import Settings
from src.database import create_engine, create_session_maker
from src.exception_handlers import STATUS_BY_KIND, error_responses, json_pointer
from src.exceptions import DomainError, TooManyRequestsError
from src.main import create_app
from tests.unreachable import unreachable_settings


class Inner(BaseModel):
    number: int


class Outer(BaseModel):
    inner: list[Inner]


class OfNoKindError(DomainError):
    code = "OF_NO_KIND"


class NarrowConflictError(exceptions.ConflictError):
    code = "NARROW"
    message = "Narrower."


@pytest.fixture(scope="module")
def made(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
async def answer_to(made: FastAPI) -> AsyncIterator[Callable[[BaseException], Awaitable[httpx.Response]]]:
    """What a caller sees when a route raises this."""
    raised: list[BaseException] = []

    async def route() -> None:
        raise raised[-1]

    made.add_api_route("/raises", route)
    transport = httpx.ASGITransport(made, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://rounds.test") as client:

        async def ask(error: BaseException) -> httpx.Response:
            raised.append(error)
            return await client.get("/raises")

        yield ask
    made.router.routes.pop()


Ask = Callable[[BaseException], Awaitable[httpx.Response]]


@pytest.mark.parametrize("kind", STATUS_BY_KIND)
async def test_each_kind_has_its_status_code_and_sentence(answer_to: Ask, kind: type[DomainError]) -> None:
    error = kind(retry_after=7) if kind is TooManyRequestsError else kind(details={"fact": 1})
    answer = await answer_to(error)
    assert answer.status_code == STATUS_BY_KIND[kind]
    body = answer.json()["error"]
    assert (body["code"], body["message"]) == (kind.code, kind.message)
    assert body["details"] == ({"retry_after": 7} if kind is TooManyRequestsError else {"fact": 1})


async def test_a_narrower_error_has_the_status_of_its_kind_and_its_own_code(answer_to: Ask) -> None:
    answer = await answer_to(NarrowConflictError())
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "NARROW")


async def test_an_error_of_no_kind_is_the_callers(answer_to: Ask) -> None:
    answer = await answer_to(OfNoKindError())
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "OF_NO_KIND")


async def test_who_asks_too_often_learns_when_to_come_back(answer_to: Ask) -> None:
    answer = await answer_to(TooManyRequestsError(retry_after=7))
    assert answer.headers["Retry-After"] == "7"


async def test_who_must_sign_in_learns_how(answer_to: Ask) -> None:
    answer = await answer_to(exceptions.UnauthenticatedError())
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "error", [ValueError("secret inside"), KeyError("secret"), AssertionError("secret"), OSError("secret")]
)
async def test_the_unforeseen_is_500_and_tells_nothing_but_the_request_id(
    answer_to: Ask, error: Exception
) -> None:
    answer = await answer_to(error)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["error"]["details"] == {"request_id": answer.headers["X-Request-ID"]}


async def test_an_http_exception_of_the_framework_gets_the_envelope(answer_to: Ask) -> None:
    answer = await answer_to(HTTPException(418, "short and stout", headers={"X-Pot": "tea"}))
    assert answer.status_code == 418
    assert answer.json()["error"] == {"code": "IM_A_TEAPOT", "message": "short and stout", "details": {}}
    assert answer.headers["X-Pot"] == "tea"


async def test_unknown_routes_and_methods_get_the_envelope(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/api/v1/nowhere")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "NOT_FOUND")
    refused = await client.delete("/health")
    assert (refused.status_code, refused.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert "GET" in refused.headers["Allow"]


@pytest.mark.parametrize(
    ("content", "status", "pointers"),
    [
        (b"", 422, ["/body"]),
        (b"{", 422, ["/body/1"]),
        (b"null", 422, ["/body"]),
        (b"[]", 422, ["/body"]),
        (b"{}", 422, ["/body/inner"]),
        (
            b'{"inner": [{"number": 1}, {"number": "x"}, {}]}',
            422,
            ["/body/inner/1/number", "/body/inner/2/number"],
        ),
        (b"\xff\xfe\xfd", 400, []),
        (b"[" * 100_000, 400, []),
    ],
)
async def test_a_body_that_is_wrong_says_where(
    made: FastAPI, content: bytes, status: int, pointers: list[str]
) -> None:
    async def takes(body: Annotated[Outer, Body()]) -> int:
        return len(body.inner)

    made.add_api_route("/takes", takes, methods=["POST"])
    transport = httpx.ASGITransport(made, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://rounds.test") as client:
        answer = await client.post("/takes", content=content, headers={"Content-Type": "application/json"})
    made.router.routes.pop()
    assert answer.status_code == status
    error = answer.json()["error"]
    assert [item["pointer"] for item in error["details"].get("errors", [])] == pointers
    assert error["code"] == ("VALIDATION_ERROR" if status == 422 else "BAD_REQUEST")


def test_pointers_escape_what_pointers_are_made_of() -> None:
    assert json_pointer(("body", "a/b", "c~d", 3)) == "/body/a~1b/c~0d/3"


STATEMENTS: list[tuple[str, dict[str, Any], int, str]] = [
    ("SELECT CAST(:value AS text)", {"value": "nul\x00"}, 422, "INVALID"),
    ("SELECT CAST(:value AS text)", {"value": "\ud800"}, 422, "INVALID"),
    ("SELECT CAST(:value AS bigint)", {"value": 2**70}, 422, "INVALID"),
    ("SELECT CAST(:value AS smallint)", {"value": 2**40}, 422, "INVALID"),
    ("SELECT CAST('294277-01-01' AS timestamptz)", {}, 422, "INVALID"),
    ("SELECT 1 / 0", {}, 500, "INTERNAL_ERROR"),
    ("SELECT no_such_column", {}, 500, "INTERNAL_ERROR"),
    ("INSERT INTO program_membership (id) VALUES (gen_random_uuid())", {}, 409, "CONFLICT"),
]


@pytest.mark.parametrize(("statement", "values", "status", "code"), STATEMENTS)
async def test_what_the_database_refuses_is_told_in_the_callers_words(
    session: AsyncSession,
    answer_to: Ask,
    statement: str,
    values: dict[str, Any],
    status: int,
    code: str,
) -> None:
    with pytest.raises(sa.exc.DBAPIError) as refused:
        async with session.begin_nested():
            await (await session.connection()).execute(sa.text(statement), values)
    answer = await answer_to(refused.value)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "SELECT" not in answer.text
    assert "INSERT" not in answer.text


async def test_a_statement_that_took_too_long_is_unavailable(session: AsyncSession, answer_to: Ask) -> None:
    connection = await session.connection()
    nested = await session.begin_nested()
    await connection.execute(sa.text("SET LOCAL statement_timeout = 20"))
    with pytest.raises(sa.exc.DBAPIError) as refused:
        await connection.execute(sa.text("SELECT pg_sleep(5)"))
    await nested.rollback()
    answer = await answer_to(refused.value)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")


async def test_two_who_lock_each_other_out_are_a_conflict(fresh_engine: AsyncEngine, answer_to: Ask) -> None:
    lock = sa.text("SELECT pg_advisory_xact_lock(1)")
    async with fresh_engine.connect() as one, fresh_engine.connect() as other:
        await one.execute(lock)
        await other.execute(sa.text("SET lock_timeout = 20"))
        with pytest.raises(sa.exc.DBAPIError) as refused:
            await other.execute(lock)
    answer = await answer_to(refused.value)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")


@pytest.fixture
async def dead_engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(unreachable_settings(settings))
    yield engine
    await engine.dispose()


async def test_while_the_database_is_away_every_route_is_unavailable(
    running_app: FastAPI, fresh_client: httpx.AsyncClient, dead_engine: AsyncEngine
) -> None:
    running_app.state.session_maker = create_session_maker(dead_engine)
    form = {"username": "casey@example.org", "password": "correct horse battery"}
    answer = await fresh_client.post("/api/v1/auth/login", data=form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")


def test_the_documentation_shows_an_example_of_every_error() -> None:
    documented = error_responses(404, 409, 422, 500)
    assert list(documented) == [404, 409, 422, 500]
    for status, response in documented.items():
        example = response["content"]["application/json"]["example"]
        assert response["model"].model_validate(example)
        assert example["error"]["code"], status


def test_every_operation_is_documented_whole(running_app: FastAPI) -> None:
    """Summary, a readable id, typed answers with an example, and the errors that it can give."""
    document = running_app.openapi()
    complaints = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            label = f"{method.upper()} {path}"
            if not operation.get("summary"):
                complaints.append(f"{label} has no summary")
            if not operation["operationId"].isidentifier():
                complaints.append(f"{label} has the id {operation['operationId']}")
            for status, response in operation["responses"].items():
                if int(status) >= 400 and "ErrorEnvelope" not in json.dumps(response):
                    complaints.append(f"{label} has an untyped {status}")
            if path.startswith("/api/v1") and "security" in operation and "401" not in operation["responses"]:
                complaints.append(f"{label} asks for a token and documents no 401")
    assert not complaints, "\n".join(complaints)
