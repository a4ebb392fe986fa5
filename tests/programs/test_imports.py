"""Whole programs in and out: dry run, atomic apply, difference, what schedules use, round trip, races."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import VacationWeek
from src.auth.audit import COMMAND_LINE
from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.database import SessionMaker
from src.interchange.model import Program
from src.interchange.reader import load_program as read_folder
from src.interchange.reader import read_program_bytes
from src.interchange.schedule import Scope
from src.interchange.snapshot import program_snapshot
from src.interchange.writer import program_files, program_workbook, program_zip
from src.programs import imports, models
from src.programs.folder import load_program
from src.programs.imports import import_program
from src.schedules.models import InputSnapshot, Schedule, ScheduleVersion
from tests.factories.auth import make_user, sign_in
from tests.factories.programs import programs, small_program
from tests.factories.programs_db import Caller, member, person_id, store_program

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
BROKEN = sorted(path for path in (SHARED / "programs-broken").glob("*") if path.is_dir())
URL = "/api/v1/programs/import"


def zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zip_of_folder(path: Path) -> bytes:
    return zip_of({entry.name: entry.read_bytes() for entry in path.iterdir()})


def broken_zip() -> bytes:
    """The small program with two errors: an unknown rotation and a date that is none."""
    files = program_files(small_program())
    files["coverage.csv"] = files["coverage.csv"].replace(b"WARD", b"WRAD")
    files["absences.csv"] = files["absences.csv"].replace(b"2026-08-01", b"2026-02-30")
    return zip_of(files)


@pytest.fixture
async def creator(session: AsyncSession) -> dict[str, str]:
    """The headers of a user whom an admin lets create programs."""
    return await sign_in(session, await make_user(session, may_create_programs=True))


@pytest.fixture
async def program(session: AsyncSession) -> models.Program:
    return await store_program(session)


@pytest.fixture
async def coordinator(client: httpx.AsyncClient, session: AsyncSession, program: models.Program) -> Caller:
    return await member(client, session, program)


async def upload(
    client: httpx.AsyncClient, headers: dict[str, str], data: bytes, name: str = "p.zip", **params: Any
) -> httpx.Response:
    return await client.post(URL, headers=headers, files={"file": (name, data)}, params=params)


async def count_programs(session: AsyncSession) -> int:
    return (await session.exec(select(func.count()).select_from(models.Program))).one()


# A new program


@pytest.mark.parametrize("packing", ["zip", "xlsx"])
async def test_an_import_makes_the_program_and_an_export_gives_it_back(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str], packing: str
) -> None:
    pack = program_zip if packing == "zip" else program_workbook
    imported = await upload(client, creator, pack(small_program()), f"small.{packing}")
    assert imported.status_code == 201
    shown = imported.json()
    assert (shown["accepted"], shown["error_count"], shown["counts"]["people.csv"]) == (True, 0, 5)
    assert shown["sha256"] == program_snapshot(small_program())[1]
    location = imported.headers["Location"]
    read = (await client.get(location, headers=creator)).json()
    assert (read["role"], read["etag"]) == ("COORDINATOR", imported.headers["ETag"])
    exported = await client.get(f"{location}/export", headers=creator, params={"format": packing})
    assert exported.headers["Content-Disposition"] == f'attachment; filename="small.{packing}"'
    assert read_program_bytes("export", exported.content).program == small_program()
    entry = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "program.imported"))).one()
    assert entry.content_hash == shown["sha256"]
    assert entry.counts is not None
    assert entry.counts["requests.csv"] == 2


async def test_a_folder_comes_as_its_files(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    """A file of another kind beside them is no matter, as in a folder on disk."""
    files = {**program_files(small_program()), "README.md": b"# Small"}
    sent = [("file", (f"small/{name}", data)) for name, data in files.items()]
    assert (await client.post(URL, headers=creator, files=sent)).status_code == 201


async def test_a_dry_run_writes_nothing(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str]
) -> None:
    before = await count_programs(session)
    response = await upload(client, creator, program_zip(small_program()), dry_run=True)
    shown = response.json()
    assert (response.status_code, shown["accepted"], shown["program_id"]) == (200, True, None)
    people = next(found for found in shown["difference"] if found["file"] == "people.csv")
    assert (people["added_count"], people["added"][0]["id"]) == (5, "F1")
    assert await count_programs(session) == before


async def test_errors_are_all_told_with_file_row_and_column(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str]
) -> None:
    """The dry run answers with them, the import refuses because of them, and nothing is written."""
    before = await count_programs(session)
    preview = await upload(client, creator, broken_zip(), dry_run=True)
    assert (preview.status_code, preview.json()["accepted"]) == (200, False)
    refused = await upload(client, creator, broken_zip())
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["details"]["error_count"]) == (
        422,
        "IMPORT_REJECTED",
        2,
    )
    assert error["details"]["issues"] == preview.json()["issues"]
    places = [(issue["file"], issue["row"], issue["column"]) for issue in error["details"]["issues"]]
    assert places == [("absences.csv", 2, "start_date"), ("coverage.csv", 3, "rotation")]
    assert await count_programs(session) == before


async def test_warnings_do_not_keep_a_program_out(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    files = program_files(small_program())
    files["people.csv"] = files["people.csv"].replace(b"end_date\n", b"end_date,pager\n", 1)
    shown = (await upload(client, creator, zip_of(files))).json()
    assert shown["accepted"]
    assert ("people.csv", "pager") in {(issue["file"], issue["column"]) for issue in shown["issues"]}
    assert shown["warning_count"] >= 1


EXPECTED_PLACE = {
    "dangling-rotation": ("coverage.csv", "rotation"),
    "dangling-group": ("calls.csv", "rotations"),
    "us-date": ("requests.csv", None),
    "duplicate-id": ("people.csv", "id"),
    "min-above-max": ("coverage.csv", None),
    "unknown-file": ("staffing_old.csv", None),
    "not-utf8": ("people.csv", None),
    "huge-cell": ("people.csv", "name"),
    "bad-enum": ("rotations.csv", "setting"),
    "bad-weekday": ("templates.csv", "weekdays"),
    "nul-byte": ("people.csv", None),
    "block-out-of-range": ("pins.csv", "block"),
    "three-at-once": ("coverage.csv", "rotation"),
}


@pytest.mark.shared_data
async def test_every_broken_folder_gets_its_error(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    if not BROKEN:
        pytest.skip("the shared data is not there")
    assert {path.name for path in BROKEN} <= EXPECTED_PLACE.keys()
    for path in BROKEN:
        shown = (await upload(client, creator, zip_of_folder(path), dry_run=True)).json()
        file, column = EXPECTED_PLACE[path.name]
        errors = [
            issue for issue in shown["issues"] if issue["severity"] == "error" and issue["file"] == file
        ]
        assert errors, path.name
        assert column is None or column in {error["column"] for error in errors}, path.name
        assert file == "staffing_old.csv" or all(error["row"] for error in errors), path.name
        assert (await upload(client, creator, zip_of_folder(path))).status_code == 422, path.name
        if path.name == "three-at-once":
            files = {issue["file"] for issue in shown["issues"] if issue["severity"] == "error"}
            assert files >= {"absences.csv", "coverage.csv", "people.csv"}


def traversal() -> bytes:
    return zip_of({**program_files(small_program()), "../../evil.csv": b"id\n"})


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people.csv", b"0" * (3 * 1024 * 1024))
    return buffer.getvalue()


def formula_workbook() -> bytes:
    """A workbook in which a name is a formula."""
    book = load_workbook(io.BytesIO(program_workbook(small_program())))
    book["people"]["B2"] = '=HYPERLINK("http://evil.example","click")'
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def empty_workbook() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


async def test_what_is_no_program_is_refused(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str]
) -> None:
    before = await count_programs(session)
    for name, data in (
        ("empty.zip", b""),
        ("text.zip", b"hello"),
        ("cut.zip", program_zip(small_program())[:-40]),
        ("nothing.zip", zip_of({})),
        ("evil.zip", traversal()),
        ("bomb.zip", bomb()),
        ("empty.xlsx", empty_workbook()),
        ("people.csv", b"id,name\n"),
        ("a\x7fb.zip", b"PK\x03\x04"),
    ):
        response = await upload(client, creator, data, name)
        assert (response.status_code, response.json()["error"]["code"]) == (422, "IMPORT_REJECTED"), name
        assert response.json()["error"]["details"]["issues"], name
    assert await count_programs(session) == before


async def test_a_formula_is_text_and_stays_text(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    imported = await upload(client, creator, formula_workbook(), "p.xlsx")
    location = imported.headers["Location"]
    people = (await client.get(f"{location}/people", headers=creator)).json()["items"]
    assert people[0]["name"].startswith("=HYPERLINK(")
    exported = await client.get(f"{location}/export", headers=creator, params={"format": "xlsx"})
    cell = load_workbook(io.BytesIO(exported.content))["people"]["B2"]
    assert (cell.data_type, cell.value) == ("s", people[0]["name"])


NO_UPLOADS: tuple[list[Any], ...] = (
    [("file", ("a.zip", b"x")), ("file", ("b.zip", b"x"))],
    [("file", ("people.csv", b"x")), ("file", ("b.zip", b"x"))],
    [("file", ("people.csv", b"x")), ("file", ("x/people.csv", b"x"))],
    [("file", (f"{number}.csv", b"x")) for number in range(41)],
    [("wrong", ("p.zip", b"x"))],
    [],
)


async def test_what_is_no_upload_is_refused(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    """Two archives, a mixture, one name twice, too many, under another name, nothing."""
    for sent in NO_UPLOADS:
        response = await client.post(URL, headers=creator, files=sent)
        assert response.status_code == 422, sent
        assert response.json()["error"]["code"] in {"BAD_UPLOAD", "VALIDATION_ERROR"}, sent


async def test_a_form_that_is_cut_off_is_refused(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    headers = {**creator, "Content-Type": "multipart/form-data; boundary=x"}
    response = await client.post(URL, headers=headers, content=b"--x\r\nContent-Disposition: form")
    assert response.status_code in {400, 422}
    assert set(response.json()["error"]) == {"code", "message", "details"}


@pytest.mark.parametrize("role", [Role.CHIEF, Role.FACULTY, Role.RESIDENT])
async def test_only_those_who_decide_import_and_export(
    client: httpx.AsyncClient, session: AsyncSession, program: models.Program, role: Role
) -> None:
    """An export holds everybody's requests and absences."""
    caller = await member(client, session, program, role)
    data = program_zip(small_program())
    assert (await upload(client, caller.headers, data)).status_code == 403
    assert (await replace_by(caller, data)).status_code == 403
    assert (await caller.get("export")).status_code == 403


async def test_an_idempotency_key_imports_once(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str]
) -> None:
    before = await count_programs(session)
    headers = {**creator, "Idempotency-Key": "import-1"}
    first = await upload(client, headers, program_zip(small_program()))
    again = await upload(client, headers, program_zip(small_program()))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    other = await upload(client, headers, program_zip(small_program(name="Another")))
    assert (other.status_code, other.json()["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert await count_programs(session) == before + 1


async def test_more_rows_than_are_kept_are_refused(
    client: httpx.AsyncClient, creator: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MAX_ROWS", 20)
    response = await upload(client, creator, program_zip(small_program()))
    (issue,) = response.json()["error"]["details"]["issues"]
    assert (response.status_code, issue["file"], issue["code"]) == (422, "people.csv", "too_large")


# In the place of another


def changed_program() -> Program:
    """The small program with someone gone, someone renamed and a new rule."""
    program = small_program()
    people = tuple(
        replace(person, name="Renamed") if person.id == "R2" else person
        for person in program.people
        if person.id != "R4"
    )
    return small_program(people=people, max_on_vacation=3)


async def replace_by(
    caller: Caller, data: bytes, headers: dict[str, str] | None = None, **params: Any
) -> httpx.Response:
    return await caller.client.post(
        f"/api/v1/programs/{caller.program_id}/import",
        headers={**caller.headers, **(headers or {})},
        files={"file": ("p.zip", data)},
        params=params,
    )


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
    assert await load_program(session, program.id) == small_program()
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
    assert await load_program(session, program.id) == small_program()


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
    assert await load_program(session, program.id) == small_program()
    row = (await coordinator.get("people", search="R4")).json()["items"][0]
    deleted = await coordinator.delete(f"people/{row['id']}", row["etag"])
    renamed = await coordinator.patch(f"people/{row['id']}", {"code": "R5"}, row["etag"])
    assert {deleted.json()["error"]["code"], renamed.json()["error"]["code"]} == {"IN_USE"}
    same = await replace_by(coordinator, program_zip(small_program(name="Same people")))
    assert same.status_code == 200


async def test_another_program_is_not_found(
    client: httpx.AsyncClient, session: AsyncSession, coordinator: Caller
) -> None:
    other = await store_program(session)
    stranger = Caller(client, other.id, coordinator.headers)
    assert (await replace_by(stranger, program_zip(changed_program()))).status_code == 404
    assert (await stranger.get("export")).status_code == 404
    assert await load_program(session, other.id) == small_program()


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
@given(before=programs(), after=programs())
async def test_any_program_goes_in_over_any_other_and_comes_out_equal(
    client: httpx.AsyncClient, creator: dict[str, str], before: Program, after: Program
) -> None:
    location = (await upload(client, creator, program_zip(before))).headers["Location"]
    files = {"file": ("p.zip", program_zip(after))}
    replaced = await client.post(f"{location}/import", headers=creator, files=files)
    assert replaced.status_code == 200
    exported = await client.get(f"{location}/export", headers=creator)
    assert read_program_bytes("export", exported.content).program == after


# Side by side, with real commits


async def test_two_imports_at_once_leave_one_of_them_whole(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        program = await store_program(session)
        caller = await member(fresh_client, session, program)
    candidates = [changed_program(), small_program(name="Other", requests=(), absences=())]
    answers = await asyncio.gather(*(replace_by(caller, program_zip(one)) for one in candidates * 2))
    assert Counter(answer.status_code for answer in answers) == {200: 4}
    async with fresh_session_maker() as session:
        assert await load_program(session, program.id) in candidates


async def test_of_two_edits_with_one_tag_one_is_told(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        caller = await member(fresh_client, session, await store_program(session))
    row = (await caller.get("people")).json()["items"][0]
    answers = await asyncio.gather(
        *(caller.patch(f"people/{row['id']}", {"name": f"Name {number}"}, row["etag"]) for number in range(4))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 3}


async def test_of_two_new_people_with_one_code_one_is_refused(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        caller = await member(fresh_client, session, await store_program(session))
    body = {"code": "R9", "name": "Nine", "kind": "resident", "pgy": 1}
    answers = await asyncio.gather(*(caller.post("people", body) for _ in range(3)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}


async def test_one_key_sent_twice_at_once_makes_one_program(
    fresh_client: httpx.AsyncClient, fresh_session_maker: SessionMaker
) -> None:
    async with fresh_session_maker() as session:
        headers = await sign_in(session, await make_user(session, may_create_programs=True))
    keyed = {**headers, "Idempotency-Key": "once"}
    answers = await asyncio.gather(
        *(upload(fresh_client, keyed, program_zip(small_program())) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["program_id"] for answer in answers}) == 1


# What the command line calls


async def test_the_system_imports_without_belonging(session: AsyncSession) -> None:
    reading = read_program_bytes("small.zip", program_zip(small_program()))
    outcome = await import_program(session, COMMAND_LINE, reading)
    assert outcome.program is not None
    assert await load_program(session, outcome.program.id) == small_program()
    entry = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "program.imported"))).one()
    assert (entry.actor_name, entry.actor_id) == ("command line", None)
