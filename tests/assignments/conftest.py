"""A coordinator in front of the ward's draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.etags import etag_of
from src.programs.models import Program
from src.schedules.models import ScheduleVersion
from tests.factories.auth import make_member, sign_in
from tests.factories.schedules_db import store_ward


@dataclass
class Desk:
    """Calls the routes of one version as one person."""

    client: httpx.AsyncClient
    session: AsyncSession
    program: Program
    version: ScheduleVersion
    headers: dict[str, str]

    @property
    def tag(self) -> str:
        """The version's present tag."""
        return etag_of(self.version.id, self.version.revision)

    async def fresh_tag(self) -> str:
        await self.session.refresh(self.version)
        return self.tag

    def url(self, path: str) -> str:
        return f"/api/v1/versions/{self.version.id}/{path}"

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(self.url(path), params=params, headers=self.headers)

    async def add(self, tag: str | None = None, **fields: Any) -> httpx.Response:
        headers = {**self.headers, "If-Match": tag or await self.fresh_tag()}
        return await self.client.post(self.url("assignments"), json=fields, headers=headers)

    async def bulk(
        self, changes: list[dict[str, Any]], tag: str | None = None, key: str | None = None
    ) -> httpx.Response:
        headers = {**self.headers, "If-Match": tag or await self.fresh_tag()}
        if key:
            headers["Idempotency-Key"] = key
        return await self.client.post(
            self.url("assignments/bulk"), json={"changes": changes}, headers=headers
        )

    async def on(self, person: str, day: str) -> list[dict[str, Any]]:
        """The person's assignments of a date."""
        answer = await self.get("assignments", person=person, from_date=day, to_date=day)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def count(self) -> int:
        """How many assignments the version holds, by its stream."""
        answer = await self.get("assignments.csv")
        return len(answer.text.splitlines()) - 1


@pytest.fixture
async def desk(client: httpx.AsyncClient, session: AsyncSession) -> Desk:
    program, _, version = await store_ward(session)
    from src.auth.constants import Role

    user = await make_member(session, program, Role.COORDINATOR)
    return Desk(client, session, program, version, await sign_in(session, user))


def code_of(answer: httpx.Response) -> str:
    """The error code of an answer."""
    return str(answer.json()["error"]["code"])


NOWHERE = UUID(int=1)
