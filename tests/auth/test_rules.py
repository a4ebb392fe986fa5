"""Rules can be read from routes, and mean what they say."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from fastapi import Depends, FastAPI
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import PlainTextResponse

from src.auth.constants import DRAFT_EDITORS, EVERY_ROLE, MANAGERS, MEMBER_ROLES, Role
from src.auth.models import ProgramMembership, User
from src.auth.permissions import (
    ADMIN,
    PUBLIC,
    SIGNED_IN,
    CurrentViewer,
    admin_viewer,
    current_viewer,
    public,
)
from src.auth.rules import Rule, RuleError, program_rule, require, states
from src.auth.viewer import Viewer, viewer_of, visible_program_ids_clause
from src.exceptions import ForbiddenError, NotFoundError
from src.models import new_id
from src.programs.models import Program
from tests.factories.auth import make_member, make_person, make_program, make_user
from tests.routes import routes_of

EDIT = program_rule("edit", MANAGERS)
READ = program_rule("read", EVERY_ROLE)


@states(READ)
async def readable(viewer: CurrentViewer) -> Viewer:
    return viewer


@states(EDIT)
async def editable(viewer: Annotated[Viewer, Depends(readable)]) -> Viewer:
    return viewer


async def unstated(viewer: CurrentViewer) -> Viewer:
    return viewer


def rule_of_route_with(*dependencies: Any) -> Rule:
    app = FastAPI()
    app.add_api_route("/x", lambda: None, dependencies=[Depends(item) for item in dependencies])
    (route,) = (route for route in routes_of_app(app) if route.path == "/x")
    return route.rule


def routes_of_app(app: FastAPI) -> list[Any]:
    app.router.routes = [route for route in app.router.routes if getattr(route, "dependant", None)]
    return list(routes_of(app))


@pytest.mark.parametrize(
    ("dependencies", "rule"),
    [
        ([public], PUBLIC),
        ([current_viewer], SIGNED_IN),
        ([unstated], SIGNED_IN),
        ([admin_viewer], ADMIN),
        ([readable], READ),
        ([readable, current_viewer], READ),
        ([editable], EDIT),
        ([editable, editable, unstated], EDIT),
    ],
)
def test_the_rule_of_a_route_is_the_narrowest_that_it_states(dependencies: list[Any], rule: Rule) -> None:
    assert rule_of_route_with(*dependencies) == rule


@pytest.mark.parametrize(
    "dependencies",
    [
        [],
        [lambda: None],
        [public, current_viewer],
        [readable, editable],
        [admin_viewer, editable],
        [public, editable],
    ],
)
def test_no_rule_or_contradicting_ones_are_an_error(dependencies: list[Any]) -> None:
    with pytest.raises(RuleError):
        rule_of_route_with(*dependencies)


def test_a_plain_route_beside_the_framework_is_found_out() -> None:
    app = FastAPI(openapi_url=None)
    app.add_route("/hidden", lambda _: PlainTextResponse("data"))
    with pytest.raises(AssertionError, match="/hidden is outside of all permissions"):
        routes_of(app)


def viewer(role: Role | None, program_id: UUID) -> Viewer:
    user = User(id=new_id(), email="a@example.org", full_name="A", is_admin=role is Role.ADMIN)
    roles = {} if role in {None, Role.ADMIN} else {program_id: role}
    return Viewer(user, roles, {})


@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
@pytest.mark.parametrize(
    ("roles", "readers"),
    [
        (MANAGERS, EVERY_ROLE),
        (DRAFT_EDITORS, DRAFT_EDITORS),
        (EVERY_ROLE, EVERY_ROLE),
        (MANAGERS, DRAFT_EDITORS),
    ],
)
def test_who_may_passes_who_reads_is_forbidden_and_nobody_else_learns_of_it(
    role: Role, roles: frozenset[Role], readers: frozenset[Role]
) -> None:
    program_id = uuid4()
    someone = viewer(role, program_id)
    if role in roles:
        require(someone, program_id, roles, readers=readers)
    else:
        with pytest.raises(ForbiddenError if role in readers else NotFoundError):
            require(someone, program_id, roles, readers=readers)


@pytest.mark.parametrize("role", [None, *sorted(MEMBER_ROLES)])
def test_a_foreign_program_is_not_there(role: Role | None) -> None:
    with pytest.raises(NotFoundError):
        READ.check(viewer(role, uuid4()), uuid4())


def test_an_admin_is_admin_in_every_program() -> None:
    someone = viewer(Role.ADMIN, uuid4())
    assert someone.role_in(uuid4()) is Role.ADMIN
    assert someone.may(uuid4(), MANAGERS)
    assert not someone.may(uuid4(), frozenset({Role.RESIDENT}))
    EDIT.check(someone, uuid4())


def test_a_chief_does_not_decide_and_a_manager_does() -> None:
    assert frozenset({Role.ADMIN, Role.COORDINATOR}) == MANAGERS
    assert Role.CHIEF in DRAFT_EDITORS
    assert Role.FACULTY not in DRAFT_EDITORS


@pytest.mark.parametrize(
    ("role", "flag", "may"),
    [
        (Role.ADMIN, False, True),
        (Role.COORDINATOR, False, True),
        (None, True, True),
        (Role.CHIEF, True, True),
        (Role.CHIEF, False, False),
        (Role.FACULTY, False, False),
        (Role.RESIDENT, False, False),
        (None, False, False),
    ],
)
def test_who_may_create_programs(role: Role | None, flag: bool, may: bool) -> None:
    someone = viewer(role, uuid4())
    someone.user.may_create_programs = flag
    assert someone.may_create_programs is may


def test_a_viewer_cannot_be_altered() -> None:
    someone = viewer(Role.CHIEF, uuid4())
    with pytest.raises(AttributeError):
        someone.roles = {}  # type: ignore[misc]  # that is the test


async def test_queries_see_the_own_programs_and_an_admins_all(session: AsyncSession) -> None:
    own, other = await make_program(session), await make_program(session, "gs")
    person = await make_person(session, own)
    member = await make_member(session, own, Role.RESIDENT, person_id=person.id)
    admin, stranger = await make_user(session, is_admin=True), await make_user(session)

    async def seen_by(user: User) -> set[UUID]:
        clause = visible_program_ids_clause(await viewer_of(session, user), Program.id)
        return set((await session.exec(select(Program.id).where(clause))).all())

    assert await seen_by(member) == {own.id}
    assert await seen_by(admin) == {own.id, other.id}
    assert await seen_by(stranger) == set()
    who = await viewer_of(session, member)
    assert (who.role_in(own.id), who.person_in(own.id)) == (Role.RESIDENT, person.id)
    assert (who.role_in(other.id), who.person_in(other.id)) == (None, None)
    assert who.programs_as(frozenset({Role.RESIDENT})) == {own.id}
    with pytest.raises(TypeError):
        who.roles[other.id] = Role.ADMIN  # type: ignore[index]  # that is the test


async def test_membership_rows_carry_the_role_as_the_words_own(session: AsyncSession) -> None:
    program = await make_program(session)
    await make_member(session, program, Role.FACULTY)
    assert (await session.exec(select(ProgramMembership.role))).all() == [Role.FACULTY]
