"""How soon people are answered through the API: repairs to their end, pages of swaps, and why.

    ./dev python -m benchmarks.answers_api PROGRAM_FOLDER SCHEDULE_FOLDER [repairs|swaps|duties|requests ...]

Starts a PostgreSQL, a Redis, an API, a worker and a sweeper of its own, keeps the schedule there as a draft,
and asks as a client would. A repair is timed from its POST until the run is read as ended, with three
drafts saved; a page of swaps holds twenty offers that the checker has passed. Adds its lines to
`benchmarks/results/answers.md`, in place of the program's earlier ones of that kind.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import col, select, text

from benchmarks.answers import (
    ABSENCE_DAYS,
    DUTIES,
    KINDS,
    PAGE,
    REPAIRS,
    REQUESTS,
    RESULTS,
    Asked,
    chance,
    lines_of,
    page,
    timed,
)
from benchmarks.stored import store_program, store_version
from src.assignments.models import Assignment, DeniedRequest
from src.auth.service import create_admin
from src.commands.demo_client import ApiClient, is_active
from src.commands.demo_keys import DemoKeys
from src.commands.demo_processes import DemoProcesses
from src.commands.migrate import run_migrations
from src.compliance.check import check
from src.config import Settings, get_settings
from src.database import create_engine, create_session_maker, transaction
from src.embedded import start_embedded
from src.interchange.canonical import canonical
from src.interchange.model import Program
from src.interchange.reader import load_program
from src.interchange.schedule import AssignmentKind, Schedule, Scope
from src.interchange.schedule_files import load_schedule
from src.solver.denied import denied_rows

WAIT_SECONDS = 30
"""How long one question for a run waits for its next step."""


class Kept:
    """A draft in the database, with what can be asked of it."""

    def __init__(self, version: UUID, calls: Sequence[UUID], denied: Sequence[UUID]) -> None:
        self.version = version
        self.calls = calls
        self.denied = denied


async def keep(settings: Settings, keys: DemoKeys, program: Program, content: Schedule) -> Kept:
    """An admin, the program, and the schedule as a draft; committed and analysed."""
    from src import registry  # noqa: F401  # every table, so that the trail's can be joined

    engine = create_engine(settings, pool_size=2)
    try:
        maker = create_session_maker(engine)
        async with transaction(maker) as session:
            await create_admin(session, keys.admin.email, keys.admin.password, "Admin")
            stored = await store_program(session, program)
            full = replace(content, denied=denied_rows(stored.program, content, Scope.BOTH), findings=None)
            version = await store_version(session, stored, full, check(stored.program, full))
            calls = await session.exec(
                select(Assignment.id)
                .where(Assignment.version_id == version.id, Assignment.kind == AssignmentKind.CALL)
                .order_by(col(Assignment.id))
            )
            denied = await session.exec(
                select(DeniedRequest.id).where(DeniedRequest.version_id == version.id)
            )
            kept = Kept(version.id, calls.all(), denied.all())
        async with maker() as session:
            await session.exec(text("ANALYZE"))  # type: ignore[call-overload]  # plain SQL
            await session.commit()
    finally:
        await engine.dispose()
    return kept


def repairs(client: ApiClient, kept: Kept, program: Program) -> Asked:
    """Three weeks of one resident, told the day before."""
    seconds: list[float] = []
    found: list[int] = []
    drawn = chance()
    for person in drawn.sample([each.id for each in program.residents], REPAIRS):
        days = (program.year_end_date - program.year_start_date).days
        first = program.year_start_date + dt.timedelta(drawn.randrange(28, days - ABSENCE_DAYS))
        last = first + dt.timedelta(ABSENCE_DAYS - 1)
        away = {"person": person, "start_date": first.isoformat(), "end_date": last.isoformat()}
        body = {"absences": [away], "from_date": (first - dt.timedelta(1)).isoformat()}
        run, taken = timed(partial(_to_the_end, client, kept, body))
        seconds.append(taken)
        found.append(len((run["result"] or {}).get("alternatives", ())))
        sys.stdout.write(f"{person} {first}: {taken:.2f} s, {run['state']}, {found[-1]} drafts\n")
    words = f"{', '.join(map(str, found))} drafts; 95 % within {_percentile(seconds):.2f} s"
    return Asked("API: repair of three weeks' absence", seconds, 10.0, words)


def _to_the_end(client: ApiClient, kept: Kept, body: dict[str, Any]) -> dict[str, Any]:
    run = client.post(f"/versions/{kept.version}/repair", body)
    while is_active(run):
        run = client.get(f"/runs/{run['id']}", wait=WAIT_SECONDS)
    return dict(run)


def swaps(client: ApiClient, kept: Kept, program: Program) -> Asked:
    """A first page of offers for a call, from an API that has the version in memory."""
    seconds: list[float] = []
    offers, first = 0, 0.0
    query = {"from_date": program.year_start_date.isoformat(), "page_size": PAGE}
    duties = chance().sample(kept.calls, min(DUTIES, len(kept.calls)))
    for number, duty in enumerate([duties[0], *duties]):
        ask = partial(client.get, f"/versions/{kept.version}/assignments/{duty}/swaps", **query)
        found, taken = timed(ask)
        if number:
            seconds.append(taken)
            offers += found["total"]
        else:
            first = taken
    words = f"{offers} offers; 95 % within {_percentile(seconds):.2f} s; reading it first {first:.2f} s"
    return Asked("API: page of legal swaps for a call", seconds, 2.0, words)


def reasons_of_duties(client: ApiClient, kept: Kept) -> Asked:
    """Why a call is whose."""
    duties = chance().sample(kept.calls, min(DUTIES, len(kept.calls)))
    seconds = [timed(partial(client.get, f"/assignments/{duty}/why"))[1] for duty in duties]
    return Asked("API: why this person", seconds, 5.0, f"95 % within {_percentile(seconds):.2f} s")


def reasons_of_requests(client: ApiClient, kept: Kept) -> Asked:
    """What stood in a denied request's way."""
    asked = chance().sample(kept.denied, min(REQUESTS, len(kept.denied)))
    answers = [timed(partial(client.get, f"/versions/{kept.version}/denied/{each}/why")) for each in asked]
    seconds = [taken for _, taken in answers]
    verdicts = [answer["verdict"] for answer, _ in answers]
    told = ", ".join(f"{verdicts.count(each)} {each}" for each in sorted(set(verdicts)))
    words = f"{told}; 95 % within {_percentile(seconds):.2f} s"
    return Asked("API: why not this request", seconds, 5.0, words)


def measured(
    client: ApiClient, kept: Kept, program: Program, kinds: Collection[str] = KINDS
) -> Iterator[Asked]:
    """The kinds of question that are wanted."""
    if "repairs" in kinds:
        yield repairs(client, kept, program)
    if "swaps" in kinds:
        yield swaps(client, kept, program)
    if "duties" in kinds:
        yield reasons_of_duties(client, kept)
    if "requests" in kinds:
        yield reasons_of_requests(client, kept)


def _percentile(seconds: Sequence[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else 0.0


def main() -> None:
    """Ask everything of the API, and write the page."""
    parser = argparse.ArgumentParser(description="How soon people are answered through the API.")
    parser.add_argument("program", type=Path)
    parser.add_argument("schedule", type=Path)
    parser.add_argument("kinds", nargs="*", choices=KINDS)
    given = parser.parse_args()
    program, schedule = canonical(load_program(given.program)), load_schedule(given.schedule)
    with (
        tempfile.TemporaryDirectory() as name,
        start_embedded(Path(name) / "data", throwaway=True) as servers,
    ):
        folder = Path(name)
        keys = DemoKeys.load(folder, fresh=True)
        os.environ.update(
            DATABASE_URL=servers.database_url, REDIS_URL=servers.redis_url, SECRET_KEY=keys.secret_key
        )
        get_settings.cache_clear()
        run_migrations(servers.database_url)
        settings = get_settings()
        kept = asyncio.run(keep(settings, keys, program, schedule))
        with DemoProcesses(folder / "logs", servers, keys) as processes:
            processes.start(0)
            with ApiClient(processes.wait_until_ready()) as client:
                client.sign_in(keys.admin)
                load = os.getloadavg()[0]
                lines = lines_of(program, measured(client, kept, program, given.kinds or KINDS), load)
    earlier = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    RESULTS.write_text(page(earlier, lines), encoding="utf-8")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
