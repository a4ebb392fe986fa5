"""Users for tests: made in the database, signed in without paying for a password check each time.

Everything is committed, so that the API sees it whichever session it works in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from itertools import count
from uuid import UUID

from passlib.hash import argon2
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.config import get_auth_settings
from src.auth.constants import Role
from src.auth.models import ProgramMembership, SignIn, User
from src.auth.tokens import issue_access_token
from src.models import now
from src.programs.models import Person, Program
from tests.factories.path_ids import supplies

PASSWORD = "correct horse battery"
"""The password of every user made here with one."""

_numbers = count(1)


@cache
def password_hash() -> str:
    """The hash of `PASSWORD` with the parameters of the service, paid for once."""
    return str(argon2.using(type="ID", memory_cost=19456, time_cost=2, parallelism=1).hash(PASSWORD))


async def make_user(
    session: AsyncSession,
    *,
    email: str | None = None,
    full_name: str = "Casey Morgan",
    is_admin: bool = False,
    may_create_programs: bool = False,
    invited: bool = False,
    disabled: bool = False,
) -> User:
    """A user who can sign in with `PASSWORD`, unless merely invited or disabled."""
    user = User(
        email=email or f"user{next(_numbers)}@example.org",
        full_name=full_name,
        password_hash=None if invited else password_hash(),
        is_admin=is_admin,
        may_create_programs=may_create_programs,
        disabled_at=now() if disabled else None,
    )
    session.add(user)
    await session.commit()
    return user


async def sign_in(session: AsyncSession, user: User) -> dict[str, str]:
    """The headers of a request by the user."""
    family = SignIn(user_id=user.id, expires_at=now() + timedelta(days=1))
    session.add(family)
    await session.commit()
    token, _ = issue_access_token(
        get_auth_settings(), user_id=user.id, sign_in_id=family.id, epoch=user.token_epoch
    )
    return {"Authorization": f"Bearer {token}"}


async def make_program(session: AsyncSession, code: str = "im") -> Program:
    """A program of a year, with nothing in it."""
    program = Program(
        code=code,
        name=f"Program {code}",
        time_zone="America/Chicago",
        year_start_date=dt.date(2026, 7, 1),
        block_days=[28] * 13,
        rule_packs=["acgme-cpr-2023"],
        holidays=[],
        vacation_weeks={},
    )
    session.add(program)
    await session.commit()
    return program


async def make_person(session: AsyncSession, program: Program, code: str = "R1") -> Person:
    """A first-year resident of the program."""
    person = Person(
        program_id=program.id, code=code, name=f"Resident {code}", kind="resident", pgy=1, position=0
    )
    session.add(person)
    await session.commit()
    return person


async def make_member(
    session: AsyncSession,
    program: Program,
    role: Role,
    *,
    user: User | None = None,
    person_id: UUID | None = None,
) -> User:
    """A user who holds the role in the program."""
    user = user or await make_user(session)
    session.add(ProgramMembership(user_id=user.id, program_id=program.id, role=role, person_id=person_id))
    await session.commit()
    return user


async def admin_headers(session: AsyncSession) -> dict[str, str]:
    """The headers of a request by a new admin."""
    return await sign_in(session, await make_user(session, is_admin=True))


async def member_headers(session: AsyncSession, program: Program, role: Role) -> dict[str, str]:
    """The headers of a request by a new member of the program."""
    return await sign_in(session, await make_member(session, program, role))


@supplies("user_id", of_program=False)
async def user_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> UUID:
    """An invited member, so that everything that can be done with a user can be done with this one."""
    user = await make_user(session, invited=True)
    return (await make_member(session, program, Role.RESIDENT, user=user)).id
