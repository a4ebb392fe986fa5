"""A query parameter that a route does not know is named, on every route, before anything is looked up."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlmodel.ext.asyncio.session import AsyncSession

from src.query_parameters import known_parameters
from tests.factories.auth import make_user, sign_in
from tests.routes import routes_of

NOBODYS = "00000000-0000-7000-8000-000000000000"
"""An id that nothing has."""


@pytest.fixture
async def headers(session: AsyncSession) -> dict[str, str]:
    return await sign_in(session, await make_user(session, is_admin=True))


async def test_an_unknown_parameter_is_named_beside_those_that_are_known(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.get("/api/v1/programs", params={"page": 1, "archvied": "true"}, headers=headers)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    [told] = error["details"]["errors"]
    assert (told["pointer"], told["code"]) == ("/query/archvied", "extra_forbidden")
    assert "'archvied'" in told["message"]
    assert "archived" in told["message"]
    assert "page_size" in told["message"]


async def test_every_unknown_parameter_is_named_at_once(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.get("/api/v1/programs?first=1&second=2&first=3", headers=headers)
    pointers = [told["pointer"] for told in answer.json()["error"]["details"]["errors"]]
    assert pointers == ["/query/first", "/query/second"]


async def test_known_parameters_pass_also_under_their_alias(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    listed = await client.get("/api/v1/programs?page=1&page_size=5&search=x&archived=false", headers=headers)
    assert listed.status_code == 200


@pytest.mark.parametrize("name", ["Page", "page[]", "page ", "ＰＡＧＥ", ""])
async def test_a_name_is_known_to_the_letter(
    client: httpx.AsyncClient, headers: dict[str, str], name: str
) -> None:
    answer = await client.get("/api/v1/programs", params={name: "1"}, headers=headers)
    assert answer.status_code == 422


async def test_what_no_route_is_stays_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/nowhere?what=1")).status_code == 404
    assert (await client.get("/api/v1/openapi.json?what=1")).status_code == 200


async def test_every_route_refuses_what_it_does_not_know(app: FastAPI, client: httpx.AsyncClient) -> None:
    """Streams too, and whoever asks: the answer is the same for what is there and what is not."""
    passed = []
    for route in routes_of(app):
        path = route.path.format(**dict.fromkeys(route.parameters, NOBODYS))
        answer = await client.request(route.method, path, params={"no_such_parameter": "1"})
        errors = answer.json()["error"]["details"].get("errors", [])
        if answer.status_code != 422 or errors[0]["pointer"] != "/query/no_such_parameter":
            passed.append(f"{route}: {answer.status_code}")
    assert passed == []


def test_what_a_route_knows_is_what_its_documentation_says(running_app: FastAPI) -> None:
    document: dict[str, Any] = running_app.openapi()
    complaints = []
    for context in iter_route_contexts(running_app.routes):
        if not isinstance(context.original_route, APIRoute):
            continue
        for method in context.methods or ():
            documented = document["paths"][str(context.path)][method.lower()].get("parameters", ())
            told = {one["name"] for one in documented if one["in"] == "query"}
            in_path = {one["name"] for one in documented if one["in"] == "path"}
            if set(known_parameters(context.original_route.dependant, in_path)) != told:
                complaints.append(f"{method} {context.path}")
    assert complaints == []


async def test_a_parameter_of_the_path_is_none_of_the_query(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.get(f"/api/v1/programs/{NOBODYS}/people?program_id={NOBODYS}", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["pointer"] == "/query/program_id"
