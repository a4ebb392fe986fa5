"""Generated requests for users, sign-ins, the audit trail and health."""

from __future__ import annotations

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from tests.fuzz.fuzzer import complaints_of


async def test_whatever_is_sent_the_answer_is_a_documented_one(
    running_app: FastAPI,
    fresh_client: httpx.AsyncClient,
    fresh_session_maker: async_sessionmaker[AsyncSession],
) -> None:
    complaints = await complaints_of(running_app, fresh_client, fresh_session_maker, "people")
    assert not complaints, "\n\n".join(complaints)
