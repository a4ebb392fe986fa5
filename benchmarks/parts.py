"""One run, several workers: what each further worker brings at equal time. With Celery, Redis, PostgreSQL.

    ./dev python -m benchmarks.parts PROGRAM SECONDS WORKERS [THREADS] [--no-helpers] [--from SCHEDULE]
    ./dev python -m benchmarks.parts --page                                             # the table of all

Starts a database and a Redis of its own and so many workers, each held to cores of its own (as many as
THREADS, 1 unless given), queues one run of a shared program and waits for its end. With `--no-helpers` the
further workers look on. `--from` has the run begin at a schedule folder and keep its year plan, so that all
of the time goes into bettering its days. Writes `benchmarks/results/parts.json` and `.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from redis import Redis
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.engine.cases import SHARED
from benchmarks.stored import store_program, store_version
from src.commands.migrate import run_migrations
from src.compliance.check import check
from src.config import get_settings
from src.database import create_engine, create_session_maker
from src.embedded import start_embedded
from src.embedded.leash import start_leashed
from src.health import WORKERS_KEY
from src.interchange.reader import load_program
from src.interchange.schedule import Scope
from src.interchange.schedule_files import load_schedule
from src.jobs import producer, send
from src.schedules.constants import FINAL_RUN_STATES, RUN_TASK
from src.schedules.models import Run, RunEvent, ScheduleVersion

RESULTS = Path(__file__).parent / "results" / "parts.json"
PAGE = RESULTS.with_suffix(".md")
SHARED_SUMS = ("offered", "answered", "judged", "bettered")
FIRST_SCHEDULE = ("days and calls: first schedule", "days and calls: improving")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("program", nargs="?")
    words.add_argument("seconds", nargs="?", type=int)
    words.add_argument("workers", nargs="?", type=int)
    words.add_argument("threads", nargs="?", type=int, default=1)
    words.add_argument("--no-helpers", action="store_true")
    words.add_argument("--from", dest="start", type=Path)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--page", action="store_true")
    asked = words.parse_args()
    if not asked.page:
        if asked.workers is None:
            words.error("a program, seconds and the number of workers are needed")
        found = measured(asked)
        kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
        RESULTS.write_text(json.dumps([*kept, found], indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(json.dumps(found) + "\n")
    write_page()


def measured(asked: argparse.Namespace, cores: int | None = None) -> dict[str, Any]:
    """One run with its workers, each held to so many cores (None: as many as its threads).

    From an empty database to its end.
    """
    load = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory() as folder,
        start_embedded(Path(folder) / "data", throwaway=True) as servers,
    ):
        os.environ.update(
            DATABASE_URL=servers.database_url,
            REDIS_URL=servers.redis_url,
            SECRET_KEY=secrets.token_urlsafe(48),
            ROUNDS_RUN_HELPERS="0" if asked.no_helpers else "8",
            ROUNDS_SOLVER_WORKERS=str(asked.threads),
        )
        get_settings.cache_clear()
        producer.cache_clear()  # it sends to the servers of the run before
        run_migrations(servers.database_url)
        workers = [_worker(Path(folder), number, cores or asked.threads) for number in range(asked.workers)]
        try:
            _wait_for_workers(asked.workers)
            found = asyncio.run(_run(asked))
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait()
        said = "".join(log.read_text(encoding="utf-8") for log in sorted(Path(folder).glob("worker-*.log")))
    return {
        "program": asked.program,
        "seconds": asked.seconds,
        "workers": asked.workers,
        "threads": asked.threads,
        "from": asked.start is not None,
        "helpers": not asked.no_helpers,
        "seed": asked.seed,
        **found,
        "parts": said.count('"part_begun"'),
        **shared_in(said),
        "load": round(load, 1),
    }


def shared_in(said: str) -> dict[str, int]:
    """What the log says that others did of the run: parts offered and answered, changes told and worth it."""
    sums = dict.fromkeys(SHARED_SUMS, 0)
    for line in said.splitlines():
        if line.startswith("{") and (event := json.loads(line)).get("event") == "round_ended":
            for name in SHARED_SUMS:
                sums[name] += event.get(name, 0)
    return sums


def _worker(folder: Path, number: int, cores_each: int) -> subprocess.Popen[bytes]:
    """A worker process held to cores of its own."""
    every = os.sched_getaffinity(0)
    cores = {core % len(every) for core in range(number * cores_each, (number + 1) * cores_each)}
    os.sched_setaffinity(0, cores)  # which a child inherits
    try:
        with (folder / f"worker-{number}.log").open("wb") as log:
            return start_leashed(
                [sys.executable, "-P", "-m", "src.cli", "worker"],
                environment=os.environ,
                output=log,
                folder=folder,
            )
    finally:
        os.sched_setaffinity(0, every)


def _wait_for_workers(count: int) -> None:
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        deadline = time.monotonic() + 120
        while client.zcard(WORKERS_KEY) < count:
            if time.monotonic() > deadline:
                raise SystemExit("the workers did not come up")
            time.sleep(0.05)


async def _run(asked: argparse.Namespace) -> dict[str, Any]:
    engine = create_engine(get_settings())
    maker = create_session_maker(engine)
    try:
        async with maker() as session:
            run = await _queue(session, asked)
        await asyncio.to_thread(send, RUN_TASK, run.id)
        async with maker() as session:
            return await _watch(session, run)
    finally:
        await engine.dispose()


async def _queue(session: AsyncSession, asked: argparse.Namespace) -> Run:
    """The program with one run of it that waits, and the schedule to begin at where one was named."""
    stored = await store_program(session, load_program(SHARED / asked.program))
    base = None
    if asked.start:
        content = replace(load_schedule(asked.start), denied=None, findings=None)
        base = await store_version(session, stored, content, check(stored.program, content))
    run = Run(
        program_id=stored.program_id,
        schedule_id=stored.schedule_id,
        scope=Scope.DAILY if base else Scope.BOTH,
        base_version_id=base.id if base else None,
        academic_blocks=[],
        time_limit_seconds=asked.seconds,
        seed=asked.seed,
        workers=asked.threads,
        snapshot_id=stored.snapshot_id,
    )
    session.add(run)
    await session.commit()
    return run


async def _watch(session: AsyncSession, run: Run) -> dict[str, Any]:
    """Wait for the end; seconds of the first schedule as the run told them, and how its tiers stand."""
    began = time.monotonic()
    while True:
        await session.rollback()
        found = await session.get_one(Run, run.id, populate_existing=True)
        if found.state in FINAL_RUN_STATES:
            break
        await asyncio.sleep(0.2)
    wall = time.monotonic() - began
    events = await session.exec(
        select(RunEvent).where(RunEvent.run_id == run.id).order_by(col(RunEvent.number))
    )
    told = [event.data for event in events if event.data.get("phase") in FIRST_SCHEDULE]
    version = await session.get(ScheduleVersion, found.result_version_id) if found.result_version_id else None
    result = (version.result if version else None) or {}
    return {
        "state": found.state,
        "first": round(told[0]["seconds"], 1) if told else None,
        "tiers": [tier["objective"] for tier in result.get("tiers", [])],
        "hard": result.get("hard"),
        "wall": round(wall, 1),
    }


def write_page() -> None:
    """The table of all that was kept."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    rows = [
        f"| {one['program']} | {one['seconds']} | {one['workers']} | {one['threads']} "
        f"| {'a schedule' if one['from'] else 'nothing'} "
        f"| {'yes' if one['helpers'] else 'no'} | {one['seed']} | {one['first'] or '–'} "
        f"| {', '.join(str(tier) for tier in one['tiers']) or one['state']} "
        f"| {'–' if one['hard'] is None else one['hard']} "
        f"| {one['parts']} | {one['wall']} | {one['load']} |"
        for one in kept
    ]
    PAGE.write_text(PREFACE + "\n".join(rows) + "\n", encoding="utf-8")


PREFACE = """# One run, several workers

```
./dev python -m benchmarks.parts PROGRAM SECONDS WORKERS [THREADS] [--no-helpers] [--from SCHEDULE]
```

Real Celery workers with PostgreSQL and Redis, each worker held to THREADS cores of its own; one run. `helps`:
whether the other workers take part. `first`: seconds to the first whole schedule, as the run tells them (to
0.3 s). Tiers are compared in order, larger is better. `parts`: how often a worker began at a part of the run.
`load`: the machine's one-minute load before the start; the cores are shared with whoever else is at work.
`from a schedule`: the run keeps its year plan and begins with its days; for `gs-35` the shared one of another
maker, for `im-60` one of `rounds solve`.

| program | limit | workers | threads | from | helps | seed | first | tiers | hard | parts | wall | load |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


if __name__ == "__main__":
    main()
