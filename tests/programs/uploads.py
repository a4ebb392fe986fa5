"""Archives to upload, and their uploading."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from src.interchange.model import Program
from src.interchange.writer import program_files
from tests.factories.programs import ruled_program
from tests.factories.programs_db import Caller

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
    files = program_files(ruled_program())
    files["coverage.csv"] = files["coverage.csv"].replace(b"WARD", b"WRAD")
    files["absences.csv"] = files["absences.csv"].replace(b"2026-08-01", b"2026-02-30")
    return zip_of(files)


async def upload(
    client: httpx.AsyncClient, headers: dict[str, str], data: bytes, name: str = "p.zip", **params: Any
) -> httpx.Response:
    return await client.post(URL, headers=headers, files={"file": (name, data)}, params=params)


async def replace_by(
    caller: Caller, data: bytes, headers: dict[str, str] | None = None, **params: Any
) -> httpx.Response:
    return await caller.client.post(
        f"/api/v1/programs/{caller.program_id}/import",
        headers={**caller.headers, **(headers or {})},
        files={"file": ("p.zip", data)},
        params=params,
    )


def changed_program() -> Program:
    """The small program with someone gone, someone renamed and a new rule."""
    program = ruled_program()
    people = tuple(
        replace(person, name="Renamed") if person.id == "R2" else person
        for person in program.people
        if person.id != "R4"
    )
    return ruled_program(people=people, max_on_vacation=3)
