"""What the solver compiles is compiled once a machine, beside the work, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import structlog

from src.solver.roster import ready

NICE = 15
_log = structlog.get_logger(__name__)


class Compiling:
    """A low process that compiles where that has not been done; runs do without until it has."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, unless it was done before or what is compiled could not be kept here."""
        if ready.is_kept() or not ready.can_be_kept():
            return
        command = [sys.executable, "-P", "-m", ready.__name__]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  # our own module
        os.setpriority(os.PRIO_PROCESS, self._process.pid, NICE)
        _log.info("solver_compiling", pid=self._process.pid)

    def stop(self) -> None:
        """End with the worker, done or not."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
