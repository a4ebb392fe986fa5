"""Every response carries a request id and security headers, whatever became of the request."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncEngine

from src.config import Settings
from src.database import create_session_maker
from src.main import create_app
from src.middleware import SECURITY_HEADERS

LIMIT = 2048
ORIGIN = "https://console.example.org"


async def _broken() -> None:
    raise RuntimeError("the inside of the house: password=hunter2")


async def _echo(request: Request) -> dict[str, int]:
    return {"bytes": len(await request.body())}


async def _half() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"half an answer"
        raise RuntimeError("then it broke")

    return StreamingResponse(parts())


@pytest.fixture(scope="module")
def made(settings: Settings, engine: AsyncEngine) -> FastAPI:
    """The application with a small limit, an origin, and routes that go wrong."""
    app = create_app(settings.model_copy(update={"max_body_bytes": LIMIT, "cors_origins": (ORIGIN,)}))
    app.state.session_maker = create_session_maker(engine)
    app.add_api_route("/broken", _broken)
    app.add_api_route("/echo", _echo, methods=["POST"])
    app.add_api_route("/half", _half)
    return app


@pytest.fixture
async def http(made: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(made, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://rounds.test") as client:
        yield client


async def test_a_request_id_that_is_sane_comes_back(http: httpx.AsyncClient) -> None:
    answer = await http.get("/health", headers={"X-Request-ID": "run-42.a_B"})
    assert answer.headers["X-Request-ID"] == "run-42.a_B"


@pytest.mark.parametrize("given", ["", "a b", "x" * 81, "évil", "a\tb", "<script>", "a;b", "a\\nb"])
async def test_any_other_is_replaced(http: httpx.AsyncClient, given: str) -> None:
    answer = await http.get("/health", headers={"X-Request-ID": given.encode()})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


async def test_without_one_each_request_gets_its_own(http: httpx.AsyncClient) -> None:
    ids = {(await http.get("/health")).headers["X-Request-ID"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/nowhere", 404),
        ("DELETE", "/health", 405),
        ("GET", "/api/v1/me", 401),
        ("POST", "/api/v1/auth/login", 422),
        ("GET", "/broken", 500),
    ],
)
async def test_whatever_the_answer_it_carries_all_headers(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path, headers={"X-Request-ID": "seen", "Origin": ORIGIN})
    assert answer.status_code == status
    assert answer.headers["X-Request-ID"] == "seen"
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


async def test_a_failure_says_nothing_of_the_inside(http: httpx.AsyncClient) -> None:
    answer = await http.get("/broken", headers={"X-Request-ID": "seen"})
    assert answer.json() == {
        "error": {
            "code": "INTERNAL_ERROR",
            "message": "Something went wrong on our side.",
            "details": {"request_id": "seen"},
        }
    }


async def test_an_answer_that_breaks_half_way_is_broken_off(made: FastAPI) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(made), base_url="http://rounds.test"
    ) as client:
        with pytest.raises(RuntimeError, match="then it broke"):
            await client.get("/half")


async def test_the_log_tells_of_the_request_without_what_was_typed_into_it(
    http: httpx.AsyncClient,
) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        await http.get("/nowhere?search=somebody's+name", headers={"X-Request-ID": "seen"})
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/nowhere", 404)
    assert line["request_id"] == "seen"
    assert "somebody" not in str(line)


async def test_a_body_of_the_allowed_size_passes(http: httpx.AsyncClient) -> None:
    answer = await http.post("/echo", content=b"x" * LIMIT)
    assert answer.json() == {"bytes": LIMIT}


async def test_an_announced_body_that_is_too_large_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/echo", content=b"x" * (LIMIT + 1), headers={"X-Request-ID": "seen"})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "TOO_LARGE"
    assert answer.headers["X-Request-ID"] == "seen"


async def test_a_body_that_grows_too_large_unannounced_is_refused(http: httpx.AsyncClient) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(10_000):
            taken += 1024
            yield b"x" * 1024

    answer = await http.post("/echo", content=endless())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/api/v1/auth/login", "application/x-www-form-urlencoded"),
        ("/api/v1/auth/login", "multipart/form-data; boundary=b"),
        ("/api/v1/auth/refresh", "application/json"),
    ],
)
async def test_forms_and_json_meet_the_same_limit(
    http: httpx.AsyncClient, path: str, content_type: str
) -> None:
    content = b"--b\r\n" + b"x" * LIMIT * 2
    answer = await http.post(path, content=content, headers={"Content-Type": content_type})
    assert answer.status_code == 413


async def test_another_origin_is_not_let_in(http: httpx.AsyncClient) -> None:
    answer = await http.get("/health", headers={"Origin": "https://evil.example.org"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    asked = await http.options(
        "/api/v1/me",
        headers={"Origin": "https://evil.example.org", "Access-Control-Request-Method": "GET"},
    )
    assert "Access-Control-Allow-Origin" not in asked.headers


async def test_the_named_origin_may_send_what_the_api_needs(http: httpx.AsyncClient) -> None:
    wanted = "authorization, content-type, if-match, idempotency-key"
    answer = await http.options(
        "/api/v1/me",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": wanted,
        },
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_no_origin_is_let_in_by_default(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health", headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_documentation_may_load_what_it_needs_and_nothing_else_may(
    http: httpx.AsyncClient,
) -> None:
    assert "cdn.jsdelivr.net" in (await http.get("/docs")).headers["Content-Security-Policy"]
    assert "cdn" not in (await http.get("/api/v1/openapi.json")).headers["Content-Security-Policy"]
