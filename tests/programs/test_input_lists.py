"""Lists of inputs: filtered, searched, sorted, in pages, and only for those who may."""

from __future__ import annotations

import httpx

from src.models import new_id
from src.programs import models
from tests.factories.programs_db import Caller

FOUND_CODES: tuple[tuple[str, dict[str, object], list[str]], ...] = (
    ("people", {"kind": "faculty"}, ["F1"]),
    ("people", {"pgy": 2, "sort": "-code"}, ["R4", "R3"]),
    ("people", {"search": "resident 3"}, ["R3"]),
    ("people", {"search": "100%"}, []),
    ("rotations", {"group": "light"}, ["CLIN"]),
    ("rotations", {"clinic": True, "sort": "name"}, ["CLIN", "WARD"]),
    ("calls", {"weekday": 5}, ["WE"]),
    ("calls", {"weekday": 4}, []),
)


async def test_lists_are_filtered_searched_and_sorted(coordinator: Caller) -> None:
    for path, params, expected in FOUND_CODES:
        listed = (await coordinator.get(path, **params)).json()
        assert [item["code"] for item in listed["items"]] == expected, (path, params)
        assert listed["total"] == len(expected)


FOUND_ROWS: tuple[tuple[str, dict[str, object], int], ...] = (
    ("templates", {"rotation": "WARD"}, 2),
    ("templates", {"rotation": "@light"}, 0),
    ("coverage", {"rotation": "@light"}, 1),
    ("coverage", {"block": 3}, 2),
    ("coverage", {"pgy": 7}, 1),
    ("requests", {"person": "R1"}, 1),
    ("requests", {"person": "R99"}, 0),
    ("requests", {"date": "2026-08-09"}, 1),
    ("requests", {"date": "2026-08-10"}, 0),
    ("requests", {"kind": "rotation", "rotation": "NF", "block": 2}, 1),
    ("requests", {"search": "Resident 2"}, 1),
    ("absences", {"status": "approved", "date": "2026-08-01"}, 1),
    ("pins", {"call": "WE"}, 1),
    ("pins", {"date": "2026-07-04"}, 1),
    ("pins", {"search": "ward", "sort": "-person"}, 1),
    ("history", {"person": "R3", "duty_type": "clinical"}, 1),
    ("history-counts", {"kind": "points", "sort": "count"}, 1),
    ("successions", {"from_rotation": "NF", "to_rotation": "WARD"}, 1),
)


async def test_rows_are_found_by_what_they_refer_to(coordinator: Caller) -> None:
    for path, params, total in FOUND_ROWS:
        listed = (await coordinator.get(path, **params)).json()
        assert (listed["total"], len(listed["items"])) == (total, total), (path, params)


async def test_pages_follow_each_other(coordinator: Caller) -> None:
    first = (await coordinator.get("people", page_size=2, sort="code")).json()
    last = (await coordinator.get("people", page_size=2, page=3, sort="code")).json()
    assert (first["total"], first["has_next"], last["has_next"]) == (5, True, False)
    assert [item["code"] for item in (*first["items"], *last["items"])] == ["F1", "R1", "R4"]


BAD_QUERIES = (
    "page=0 page_size=101 page_size=x sort=shoe_size sort=weekdays kind=dog pgy=99 pgy=x search=%00 track=%00"
    " sort=%00 page=99999999999"
)


async def test_a_query_that_cannot_be_is_refused(coordinator: Caller) -> None:
    url = f"/api/v1/programs/{coordinator.program_id}/people"
    for query in BAD_QUERIES.split():
        response = await coordinator.client.get(f"{url}?{query}", headers=coordinator.headers)
        assert response.status_code == 422, query


async def test_a_row_that_is_not_there_is_not_found(coordinator: Caller) -> None:
    assert (await coordinator.get(f"people/{new_id()}")).status_code == 404
    for no_id in ("x", "0", "%00"):
        assert (await coordinator.get(f"people/{no_id}")).status_code == 422, no_id


async def test_nobody_reads_without_signing_in(client: httpx.AsyncClient, program: models.Program) -> None:
    assert (await Caller(client, program.id, {}).get("people")).status_code == 401
