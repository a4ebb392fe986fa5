"""Hours from CSV files: what reads well is logged, what does not is named, and nothing is done by halves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.compliance.hours import constants, csv_rows
from src.compliance.hours.models import HourEntry
from src.models import now
from src.programs.models import Program
from tests.factories.hours_db import Desk, at, desk_of, entry, store_hours_program, year_start

HEADER = "person,start_at,end_at,duty_type,reason"


@pytest.fixture
async def program(session: AsyncSession) -> Program:
    return await store_hours_program(session)


@pytest.fixture
async def desk(client: httpx.AsyncClient, session: AsyncSession, program: Program) -> Desk:
    return await desk_of(client, session, program)


@pytest.fixture
async def coordinator(client: httpx.AsyncClient, session: AsyncSession, program: Program) -> Desk:
    return await desk_of(client, session, program, Role.COORDINATOR)


def line(person: str, day: int, start: float, hours: float, kind: str = "clinical", reason: str = "") -> str:
    begin = at(day, start)
    return f"{person},{begin.isoformat()},{(begin + dt.timedelta(hours=hours)).isoformat()},{kind},{reason}"


def sheet_of(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


async def upload(desk: Desk, data: bytes, *, own: bool = False, **options: Any) -> httpx.Response:
    where = f"people/{desk.person_id}" if own else f"programs/{desk.program_id}"
    return await desk.call(
        "POST", f"{where}/hours/import", files={"file": ("hours.csv", data, "text/csv")}, **options
    )


async def preview(desk: Desk, data: bytes, *, own: bool = False) -> dict[str, Any]:
    answer = await upload(desk, data, own=own, params={"dry_run": True})
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def places(issues: list[dict[str, Any]]) -> list[tuple[int | None, str | None, str]]:
    return [(issue["row"], issue["column"], issue["code"]) for issue in issues]


async def entries(session: AsyncSession) -> int:
    return (await session.exec(select(func.count()).select_from(HourEntry))).one()


async def test_a_program_logs_everybodys_hours_and_sheets_are_opened_for_them(
    coordinator: Desk, session: AsyncSession
) -> None:
    data = sheet_of(line("R1", 0, 7, 12), line("R2", 0, 7, 10), line("R1", 28, 7, 1, "education"))
    dry = await preview(coordinator, data)
    assert (dry["accepted"], dry["rows"], dry["added"], dry["opened"]) == (True, 3, 3, 3)
    assert await entries(session) == 0
    done = await upload(coordinator, data)
    assert done.status_code == 200, done.text
    assert done.json() == {**dry, "dry_run": False}
    listed = (await coordinator.get(f"programs/{coordinator.program_id}/hours/sheets", person="R1")).json()
    assert [one["unit"] for one in listed["items"]] == ["academic_block", "academic_block"]
    told = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "hours.imported"))).one()
    assert told.counts == {"added": 3, "confirmed": 0, "sheets_opened": 3}
    assert told.content_hash == dry["sha256"]


async def test_residents_log_the_own_hours_without_naming_themselves(
    desk: Desk, session: AsyncSession
) -> None:
    start, end = at(2, 7).isoformat(), at(2, 19).isoformat()
    data = f"start_at,end_at,duty_type\n{start},{end},clinical\n".encode()
    assert (await upload(desk, data, own=True)).json()["added"] == 1
    stored = (await session.exec(select(HourEntry))).one()
    assert (stored.person_id, stored.origin, stored.reason) == (desk.person_id, "imported", None)


async def test_all_faults_of_a_file_are_named_at_once_and_nothing_is_written(
    coordinator: Desk, session: AsyncSession
) -> None:
    future = now() + dt.timedelta(days=2)
    data = sheet_of(
        line("R1", 0, 7, 10),
        line("R1", 1, 17, -10),
        line("R1", 1, 7, 0),
        line("R1", 1, 7, 100),
        line("R9", 1, 7, 8),
        "R1,2026-07-06T07:00:00,2026-07-06T17:00:00,clinical,",
        f"R1,{at(2, 7).isoformat()} Mars/Base,{at(2, 8).isoformat()},clinical,",
        line("R1", 2, 7, 8, "napping"),
        line("R1", 2, 7, 8, "resident_elected_extension"),
        line("R1", 0, 7, 10),
        f"R1,{at(3, 7).isoformat()},{future.isoformat(timespec='seconds')},home_call_availability,",
        line("R1", -3, 7, 8),
    )
    answer = await upload(coordinator, data)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "HOURS_IMPORT_REJECTED"
    assert places(error["details"]["issues"]) == [
        (3, "end_at", "contradiction"),
        (4, "end_at", "contradiction"),
        (5, "end_at", "out_of_range"),
        (6, "person", "unknown_id"),
        (7, "end_at", "bad_value"),
        (7, "start_at", "bad_value"),
        (8, "start_at", "bad_value"),
        (9, "duty_type", "bad_value"),
        (10, "reason", "missing_value"),
        (11, "start_at", "duplicate"),
        (12, "end_at", "out_of_range"),
        (12, "end_at", "out_of_range"),
        (13, "start_at", "out_of_range"),
    ]
    assert (await preview(coordinator, data))["issues"] == error["details"]["issues"]
    assert await entries(session) == 0


async def test_dates_that_are_handed_in_are_in_conflict(desk: Desk, session: AsyncSession) -> None:
    sheet = await desk.open()
    await desk.step(sheet["id"], "submit")
    answer = await upload(desk, sheet_of(line("R1", 0, 7, 10)), own=True)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "HOUR_SHEET_CLOSED")
    assert places(answer.json()["error"]["details"]["issues"]) == [(2, "start_at", "contradiction")]
    mixed = await upload(desk, sheet_of(line("R1", 0, 7, 10), line("R1", 28, 9, -1)), own=True)
    assert mixed.status_code == 422
    assert await entries(session) == 0


async def test_nobody_logs_for_a_neighbour_by_a_file(
    desk: Desk, client: httpx.AsyncClient, session: AsyncSession, program: Program
) -> None:
    named = await upload(desk, sheet_of(line("R2", 0, 7, 10)), own=True)
    assert places(named.json()["error"]["details"]["issues"]) == [(2, "person", "unknown_id")]
    other = await desk_of(client, session, program, Role.RESIDENT, "R2")
    other.person_id = desk.person_id
    assert (await upload(other, sheet_of(line("R1", 0, 7, 10)), own=True)).status_code == 404
    assert (await upload(desk, sheet_of(line("R1", 0, 7, 10)))).status_code == 403


async def test_people_of_another_program_are_unknown_here(coordinator: Desk, session: AsyncSession) -> None:
    foreign = await store_hours_program(session, published=False)
    coordinator.program_id = foreign.id
    assert (await upload(coordinator, sheet_of(line("R1", 0, 7, 10)))).status_code == 404


async def test_a_row_that_says_the_same_as_a_waiting_copy_confirms_it(desk: Desk) -> None:
    sheet = await desk.open()
    await desk.step(sheet["id"], "prefill")
    before = await desk.sheet(sheet["id"])
    done = await upload(desk, sheet_of(line("R1", 0, 7, 5)), own=True)
    assert (done.json()["added"], done.json()["confirmed"]) == (0, 1)
    after = await desk.sheet(sheet["id"])
    assert (before["unconfirmed_count"], after["unconfirmed_count"], after["entry_count"]) == (40, 39, 40)
    assert before["etag"] != after["etag"]
    again = await upload(desk, sheet_of(line("R1", 0, 7, 5)), own=True)
    assert places(again.json()["error"]["details"]["issues"]) == [(2, "start_at", "duplicate")]


async def test_overlapping_rows_are_taken_with_a_warning(desk: Desk) -> None:
    sheet = await desk.open(0, "week")
    await desk.step(sheet["id"], "entries", entry(0, 12, 6))
    data = sheet_of(line("R1", 0, 7, 6), line("R1", 1, 7, 6), line("R1", 1, 12, 6))
    done = (await upload(desk, data, own=True)).json()
    assert (done["accepted"], done["warning_count"], done["added"]) == (True, 2, 3)
    assert places(done["issues"]) == [(2, "start_at", "contradiction"), (4, "start_at", "contradiction")]


async def test_a_resident_who_keeps_weeks_gets_weeks(desk: Desk) -> None:
    await desk.open(0, "week")
    await upload(desk, sheet_of(line("R1", 8, 7, 6)), own=True)
    listed = (await desk.own("sheets", sort="start_date")).json()["items"]
    assert [(one["unit"], one["entry_count"]) for one in listed] == [("week", 0), ("week", 1)]
    assert listed[1]["start_date"] == (year_start() + dt.timedelta(days=7)).isoformat()


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+49 30", "-x", "007"])
async def test_what_a_spreadsheet_would_compute_is_a_text(
    desk: Desk, session: AsyncSession, text: str
) -> None:
    await upload(desk, sheet_of(line("R1", 0, 7, 6, reason=text)), own=True)
    assert (await session.exec(select(HourEntry.reason))).one() == text


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", (1, None, "missing_column")),
        (b"person;start_at\nR1;x", (1, "person", "missing_column")),
        (HEADER.encode("utf-16"), (1, None, "not_utf8")),
        (b"PK\x03\x04 and more", (None, None, "unreadable")),
        (sheet_of(line("R1", 0, 7, 6, reason="Ren")) + b"\xe9", (2, "reason", "not_utf8")),
        (sheet_of(line("R1", 0, 7, 6, reason="x\x00y")), (2, "reason", "bad_character")),
        (sheet_of(line("R1", 0, 7, 6, reason="x" * 1001)), (2, "reason", "too_large")),
        (sheet_of(line("R1", 0, 7, 6) + ",surplus"), (2, None, "ragged_row")),
        (sheet_of('"R1,never closed'), (2, None, "bad_syntax")),
        (sheet_of("R1,=NOW(),=NOW()+1,clinical,"), (2, "end_at", "bad_value")),
    ],
)
async def test_files_that_are_no_tables_of_hours_say_where(
    coordinator: Desk, data: bytes, place: tuple[int | None, str | None, str]
) -> None:
    dry = await preview(coordinator, data)
    assert dry["accepted"] is False
    assert place in places(dry["issues"])


async def test_a_byte_order_mark_and_line_ends_of_any_kind_are_read(desk: Desk) -> None:
    data = b"\xef\xbb\xbf" + sheet_of(line("R1", 0, 7, 6), line("R1", 1, 7, 6)).replace(b"\n", b"\r\n")
    assert (await preview(desk, data, own=True))["added"] == 2


async def test_too_many_rows_and_too_many_bytes_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = sheet_of(*(line("R1", day, 7, 6) for day in range(3)))
    monkeypatch.setattr(csv_rows, "MAX_IMPORT_ROWS", 2)
    assert places((await preview(desk, data, own=True))["issues"]) == [(None, None, "too_large")]
    large = await upload(desk, b"x" * (constants.MAX_IMPORT_BYTES + 1), own=True)
    assert large.status_code == 413


async def test_a_repeated_import_with_a_key_is_done_once(desk: Desk, session: AsyncSession) -> None:
    data, key = sheet_of(line("R1", 0, 7, 6)), {"headers": {"Idempotency-Key": "file"}}
    first = await upload(desk, data, own=True, **key)
    assert (await upload(desk, data, own=True, **key)).json() == first.json()
    other = await upload(desk, sheet_of(line("R1", 1, 7, 6)), own=True, **key)
    assert other.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await entries(session) == 1
