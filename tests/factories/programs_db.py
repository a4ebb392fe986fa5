"""Programs in the database for tests: stored as an import stores them, with members to ask as."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import httpx
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.interchange.model import Program as FolderProgram
from src.programs import models
from src.programs.folder import program_columns
from src.programs.storage import replace_program_inputs
from tests.factories.auth import make_member, sign_in
from tests.factories.programs import small_program


async def store_program(session: AsyncSession, program: FolderProgram | None = None) -> models.Program:
    """The program (a small one unless given) with all its inputs, committed."""
    parsed = program or small_program()
    row = models.Program(**program_columns(parsed))
    session.add(row)
    await session.flush()
    await replace_program_inputs(session, row, parsed)
    await session.commit()
    return row


async def person_id(session: AsyncSession, program: models.Program, code: str) -> UUID:
    """The id of the person with that code."""
    statement = select(models.Person.id).where(
        col(models.Person.program_id) == program.id, col(models.Person.code) == code
    )
    return (await session.exec(statement)).one()


@dataclass(frozen=True)
class Caller:
    """Someone who calls the API about one program."""

    client: httpx.AsyncClient
    program_id: UUID
    headers: dict[str, str]

    async def get(self, path: str = "", **params: object) -> httpx.Response:
        return await self.client.get(self._url(path), headers=self.headers, params=params)  # type: ignore[arg-type]

    async def post(self, path: str, json: object = None, **options: object) -> httpx.Response:
        return await self.client.post(self._url(path), headers=self.headers, json=json, **options)  # type: ignore[arg-type]

    async def patch(self, path: str, json: object, etag: str | None) -> httpx.Response:
        return await self.client.patch(self._url(path), headers=self._match(etag), json=json)

    async def put(self, path: str, json: object, etag: str | None) -> httpx.Response:
        return await self.client.put(self._url(path), headers=self._match(etag), json=json)

    async def delete(self, path: str, etag: str | None) -> httpx.Response:
        return await self.client.delete(self._url(path), headers=self._match(etag))

    def _url(self, path: str) -> str:
        return f"/api/v1/programs/{self.program_id}/{path}".rstrip("/")

    def _match(self, etag: str | None) -> dict[str, str]:
        return self.headers if etag is None else {**self.headers, "If-Match": etag}


async def member(
    client: httpx.AsyncClient,
    session: AsyncSession,
    program: models.Program,
    role: Role = Role.COORDINATOR,
    person: str | None = None,
) -> Caller:
    """A new member of the program, linked to one of its people if their code is given."""
    linked = None if person is None else await person_id(session, program, person)
    user = await make_member(session, program, role, person_id=linked)
    return Caller(client, program.id, await sign_in(session, user))
