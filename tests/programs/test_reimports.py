"""One program in the place of another: the difference first, what schedules use stays, round trip."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import VacationWeek
from src.auth.models import AuditEntry
from src.interchange.model import Program
from src.interchange.reader import load_program as read_folder
from src.interchange.reader import read_program_bytes
from src.interchange.schedule import Scope
from src.interchange.writer import program_zip
from src.programs import models
from src.programs.folder import load_program
from src.schedules.models import InputSnapshot, Schedule, ScheduleVersion
from tests.factories.programs import ruled_program
from tests.factories.programs_db import Caller, person_id, store_program
from tests.factories.random_programs import programs, with_known_rules
from tests.programs.uploads import broken_zip, changed_program, replace_by, upload, zip_of_folder

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"


async def test_the_difference_is_shown_first_and_then_made(
    coordinator: Caller, session: AsyncSession, program: models.Program
) -> None:
    data = program_zip(changed_program())
    preview = (await replace_by(coordinator, data, dry_run=True)).json()
    by_file = {found["file"]: found for found in preview["difference"]}
    assert set(by_file) == {"program.toml", "people.csv"}
    assert by_file["people.csv"]["removed"] == [
        {
            "id": "R4",
            "name": "Resident 4",
            "kind": "resident",
            "pgy": "2",
            "track": "",
            "email": "",
            "start_date": "",
            "end_date": "",
        }
    ]
    assert by_file["people.csv"]["changed"] == [
        {"key": {"id": "R2"}, "before": {"name": "Resident 2"}, "after": {"name": "Renamed"}}
    ]
    assert await load_program(session, program.id) == ruled_program()
    kept = await person_id(session, program, "R2")
    applied = await replace_by(coordinator, data)
    assert (applied.status_code, applied.json()["difference"]) == (200, preview["difference"])
    assert await load_program(session, program.id) == changed_program()
    assert await person_id(session, program, "R2") == kept
    entries = await session.exec(select(AuditEntry).where(col(AuditEntry.program_id) == program.id))
    (entry,) = entries.all()
    assert (entry.action, entry.content_hash) == ("program.reimported", applied.json()["sha256"])
    assert entry.counts is not None
    assert (entry.counts["added"], entry.counts["removed"], entry.counts["changed"]) == (0, 1, 2)


async def test_a_broken_upload_leaves_the_old_program(
    coordinator: Caller, session: AsyncSession, program: models.Program
) -> None:
    response = await replace_by(coordinator, broken_zip())
    assert (response.status_code, response.json()["error"]["code"]) == (422, "IMPORT_REJECTED")
    assert await load_program(session, program.id) == ruled_program()


async def test_a_stale_tag_stops_a_replacement(
    coordinator: Caller, session: AsyncSession, program: models.Program
) -> None:
    """If-Match is optional here; whoever sends it is told when the program is another by now."""
    etag = (await coordinator.get()).json()["etag"]
    await coordinator.patch("", {"name": "Meanwhile"}, etag)
    stale = await replace_by(coordinator, program_zip(changed_program()), {"If-Match": etag})
    assert stale.status_code == 412
    assert (await load_program(session, program.id)).name == "Meanwhile"


async def make_version(session: AsyncSession, program: models.Program, code: str) -> None:
    """A draft version in which that person has a vacation week."""
    schedule = Schedule(program_id=program.id, name="2026")
    snapshot = InputSnapshot(program_id=program.id, sha256="0" * 64, files={})
    session.add_all([schedule, snapshot])
    await session.flush()
    version = ScheduleVersion(
        program_id=program.id,
        schedule_id=schedule.id,
        number=1,
        scope=Scope.YEAR,
        academic_blocks=[1],
        start_date=date(2026, 7, 1),
        end_date=date(2026, 7, 28),
        snapshot_id=snapshot.id,
    )
    session.add(version)
    await session.flush()
    person = await person_id(session, program, code)
    session.add(VacationWeek(version_id=version.id, person_id=person, week_start_date=date(2026, 7, 6)))
    await session.commit()


async def test_what_a_version_uses_is_not_removed(
    coordinator: Caller, session: AsyncSession, program: models.Program
) -> None:
    """Neither by an import nor by hand, and its code stays; all are 409 and name it."""
    await make_version(session, program, "R4")
    refused = await replace_by(coordinator, program_zip(changed_program()))
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (409, "IN_USE")
    assert error["details"]["used"] == [{"kind": "person", "code": "R4", "by": "vacation_week", "rows": 1}]
    assert await load_program(session, program.id) == ruled_program()
    row = (await coordinator.get("people", search="R4")).json()["items"][0]
    deleted = await coordinator.delete(f"people/{row['id']}", row["etag"])
    renamed = await coordinator.patch(f"people/{row['id']}", {"code": "R5"}, row["etag"])
    assert {deleted.json()["error"]["code"], renamed.json()["error"]["code"]} == {"IN_USE"}
    same = await replace_by(coordinator, program_zip(ruled_program(name="Same people")))
    assert same.status_code == 200


async def test_another_program_is_not_found(
    client: httpx.AsyncClient, session: AsyncSession, coordinator: Caller
) -> None:
    other = await store_program(session, ruled_program())
    stranger = Caller(client, other.id, coordinator.headers)
    assert (await replace_by(stranger, program_zip(changed_program()))).status_code == 404
    assert (await stranger.get("export")).status_code == 404
    assert await load_program(session, other.id) == ruled_program()


async def test_an_unknown_packing_is_refused(coordinator: Caller) -> None:
    assert (await coordinator.get("export", format="pdf")).status_code == 422


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["tiny", "fm-24", "gs-35", "im-60", "infeasible-icu"])
async def test_shared_programs_go_in_and_come_out_equal(
    client: httpx.AsyncClient, creator: dict[str, str], name: str
) -> None:
    folder = SHARED / "programs" / name
    if not folder.exists():
        pytest.skip("the shared data is not there")
    location = (await upload(client, creator, zip_of_folder(folder))).headers["Location"]
    packing = "xlsx" if name == "tiny" else "zip"
    exported = await client.get(f"{location}/export", headers=creator, params={"format": packing})
    assert read_program_bytes("export", exported.content).program == read_folder(folder)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=programs().map(with_known_rules), after=programs().map(with_known_rules))
async def test_any_program_goes_in_over_any_other_and_comes_out_equal(
    client: httpx.AsyncClient, creator: dict[str, str], before: Program, after: Program
) -> None:
    location = (await upload(client, creator, program_zip(before))).headers["Location"]
    files = {"file": ("p.zip", program_zip(after))}
    replaced = await client.post(f"{location}/import", headers=creator, files=files)
    assert replaced.status_code == 200
    exported = await client.get(f"{location}/export", headers=creator)
    assert read_program_bytes("export", exported.content).program == after
