"""The Celery application: what is delivered, how, and what a process does at its beginning and end."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Any

from celery import Celery, signals

from src import registry
from src.config import get_settings
from src.jobs import celery_url
from src.logs import configure_logging
from src.schedules.config import get_schedule_settings
from worker.compiling import Compiling
from worker.leaving import announce
from worker.pulse import Pulse
from worker.runtime import close_runtime

HARD_LIMIT_MARGIN_SECONDS = 300
PR_SET_PDEATHSIG = 1

__all__ = ["app", "registry"]

app = Celery(
    "rounds",
    broker=celery_url(get_settings().redis_url.get_secret_value()),
    include=["worker.tasks"],
)
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # A run has a limit of its own far below; this one only ends a process that hangs.
    task_time_limit=get_schedule_settings().run_max_seconds + HARD_LIMIT_MARGIN_SECONDS,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 2 * (get_schedule_settings().run_max_seconds + HARD_LIMIT_MARGIN_SECONDS)
    },
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
)

_pulse: Pulse | None = None
_compiling = Compiling()
_main_process = os.getpid()


@signals.setup_logging.connect
def log_like_every_process(**_: Any) -> None:
    """Celery leaves logging alone once something answers this signal."""
    configure_logging(get_settings().log_level)


@signals.worker_init.connect
def preload(**_: Any) -> None:
    """Import the engine and what it solves with once, before the children are forked from this process."""
    global _main_process  # noqa: PLW0603  # one a process is the point
    _main_process = os.getpid()
    import ortools.sat.python.cp_model  # noqa: F401  # for their imports' sake

    import src.solver.engine  # noqa: F401


@signals.worker_ready.connect
def start_pulse(**_: Any) -> None:
    global _pulse  # noqa: PLW0603  # one a process is the point
    _pulse = Pulse()
    _pulse.start()
    _compiling.start()


@signals.worker_shutting_down.connect
def hand_back_runs(**_: Any) -> None:
    """The first signal to end: runs under way are stopped and queued again, for a worker that stays."""
    announce()


@signals.worker_shutdown.connect
def stop_pulse(**_: Any) -> None:
    _compiling.stop()
    if _pulse is not None:
        _pulse.stop()


@signals.worker_process_init.connect
def die_with_parent(**_: Any) -> None:
    """A child whose main process was killed must not go on alone (Linux; elsewhere the lease fences it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != _main_process:  # it died before the line above
            os._exit(1)


@signals.worker_process_shutdown.connect
def end_process(**_: Any) -> None:
    close_runtime()
