"""Generated requests for rules, worked hours, reports and certificates; and that no tag is left out."""

from __future__ import annotations

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from tests.fuzz.fuzzer import AREAS, complaints_of, operations_of


async def test_whatever_is_sent_the_answer_is_a_documented_one(
    running_app: FastAPI,
    fresh_client: httpx.AsyncClient,
    fresh_session_maker: async_sessionmaker[AsyncSession],
) -> None:
    complaints = await complaints_of(running_app, fresh_client, fresh_session_maker, "compliance")
    assert not complaints, "\n\n".join(complaints)


def test_every_operation_is_in_one_area(running_app: FastAPI) -> None:
    areas = [
        sum(bool(tags & set(operation.tags or ())) for tags in AREAS.values())
        for operation in operations_of(running_app)
    ]
    assert set(areas) == {1}
