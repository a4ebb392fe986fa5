"""Sheets of hours through the API: opened, filled, handed in, locked, reopened; and who may do what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.compliance.hours.constants import SheetState
from src.compliance.hours.models import HourEntry, HourSheet
from src.models import now
from src.programs.models import Program
from tests.factories.hours_db import Desk, at, desk_of, entry, store_hours_program, year_start


@pytest.fixture
async def program(session: AsyncSession) -> Program:
    return await store_hours_program(session, published=False)


@pytest.fixture
async def desk(client: httpx.AsyncClient, session: AsyncSession, program: Program) -> Desk:
    return await desk_of(client, session, program)


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def errors_of(answer: httpx.Response) -> list[tuple[str, str]]:
    """Pointer and code of each error."""
    errors: list[dict[str, str]] = answer.json()["error"]["details"]["errors"]
    return [(error["pointer"], error["code"]) for error in errors]


async def log(desk: Desk, sheet: dict[str, Any], body: dict[str, object]) -> httpx.Response:
    return await desk.step(sheet["id"], "entries", body)


async def test_a_sheet_is_an_academic_block_or_a_week_that_never_leaves_its_block(desk: Desk) -> None:
    block = await desk.open(3)
    first = year_start()
    assert (block["start_date"], block["end_date"]) == (
        first.isoformat(),
        (first + dt.timedelta(days=27)).isoformat(),
    )
    week = await desk.open(30, "week")
    assert week["start_date"] == (first + dt.timedelta(days=28)).isoformat()
    assert week["end_date"] == (first + dt.timedelta(days=34)).isoformat()


async def test_no_date_is_in_two_sheets(desk: Desk) -> None:
    await desk.open(0)
    date = (year_start() + dt.timedelta(days=8)).isoformat()
    answer = await desk.call("POST", f"people/{desk.person_id}/hours/sheets", {"unit": "week", "date": date})
    assert answer.status_code == 409
    assert code_of(answer) == "HOUR_SHEET_OVERLAP"
    assert answer.json()["error"]["details"]["sheets"][0]["state"] == "open"


async def test_a_sheet_lies_in_the_year(desk: Desk) -> None:
    date = (year_start() - dt.timedelta(days=1)).isoformat()
    answer = await desk.call("POST", f"people/{desk.person_id}/hours/sheets", {"unit": "week", "date": date})
    assert answer.status_code == 422
    assert errors_of(answer) == [("/body/date", "outside_the_year")]


async def test_hours_are_logged_changed_and_removed_each_with_the_tag_it_needs(desk: Desk) -> None:
    sheet = await desk.open()
    logged = await log(desk, sheet, entry(0, 7, 11))
    assert logged.status_code == 201, logged.text
    shown = logged.json()["entries"][0]
    assert (shown["origin"], shown["date"], shown["person"]) == ("logged", year_start().isoformat(), "R1")
    assert logged.json()["sheet"]["worked_minutes"] == 660
    assert logged.headers["ETag"] == logged.json()["sheet"]["etag"] != sheet["etag"]
    url = f"hours/entries/{shown['id']}"
    changed = await desk.call("PUT", url, entry(0, 7, 12), etag=shown["etag"])
    assert changed.status_code == 200, changed.text
    assert changed.json()["sheet"]["worked_minutes"] == 720
    assert (await desk.call("DELETE", url, etag=shown["etag"])).status_code == 412
    removed = await desk.call("DELETE", url, etag=changed.headers["ETag"])
    assert removed.json()["deleted"] == [shown["id"]]
    assert (await desk.get(url)).status_code == 404


async def test_changing_anything_needs_the_present_tag(desk: Desk) -> None:
    sheet = await desk.open()
    path = f"hours/sheets/{sheet['id']}"
    assert (await desk.call("POST", f"{path}/entries", entry(0, 7, 8))).status_code == 428
    assert (await log(desk, sheet, entry(0, 7, 8))).status_code == 201
    stale = await desk.call("POST", f"{path}/entries", entry(1, 7, 8), etag=str(sheet["etag"]))
    assert stale.status_code == 412
    assert stale.json()["error"]["details"]["current"]["entry_count"] == 1
    for step in ("submit", "confirm", "prefill"):
        assert (await desk.call("POST", f"{path}/{step}", etag=str(sheet["etag"]))).status_code == 412


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (entry(0, 18, -11), ("/body/end_at", "reversed")),
        (entry(0, 7, 0), ("/body/end_at", "zero_length")),
        (entry(0, 7, 100), ("/body/end_at", "too_long")),
        (entry(0, 7, 48.25), ("/body/end_at", "too_long")),
        (entry(0, 7, 169, "home_call_availability"), ("/body/end_at", "too_long")),
        (entry(28, 7, 8), ("/body/start_at", "outside_the_sheet")),
        (entry(0, 7, 2, "resident_elected_extension"), ("/body/reason", "reason_missing")),
        (entry(0, 7, 8, "napping"), ("/body/duty_type", "enum")),
        (entry(0, 7, 8, reason="  "), ("/body/reason", "string_too_short")),
        (entry(0, 7, 8) | {"start_at": "2026-07-06T07:00:00"}, ("/body/start_at", "timezone_aware")),
        (entry(0, 7, 8) | {"start_at": "2026-07-06T07:00:00 Mars/Base"}, ("/body/start_at", "instant_form")),
        (entry(0, 7, 8) | {"start_at": 1783000000}, ("/body/start_at", "instant_form")),
    ],
)
async def test_an_entry_that_cannot_be_is_refused_by_its_field(
    desk: Desk, body: dict[str, object], expected: tuple[str, str]
) -> None:
    sheet = await desk.open()
    answer = await log(desk, sheet, body)
    assert answer.status_code == 422, answer.text
    pointer, code = errors_of(answer)[0]
    assert pointer == expected[0]
    assert code in {expected[1], "instant_form"}
    assert (await desk.sheet(sheet["id"]))["entry_count"] == 0


async def test_two_days_on_end_and_a_week_of_home_call_can_be_logged(desk: Desk) -> None:
    sheet = await desk.open()
    assert (await log(desk, sheet, entry(0, 7, 48, "in_house_call"))).status_code == 201
    assert (await log(desk, sheet, entry(7, 0, 168, "home_call_availability"))).status_code == 201


async def test_what_is_still_to_come_cannot_be_logged(desk: Desk) -> None:
    today = (now().astimezone(at(0).tzinfo).date() - year_start()).days
    sheet = await desk.open(today)
    answer = await log(desk, sheet, entry(today, 23, 24))
    assert answer.status_code == 422
    assert errors_of(answer) == [("/body/end_at", "in_the_future")]


async def test_a_clock_a_little_ahead_is_borne_with(desk: Desk) -> None:
    end = (now() + dt.timedelta(minutes=5)).replace(microsecond=0)
    start = end - dt.timedelta(minutes=1)
    sheet = await desk.open((start.astimezone(at(0).tzinfo).date() - year_start()).days)
    body = {"start_at": start.isoformat(), "end_at": end.isoformat(), "duty_type": "clinical"}
    assert (await log(desk, sheet, body)).status_code == 201


async def test_the_same_hours_twice_are_refused_and_overlapping_ones_are_told(desk: Desk) -> None:
    sheet = await desk.open()
    assert (await log(desk, sheet, entry(0, 7, 10))).status_code == 201
    again = await log(desk, sheet, entry(0, 7, 10))
    assert again.status_code == 422
    assert errors_of(again) == [("/body/start_at", "identical")]
    over = await log(desk, sheet, entry(0, 15, 4, "clinical_work_from_home"))
    assert over.status_code == 201
    shown = over.json()["sheet"]
    assert [found["minutes"] for found in shown["overlaps"]] == [120]
    assert shown["worked_minutes"] == 12 * 60


async def test_a_bulk_change_names_every_failing_row_and_writes_nothing(desk: Desk) -> None:
    sheet = await desk.open()
    kept = (await log(desk, sheet, entry(0, 7, 10))).json()["entries"][0]
    changes: list[dict[str, object]] = [
        {"op": "create", **entry(1, 7, 10)},
        {"op": "create", **entry(2, 17, -10)},
        {"op": "create", **entry(1, 7, 10)},
        {"op": "confirm", "id": kept["id"]},
        {"op": "delete", "id": str(sheet["id"])},
        {"op": "update", "id": kept["id"], **entry(0, 8, 9)},
    ]
    answer = await desk.step(sheet["id"], "bulk", {"changes": changes})
    assert answer.status_code == 422
    assert errors_of(answer) == [
        ("/body/changes/1/end_at", "reversed"),
        ("/body/changes/2/start_at", "identical"),
        ("/body/changes/3/id", "not_a_copy"),
        ("/body/changes/4/id", "not_found"),
        ("/body/changes/5/id", "changed_twice"),
    ]
    assert (await desk.sheet(sheet["id"]))["entry_count"] == 1


async def test_a_bulk_change_takes_a_hundred_rows_and_no_more(desk: Desk) -> None:
    sheet = await desk.open()
    rows: list[dict[str, object]] = [
        {"op": "create", **entry(minute // 20, 7 + (minute % 20) / 60, 4)} for minute in range(101)
    ]
    assert (await desk.step(sheet["id"], "bulk", {"changes": rows})).status_code == 422
    answer = await desk.step(sheet["id"], "bulk", {"changes": rows[:100]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["sheet"]["entry_count"] == 100


async def test_two_entries_may_swap_their_times_in_one_change(desk: Desk) -> None:
    sheet = await desk.open()
    first = (await log(desk, sheet, entry(0, 7, 10))).json()["entries"][0]
    second = (await log(desk, sheet, entry(1, 7, 10))).json()["entries"][0]
    changes = [
        {"op": "update", "id": first["id"], **entry(1, 7, 10)},
        {"op": "update", "id": second["id"], **entry(0, 7, 10)},
    ]
    answer = await desk.step(sheet["id"], "bulk", {"changes": changes})
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["entries"]] == [second["id"], first["id"]]


async def test_a_repeated_bulk_change_gets_the_same_answer_and_another_body_is_refused(desk: Desk) -> None:
    sheet = await desk.open()
    key = {"headers": {"Idempotency-Key": "once"}}
    body = {"changes": [{"op": "create", **entry(0, 7, 10)}]}
    first = await desk.step(sheet["id"], "bulk", body, **key)
    assert (await desk.step(sheet["id"], "bulk", body, **key)).json() == first.json()
    other = {"changes": [{"op": "create", **entry(1, 7, 10)}]}
    assert code_of(await desk.step(sheet["id"], "bulk", other, **key)) == "IDEMPOTENCY_KEY_REUSED"
    assert (await desk.sheet(sheet["id"]))["entry_count"] == 1


async def test_a_sheet_is_handed_in_locked_and_reopened_with_a_reason(
    desk: Desk, client: httpx.AsyncClient, session: AsyncSession, program: Program
) -> None:
    coordinator = await desk_of(client, session, program, Role.COORDINATOR)
    sheet = await desk.open()
    shown = (await log(desk, sheet, entry(0, 7, 10))).json()["entries"][0]
    assert (await coordinator.step(sheet["id"], "lock")).status_code == 409  # nothing was handed in
    assert (await desk.step(sheet["id"], "submit")).json()["state"] == "submitted"
    closed = await log(desk, sheet, entry(1, 7, 10))
    assert (closed.status_code, code_of(closed)) == (409, "HOUR_SHEET_CLOSED")
    kept = await desk.call("PUT", f"hours/entries/{shown['id']}", entry(0, 7, 12), etag=shown["etag"])
    assert (kept.status_code, code_of(kept)) == (409, "HOUR_SHEET_CLOSED")
    assert (await coordinator.step(sheet["id"], "lock")).json()["state"] == "locked"
    assert (await coordinator.step(sheet["id"], "reopen", {"reason": " "})).status_code == 422
    reopened = await coordinator.step(sheet["id"], "reopen", {"reason": "A call is missing."})
    assert (reopened.json()["state"], reopened.json()["reopen_reason"]) == ("reopened", "A call is missing.")
    assert reopened.json()["locked_at"] is None
    assert (await log(desk, sheet, entry(1, 7, 10))).status_code == 201
    assert (await desk.step(sheet["id"], "submit")).json()["state"] == "submitted"
    told = await session.exec(
        select(AuditEntry.action).where(col(AuditEntry.entity_id) == sheet["id"]).order_by(col(AuditEntry.at))
    )
    assert told.all() == [
        "hours.sheet_opened",
        "hours.changed",
        "hours.sheet_submitted",
        "hours.sheet_locked",
        "hours.sheet_reopened",
        "hours.changed",
        "hours.sheet_submitted",
    ]


async def test_the_reason_of_reopening_stands_in_the_audit_trail(
    desk: Desk, client: httpx.AsyncClient, session: AsyncSession, program: Program
) -> None:
    coordinator = await desk_of(client, session, program, Role.COORDINATOR)
    sheet = await desk.open()
    await desk.step(sheet["id"], "submit")
    await coordinator.step(sheet["id"], "reopen", {"reason": "Wrong block."})
    told = (
        await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "hours.sheet_reopened"))
    ).one()
    assert told.after == {"state": "reopened", "reopen_reason": "Wrong block."}


async def test_a_sheet_whose_dates_are_not_over_cannot_be_handed_in(desk: Desk) -> None:
    """What is still to come would be taken for nought."""
    sheet = await desk.open(28)
    answer = await desk.step(sheet["id"], "submit")
    assert (answer.status_code, code_of(answer)) == (409, "HOUR_SHEET_NOT_OVER")


async def test_only_an_open_sheet_without_entries_is_removed(desk: Desk) -> None:
    sheet = await desk.open()
    shown = (await log(desk, sheet, entry(0, 7, 10))).json()
    url = f"hours/sheets/{sheet['id']}"
    full = await desk.call("DELETE", url, etag=shown["sheet"]["etag"])
    assert (full.status_code, code_of(full)) == (409, "HOUR_SHEET_NOT_EMPTY")
    one = shown["entries"][0]
    emptied = await desk.call("DELETE", f"hours/entries/{one['id']}", etag=one["etag"])
    assert (await desk.call("DELETE", url, etag=emptied.json()["sheet"]["etag"])).status_code == 204
    assert (await desk.get(url)).status_code == 404


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.CHIEF])
async def test_nobody_sees_or_logs_the_hours_of_a_neighbour(
    desk: Desk, client: httpx.AsyncClient, session: AsyncSession, program: Program, role: Role
) -> None:
    sheet = await desk.open()
    other = await desk_of(client, session, program, role, "R2")
    assert (await other.get(f"hours/sheets/{sheet['id']}")).status_code == 404
    assert (await other.get(f"people/{desk.person_id}/hours/sheets")).status_code == 404
    assert (await other.get(f"programs/{program.id}/hours/sheets")).json()["total"] == 0
    path = f"hours/sheets/{sheet['id']}/entries"
    answer = await other.call("POST", path, entry(0, 7, 8), etag=str(sheet["etag"]))
    assert answer.status_code == 404


async def test_a_coordinator_reads_everybodys_hours_and_logs_nobodys(
    desk: Desk, client: httpx.AsyncClient, session: AsyncSession, program: Program
) -> None:
    sheet = await desk.open()
    coordinator = await desk_of(client, session, program, Role.COORDINATOR)
    listed = await coordinator.get(f"programs/{program.id}/hours/sheets", person="R1", state="open")
    assert [one["id"] for one in listed.json()["items"]] == [sheet["id"]]
    assert (await coordinator.step(sheet["id"], "entries", entry(0, 7, 8))).status_code == 403
    assert (await coordinator.step(sheet["id"], "submit")).status_code == 403
    assert (await desk.step(sheet["id"], "lock")).status_code == 403


async def test_a_coordinator_of_another_program_finds_nothing(
    desk: Desk, client: httpx.AsyncClient, session: AsyncSession
) -> None:
    sheet = await desk.open()
    foreign = await store_hours_program(session, published=False)
    coordinator = await desk_of(client, session, foreign, Role.COORDINATOR)
    assert (await coordinator.get(f"hours/sheets/{sheet['id']}")).status_code == 404
    answer = await coordinator.call("POST", f"hours/sheets/{sheet['id']}/lock", etag=str(sheet["etag"]))
    assert answer.status_code == 404


async def test_the_hours_of_an_archived_program_stay_as_they_are(
    desk: Desk, session: AsyncSession, program: Program
) -> None:
    sheet = await desk.open()
    program.archived_at = now()
    session.add(program)
    await session.commit()
    answer = await log(desk, sheet, entry(0, 7, 8))
    assert (answer.status_code, code_of(answer)) == (409, "PROGRAM_ARCHIVED")


async def test_the_database_itself_keeps_a_closed_sheet(desk: Desk, session: AsyncSession) -> None:
    sheet = await desk.open()
    await log(desk, sheet, entry(0, 7, 8))
    await desk.step(sheet["id"], "submit")
    statements = [
        update(HourEntry).where(col(HourEntry.sheet_id) == sheet["id"]).values(reason="changed"),
        update(HourSheet)
        .where(col(HourSheet.id) == sheet["id"])
        .values(start_date=year_start() - dt.timedelta(1)),
        update(HourSheet)
        .where(col(HourSheet.id) == sheet["id"])
        .values(state=SheetState.OPEN, submitted_at=None),
    ]
    for statement in statements:
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.exec(statement)


@pytest.mark.parametrize(
    "values",
    [
        {"end_at": at(0, 6)},
        {"end_at": at(0, 7) + dt.timedelta(hours=49)},
        {"end_at": now() + dt.timedelta(days=1), "start_at": now()},
        {"duty_type": "resident_elected_extension"},
        {"origin": "confirmed"},
        {"date": year_start() - dt.timedelta(days=1)},
    ],
)
async def test_the_database_itself_refuses_entries_that_cannot_be(
    desk: Desk, session: AsyncSession, values: dict[str, object]
) -> None:
    sheet = await desk.open()
    await log(desk, sheet, entry(0, 7, 8))
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await session.exec(
                update(HourEntry).where(col(HourEntry.sheet_id) == sheet["id"]).values(**values)
            )


async def test_a_resident_with_hours_is_not_removed_nor_the_program(
    desk: Desk, client: httpx.AsyncClient, session: AsyncSession, program: Program
) -> None:
    await desk.open()
    coordinator = await desk_of(client, session, program, Role.COORDINATOR)
    person = await coordinator.get(f"programs/{program.id}/people/{desk.person_id}")
    answer = await coordinator.call(
        "DELETE", f"programs/{program.id}/people/{desk.person_id}", etag=person.json()["etag"]
    )
    assert (answer.status_code, code_of(answer)) == (409, "IN_USE")
    shown = await coordinator.get(f"programs/{program.id}")
    gone = await coordinator.call("DELETE", f"programs/{program.id}", etag=shown.headers["ETag"])
    assert (gone.status_code, code_of(gone)) == (409, "IN_USE")
