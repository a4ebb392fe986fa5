"""Side by side, with real commits: no update is lost, nothing is written twice."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx

from src.database import SessionMaker
from src.interchange.reader import read_program_bytes
from src.interchange.writer import program_zip
from src.programs.folder import load_program
from tests.factories.auth import make_user, sign_in
from tests.factories.programs import ruled_program
from tests.factories.programs_db import member, store_program
from tests.programs.uploads import changed_program, replace_by, upload


async def test_two_imports_at_once_leave_one_of_them_whole(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        program = await store_program(session)
        caller = await member(fresh_client, session, program)
    candidates = [changed_program(), ruled_program(name="Other", requests=(), absences=())]
    answers = await asyncio.gather(*(replace_by(caller, program_zip(one)) for one in candidates * 2))
    assert Counter(answer.status_code for answer in answers) == {200: 4}
    async with fresh_session_maker() as session:
        assert await load_program(session, program.id) in candidates


async def test_an_export_during_imports_is_one_state_of_the_program(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        program = await store_program(session)
        caller = await member(fresh_client, session, program)
        states = [await load_program(session, program.id), changed_program()]
    url = f"/api/v1/programs/{program.id}/export"
    answers = await asyncio.gather(
        *(replace_by(caller, program_zip(states[number % 2])) for number in (1, 2)),
        *(fresh_client.get(url, headers=caller.headers) for _ in range(6)),
    )
    exports = [answer.content for answer in answers[2:]]
    assert {answer.status_code for answer in answers} == {200}
    assert all(read_program_bytes("program.zip", content).program in states for content in exports)


async def test_of_two_edits_with_one_tag_one_is_told(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        caller = await member(fresh_client, session, await store_program(session))
    row = (await caller.get("people")).json()["items"][0]
    answers = await asyncio.gather(
        *(caller.patch(f"people/{row['id']}", {"name": f"Name {number}"}, row["etag"]) for number in range(4))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 3}


async def test_of_two_new_people_with_one_code_one_is_refused(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        caller = await member(fresh_client, session, await store_program(session))
    body = {"code": "R9", "name": "Nine", "kind": "resident", "pgy": 1}
    answers = await asyncio.gather(*(caller.post("people", body) for _ in range(3)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}


async def test_one_key_sent_twice_at_once_makes_one_program(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        headers = await sign_in(session, await make_user(session, may_create_programs=True))
    keyed = {**headers, "Idempotency-Key": "once"}
    answers = await asyncio.gather(
        *(upload(fresh_client, keyed, program_zip(ruled_program())) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["program_id"] for answer in answers}) == 1
