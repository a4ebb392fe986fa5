"""A folder published under waivers: `rounds check` lets stand what its certificate shows was let stand."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from src.auth.constants import Role
from src.cli import app
from src.compliance.certificates import certificate_text
from src.compliance.certificates.document import Certificate
from src.schedules.models import ScheduleVersion
from tests.factories.schedules_db import store_version
from tests.planning.conftest import Office
from tests.planning.publishing.test_publish_waived import hard_findings, publish, waive, without_a_free_day


@pytest.fixture
async def waived(office: Office) -> ScheduleVersion:
    """A version published although R1 has no day off: each such finding is waived."""
    version = await store_version(office.session, office.schedule, content=without_a_free_day())
    for finding in await hard_findings(office, version):
        await waive(office, finding)
    assert (await publish(office, version)).status_code == 200
    return version


async def folders(office: Office, version: ScheduleVersion, place: Path) -> tuple[str, str]:
    """Paths of the program as the version was made from it, and of the version."""
    for name in ("inputs", "export"):
        answer = await office.call("GET", f"/versions/{version.id}/{name}")
        assert answer.status_code == 200, answer.text
        zipfile.ZipFile(io.BytesIO(answer.content)).extractall(place / name)
    return str(place / "inputs"), str(place / "export")


def forged(folder: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the certificate of a folder and seal it anew, as a careful hand would."""
    file = Path(folder) / "certificate.json"
    values = json.loads(file.read_text(encoding="utf-8"))
    del values["sha256"]
    change(values)
    file.write_text(certificate_text(Certificate.model_validate(values)), encoding="utf-8")


async def test_a_third_person_sees_the_waivers_and_exit_0(
    office: Office, waived: ScheduleVersion, tmp_path: Path
) -> None:
    paths = await folders(office, waived, tmp_path)
    told = CliRunner().invoke(app, ["check", *paths])
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("Legal under waivers: 1 hard finding stands")
    assert "Agreed with R1 on 2 July" in told.output
    certificate = (await office.call("GET", f"/versions/{waived.id}/certificate")).json()
    assert f"SHA-256 {certificate['sha256']}" in told.output
    report = json.loads(CliRunner().invoke(app, ["check", "--json", *paths]).stdout)
    assert (report["hard"], report["broken"]) == (1, [])
    assert [one["reason"] for one in report["waived"]] == ["Agreed with R1 on 2 July"]
    assert report["certificate"]["sha256"] == certificate["sha256"]


async def test_without_waivers_the_finding_is_what_it_is(
    office: Office, waived: ScheduleVersion, tmp_path: Path
) -> None:
    told = CliRunner().invoke(app, ["check", "--no-waivers", *await folders(office, waived, tmp_path)])
    assert told.exit_code == 1
    assert "Waived" not in told.output


async def test_inputs_that_moved_on_leave_those_of_the_version(
    office: Office, waived: ScheduleVersion, tmp_path: Path
) -> None:
    people = (await office.call("GET", f"/programs/{office.program.id}/people")).json()["items"]
    renamed = await office.call(
        "PATCH",
        f"/programs/{office.program.id}/people/{people[0]['id']}",
        {"name": "Somebody Else"},
        {"If-Match": people[0]["etag"]},
    )
    assert renamed.status_code == 200, renamed.text
    assert CliRunner().invoke(app, ["check", *await folders(office, waived, tmp_path)]).exit_code == 0


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("person", "R2", "covered no hard finding"),
        ("rule", "US-80", "covered no hard finding"),
        ("value", "3", "covered no hard finding"),
        ("expires_date", "2020-01-01", "covered no hard finding"),
        ("window_start_at", "2030-01-01T00:00:00+00:00", "covered no hard finding"),
    ],
)
async def test_a_waiver_made_up_and_sealed_anew_lets_nothing_stand(
    office: Office, waived: ScheduleVersion, tmp_path: Path, field: str, value: str, complaint: str
) -> None:
    paths = await folders(office, waived, tmp_path)

    def change(values: dict[str, Any]) -> None:
        values["waivers"][0][field] = value
        if field == "window_start_at":
            values["waivers"][0]["window_end_at"] = "2030-02-01T00:00:00+00:00"

    forged(paths[1], change)
    told = CliRunner().invoke(app, ["check", *paths])
    assert told.exit_code == 1
    assert told.stdout.startswith("Not legal")
    assert complaint in told.stdout


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", "many"),
        ("limit", "NaN"),
        ("granted_at", "yesterday"),
        ("window_end_at", "2026-07-29T00:00:00"),
        ("expires_date", "soon"),
    ],
)
async def test_a_waiver_that_is_no_waiver_is_named(
    office: Office, waived: ScheduleVersion, tmp_path: Path, field: str, value: str
) -> None:
    """A word where a number or an instant belongs is an error of the certificate, never a traceback."""
    paths = await folders(office, waived, tmp_path)
    file = Path(paths[1]) / "certificate.json"
    values = json.loads(file.read_text(encoding="utf-8"))
    values["waivers"][0][field] = value
    file.write_text(json.dumps(values), encoding="utf-8")
    told = CliRunner().invoke(app, ["check", *paths])
    assert told.exit_code == 1
    assert f"waivers.0.{field}" in told.output


@pytest.mark.parametrize("role", [Role.CHIEF, Role.RESIDENT, Role.FACULTY])
async def test_everybodys_inputs_are_for_those_who_may_take_them_away(
    office: Office, waived: ScheduleVersion, role: Role
) -> None:
    reader = await office.acting_as(role)
    assert (await reader.call("GET", f"/versions/{waived.id}/inputs")).status_code == 403
