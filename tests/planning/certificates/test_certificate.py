"""The certificate of a published version: kept with it, exported with it, verified from the folders."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select, update
from typer.testing import CliRunner

from src.auth.constants import Role
from src.cli import app
from src.compliance.certificates.records import CertificateRecord
from src.interchange.issues import ImportIssue
from src.planning.folders.check_folder import check_folder
from src.schedules.models import ScheduleVersion
from tests.factories.schedules_db import store_version
from tests.planning.conftest import Office
from tests.planning.publishing.test_publish import code_of, publish


async def published(office: Office) -> ScheduleVersion:
    version = await store_version(office.session, office.schedule)
    assert (await publish(office, version)).status_code == 200
    return version


async def folders(office: Office, version: ScheduleVersion, place: Path) -> tuple[Path, Path]:
    """The program's and the version's folder, unpacked."""
    program = await office.call("GET", f"/programs/{office.program.id}/export")
    schedule = await office.call("GET", f"/versions/{version.id}/export")
    for name, answer in (("program", program), ("schedule", schedule)):
        assert answer.status_code == 200, answer.text
        zipfile.ZipFile(io.BytesIO(answer.content)).extractall(place / name)
    return place / "program", place / "schedule"


def ignore(_: ImportIssue) -> None:
    """For tests that are not about warnings."""


async def test_publishing_leaves_a_certificate_of_everyone_and_every_rule(office: Office) -> None:
    version = await published(office)
    answer = await office.call("GET", f"/versions/{version.id}/certificate")
    assert answer.status_code == 200
    told = answer.json()
    assert told["version"]["id"] == str(version.id)
    assert told["version"]["published_by"].endswith("@rounds.test") or "@" in told["version"]["published_by"]
    assert [pack["id"] for pack in told["packs"]] == ["acgme-cpr-2023"]
    assert {row[0] for row in told["measures"]} == {"R1", "R2", "R3"}
    assert len(told["sha256"]) == 64


async def test_a_draft_has_no_certificate(office: Office) -> None:
    version = await store_version(office.session, office.schedule)
    answer = await office.call("GET", f"/versions/{version.id}/certificate")
    assert (answer.status_code, code_of(answer)) == (404, "NOT_CERTIFIED")


async def test_what_is_not_published_leaves_none(office: Office) -> None:
    """A refused publication keeps nothing, the certificate included."""
    version = await store_version(office.session, office.schedule)
    assert (await publish(office, version, tag='"stale"')).status_code == 412
    assert (await office.session.exec(select(CertificateRecord))).all() == []


@pytest.mark.parametrize("role", [Role.FACULTY, Role.RESIDENT])
async def test_those_who_do_not_build_do_not_read_everyones_numbers(office: Office, role: Role) -> None:
    version = await published(office)
    reader = await office.acting_as(role)
    assert (await reader.call("GET", f"/versions/{version.id}/certificate")).status_code == 403


@pytest.mark.parametrize("change", ["update", "delete"])
async def test_the_database_refuses_any_change_of_it(office: Office, change: str) -> None:
    version = await published(office)
    mine = col(CertificateRecord.version_id) == version.id
    statement = (
        update(CertificateRecord).where(mine).values(document="{}")
        if change == "update"
        else delete(CertificateRecord).where(mine)
    )
    with pytest.raises(IntegrityError, match="a certificate never changes"):
        await office.session.exec(statement)


async def test_the_exported_folders_verify_without_the_database(office: Office, tmp_path: Path) -> None:
    program, schedule = await folders(office, await published(office), tmp_path)
    assert (schedule / "certificate.json").exists()
    assert check_folder(program, schedule, ignore).report.broken == ()


async def test_a_draft_is_exported_without_one(office: Office, tmp_path: Path) -> None:
    version = await store_version(office.session, office.schedule)
    program, schedule = await folders(office, version, tmp_path)
    assert not (schedule / "certificate.json").exists()
    assert check_folder(program, schedule, ignore).report.broken == ()


async def test_tampering_is_named_by_the_command_line_with_exit_1(office: Office, tmp_path: Path) -> None:
    """One session taken out of the folder, and one number of the certificate made nicer."""
    program, schedule = await folders(office, await published(office), tmp_path)
    file = schedule / "certificate.json"
    certificate = json.loads(file.read_text(encoding="utf-8"))
    certificate["measures"][0][5] = "1"
    file.write_text(json.dumps(certificate), encoding="utf-8")
    lines = (schedule / "assignments.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (schedule / "assignments.csv").write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(program), str(schedule)])
    assert result.exit_code == 1
    assert "assignments.csv: a row of 'R1' that was certified is missing or was changed" in result.output
    assert "the seal is broken" in result.output
    assert "1 is certified," in result.output


async def test_inputs_that_moved_on_since_are_named(office: Office, tmp_path: Path) -> None:
    program, schedule = await folders(office, await published(office), tmp_path)
    people = (program / "people.csv").read_text(encoding="utf-8")
    (program / "people.csv").write_text(people.replace("Resident R2", "Renamed"), encoding="utf-8")
    messages = [one.message for one in check_folder(program, schedule, ignore).report.broken]
    assert any("R2,Renamed" in message and "was not certified so" in message for message in messages)


async def test_a_certificate_that_is_not_text_rejects_the_folder(office: Office, tmp_path: Path) -> None:
    program, schedule = await folders(office, await published(office), tmp_path)
    (schedule / "certificate.json").write_bytes(b"\xff\xfe")
    result = CliRunner().invoke(app, ["check", str(program), str(schedule)])
    assert result.exit_code == 2
    assert "certificate.json" in result.output
