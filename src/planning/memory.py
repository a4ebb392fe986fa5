"""How much memory this process holds and may hold, for the guard that ends a run before the system does.

A process is killed, or refused more, by the smallest of several limits: the run's own, that of the container
(all its processes together), that of the user's shell, and what the machine has.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

_PAGE = resource.getpagesize()
_MEGABYTE = 2**20
_ROOT = Path("/")


def resident_megabytes() -> float:
    """Megabytes resident now; where the system does not tell, the most there have been."""
    pages = _statm(_ROOT)
    if pages is not None:
        return pages[1] * _PAGE / _MEGABYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MEGABYTE if sys.platform == "darwin" else peak / 2**10


def memory_limit(asked_mb: int, root: Path = _ROOT) -> int:
    """The megabytes a run may let this process hold: those asked for, or less where it would get no more.

    Others in the container or on the machine may take more later: that is not foreseen. `root` is where the
    system's `proc` and `sys` hang.
    """
    pages = _statm(root)
    if pages is None:
        return asked_mb
    resident = pages[1] * _PAGE
    rooms = [resident + room for room in (*_rooms(root), *_rooms_by_shell(pages))]
    return max(1, min(asked_mb, *(int(room / _MEGABYTE) for room in rooms))) if rooms else asked_mb


def _rooms(root: Path) -> Iterator[int]:
    """Bytes that the container, each group around it, and the machine have left."""
    available = _meminfo(root).get("MemAvailable")
    if available is not None:
        yield available
    for group in _groups(root):
        for most, used in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            limit, held = _number(group / most), _number(group / used)
            if limit is not None and held is not None:
                yield max(0, limit - held + _given_back(group))


def _rooms_by_shell(pages: tuple[int, int]) -> Iterator[int]:
    """Bytes that may still be added to the address space."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        yield max(0, limit - pages[0] * _PAGE)


def _groups(root: Path) -> Iterator[Path]:
    """The folders of the process's own control group and those around it, of either version."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers not in ("", "memory"):
            continue
        top = root / "sys/fs/cgroup" / controllers
        group = top / path.lstrip("/")
        while group != top:
            yield group
            group = group.parent
        yield top


def _given_back(group: Path) -> int:
    """Bytes of files that the system would drop before it kills anybody."""
    try:
        lines = (group / "memory.stat").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    told = dict(line.split(maxsplit=1) for line in lines if " " in line)
    found = told.get("total_inactive_file", told.get("inactive_file", "0"))
    return int(found) if found.isdecimal() else 0


def _meminfo(root: Path) -> dict[str, int]:
    try:
        lines = (root / "proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.split() for line in lines)
    return {
        words[0].rstrip(":"): int(words[1]) * 2**10
        for words in pairs
        if len(words) > 1 and words[1].isdecimal()
    }


def _number(path: Path) -> int | None:
    """The number in a file; None where there is none, or no limit ("max")."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def _statm(root: Path) -> tuple[int, int] | None:
    """Pages of the address space, and those resident."""
    try:
        words = (root / "proc/self/statm").read_text(encoding="utf-8").split()
    except OSError:
        return None
    return int(words[0]), int(words[1])
