"""The small program, with rules of its own, in the database, and who asks about it."""

from __future__ import annotations

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.programs import models
from tests.factories.auth import make_user, sign_in
from tests.factories.programs import ruled_program
from tests.factories.programs_db import Caller, member, store_program


@pytest.fixture
async def program(session: AsyncSession) -> models.Program:
    return await store_program(session, ruled_program())


@pytest.fixture
async def coordinator(client: httpx.AsyncClient, session: AsyncSession, program: models.Program) -> Caller:
    return await member(client, session, program)


@pytest.fixture
async def creator(session: AsyncSession) -> dict[str, str]:
    """The headers of a user whom an admin lets create programs."""
    return await sign_in(session, await make_user(session, may_create_programs=True))
