"""`rounds worker`: the process that carries out runs. It becomes Celery, which alone imports `worker`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from src.commands.system_errors import settings_or_fail


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Runs at the same time.")] = 1,
) -> None:
    """Carry out runs until told to stop; a run under way is then handed back, for the next worker."""
    settings = settings_or_fail()
    # What Celery warns of as root, pickled messages, this worker does not take: json is all it accepts.
    quiet = ["-W", "ignore:You're running the worker with superuser"]
    command = [
        sys.executable,
        "-P",
        *quiet,
        "-m",
        "celery",
        "--app",
        "worker.celery_app",
        "--quiet",
        "worker",
    ]
    options = [
        f"--concurrency={concurrency}",
        f"--loglevel={settings.log_level}",
        "--without-gossip",
        "--without-mingle",
    ]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *options])  # noqa: S606  # to become Celery is the purpose
