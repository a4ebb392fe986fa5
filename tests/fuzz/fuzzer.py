"""Every operation of the API under generated requests, good and bad: no 5xx, and only what it documents.

The requests come from the application's own OpenAPI document. They are few and always the same, so that the
gate is quick and steady; for a hunt, `FUZZ_EXAMPLES=200 uv run pytest tests/fuzz --timeout 0`. The areas are
tested in files of their own, so that they run side by side.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import CheckFunction, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import User
from src.auth.rules import Scope
from tests.factories.auth import make_member, make_user, sign_in
from tests.factories.path_ids import World
from tests.factories.programs_db import store_program
from tests.routes import Route, routes_of

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
"""How many requests each operation gets as documented, and how many otherwise."""

KEPT = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
NEEDS_A_WORKER = frozenset({"/ready"})
"""503 while no worker runs is its right answer."""


def checks_for(case: schemathesis.Case) -> list[CheckFunction]:
    """All that are kept; but whatever is put into a file's place in a form is sent as a file, and is one."""
    told_apart = not (case.media_type or "").startswith("multipart/")
    return [CHECKS.get_one(name) for name in KEPT if told_apart or name != "negative_data_rejection"]


@dataclass
class Fuzzer:
    """Sends what is generated, in a thread, to the application on the event loop."""

    client: httpx.AsyncClient
    loop: asyncio.AbstractEventLoop
    maker: async_sessionmaker[AsyncSession]
    user: User
    headers: dict[str, str]

    def check(self, operation: APIOperation, path_parameters: dict[str, str]) -> list[str]:
        """What was wrong with the answers to the requests for one operation."""
        fitting = operation.as_strategy(path_parameters=path_parameters)
        unfitting = operation.as_strategy(
            generation_mode=GenerationMode.NEGATIVE, path_parameters=path_parameters
        )
        found = self._try(fitting, EXAMPLES) + self._try(unfitting, EXAMPLES)
        if path_parameters:
            found += self._try(operation.as_strategy(), 1)
        return [f"{operation.label}: {complaint}" for complaint in found]

    def _try(self, cases: st.SearchStrategy[schemathesis.Case], examples: int) -> list[str]:
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def every_answer_is_documented(case: schemathesis.Case) -> None:
            case.query.pop("wait", None)  # long polls would take their time
            answer = self._send(case)
            if answer.status_code != 429:
                case.validate_response(answer, checks=checks_for(case))

        try:
            every_answer_is_documented()
        except Unsatisfiable:  # there is nothing about it that could be wrong
            return []
        except FailureGroup as group:
            return [str(failure) for failure in group.exceptions]
        return []

    def _send(self, case: schemathesis.Case) -> httpx.Response:
        prepared = requests.Request(**case.as_transport_kwargs(base_url="http://rounds.test")).prepare()
        request = httpx.Request(
            method=str(prepared.method),
            url=str(prepared.url),
            headers={**prepared.headers, **self.headers},
            content=prepared.body or b"",
        )
        return asyncio.run_coroutine_threadsafe(self._answer(request), self.loop).result(30)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self.client.send(request)
        if answer.status_code in {204, 401} and request.url.path.startswith("/api/v1/auth"):
            async with self.maker() as session:
                self.headers = await sign_in(session, self.user)
        return answer


AREAS: Mapping[str, frozenset[str]] = {
    "people": frozenset({"auth", "users", "audit", "health"}),
    "programs": frozenset({"programs"}),
    "schedules": frozenset({"schedules", "runs", "assignments", "planning"}),
    "compliance": frozenset({"rules", "hours", "reports", "certificates"}),
}
"""Tags of the operations by the area they are tested in."""


async def complaints_of(
    app: FastAPI,
    client: httpx.AsyncClient,
    maker: async_sessionmaker[AsyncSession],
    area: str,
    *,
    every: int = 1,
    first: int = 0,
) -> list[str]:
    """What was wrong with the answers of an area's operations, or of every so-manieth of them.

    Coordinators are let loose on what belongs to a program, admins on the rest.
    """
    load_all_checks()
    found: list[str] = []
    for role in (Role.ADMIN, Role.COORDINATOR):
        async with maker() as session:
            world = World(session, await store_program(session), await store_program(session))
            user = (
                await make_user(session, is_admin=True)
                if role is Role.ADMIN
                else await make_member(session, world.own, role)
            )
            fuzzer = Fuzzer(client, asyncio.get_running_loop(), maker, user, await sign_in(session, user))
            routes = {str(route): route for route in routes_of(app) if wanted(route, role)}
            named = {path: await named_by(world, route) for path, route in routes.items()}
        mine = [operation for operation in operations_of(app) if AREAS[area] & set(operation.tags or ())]
        for operation in mine[first::every]:
            path_parameters = named.get(f"{operation.method.upper()} {operation.path}")
            if path_parameters is not None:
                found += await asyncio.to_thread(fuzzer.check, operation, path_parameters)
    return found


def operations_of(app: FastAPI) -> list[APIOperation]:
    """Every operation of the application's own document."""
    return [found.ok() for found in schemathesis.openapi.from_dict(app.openapi()).get_all_operations()]


def wanted(route: Route, role: Role) -> bool:
    """Whether a route is for that role to try."""
    if route.streams or route.path in NEEDS_A_WORKER:
        return False
    return (route.rule.scope is Scope.PROGRAM) is (role is Role.COORDINATOR)


async def named_by(world: World, route: Route) -> dict[str, str]:
    """Things that are there, as long as nothing generated removes them."""
    given: dict[str, str] = {}
    for name in route.parameters:
        given[name] = await world.value(name, world.own, given)
    return given
