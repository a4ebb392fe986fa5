"""A new program from an upload: dry run, all errors at once, written whole or not at all."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.audit import COMMAND_LINE
from src.auth.constants import Role
from src.auth.models import AuditEntry
from src.interchange.reader import read_program_bytes
from src.interchange.snapshot import program_snapshot
from src.interchange.writer import program_files, program_workbook, program_zip
from src.programs import imports, models
from src.programs.folder import load_program
from src.programs.imports import import_program
from tests.factories.programs import ruled_program
from tests.factories.programs_db import member
from tests.programs.uploads import URL, broken_zip, replace_by, upload, zip_of, zip_of_folder

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
BROKEN = sorted(path for path in (SHARED / "programs-broken").glob("*") if path.is_dir())


async def count_programs(session: AsyncSession) -> int:
    return (await session.exec(select(func.count()).select_from(models.Program))).one()


@pytest.mark.parametrize("packing", ["zip", "xlsx"])
async def test_an_import_makes_the_program_and_an_export_gives_it_back(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str], packing: str
) -> None:
    pack = program_zip if packing == "zip" else program_workbook
    imported = await upload(client, creator, pack(ruled_program()), f"small.{packing}")
    assert imported.status_code == 201
    shown = imported.json()
    assert (shown["accepted"], shown["error_count"], shown["counts"]["people.csv"]) == (True, 0, 5)
    assert shown["sha256"] == program_snapshot(ruled_program())[1]
    location = imported.headers["Location"]
    read = (await client.get(location, headers=creator)).json()
    assert (read["role"], read["etag"]) == ("COORDINATOR", imported.headers["ETag"])
    exported = await client.get(f"{location}/export", headers=creator, params={"format": packing})
    assert exported.headers["Content-Disposition"] == f'attachment; filename="small.{packing}"'
    assert read_program_bytes("export", exported.content).program == ruled_program()
    entry = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "program.imported"))).one()
    assert entry.content_hash == shown["sha256"]
    assert entry.counts is not None
    assert entry.counts["requests.csv"] == 2


async def test_a_folder_comes_as_its_files(client: httpx.AsyncClient, creator: dict[str, str]) -> None:
    """A file of another kind beside them is no matter, as in a folder on disk."""
    files = {**program_files(ruled_program()), "README.md": b"# Small"}
    sent = [("file", (f"small/{name}", data)) for name, data in files.items()]
    assert (await client.post(URL, headers=creator, files=sent)).status_code == 201


async def test_a_dry_run_writes_nothing(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str]
) -> None:
    before = await count_programs(session)
    response = await upload(client, creator, program_zip(ruled_program()), dry_run=True)
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
    files = program_files(ruled_program())
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
    return zip_of({**program_files(ruled_program()), "../../evil.csv": b"id\n"})


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people.csv", b"0" * (3 * 1024 * 1024))
    return buffer.getvalue()


def formula_workbook() -> bytes:
    """A workbook in which a name is a formula."""
    book = load_workbook(io.BytesIO(program_workbook(ruled_program())))
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
        ("cut.zip", program_zip(ruled_program())[:-40]),
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
    data = program_zip(ruled_program())
    assert (await upload(client, caller.headers, data)).status_code == 403
    assert (await replace_by(caller, data)).status_code == 403
    assert (await caller.get("export")).status_code == 403


async def test_an_idempotency_key_imports_once(
    client: httpx.AsyncClient, session: AsyncSession, creator: dict[str, str]
) -> None:
    before = await count_programs(session)
    headers = {**creator, "Idempotency-Key": "import-1"}
    first = await upload(client, headers, program_zip(ruled_program()))
    again = await upload(client, headers, program_zip(ruled_program()))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    other = await upload(client, headers, program_zip(ruled_program(name="Another")))
    assert (other.status_code, other.json()["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert await count_programs(session) == before + 1


async def test_more_rows_than_are_kept_are_refused(
    client: httpx.AsyncClient, creator: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MAX_ROWS", 20)
    response = await upload(client, creator, program_zip(ruled_program()))
    (issue,) = response.json()["error"]["details"]["issues"]
    assert (response.status_code, issue["file"], issue["code"]) == (422, "people.csv", "too_large")


async def test_the_system_imports_without_belonging(session: AsyncSession) -> None:
    reading = read_program_bytes("small.zip", program_zip(ruled_program()))
    outcome = await import_program(session, COMMAND_LINE, reading)
    assert outcome.program is not None
    assert await load_program(session, outcome.program.id) == ruled_program()
    entry = (await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "program.imported"))).one()
    assert (entry.actor_name, entry.actor_id) == ("command line", None)
