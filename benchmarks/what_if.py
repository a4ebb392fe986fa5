"""How fast a what-if and an edit of one cell are answered, with the database, on a program's stored year.

    ./dev python -m benchmarks.what_if PROGRAM_FOLDER SCHEDULE_FOLDER

Stores the program and the schedule in a PostgreSQL of its own, which is gone afterwards, and asks the API in
this process, each time about one changed cell of a resident. Writes `benchmarks/results/what_if.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import random
import secrets
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import event
from sqlmodel import col, select, text
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.stored import store_program, store_version
from src.assignments import judgement, preview
from src.assignments.models import Assignment
from src.auth.service import create_admin
from src.commands.migrate import run_migrations
from src.compliance.check import check
from src.config import get_settings
from src.embedded import start_embedded
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.schedule import AssignmentKind, Schedule
from src.interchange.schedule_files import load_schedule
from src.main import create_app
from src.schedules.models import ScheduleVersion

RESULTS = Path(__file__).parent / "results" / "what_if.md"
ROUNDS = 300
MANY = 300
EMAIL = "bench@example.org"

type Spent = defaultdict[str, list[float]]
"""Milliseconds by what they were spent on, one entry a request."""


async def store(session: AsyncSession, program: Program, content: Schedule) -> ScheduleVersion:
    """The program, a schedule and a judged draft with that content, committed and analysed."""
    stored = await store_program(session, program)
    version = await store_version(session, stored, content, check(stored.program, content))
    await session.commit()
    await session.exec(text("ANALYZE"))  # type: ignore[call-overload]  # plain SQL
    await session.commit()
    return version


class Meter:
    """Takes the time of whole requests, of the statements in them and of the rules."""

    def __init__(self, app: FastAPI) -> None:
        self.statements: list[float] = []
        self.rules: list[float] = []
        self.judging: list[float] = []
        engine = app.state.engine.sync_engine
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        for module, name, into in (
            (judgement, "_judge", self.rules),
            (judgement, "_judge_again", self.rules),
            (preview, "judge_saved", self.judging),
            (preview, "effect_of", self.judging),
        ):
            setattr(module, name, _timed(getattr(module, name), into))

    def _before(self, connection: Any, *_: Any) -> None:
        connection.info["began"] = time.perf_counter()

    def _after(self, connection: Any, *_: Any) -> None:
        self.statements.append(time.perf_counter() - connection.info["began"])

    async def take(self, ask: Callable[[], Awaitable[httpx.Response]], spent: Spent) -> httpx.Response:
        """One request, and what it spent."""
        for part in (self.statements, self.rules, self.judging):
            part.clear()
        began = time.perf_counter()
        answer = await ask()
        spent["whole request"].append(1000 * (time.perf_counter() - began))
        spent["statements"].append(1000 * sum(self.statements))
        spent["facts and rules"].append(1000 * sum(self.judging))
        spent["rules"].append(1000 * sum(self.rules))
        spent["number of statements"].append(len(self.statements))
        answer.raise_for_status()
        return answer


def _timed[**P, R](work: Callable[P, R], into: list[float]) -> Callable[P, R]:
    def timed(*args: P.args, **kwargs: P.kwargs) -> R:
        began = time.thread_time()
        result = work(*args, **kwargs)
        into.append(time.thread_time() - began)
        return result

    return timed


async def cells_of(session: AsyncSession, version: ScheduleVersion) -> list[tuple[Assignment, str, str]]:
    """Sessions on rotations, with the codes of person and rotation, in a made-up order."""
    found = await session.exec(
        text(
            "SELECT a.id, p.code, r.code FROM assignment a JOIN person p ON p.id = a.person_id"
            " JOIN rotation r ON r.id = a.rotation_id WHERE a.version_id = :version"
            " AND a.kind = 'rotation' AND a.session = 'PM' ORDER BY a.id"
        ).bindparams(version=version.id)
    )  # type: ignore[call-overload]  # plain SQL
    named = {row_id: (person, rotation) for row_id, person, rotation in found}
    rows = (await session.exec(select(Assignment).where(col(Assignment.id).in_(list(named)[:5000])))).all()
    cells = [(row, *named[row.id]) for row in rows]
    random.Random(1).shuffle(cells)  # noqa: S311  # an order, no secret
    return cells


def shortened(row: Assignment, person: str, rotation: str) -> dict[str, Any]:
    """The session, half an hour shorter: one changed cell."""
    return {
        "person": person,
        "date": row.date.isoformat(),
        "kind": AssignmentKind.ROTATION,
        "item": rotation,
        "session": row.session,
        "start_at": row.start_at.isoformat(),
        "end_at": (row.end_at - dt.timedelta(minutes=30)).isoformat(),
    }


async def measure(
    client: httpx.AsyncClient, meter: Meter, session: AsyncSession, version: ScheduleVersion
) -> dict[str, Spent]:
    """What-ifs of one cell, of many cells, and edits of one cell."""
    cells = await cells_of(session, version)
    url = f"/api/v1/versions/{version.id}"
    found: dict[str, Spent] = {}

    async def what_if(chosen: list[tuple[Assignment, str, str]], spent: Spent) -> None:
        changes = [{"op": "update", "id": str(cell[0].id), **shortened(*cell)} for cell in chosen]
        await meter.take(lambda: client.post(f"{url}/what-if", json={"changes": changes}), spent)

    for name, chosen in (
        ("what-if of one cell, first of a resident", _first_of_each(cells)),
        ("what-if of one cell", cells[:ROUNDS]),
    ):
        found[name] = defaultdict(list)
        for cell in chosen:
            await what_if([cell], found[name])
    several = f"what-if of {MANY} cells at once"
    found[several] = defaultdict(list)
    for _ in range(5):
        await what_if(cells[:MANY], found[several])
    found["edit of one cell"] = defaultdict(list)
    for row, person, rotation in cells[: ROUNDS // 3]:
        address = f"/api/v1/assignments/{row.id}"
        tag = (await client.get(address)).headers["ETag"]
        body = shortened(row, person, rotation)
        await meter.take(
            lambda address=address, body=body, tag=tag: client.put(  # type: ignore[misc]  # bound at once
                address, json=body, headers={"If-Match": tag}
            ),
            found["edit of one cell"],
        )
    return found


def _first_of_each(cells: list[tuple[Assignment, str, str]]) -> list[tuple[Assignment, str, str]]:
    return list({person: (row, person, rotation) for row, person, rotation in reversed(cells)}.values())


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(program: Program, content: Schedule, found: dict[str, Spent]) -> str:
    """The table as Markdown."""
    lines = [
        "# What if, and edits",
        "",
        f"{program.name}: {len(program.residents)} residents, {len(content.assignments):,} intervals, in",
        "PostgreSQL; the API and the database share one machine. Milliseconds at the 50th / 95th percentile.",
        "Statements are waited for, so their time holds what else the machine does meanwhile; facts and",
        "rules are the processor's time. 95 % of the what-ifs of one cell are to be answered within 50 ms.",
        f"Load of the machine over the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.",
        "",
        "| | requests | whole request | statements | facts and rules | rules | statements, number |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, spent in found.items():
        parts = [
            f"{percentile(spent[part], 0.5):,.1f} / {percentile(spent[part], 0.95):,.1f}"
            for part in ("whole request", "statements", "facts and rules", "rules")
        ]
        number = f"{percentile(spent['number of statements'], 0.5):.0f}"
        lines.append(f"| {name} | {len(spent['rules'])} | {' | '.join(parts)} | {number} |")
    return "\n".join([*lines, ""])


async def run(program: Program, content: Schedule) -> str:
    """Store, ask, and tell."""
    with (
        tempfile.TemporaryDirectory() as folder,
        start_embedded(Path(folder) / "data", throwaway=True) as running,
    ):
        await asyncio.to_thread(run_migrations, running.database_url)
        addresses = {
            "database_url": SecretStr(running.database_url),
            "redis_url": SecretStr(running.redis_url),
        }
        app = create_app(get_settings().model_copy(update=addresses))
        async with app.router.lifespan_context(app), app.state.session_maker() as session:
            password = secrets.token_urlsafe(20)
            await create_admin(session, EMAIL, password, "Bench")
            version = await store(session, program, content)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://rounds.test") as client:
                answer = await client.post(
                    "/api/v1/auth/login", data={"username": EMAIL, "password": password}
                )
                client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
                found = await measure(client, Meter(app), session, version)
    return report(program, content, found)


def main() -> None:
    """Measure and write the table down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("program", type=Path)
    parser.add_argument("schedule", type=Path)
    given = parser.parse_args()
    table = asyncio.run(run(load_program(given.program), load_schedule(given.schedule)))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(table, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
