"""Notices that another process is gone, however it went: no thread and no inherited handle can hide it."""

from __future__ import annotations

import os
import select
import signal
import sys
import time

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


class ParentWatch:
    """Watches the process that started this one.

    On Linux a process descriptor tells at once. Elsewhere, and beside it, the parent's number is compared:
    it changes as soon as the parent is gone, since an orphan gets another parent.
    """

    def __init__(self, parent: int) -> None:
        self.parent = parent
        self._descriptor: int | None = None
        if sys.platform == "linux":
            try:
                self._descriptor = os.pidfd_open(parent)
            except OSError:
                self._descriptor = None  # an older kernel, or the parent is gone already: its number tells

    @property
    def gone(self) -> bool:
        return os.getppid() != self.parent

    def wait(self, seconds: float, *others: int) -> None:
        """Sleep until the parent is gone or one of the other descriptors can be read, `seconds` at most."""
        handles = [*others] if self._descriptor is None else [self._descriptor, *others]
        if handles:
            select.select(handles, [], [], seconds)
        else:
            time.sleep(seconds)


def die_with_parent(parent: int, with_signal: signal.Signals) -> None:
    """Ask the kernel for `with_signal` when the thread that started this process ends (Linux; else nothing).

    Raises ProcessLookupError when the parent had gone before the kernel was asked.
    """
    if sys.platform == "linux":
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_SET_PARENT_DEATH_SIGNAL, int(with_signal), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        raise ProcessLookupError(f"the parent, process {parent}, is gone")
