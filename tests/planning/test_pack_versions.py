"""A version stays with the rule packs it was made under, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments import prepared
from src.compliance.packs import loader
from src.interchange.model import Program
from src.planning.rule_versions import with_pack_versions
from src.schedules import snapshots
from src.schedules.models import InputSnapshot, Run, ScheduleVersion
from tests.factories.schedules_db import store_version, ward_program, ward_schedule
from tests.planning.conftest import Office, OfficeOf

STRICTER = ("[parameters.weekly_minutes]\nvalue = 4800", "[parameters.weekly_minutes]\nvalue = 2400")
"""40 hours a week; everyone on the ward works 50."""


class Shelf:
    """A folder of rule packs with one pack, to which versions are added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.text = (
            resources.files("src.compliance.packs") / "documents" / "acgme-cpr-2023" / "2023.3.toml"
        ).read_text("utf-8")
        self.put("1")

    def put(self, version: str, old: str = "", new: str = "") -> None:
        assert old in self.text
        text = self.text.replace('id = "acgme-cpr-2023"', 'id = "house"', 1).replace(old, new, 1)
        text = text.replace('version = "2023.3"', f'version = "{version}"', 1)
        text = text.replace("effective_from = 2023-07-01", f"effective_from = 202{version}-07-01", 1)
        (self.folder / "house").mkdir(exist_ok=True)
        (self.folder / "house" / f"{version}.toml").write_text(text, "utf-8")
        forget()


def forget() -> None:
    """What a new process would not know either."""
    loader.known_packs.cache_clear()
    loader._load.cache_clear()  # packs never change while a process lives, but here
    prepared._known.clear()
    snapshots._parsed.clear()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setattr(loader, "_documents", lambda: tmp_path)
    yield Shelf(tmp_path)
    forget()


def house_program() -> Program:
    return replace(ward_program(), rule_packs=("house",))


async def packs_kept(session: AsyncSession, snapshot_id: Any) -> str:
    snapshot = await session.get_one(InputSnapshot, snapshot_id)
    return next(line for line in snapshot.files["program.toml"].splitlines() if "rule_packs" in line)


async def stored(office: Office) -> ScheduleVersion:
    pinned = with_pack_versions(house_program())
    return await store_version(office.session, office.schedule, program=pinned, content=ward_schedule(pinned))


async def hard(office: Office, version: ScheduleVersion) -> int:
    found: int = (await office.call("GET", f"/versions/{version.id}/check")).json()["hard"]
    return found


async def test_a_run_keeps_the_versions_there_were(office_of: OfficeOf, shelf: Shelf) -> None:
    office = await office_of(house_program())
    queued = await office.generate()
    assert queued.status_code == 202, queued.text
    run = await office.session.get_one(Run, queued.json()["id"])
    assert await packs_kept(office.session, run.snapshot_id) == 'rule_packs = ["house@1"]'


async def test_an_old_schedule_is_judged_by_the_version_it_was_made_under(
    office_of: OfficeOf, shelf: Shelf
) -> None:
    office = await office_of(house_program())
    old = await stored(office)
    assert await hard(office, old) == 0
    shelf.put("2", *STRICTER)
    new = await stored(office)
    assert await hard(office, old) == 0
    assert await hard(office, new) > 0


async def test_the_program_has_moved_on_when_its_pack_has(office_of: OfficeOf, shelf: Shelf) -> None:
    office = await office_of(house_program())
    version = await stored(office)

    async def has_moved_on() -> bool:
        read = await office.call("GET", f"/versions/{version.id}")
        return bool(read.json()["inputs_moved_on"])

    assert await has_moved_on() is False
    shelf.put("2", *STRICTER)
    assert await has_moved_on() is True


async def test_a_program_that_stays_with_a_version_does_not_move_on(
    office_of: OfficeOf, shelf: Shelf
) -> None:
    office = await office_of(replace(house_program(), rule_packs=("house@1",)))
    version = await stored(office)
    shelf.put("2", *STRICTER)
    read = await office.call("GET", f"/versions/{version.id}")
    assert read.json()["inputs_moved_on"] is False
    told = (await office.call("GET", f"/programs/{office.program.id}/rules")).json()
    assert [(pack["version"], pack["newest_version"]) for pack in told["packs"]] == [("1", "2")]


async def test_a_version_whose_pack_is_gone_says_so_and_does_not_break(
    office_of: OfficeOf, shelf: Shelf
) -> None:
    office = await office_of(house_program())
    version = await stored(office)
    shelf.put("2", *STRICTER)
    (shelf.folder / "house" / "1.toml").unlink()
    forget()
    answer = await office.call("GET", f"/versions/{version.id}/check")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "RULE_PACK_UNKNOWN")
