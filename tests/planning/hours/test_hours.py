"""Worked hours end to end: copied from the schedule, changed, handed in, judged, locked, reopened."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any

import httpx
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.programs.models import Program
from src.schedules.models import ScheduleVersion
from tests.factories.hours_db import Desk, at, desk_of, entry, store_hours_program, year_start


@pytest.fixture
async def program(session: AsyncSession) -> Program:
    return await store_hours_program(session)


@pytest.fixture
async def desk(client: httpx.AsyncClient, session: AsyncSession, program: Program) -> Desk:
    return await desk_of(client, session, program)


@pytest.fixture
async def coordinator(client: httpx.AsyncClient, session: AsyncSession, program: Program) -> Desk:
    return await desk_of(client, session, program, Role.COORDINATOR)


def instant(day: int, hour: float) -> str:
    return at(day, hour).astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


async def entries_of(desk: Desk, sheet: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        await desk.get(f"hours/sheets/{sheet['id']}/entries", page_size=100)
    ).json()["items"]
    return items


async def fill(desk: Desk, sheet: dict[str, Any], rows: list[dict[str, object]]) -> None:
    changes = [{"op": "create", **row} for row in rows]
    answer = await desk.step(sheet["id"], "bulk", {"changes": changes})
    assert answer.status_code == 200, answer.text


async def hand_in(desk: Desk, day: int, unit: str, rows: list[dict[str, object]]) -> dict[str, Any]:
    sheet = await desk.open(day, unit)
    if rows:
        await fill(desk, sheet, rows)
    answer = await desk.step(sheet["id"], "submit")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_the_schedule_is_copied_confirmed_changed_handed_in_judged_locked_and_reopened(
    desk: Desk, coordinator: Desk
) -> None:
    sheet = await desk.open()
    copied = await desk.step(sheet["id"], "prefill")
    assert copied.status_code == 200, copied.text
    copies = copied.json()["entries"]
    assert len(copies) == 40
    assert {one["origin"] for one in copies} == {"prefilled"}
    early = await desk.step(sheet["id"], "submit")
    assert early.status_code == 409
    assert early.json()["error"]["code"] == "HOUR_ENTRIES_UNCONFIRMED"
    assert early.json()["error"]["details"]["count"] == 40
    # On the first Monday the resident stayed for 30 hours on end, elected to, and said why.
    first = copies[1]
    changed = await desk.call("PUT", f"hours/entries/{first['id']}", entry(0, 12, 12), etag=first["etag"])
    assert changed.json()["entries"][0]["origin"] == "changed"
    assert changed.json()["entries"][0]["planned_end_at"] == instant(0, 17)
    await fill(
        desk,
        sheet,
        [entry(1, 0, 7), entry(1, 17, 2, "resident_elected_extension", reason="A dying patient.")],
    )
    confirmed = await desk.step(sheet["id"], "confirm")
    assert {one["origin"] for one in confirmed.json()["entries"]} == {"confirmed"}
    assert confirmed.json()["sheet"]["unconfirmed_count"] == 0
    nothing_yet = (await desk.own("findings")).json()
    assert nothing_yet["items"] == []
    assert nothing_yet["unknown"][0]["known_days"] == 0
    assert (await desk.step(sheet["id"], "submit")).status_code == 200
    found = (await desk.own("findings")).json()
    assert found["basis"] == "log"
    one = next(item for item in found["items"] if item["rule"] == "US-CONT24")
    assert (one["basis"], one["is_certain"], one["value"], one["limit"]) == ("log", True, "36", "28")
    assert first["id"] in one["entry_ids"]
    assert (await coordinator.step(sheet["id"], "lock")).json()["state"] == "locked"
    listed = await coordinator.get(f"programs/{desk.program_id}/hours/findings", rule="US-CONT24")
    assert [item["person"] for item in listed.json()["items"]] == ["R1"]
    reopened = await coordinator.step(sheet["id"], "reopen", {"reason": "It was 26 hours."})
    assert reopened.json()["state"] == "reopened"
    again = (await desk.own("findings")).json()
    assert (again["items"], again["unknown"][0]["known_days"]) == ([], 0)


async def test_a_second_copy_brings_back_nothing_that_was_removed(desk: Desk) -> None:
    sheet = await desk.open()
    first = (await desk.step(sheet["id"], "prefill")).json()["entries"][0]
    await desk.call("DELETE", f"hours/entries/{first['id']}", etag=first["etag"])
    again = (await desk.step(sheet["id"], "prefill")).json()
    assert (again["entries"], again["sheet"]["entry_count"]) == ([], 39)


async def test_what_is_there_already_is_left_out_of_the_copy(desk: Desk) -> None:
    sheet = await desk.open()
    await fill(desk, sheet, [entry(0, 7, 5)])
    copied = (await desk.step(sheet["id"], "prefill")).json()
    assert len(copied["entries"]) == 39
    assert [one["reason"] for one in copied["left_out"]] == ["is in the sheet already"]


async def test_a_week_takes_only_its_own_days_from_the_schedule(desk: Desk) -> None:
    sheet = await desk.open(10, "week")
    copies = (await desk.step(sheet["id"], "prefill")).json()["entries"]
    assert {one["date"] for one in copies} == {
        (year_start() + dt.timedelta(days=day)).isoformat() for day in range(7, 12)
    }


async def test_a_repeated_copy_with_a_key_answers_the_same(desk: Desk) -> None:
    sheet = await desk.open()
    key = {"headers": {"Idempotency-Key": "copy"}}
    first = await desk.step(sheet["id"], "prefill", **key)
    assert (await desk.step(sheet["id"], "prefill", **key)).json() == first.json()


async def test_nothing_is_copied_where_nothing_is_published(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    bare = await store_hours_program(session, published=False)
    desk = await desk_of(client, session, bare)
    sheet = await desk.open()
    answer = await desk.step(sheet["id"], "prefill")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "NOTHING_PUBLISHED"
    assert (await desk.sheet(sheet["id"]))["entry_count"] == 0


async def test_days_without_a_log_are_left_out_of_both_sides_and_listed(desk: Desk) -> None:
    """Two weeks of 84 h, two that nobody logged: 84 h a week, not 42."""
    for week in (0, 7):
        await hand_in(desk, week, "week", [entry(week + day, 6, 14) for day in range(6)])
    found = (await desk.own("findings", rule="US-80")).json()
    one = found["items"][0]
    assert (one["value"], one["severity"], one["is_certain"]) == ("84", "hard", False)
    first = year_start()
    unknown = {
        "start_date": (first + dt.timedelta(days=14)).isoformat(),
        "end_date": (first + dt.timedelta(days=27)).isoformat(),
    }
    assert one["unknown"] == [unknown]
    assert [week["hours"] for week in one["weeks"]] == ["84", "84", None, None]
    assert "unknown for want of a log" in one["message"]
    assert "leave" not in one["message"]
    assert found["unknown"][0]["unknown"][0]["start_date"] == unknown["start_date"]


async def test_a_finding_that_holds_whatever_was_worked_on_unknown_days_is_certain(desk: Desk) -> None:
    """Three weeks of 110 h are more than 80 h a week even over four."""
    for week in (0, 7, 14):
        rows = [entry(week + day, 2, 18) for day in range(6)] + [entry(week + 6, 2, 2)]
        await hand_in(desk, week, "week", rows)
    one = (await desk.own("findings", rule="US-80")).json()["items"][0]
    assert (one["value"], one["is_certain"], len(one["unknown"])) == ("110", True, 1)


async def test_an_empty_sheet_that_is_handed_in_says_that_nothing_was_worked(desk: Desk) -> None:
    await hand_in(desk, 0, "week", [entry(day, 6, 14) for day in range(6)])
    assert (await desk.own("findings", rule="US-80")).json()["total"] == 1
    await hand_in(desk, 7, "week", [])
    assert (await desk.own("findings", rule="US-80")).json()["total"] == 0


async def test_entries_two_hours_apart_are_one_period_of_a_log(desk: Desk) -> None:
    """07:00–19:00 and 21:00–09:00 are 26 hours of clinical work on end."""
    await hand_in(desk, 0, "week", [entry(0, 7, 12), entry(0, 21, 12), entry(3, 7, 12), entry(3, 21.25, 12)])
    found = (await desk.own("findings", rule="US-CONT24")).json()["items"]
    assert [one["value"] for one in found] == ["26"]


async def test_overlapping_entries_are_a_data_finding_and_count_once(desk: Desk) -> None:
    await hand_in(desk, 0, "week", [entry(0, 7, 10), entry(0, 15, 4, "education")])
    found = (await desk.own("findings")).json()
    assert [one["kind"] for one in found["data_findings"]] == ["overlap"]


async def test_moonlighting_of_a_first_year_is_found_from_the_log(desk: Desk) -> None:
    await hand_in(desk, 0, "week", [entry(5, 8, 4, "moonlighting_external")])
    found = (await desk.own("findings", severity="hard")).json()["items"]
    assert [one["rule"] for one in found] == ["US-MOON"]


async def test_residents_see_the_findings_on_themselves_only(
    desk: Desk, client: httpx.AsyncClient, session: AsyncSession, program: Program
) -> None:
    await hand_in(desk, 0, "week", [entry(5, 8, 4, "moonlighting_external")])
    other = await desk_of(client, session, program, Role.RESIDENT, "R2")
    seen = (await other.get(f"programs/{program.id}/hours/findings")).json()
    assert (seen["total"], [one["person"] for one in seen["unknown"]]) == (0, ["R2"])
    assert (await other.get(f"people/{desk.person_id}/hours/findings")).status_code == 404


async def test_a_chief_reads_nobody_elses_hours_through_a_report(
    desk: Desk, coordinator: Desk, client: httpx.AsyncClient, session: AsyncSession, program: Program
) -> None:
    """Who builds reads everyone's plan; what a colleague logged is the coordinator's to read."""
    await hand_in(desk, 0, "week", [entry(5, 8, 4, "moonlighting_external")])
    versions = select(ScheduleVersion.id).where(ScheduleVersion.program_id == program.id)
    version_id = (await session.exec(versions)).one()
    chief = await desk_of(client, session, program, Role.CHIEF, "R2")
    for reader, sees in ((coordinator, True), (chief, False), (desk, True)):
        scope = "person" if reader is desk else "program"
        report = await reader.get(f"versions/{version_id}/reports/{scope}")
        assert report.status_code == 200
        logged = [one["rule"] for one in report.json()["findings"] if one["basis"] == "log"]
        assert ("US-MOON" in logged) is sees, reader
    csv_text = (await chief.get(f"versions/{version_id}/reports/program.csv")).text
    assert "moonlight" not in csv_text
    named = await chief.get(f"versions/{version_id}/reports/person", person="R1")
    assert [one for one in named.json()["findings"] if one["basis"] == "log"] == []


async def test_drift_compares_known_days_and_counts_unknown_ones_apart(desk: Desk, coordinator: Desk) -> None:
    """R1 logs one week of 60 h where 50 h were planned; 21 days of R1 and 56 of the others are unknown."""
    await hand_in(desk, 0, "week", [entry(day, 7, 12) for day in range(5)])
    lines = (await coordinator.get(f"programs/{desk.program_id}/hours/drift")).json()
    assert lines == [
        {
            "rotation": "WARD",
            "pgy": 1,
            "residents": 3,
            "known_days": 7,
            "unknown_days": 21 + 56,
            "planned_minutes": 50 * 60,
            "worked_minutes": 60 * 60,
            "difference_minutes": 10 * 60,
            "unknown_planned_minutes": (150 + 400) * 60,
        }
    ]
    answer = await coordinator.get(f"programs/{desk.program_id}/hours/drift.csv")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert (rows[0]["rotation"], rows[0]["difference_minutes"]) == ("WARD", "600")
    narrowed = await coordinator.get(
        f"programs/{desk.program_id}/hours/drift", to_date=(year_start() + dt.timedelta(days=6)).isoformat()
    )
    assert narrowed.json()[0]["unknown_days"] == 14


async def test_drift_is_for_those_who_keep_everybodys_hours(desk: Desk) -> None:
    assert (await desk.get(f"programs/{desk.program_id}/hours/drift")).status_code == 403


async def test_an_unknown_zone_is_named_and_not_an_accident(
    coordinator: Desk, session: AsyncSession, program: Program
) -> None:
    program.time_zone = "Mars/Base"
    session.add(program)
    await session.commit()
    for path in ("findings", "drift"):
        answer = await coordinator.get(f"programs/{program.id}/hours/{path}")
        assert answer.status_code == 422
        assert "Mars/Base" in answer.json()["error"]["message"]
