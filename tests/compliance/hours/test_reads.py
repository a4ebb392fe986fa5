"""Entries over all sheets: by pages, and as a file that an import takes back; and two edits at once."""

from __future__ import annotations

import asyncio
import datetime as dt

import httpx
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.compliance.hours.models import HourEntry
from src.programs.models import Person
from tests.factories.hours_db import Desk, desk_of, entry, store_hours_program, year_start


async def filled(desk: Desk) -> dict[str, object]:
    sheet = await desk.open()
    rows = [
        entry(0, 7, 10),
        entry(1, 7, 10, "education", reason='=HYPERLINK("x"), twice'),
        entry(2, 7, 10),
    ]
    await desk.step(sheet["id"], "bulk", {"changes": [{"op": "create", **row} for row in rows]})
    return sheet


@pytest.fixture
async def desk(client: httpx.AsyncClient, session: AsyncSession) -> Desk:
    return await desk_of(client, session, await store_hours_program(session, published=False))


async def test_the_hours_of_a_resident_come_page_by_page_in_order(desk: Desk) -> None:
    await filled(desk)
    first = (await desk.get(f"people/{desk.person_id}/hours", limit=2)).json()
    rest = (await desk.get(f"people/{desk.person_id}/hours", limit=2, cursor=first["next_cursor"])).json()
    dates = [(year_start() + dt.timedelta(days=day)).isoformat() for day in range(3)]
    assert [one["date"] for one in (*first["items"], *rest["items"])] == dates
    assert rest["next_cursor"] is None


async def test_hours_are_found_by_dates_and_duty_type(desk: Desk) -> None:
    await filled(desk)
    path, last = f"people/{desk.person_id}/hours", (year_start() + dt.timedelta(days=1)).isoformat()
    assert len((await desk.get(path, to_date=last)).json()["items"]) == 2
    assert len((await desk.get(path, from_date=last, duty_type="clinical")).json()["items"]) == 1
    assert (await desk.get(path, cursor="nonsense")).json()["error"]["code"] == "BAD_CURSOR"


async def test_what_is_exported_can_be_imported_where_it_is_missing(
    desk: Desk, session: AsyncSession
) -> None:
    await filled(desk)
    exported = await desk.get(f"programs/{desk.program_id}/hours/entries.csv")
    assert exported.headers["content-type"].startswith("text/csv")
    assert "\"'=HYPERLINK(" in exported.text, "a spreadsheet would compute it"
    elsewhere = await store_hours_program(session, published=False)
    other = await desk_of(desk.client, session, elsewhere, Role.COORDINATOR)
    taken = await other.call(
        "POST",
        f"programs/{elsewhere.id}/hours/import",
        files={"file": ("hours.csv", exported.content, "text/csv")},
    )
    assert (taken.json()["added"], taken.json()["issues"]) == (3, [])
    again = await other.get(f"programs/{elsewhere.id}/hours/entries.csv")
    assert again.text == exported.text
    rows = (
        await session.exec(
            select(HourEntry.reason)
            .join(Person, col(Person.id) == col(HourEntry.person_id))
            .where(Person.program_id == elsewhere.id, col(HourEntry.reason).is_not(None))
        )
    ).all()
    assert rows == ['=HYPERLINK("x"), twice'], "the mark is no part of what was said"


async def test_an_export_holds_only_what_the_viewer_may_see(desk: Desk, session: AsyncSession) -> None:
    await filled(desk)
    program = await store_hours_program(session, published=False)
    stranger = await desk_of(desk.client, session, program, Role.COORDINATOR)
    assert (await stranger.get(f"programs/{desk.program_id}/hours/entries.csv")).status_code == 404
    assert len((await stranger.get(f"programs/{program.id}/hours/entries.csv")).text.splitlines()) == 1


async def test_of_two_edits_of_one_state_at_once_one_is_stale(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        desk = await desk_of(fresh_client, session, await store_hours_program(session, published=False))
    sheet = await desk.open()
    path, etag = f"hours/sheets/{sheet['id']}/entries", str(sheet["etag"])
    answers = await asyncio.gather(
        *(desk.call("POST", path, entry(day, 7, 10), etag=etag) for day in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    assert (await desk.sheet(sheet["id"]))["entry_count"] == 1


async def test_of_two_sheets_opened_at_once_for_the_same_dates_one_is_there(
    fresh_client: httpx.AsyncClient, fresh_session_maker: async_sessionmaker[AsyncSession]
) -> None:
    async with fresh_session_maker() as session:
        desk = await desk_of(fresh_client, session, await store_hours_program(session, published=False))
    path, date = f"people/{desk.person_id}/hours/sheets", year_start().isoformat()
    answers = await asyncio.gather(
        *(desk.call("POST", path, {"unit": unit, "date": date}) for unit in ("week", "academic_block") * 2)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
