"""A version whose inputs were accepted once and would not be today: a clear error, whatever is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import Assignment
from src.etags import etag_of
from tests.factories.schedules_db import store_version, ward_program
from tests.planning.conftest import OfficeOf

ROW = {"person": "R1", "date": "2026-07-04", "kind": "call", "item": "WE"}
CHANGE = {"changes": [{"op": "create", **ROW}]}

ASKED = [
    *(
        ("GET", f"/versions/{{version}}/{what}", None)
        for what in ("check", "year", "grid", "inputs", "export")
    ),
    ("GET", "/versions/{version}/reports/program", None),
    ("GET", "/assignments/{row}/why", None),
    ("GET", "/versions/{version}/assignments/{row}/swaps", None),
    ("POST", "/versions/{version}/what-if", CHANGE),
    ("POST", "/versions/{version}/assignments/bulk", CHANGE),
    ("POST", "/versions/{version}/copy", {}),
    ("POST", "/versions/{version}/publish", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKED, ids=[path for _, path, _ in ASKED])
async def test_inputs_with_a_session_told_twice_are_named(
    office_of: OfficeOf, session: AsyncSession, method: str, path: str, body: object
) -> None:
    """Such rows were read with a warning; since they are refused, all of this was an error of the server."""
    ward = ward_program()
    twice = replace(ward, templates=(*ward.templates, replace(ward.templates[0], weekdays=(0,))))
    office = await office_of(twice)
    version = await store_version(session, office.schedule, program=twice)
    found = await session.exec(select(Assignment.id).where(Assignment.version_id == version.id).limit(1))
    tag = {"If-Match": etag_of(version.id, version.revision)}
    answer = await office.call(method, path.format(version=version.id, row=found.one()), body, tag)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "INPUTS_UNREADABLE")
    assert "templates.csv, row 3, column session: row 2 already says" in error["message"]
    assert [(issue["file"], issue["row"]) for issue in error["details"]["issues"]] == [("templates.csv", 3)]
