"""Reading a version: lists, grids, coverage, fairness, exports."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from src.compliance.check import check
from src.interchange.schedule_files import read_schedule_bytes
from tests.assignments.conftest import Desk, code_of
from tests.factories.schedules_db import ward_program, ward_schedule

ALL_ROWS = 3 * 20 * 2


async def test_pages_follow_each_other_without_gap_or_repeat(desk: Desk) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 50} | ({"cursor": cursor} if cursor else {})
        page = (await desk.get("assignments", **params)).json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == ALL_ROWS


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"person": "R1"}, 40),
        ({"person": "R9"}, 0),
        ({"rotation": "WARD"}, 100),
        ({"call": "WE"}, 0),
        ({"session": "AM"}, 60),
        ({"kind": "clinic"}, 0),
        ({"from_date": "2026-07-06", "to_date": "2026-07-06"}, 6),
        ({"from_date": "2026-07-04", "to_date": "2026-07-05"}, 0),
    ],
)
async def test_filters(desk: Desk, params: dict[str, str], count: int) -> None:
    page = (await desk.get("assignments", limit=100, **params)).json()
    assert len(page["items"]) == count


@pytest.mark.parametrize("cursor", ["x", "bm90IGpzb24", "WyJ4IiwgInkiXQ", "WzEsIDJd"])
async def test_a_made_up_cursor_is_refused(desk: Desk, cursor: str) -> None:
    answer = await desk.get("assignments", cursor=cursor)
    assert answer.status_code == 422
    assert code_of(answer) == "BAD_CURSOR"


async def test_upcoming_counts_from_today(desk: Desk) -> None:
    """The ward's July is past: nothing of it is upcoming."""
    page = (await desk.get("assignments", upcoming=7)).json()
    assert page["items"] == []
    assert (await desk.get("assignments", upcoming=0)).status_code == 422


@pytest.mark.parametrize("path", ["assignments", "grid"])
@pytest.mark.parametrize("other", ["from_date", "to_date"])
async def test_upcoming_and_dates_of_ones_own_are_refused_together(desk: Desk, path: str, other: str) -> None:
    answer = await desk.get(path, upcoming=3, **{other: "2026-07-06"})
    assert answer.status_code == 422
    assert code_of(answer) == "BAD_DATE_RANGE"
    assert "upcoming" in answer.json()["error"]["message"]


async def test_the_grid_has_a_line_for_everyone(desk: Desk) -> None:
    grid = (await desk.get("grid", from_date="2026-07-03", to_date="2026-07-05")).json()
    assert grid["dates"] == ["2026-07-03", "2026-07-04", "2026-07-05"]
    assert [line["person"] for line in grid["lines"]] == ["R1", "R2", "R3"]
    assert {cell["date"] for line in grid["lines"] for cell in line["cells"]} == {"2026-07-03"}


@pytest.mark.parametrize(
    "params",
    [
        {"from_date": "2026-07-03", "to_date": "2026-07-02"},
        {"from_date": "2026-07-01", "to_date": "2027-07-01"},
        {"from_date": "9999-12-20"},
    ],
)
async def test_a_grid_of_a_bad_range_is_refused(desk: Desk, params: dict[str, str]) -> None:
    answer = await desk.get("grid", **params)
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert code_of(answer) == "BAD_DATE_RANGE"
    else:
        assert answer.json()["lines"][0]["cells"] == []


async def test_the_year_shows_blocks_and_their_dates(desk: Desk) -> None:
    lines = (await desk.get("year")).json()
    assert [line["person"] for line in lines] == ["R1", "R2", "R3"]
    assert lines[0]["blocks"] == [
        {"academic_block": 1, "start_date": "2026-07-01", "end_date": "2026-07-28", "rotation": "WARD"}
    ]


async def test_coverage_tells_who_meets_the_demand(desk: Desk) -> None:
    rows = (await desk.get("coverage", from_date="2026-07-03", to_date="2026-07-04")).json()
    ward = next(row for row in rows if row["what"] == "staffing")
    assert (ward["date"], ward["min"], ward["got"], ward["people"], ward["is_short"]) == (
        "2026-07-03",
        2,
        3,
        ["R1", "R2", "R3"],
        False,
    )
    assert {row["item"] for row in rows if row["what"] == "call"} == {"WE", "JEO"}
    short = (await desk.get("coverage", short_only=True)).json()
    assert short == []


async def test_fairness_counts_what_the_checker_counts(desk: Desk) -> None:
    await desk.add(person="R1", date="2026-07-04", kind="call", item="WE")
    lines = {line["person"]: line for line in (await desk.get("fairness")).json()}
    assert (lines["R1"]["points"], lines["R1"]["weekends"], lines["R1"]["hours"]) == ("2", 1, "226.00")
    assert (lines["R2"]["points"], lines["R2"]["weekends"], lines["R2"]["hours"]) == ("0", 0, "200.00")


async def test_the_csv_is_the_folders_own(desk: Desk) -> None:
    answer = await desk.get("assignments.csv", person="R2")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 40
    assert rows[0] == {
        "person": "R2",
        "date": "2026-07-01",
        "session": "AM",
        "kind": "rotation",
        "id": "WARD",
        "start_at": "2026-07-01T07:00:00-05:00",
        "end_at": "2026-07-01T12:00:00-05:00",
        "duty_type": "clinical",
    }


async def test_the_exported_folder_checks_also_after_an_edit(desk: Desk, tmp_path: Path) -> None:
    program = ward_program()
    for edited in (False, True):
        if edited:
            answer = await desk.add(person="R1", date="2026-07-04", kind="call", item="WE")
            assert answer.status_code == 201
        archive = await desk.get("export")
        reading = read_schedule_bytes("schedule.zip", archive.content)
        assert reading.issues == ()
        assert reading.schedule is not None
        report = check(program, reading.schedule)
        assert [broken.message for broken in report.broken if broken.item == 6] == []
        extra = 2 if edited else 0
        assert len(reading.schedule.assignments) == len(ward_schedule().assignments) + extra


async def test_denied_requests_say_what_stood_in_the_way(desk: Desk) -> None:
    page = (await desk.get("denied")).json()
    assert page["total"] == 1
    assert page["items"][0]["blocking"] == "staffing.csv row 2"


async def test_an_assignment_is_read_with_its_tag(desk: Desk) -> None:
    row = (await desk.on("R1", "2026-07-06"))[0]
    answer = await desk.client.get(f"/api/v1/assignments/{row['id']}", headers=desk.headers)
    assert answer.headers["ETag"] == row["etag"]
    assert answer.json() == row
