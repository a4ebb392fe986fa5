"""How many cores there are for this process."""

from __future__ import annotations

import os

MOST_THREADS = 8
"""More threads than these gain a search little, unless somebody asks for them."""


def cores() -> int:
    """The cores this process is held to (`taskset`, a container's cpuset), or all where that is not told."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_by_default() -> int:
    """How many threads the solver is given when nobody says: one a core, not more than `MOST_THREADS`."""
    return min(MOST_THREADS, cores())
