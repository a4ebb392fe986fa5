"""Holds one process and all its children, and ends them when the process that wanted them is gone.

Arguments: number of the process to watch, program, its arguments. Signals that ask to end are passed on; when
the program ends, so do children that it left behind, and its exit status is handed on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

from src.embedded.identity import Identity
from src.embedded.launch import bound_command, isolated_python
from src.embedded.parent import ParentWatch

_LOOK_SECONDS = 0.1
_GRACE_SECONDS = 3.0
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)


def start_leashed(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command that ends when this process does, however that happens.

    `output` takes all it says; `folder` is where it runs, this process's own unless given.
    """
    return subprocess.Popen(  # noqa: S603  # the caller's command
        [*isolated_python(__name__), str(os.getpid()), *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=folder,
        start_new_session=True,
    )


def main() -> None:
    parent, *command = sys.argv[1:]
    watch = ParentWatch(int(parent))
    child = subprocess.Popen(  # noqa: S603  # the starter's command
        bound_command(Identity.OWN, signal.SIGKILL, *command), process_group=0
    )

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    try:
        status = _hold(child, watch)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # what the program left behind
    sys.exit(status if status >= 0 else 128 - status)


def _hold(child: subprocess.Popen[bytes], watch: ParentWatch) -> int:
    """Wait for the program; when the watched process is gone, give it a moment to end in order."""
    while not watch.gone:
        try:
            return child.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    os.killpg(child.pid, signal.SIGTERM)
    try:
        return child.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        return -int(signal.SIGKILL)
