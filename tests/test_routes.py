"""Every route × every role × own and foreign program, derived from the application itself.

What a route demands is read from the one rule it states; whoever adds a route adds nothing here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import EVERY_ROLE, MEMBER_ROLES, Role
from src.auth.rules import RuleError, Scope
from src.programs.models import Program
from src.query_parameters import known_parameters
from tests.factories.auth import make_member, make_user, sign_in
from tests.factories.path_ids import World, suppliers
from tests.factories.programs_db import store_program
from tests.routes import Route, routes_of

ASKS_MORE_THAN_ONE_CONNECTION = frozenset({"/ready"})
"""Its answer to everyone is told in test_health.py; here all requests share one connection."""

NOT_THERE, FORBIDDEN, SIGN_IN = frozenset({404}), frozenset({403}), frozenset({401})
NO_ENTRY = frozenset({401, 403, 404, 405})
MALFORMED = frozenset({422, 428})
"""What a route says to a request without body and headers before it looks any further."""


class Walker:
    """Calls routes as this or that viewer; whatever a call changes is taken back."""

    def __init__(
        self, app: FastAPI, client: httpx.AsyncClient, connection: AsyncConnection, world: World
    ) -> None:
        self.app = app
        self.client = client
        self.connection = connection
        self.world = world
        self.headers: dict[str, dict[str, str]] = {"nobody": {}}
        self.complaints: list[str] = []

    async def url(self, route: Route, program: Program, last: Program | None = None) -> str:
        """The route's address in the program; its last parameter from another one where that is given."""
        await self.app.state.redis.flushdb()  # limits on how often are no matter of permission
        given: dict[str, str] = {}
        for number, name in enumerate(route.parameters, start=1):
            at_the_end = last is not None and number == len(route.parameters)
            elsewhere = {"program_id": str(last.id)} if at_the_end and last else {}
            where = last if at_the_end and last else program
            given[name] = await self.world.value(name, where, {**given, **elsewhere})
        return route.path.format(**given)

    async def call(self, route: Route, url: str, who: str) -> int:
        nested = await self.connection.begin_nested()
        try:
            answer = await self.client.request(route.method, url, headers=self.headers[who])
        finally:
            await nested.rollback()
        return answer.status_code

    async def expect(self, route: Route, url: str, who: str, wanted: frozenset[int], why: str) -> None:
        status = await self.call(route, url, who)
        if status not in wanted:
            self.complaints.append(f"{route} as {who}, {why}: {status}, not {sorted(wanted)}")

    async def expect_entry(self, route: Route, url: str, who: str) -> None:
        if route.streams:
            return  # an endless answer; refusals of it are walked like all others
        status = await self.call(route, url, who)
        if status in NO_ENTRY or status >= 500:
            self.complaints.append(f"{route} as {who} who may: {status}")

    def conclude(self) -> None:
        assert not self.complaints, "\n" + "\n".join(self.complaints)


@pytest.fixture
async def walker(
    app: FastAPI, client: httpx.AsyncClient, connection: AsyncConnection, session: AsyncSession
) -> AsyncIterator[Walker]:
    own, foreign = await store_program(session), await store_program(session)
    made = Walker(app, client, connection, World(session, own, foreign))
    for role in sorted(MEMBER_ROLES):
        made.headers[role] = await sign_in(session, await make_member(session, own, role))
    made.headers[Role.ADMIN] = await sign_in(session, await make_user(session, is_admin=True))
    made.headers["creator"] = await sign_in(session, await make_user(session, may_create_programs=True))
    made.headers["stranger"] = await sign_in(session, await make_user(session))
    yield made
    await session.commit()


def walked(app: FastAPI) -> list[Route]:
    return [route for route in routes_of(app) if route.path not in ASKS_MORE_THAN_ONE_CONNECTION]


def expectation(route: Route, role: Role) -> tuple[frozenset[int], str]:
    """What a member gets in the own program, and why; nothing in particular for one who may enter.

    A thing that the role does not read is not there. Where the role may not do this to any such thing, the
    answer may be just that, since it tells nothing of this one.
    """
    rule = route.rule
    named = [suppliers()[name] for name in route.parameters if name in suppliers()]
    malformed = MALFORMED if route.takes_body else frozenset()
    if role not in rule.readers | rule.roles:
        return NOT_THERE, "who may not know of it"
    if role not in rule.roles:
        unreadable = any(role not in supplier.readers for supplier in named)
        return (NOT_THERE | FORBIDDEN if unreadable else FORBIDDEN), "who may only read it"
    if any(role not in supplier.readers for supplier in named):
        return NOT_THERE | malformed, "who may not read this one"
    if route.method != "GET" and any(role in supplier.only_own for supplier in named):
        return FORBIDDEN | malformed, "who changes only the own"
    return frozenset(), ""


def speaks_of_programs(route: Route) -> bool:
    """Whether the path names something that belongs to a program."""
    return any(
        name == "program_id" or (name in suppliers() and suppliers()[name].of_program)
        for name in route.parameters
    )


def test_every_route_states_exactly_one_rule(running_app: FastAPI) -> None:
    complaints = []
    for route in routes_of(running_app):
        try:
            route.rule  # noqa: B018  # reading it is the test
        except RuleError as error:
            complaints.append(f"{route}: {error}")
    assert not complaints, "\n" + "\n".join(complaints)


def test_every_path_parameter_has_a_supplier(running_app: FastAPI) -> None:
    named = {name for route in routes_of(running_app) for name in route.parameters} - {"program_id"}
    assert named - set(suppliers()) == set()


def test_no_two_routes_share_a_name_or_an_address(running_app: FastAPI) -> None:
    routes = routes_of(running_app)
    for counted in (Counter(route.name for route in routes), Counter(map(str, routes))):
        assert [what for what, times in counted.items() if times > 1] == []


def test_what_names_a_program_asks_for_a_role_in_it_or_for_an_admin(running_app: FastAPI) -> None:
    loose = [
        str(route)
        for route in routes_of(running_app)
        if speaks_of_programs(route) and route.rule.scope not in {Scope.PROGRAM, Scope.ADMIN}
    ]
    assert loose == []


async def test_nobody_gets_in_without_signing_in(walker: Walker) -> None:
    for route in walked(walker.app):
        url = await walker.url(route, walker.world.own)
        if route.rule.scope is Scope.PUBLIC:
            await walker.expect_entry(route, url, "nobody")
        else:
            await walker.expect(route, url, "nobody", SIGN_IN, "not signed in")
    walker.conclude()


async def test_in_the_own_program_each_role_gets_what_its_rule_says(walker: Walker) -> None:
    for route in walked(walker.app):
        if route.rule.scope is not Scope.PROGRAM:
            continue
        url = await walker.url(route, walker.world.own)
        for role in sorted(EVERY_ROLE):
            wanted, why = expectation(route, role)
            if wanted:
                await walker.expect(route, url, role, wanted, why)
            else:
                await walker.expect_entry(route, url, role)
    walker.conclude()


async def test_a_foreign_program_is_not_there_for_any_role_nor_for_strangers(walker: Walker) -> None:
    for route in walked(walker.app):
        if route.rule.scope is not Scope.PROGRAM:
            continue
        url = await walker.url(route, walker.world.foreign)
        for who in (*sorted(MEMBER_ROLES), "stranger"):
            await walker.expect(route, url, who, NOT_THERE, "in a foreign program")
        if Role.ADMIN in route.rule.roles:
            await walker.expect_entry(route, url, Role.ADMIN)
    walker.conclude()


async def test_a_foreign_thing_is_not_there_under_the_own_program(walker: Walker) -> None:
    """The path says the own program, and then a thing of the other one."""
    for route in walked(walker.app):
        *first, last = route.parameters or [""]
        if "program_id" not in first or last not in suppliers() or not suppliers()[last].of_program:
            continue
        url = await walker.url(route, walker.world.own, last=walker.world.foreign)
        for who in sorted(route.rule.roles):
            status = await walker.call(route, url, who)
            if status != 404 and not (route.takes_body and status in MALFORMED):
                walker.complaints.append(f"{route} as {who} with a foreign {last}: {status}, not 404")
    walker.conclude()


async def test_what_is_for_admins_is_for_nobody_else(walker: Walker) -> None:
    for route in walked(walker.app):
        if route.rule.scope is not Scope.ADMIN:
            continue
        url = await walker.url(route, walker.world.own)
        for who in (*sorted(MEMBER_ROLES), "stranger", "creator"):
            await walker.expect(route, url, who, FORBIDDEN, "who is no admin")
        await walker.expect_entry(route, url, Role.ADMIN)
    walker.conclude()


async def test_programs_are_created_by_coordinators_and_those_an_admin_lets(walker: Walker) -> None:
    for route in walked(walker.app):
        if route.rule.scope is not Scope.CREATOR:
            continue
        url = await walker.url(route, walker.world.own)
        for who in (Role.CHIEF, Role.FACULTY, Role.RESIDENT, "stranger"):
            await walker.expect(route, url, who, FORBIDDEN, "who may not create programs")
        for who in (Role.ADMIN, Role.COORDINATOR, "creator"):
            await walker.expect_entry(route, url, who)
    walker.conclude()


async def test_what_is_for_everyone_signed_in_is_for_strangers_too(walker: Walker) -> None:
    for route in walked(walker.app):
        if route.rule.scope is not Scope.USER:
            continue
        url = await walker.url(route, walker.world.own)
        for who in (*sorted(EVERY_ROLE), "stranger"):
            await walker.expect_entry(route, url, who)
    walker.conclude()


async def test_lists_refuse_a_sort_that_they_do_not_offer_and_search_where_they_say_so(
    walker: Walker,
) -> None:
    """Nothing that a list takes is passed over."""
    for route in walked(walker.app):
        takes = known_parameters(route.dependant, route.parameters) if route.method == "GET" else []
        url = await walker.url(route, walker.world.own)
        if "sort" in takes:
            await walker.expect(route, f"{url}?sort=-no_such_field", Role.ADMIN, frozenset({422}), "sorted")
        if "search" in takes:
            found = await walker.client.get(f"{url}?search=qx\u2019zw", headers=walker.headers[Role.ADMIN])
            if found.status_code != 200 or found.json()["items"]:
                walker.complaints.append(f"{route} finds what is not there: {found.text}")
    walker.conclude()
