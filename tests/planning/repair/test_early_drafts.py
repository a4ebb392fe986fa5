"""Drafts that are saved while the search goes on: unseen until the run ends, and gone when it does not."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.alike import Alike
from src.assignments.dependencies import editable_assignment
from src.assignments.models import Assignment
from src.assignments.storage import load_schedule
from src.auth.models import User
from src.auth.viewer import Viewer
from src.exceptions import DomainError
from src.interchange.model import Absence, AbsenceStatus, Program
from src.interchange.schedule import Schedule as FolderSchedule
from src.planning.generation.save_result import number_of_next
from src.planning.repair import early_drafts, repair_run
from src.planning.repair.early_drafts import EarlyDrafts, save_draft
from src.planning.repair.judge import JudgedRepair
from src.planning.repair.repair_program import RepairOptions, RepairSolved, repair_program
from src.planning.repair.repair_run import end_repair
from src.schedules.constants import RunKind, RunState
from src.schedules.models import Run, Schedule, ScheduleVersion
from src.solver.stop import Stop
from tests.factories.schedules_db import SATURDAY, START, store_version, ward_program
from tests.planning.conftest import Bench
from tests.planning.swaps.test_swaps import ward_on_call
from tests.solver.world import silent


@dataclass
class Desk:
    """A repair of the ward that was found and judged, and its run, which waits for its end."""

    bench: Bench
    run: Run
    program: Program
    solved: RepairSolved
    base: Alike
    """The version repaired as it was read."""

    @property
    def made(self) -> Sequence[JudgedRepair]:
        return self.solved.alternatives

    def drafts(self) -> EarlyDrafts:
        return EarlyDrafts(self.bench.maker, self.run, self.program, self.base)

    async def content(self, version_id: UUID) -> FolderSchedule:
        async with self.bench.maker() as session:
            return await load_schedule(session, self.run.program_id, version_id, self.program.zone)

    async def numbers(self) -> list[int]:
        return sorted(version.number for version in await self.bench.versions(self.run))

    async def end(self, drafts: EarlyDrafts) -> int:
        """End the run; how many drafts were there already."""
        async with drafts.ending(self.made) as (session, early):
            run = await session.get_one(Run, self.run.id, with_for_update=True)
            await end_repair(session, run, self.program, self.solved, early)
            return len(early)


@pytest.fixture
async def desk(bench: Bench) -> Desk:
    program = ward_program()
    run = await bench.queue(program, state=RunState.QUEUED, kind=RunKind.REPAIR)
    async with bench.maker() as session:
        schedule = await session.get_one(Schedule, run.schedule_id)
        base = await store_version(session, schedule, content=ward_on_call())
        content = await load_schedule(session, run.program_id, base.id, program.zone)
        await session.exec(sa.update(Run).where(sa.column("id") == run.id).values(base_version_id=base.id))
        await session.commit()
    out = Absence("R1", "sick", SATURDAY, SATURDAY + dt.timedelta(9), AbsenceStatus.APPROVED)
    changed = replace(program, absences=(*program.absences, out))
    told: list[JudgedRepair] = []
    solved = repair_program(
        changed, content, RepairOptions(from_date=START, workers=2), Stop(30), silent, told.append
    )
    assert tuple(told) == solved.alternatives
    assert len(told) > 1
    alike = Alike(base.id, base.revision, content.assignments)
    return Desk(bench, await bench.read(run), changed, solved, alike)


async def test_nobody_sees_a_draft_before_the_run_has_ended(desk: Desk) -> None:
    drafts = desk.drafts()
    for made in desk.made:
        await drafts.save(made)
    assert await desk.numbers() == [1]
    assert await desk.end(drafts) == len(desk.made)
    assert await desk.numbers() == list(range(1, len(desk.made) + 2))
    ended = await desk.bench.read(desk.run)
    assert ended.result is not None
    for place, told in enumerate(ended.result["alternatives"]):
        assert told["number"] == place + 2
        assert await desk.bench.count(Assignment, told["version_id"]) == len(
            desk.made[place].schedule.assignments
        )
    notes = [version.note or "" for version in await desk.bench.versions(desk.run) if version.number > 1]
    assert all(note.startswith("Repair ") and f" of {len(desk.made)} changes " in note for note in notes)


@pytest.mark.parametrize("prepared", [0, 2, 5])
async def test_a_draft_holds_the_rows_that_were_judged(desk: Desk, prepared: int) -> None:
    """They begin as copies of the base, made beforehand or not; of what was made in vain nothing is left."""
    gone, added = desk.base.differences(desk.made[0].schedule.assignments)
    assert {row.person for row in (*gone, *added)} == set(desk.made[0].comparison.people)
    drafts = desk.drafts()
    await drafts.prepare(prepared)
    for made in desk.made:
        await drafts.save(made)
    assert await desk.end(drafts) == len(desk.made)
    versions = sorted(await desk.bench.versions(desk.run), key=lambda version: version.number)
    ids: set[UUID] = set()
    for made, version in zip(desk.made, versions[1:], strict=True):
        content = await desk.content(version.id)
        assert set(content.assignments) == set(made.schedule.assignments)
        async with desk.bench.maker() as session:
            rows = await session.exec(select(Assignment).where(Assignment.version_id == version.id))
            found = rows.all()
        assert {row.id.version for row in found} == {7}
        assert {row.revision for row in found} == {1}
        ids |= {row.id for row in found}
    assert len(ids) == sum(len(made.schedule.assignments) for made in desk.made)


@pytest.mark.parametrize("edit", ["its revision moves", "a row goes"])
async def test_a_base_that_is_edited_meanwhile_is_not_copied_from(desk: Desk, edit: str) -> None:
    """Only what was judged is saved: what somebody typed into the base since is not in the drafts."""
    async with desk.bench.maker() as session:
        if edit == "a row goes":
            row = desk.base.rows[0]
            gone = sa.delete(Assignment).where(
                sa.column("version_id") == desk.base.version_id, sa.column("start_at") == row.start_at
            )
            await session.exec(gone)
        else:
            moved = sa.update(ScheduleVersion).where(sa.column("id") == desk.base.version_id)
            await session.exec(moved.values(revision=ScheduleVersion.revision + 1))
        await session.commit()
    drafts = desk.drafts()
    for made in desk.made:
        await drafts.save(made)
    assert await desk.end(drafts) == 0, "what was copied is thrown away, and all is sent"
    versions = sorted(await desk.bench.versions(desk.run), key=lambda version: version.number)
    for made, version in zip(desk.made, versions[1:], strict=True):
        assert set((await desk.content(version.id)).assignments) == set(made.schedule.assignments)


async def test_laying_out_that_is_broken_off_leaves_nothing_and_nobody_waits_for_it(desk: Desk) -> None:
    """A cancelled repair waited for drafts that no alternative came for, and then deleted their rows."""
    drafts = desk.drafts()
    preparing = asyncio.create_task(drafts.prepare(10_000))
    await asyncio.sleep(0.2)
    preparing.cancel()
    async with drafts.ending(()) as (session, early):
        assert early == {}
        assert await session.scalar(sa.select(sa.literal(1))) == 1
    assert preparing.cancelled()
    assert await desk.numbers() == [1]
    assert await desk.bench.count(Assignment, desk.base.version_id) == len(desk.base.rows)


async def test_what_was_not_saved_in_time_is_saved_with_the_end(desk: Desk) -> None:
    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    assert await desk.end(drafts) == 1
    assert await desk.numbers() == list(range(1, len(desk.made) + 2))


async def test_a_run_that_fails_leaves_no_draft(desk: Desk) -> None:
    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    await drafts.forget()
    await drafts.save(desk.made[1])
    assert await desk.numbers() == [1]
    assert await desk.end(drafts) == 0, "what was forgotten is saved anew"
    assert await desk.numbers() == list(range(1, len(desk.made) + 2))


async def test_a_draft_that_is_not_among_the_alternatives_is_not_kept(desk: Desk) -> None:
    """Who cancels waits for the first alternative alone; the second may be saved by then."""
    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    await drafts.save(desk.made[1])
    desk.solved = replace(desk.solved, alternatives=desk.solved.alternatives[:1])
    assert await desk.end(drafts) == 0
    assert await desk.numbers() == [1, 2]


async def test_an_error_at_the_end_takes_the_early_drafts_with_it(desk: Desk) -> None:
    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    with pytest.raises(DomainError):
        async with drafts.ending(desk.made):
            raise DomainError
    assert await desk.numbers() == [1]
    assert await desk.end(drafts) == 0


async def test_a_connection_that_dies_costs_time_and_no_draft(desk: Desk) -> None:
    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    async with desk.bench.maker() as session:
        await session.exec(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND state = 'idle in transaction' "
                "AND pid <> pg_backend_pid()"
            )
        )
    await drafts.save(desk.made[1])
    assert await desk.numbers() == [1]
    assert await desk.end(drafts) == 0
    assert await desk.numbers() == list(range(1, len(desk.made) + 2))


async def test_a_connection_that_cannot_be_told_is_let_go_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither kept nor handed on: what was saved over it is undone by the database."""

    async def unheard(_: AsyncSession) -> None:
        raise OSError("nobody answers")

    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    monkeypatch.setattr(AsyncSession, "rollback", unheard)
    await drafts.forget()
    monkeypatch.undo()
    assert desk.bench.maker.kw["bind"].pool.checkedout() == 0
    assert await desk.end(drafts) == 0
    assert await desk.numbers() == list(range(1, len(desk.made) + 2))


async def test_of_a_draft_that_was_saved_by_half_nothing_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong: the end knows of no draft then, and would commit it unseen."""

    async def by_half(*given: Any) -> ScheduleVersion:
        await save_draft(*given)
        raise ZeroDivisionError

    drafts = desk.drafts()
    await drafts.prepare(2)
    monkeypatch.setattr(early_drafts, "save_draft", by_half)
    await drafts.save(desk.made[0])
    monkeypatch.undo()
    await drafts.save(desk.made[1])
    assert await desk.end(drafts) == 0
    assert await desk.numbers() == list(range(1, len(desk.made) + 2))


async def test_the_base_may_be_edited_while_drafts_wait_for_the_end(desk: Desk) -> None:
    """They refer to it; an edit row by row locks it no more than one of many rows does."""
    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    async with desk.bench.maker() as session:
        await (await session.connection()).execute(sa.text("SET LOCAL lock_timeout = '5s'"))
        rows = select(Assignment.id).where(Assignment.version_id == desk.base.version_id)
        row_id = (await session.exec(rows.limit(1))).one()
        admin = Viewer(User(email="admin@example.org", full_name="Admin", is_admin=True), {}, {})
        found = await editable_assignment(row_id, admin, session)
    assert found.version.id == desk.base.version_id
    assert await desk.end(drafts) == 1


async def test_a_person_who_has_left_the_inputs_is_told_at_the_end(desk: Desk) -> None:
    """The early draft cannot be saved, and neither can the one of the end, which says why."""
    strange = replace(desk.made[0].schedule, year=(replace(desk.made[0].schedule.year[0], person="NOBODY"),))
    desk.solved = replace(desk.solved, alternatives=(replace(desk.made[0], schedule=strange),))
    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    with pytest.raises(DomainError, match="no longer has"):
        await desk.end(drafts)
    assert await desk.numbers() == [1]


async def test_the_versions_of_other_runs_have_their_numbers_first(desk: Desk) -> None:
    """Somebody saves a version while the search goes on: the drafts come after it."""
    drafts = desk.drafts()
    await drafts.save(desk.made[0])
    async with desk.bench.maker() as session:
        schedule = await session.get_one(Schedule, desk.run.schedule_id)
        await store_version(session, schedule, content=ward_on_call())
    await desk.end(drafts)
    assert await desk.numbers() == list(range(1, len(desk.made) + 3))
    async with desk.bench.maker() as session:
        found = await session.exec(select(ScheduleVersion.number).where(ScheduleVersion.number < 1))
    assert found.all() == []


async def test_without_early_drafts_numbers_are_taken_when_all_are_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes a number makes others wait for the end: it was taken before the seconds of saving."""
    order: list[str] = []

    async def saving(*given: Any) -> ScheduleVersion:
        order.append("save")
        return await save_draft(*given)

    async def numbering(*given: Any) -> int:
        order.append("number")
        return await number_of_next(*given)

    monkeypatch.setattr(repair_run, "save_draft", saving)
    monkeypatch.setattr(repair_run, "number_of_next", numbering)
    assert await desk.end(desk.drafts()) == 0
    count = len(desk.made)
    assert order == ["save"] * count + ["number"] * count
    assert await desk.numbers() == list(range(1, count + 2))
